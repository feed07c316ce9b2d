//! Evidence in words: one plain sentence a pair.

use crate::model::{
    Alternative, EvidenceField, Level, NONE, PairEvidence, PhoneKind, Prepared, RecordIdx,
};

/// What one field's level means, as a phrase; `None` when the field says nothing.
pub fn field_phrase(field: EvidenceField, level: Level) -> Option<&'static str> {
    use EvidenceField as F;
    use Level as L;
    Some(match (field, level) {
        (_, L::Missing) => return None,
        (F::Given, L::Same) => "same given name",
        (F::Given, L::Variant) => "given name a nickname or other form",
        (F::Given, L::Sound) => "given name sounds the same",
        (F::Given, L::Close) => "given name off by a typing error",
        (F::Given, L::Initial) => "given name an initial",
        (F::Given, L::Partial) => "given name with one part more",
        (F::Given, L::Linked) => "given name perhaps garbled",
        (F::Given, _) => "given name differs",
        (F::Surname, L::Same) => "same surname",
        (F::Surname, L::Variant) => "surname in another form",
        (F::Surname, L::Sound) => "surname sounds the same",
        (F::Surname, L::Close) => "surname off by a typing error",
        (F::Surname, L::Initial) => "surname an initial",
        (F::Surname, L::Partial) => "surname with one part more",
        (F::Surname, L::Linked) => "surname perhaps garbled",
        (F::Surname, _) => "surname differs",
        (F::Generation, L::Same) => "same generation (Jr, Sr)",
        (F::Generation, L::Partial) => "generation (Jr, Sr) on one side only",
        (F::Generation, _) => "different generation (Jr, Sr)",
        (F::Email, L::Same) => "same e-mail address",
        (F::Email, L::Generic) => "same shared mailbox",
        (F::Email, L::Linked) => "same e-mail name at another provider",
        (F::Email, L::Close) => "e-mail address off by a typing error",
        (F::Email, _) => "e-mail address differs",
        (F::Phone, L::Same) => "same phone number",
        (F::Phone, L::Generic) => "same shared phone number",
        (F::Phone, L::Conflict) => "same phone number with another extension",
        (F::Phone, _) => "phone number differs",
        (F::Employer, L::Same) => "same company",
        (F::Employer, L::Close) => "company name nearly the same",
        (F::Employer, L::Initial) => "company an acronym of the other",
        (F::Employer, L::Variant) => "company under another of its names",
        (F::Employer, L::Linked) => "same company domain",
        (F::Employer, L::Partial) => "company names share words",
        (F::Employer, L::Conflict) => "another company, with a domain of its own",
        (F::Employer, _) => "company differs",
        (F::Place, L::Same) => "same postcode",
        (F::Place, L::Partial) => "same city",
        (F::Place, L::Close) => "city off by a typing error",
        (F::Place, L::Linked) => "city perhaps garbled",
        (F::Place, _) => "place differs",
        (F::Street, L::Same) => "same street address",
        (F::Street, L::Close) => "street off by a typing error",
        (F::Street, L::Partial) => "same street, a house number missing",
        (F::Street, L::Conflict) => "another address, so another site",
        (F::Street, _) => "street differs",
        (F::BirthDate, L::Same) => "same date of birth",
        (F::BirthDate, L::Generic) => "a date of birth that many have",
        (F::BirthDate, L::Close) => "date of birth off by a digit",
        (F::BirthDate, _) => "date of birth differs",
        (F::GovernmentId, L::Same) => "same personal number",
        (F::GovernmentId, L::Close) => "personal number off by a digit",
        (F::GovernmentId, _) => "personal number differs",
        (F::JobTitle, L::Same) => "same job title",
        (F::JobTitle, _) => "job title differs",
    })
}

/// One sentence: what speaks for a merge, strongest first, then what speaks against it, then the explanation to beat.
///
/// The company's legal form and the kind of phone line are named where they matter.
pub fn pair_reason(
    prepared: &Prepared,
    left: RecordIdx,
    right: RecordIdx,
    evidence: &PairEvidence,
) -> String {
    let phrase = |field: EvidenceField| -> Option<String> {
        let level = evidence.field(field).level;
        let plain = field_phrase(field, level)?;
        Some(match (field, level) {
            (EvidenceField::Phone, Level::Same) if shares_mobile(prepared, left, right) => {
                "same mobile number".to_owned()
            }
            (EvidenceField::Employer, Level::Same) if legal_forms_differ(prepared, left, right) => {
                "company differs by its legal form".to_owned()
            }
            _ => plain.to_owned(),
        })
    };
    let mut for_it: Vec<(i32, usize)> = Vec::new();
    let mut against: Vec<(i32, usize)> = Vec::new();
    for (at, field) in EvidenceField::ALL.into_iter().enumerate() {
        let said = evidence.field(field);
        let agrees = !matches!(
            said.level,
            Level::Missing | Level::Different | Level::Conflict
        );
        if agrees {
            for_it.push((-said.millibits, at));
        } else if said.level != Level::Missing && said.millibits <= -1_000 {
            against.push((said.millibits, at));
        }
    }
    for_it.sort_unstable();
    against.sort_unstable();
    let list = |items: &[(i32, usize)]| -> String {
        items
            .iter()
            .filter_map(|(_, at)| phrase(EvidenceField::ALL[*at]))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut sentence = list(&for_it);
    if !against.is_empty() {
        sentence = if sentence.is_empty() {
            list(&against)
        } else {
            format!("{sentence}; but {}", list(&against))
        };
    }
    if evidence.score_millibits < super::REVIEW_MILLIBITS {
        let other = match evidence.alternative {
            Alternative::Strangers => None,
            Alternative::Colleagues => Some("more likely two colleagues"),
            Alternative::Household => Some("more likely two members of one household"),
            Alternative::SharedContact => Some("more likely two people behind a shared contact"),
            Alternative::Sites => Some("more likely two sites of one operator"),
        };
        if let Some(other) = other {
            sentence = if sentence.is_empty() {
                other.to_owned()
            } else {
                format!("{sentence}; {other}")
            };
        }
    }
    if sentence.is_empty() {
        "nothing to compare".to_owned()
    } else {
        sentence
    }
}

fn shares_mobile(p: &Prepared, left: RecordIdx, right: RecordIdx) -> bool {
    let others = p.phones.row(right.at());
    p.phones.row(left.at()).iter().any(|x| {
        p.phone_codes.codes.at(x.phone as usize).kind == PhoneKind::Mobile
            && others.iter().any(|y| y.phone == x.phone)
    })
}

fn legal_forms_differ(p: &Prepared, left: RecordIdx, right: RecordIdx) -> bool {
    let form = |r: RecordIdx| match p.company[r.at()] {
        NONE => None,
        company => Some(p.companies.codes.at(company as usize).legal_form),
    };
    form(left) != form(right)
}
