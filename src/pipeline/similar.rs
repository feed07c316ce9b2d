//! How alike two values of one kind are: what `kinfold similar` shows.

use super::Engine;
use crate::block::{self, RuleAnswer};
use crate::model::{
    Activity, Candidacy, EvidenceField, Field, Origin, RecordIdx, RecordType, Silent, Table,
    TextColumn,
};
use crate::normalise;
use crate::rules::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Rule, RuleSet,
};
use crate::similarity::measures;
use serde_json::{Value, json};

/// What kind of values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimilarKind {
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// E-mail domains.
    Domain,
    /// Person names.
    Name,
    /// Company names.
    Company,
    /// Address lines.
    Address,
}

/// An unknown kind was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no kind of value; there are: email, phone, domain, name, company, address")]
pub struct SimilarError(pub String);

impl SimilarKind {
    /// Reads `email`, `phone`, `domain`, `name`, `company` or `address`.
    pub fn parse(text: &str) -> Result<SimilarKind, SimilarError> {
        Ok(match text {
            "email" => SimilarKind::Email,
            "phone" => SimilarKind::Phone,
            "domain" => SimilarKind::Domain,
            "name" => SimilarKind::Name,
            "company" => SimilarKind::Company,
            "address" => SimilarKind::Address,
            other => return Err(SimilarError(other.to_owned())),
        })
    }
}

/// Similarity from which the built-in rule calls companies similar.
const COMPANY_THRESHOLD: f64 = 0.70;

/// Compares two values as the built-in rules would: one JSON object with the agreement level, whether the built-in
/// condition holds (`match`), the literal measures and the evidence in bits.
///
/// Bits are against two strangers. They and the weights of company words come from a file of these two values alone; in a larger file common values
/// are worth less.
pub fn similar(kind: SimilarKind, left: &str, right: &str, country: Option<&str>) -> Value {
    let (field, evidence_fields, condition): (Field, &[EvidenceField], Condition) = match kind {
        SimilarKind::Email => (
            Field::Email1,
            &[EvidenceField::Email],
            same(MatchcodeKind::Email),
        ),
        SimilarKind::Phone => (
            Field::Phone1,
            &[EvidenceField::Phone],
            same(MatchcodeKind::Phone),
        ),
        SimilarKind::Domain => (
            Field::Email1,
            &[EvidenceField::Employer],
            same(MatchcodeKind::EmailDomain),
        ),
        SimilarKind::Name => (
            Field::FullName,
            &[EvidenceField::Given, EvidenceField::Surname],
            Condition::SimilarName,
        ),
        SimilarKind::Address => (
            Field::Street,
            &[EvidenceField::Street],
            same(MatchcodeKind::Address),
        ),
        SimilarKind::Company => (
            Field::CompanyName,
            &[EvidenceField::Employer],
            Condition::SimilarCompany {
                threshold: COMPANY_THRESHOLD,
            },
        ),
    };
    // A domain is compared as the domain of two people's addresses.
    let cell = |value: &str, local: &str| match kind {
        SimilarKind::Domain if !value.contains('@') => format!("{local}@{}", value.trim()),
        _ => value.to_owned(),
    };
    let table = two_records(
        field,
        &cell(left, "first.person"),
        &cell(right, "second.person"),
    );
    let rule = Rule {
        name: "similar".to_owned(),
        id: None,
        base: RecordType::Lead,
        matching: RecordType::Lead,
        exclude_inactive: false,
        base_scope: BaseScope::All,
        evidence: EvidenceFloor::None,
        generic: GenericPolicy::AsWorded,
        when: vec![condition],
        unless: Vec::new(),
        allow: Vec::new(),
    };
    let rules = RuleSet {
        name: "similar".to_owned(),
        rules: vec![rule],
        ..RuleSet::default()
    };
    let prepared = normalise::prepare(&table, &rules, country, &Silent);
    let engine = Engine::new(&prepared);
    let (a, b) = (RecordIdx(0), RecordIdx(1));
    let holds = block::answer(engine.block_input(), &rules.rules[0], a, b) == RuleAnswer::Holds;
    let evidence = engine.scorer().of_values(a, b);
    let levels: Vec<_> = evidence_fields
        .iter()
        .map(|f| (*f, evidence.field(*f)))
        .collect();
    let worst = levels
        .iter()
        .map(|(_, said)| said.level)
        .max()
        .expect("every kind has a field");
    let parts: serde_json::Map<String, Value> = levels
        .iter()
        .map(|(f, said)| {
            let bits = f64::from(said.millibits) / 1000.0;
            (
                f.as_str().to_owned(),
                json!({ "level": said.level.as_str(), "bits": bits }),
            )
        })
        .collect();
    let bits: i32 = levels.iter().map(|(_, said)| said.millibits).sum();
    let lower = |value: &str| measures::measured(&value.trim().to_lowercase()).to_owned();
    let (l, r) = (lower(left), lower(right));
    let mut out = json!({
        "kind": match kind {
            SimilarKind::Email => "email",
            SimilarKind::Phone => "phone",
            SimilarKind::Domain => "domain",
            SimilarKind::Name => "name",
            SimilarKind::Company => "company",
            SimilarKind::Address => "address",
        },
        "left": left,
        "right": right,
        "level": worst.as_str(),
        "match": holds,
        "measures": {
            "jaro-winkler": measures::jaro_winkler(&l, &r),
            "levenshtein": measures::levenshtein(&l, &r),
            "damerau-levenshtein": measures::damerau_levenshtein(&l, &r),
            "osa": measures::osa(&l, &r),
            "token-set": measures::token_set(&l, &r),
            "double-metaphone": measures::double_metaphone(&l, &r),
            "soundex": measures::soundex(&l, &r),
        },
        "bits": f64::from(bits) / 1000.0,
        "fields": parts,
    });
    if kind == SimilarKind::Company {
        let similarity = match (prepared.company[0], prepared.company[1]) {
            (crate::model::NONE, _) | (_, crate::model::NONE) => Value::Null,
            (x, y) => {
                let companies = engine.companies();
                json!(companies.similarity(companies.form(x), companies.form(y)))
            }
        };
        out["similarity"] = similarity;
        out["threshold"] = json!(COMPANY_THRESHOLD);
    }
    out
}

fn same(kind: MatchcodeKind) -> Condition {
    Condition::Same { kind, weak: false }
}

fn two_records(field: Field, left: &str, right: &str) -> Table {
    let mut ids = TextColumn::new("id", Some(Field::Id));
    ids.push("1");
    ids.push("2");
    let mut values = TextColumn::new(field.name(), Some(field));
    values.push(left);
    values.push(right);
    let origin = Origin {
        file_idx: 0,
        row: 0,
        line: 0,
    };
    Table {
        files: Vec::new(),
        record_type: vec![RecordType::Lead; 2],
        activity: vec![Activity::Active; 2],
        candidacy: vec![Candidacy::Candidate; 2],
        origin: vec![origin; 2],
        columns: vec![ids, values],
        stateless: Vec::new(),
    }
}
