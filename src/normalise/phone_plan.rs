//! Numbering plans: the metadata of the `phonenumber` crate with our own matching on top.
//!
//! The crate's `is_valid` compiles patterns through a small global cache behind one lock (hundreds of microseconds a
//! number), matches them as prefixes, and its `parse` strips the *default* region's trunk prefix from foreign numbers.
//! So only its data is used: the patterns of a plan become one table when first needed (`digit_table.rs`), anchored at
//! both ends, asked without a lock, and a number is read with the plan of its own calling code. Metadata: libphonenumber 9.0.33 (Apache-2.0), as shipped by `phonenumber`.

mod digit_table;

use crate::model::PhoneKind;
use digit_table::{DigitTable, PatternSet, Ways};
use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Longest calling code, in digits.
const CALLING_CODE_MAX: usize = 3;
/// Shortest and longest national number any plan knows, in digits.
const NATIONAL_LEN: std::ops::RangeInclusive<usize> = 3..=17;

/// The lengths a kind of number may have.
#[derive(Debug, Default)]
struct Lengths(Vec<u16>);

impl Lengths {
    fn of(descriptor: &Descriptor) -> Lengths {
        Lengths(descriptor.possible_length().to_vec())
    }

    /// True when the plan states none.
    fn have(&self, n_digits: usize) -> bool {
        self.0.is_empty() || self.0.iter().any(|l| usize::from(*l) == n_digits)
    }
}

/// Kinds of number of a plan, in the order they are asked: the first is all its numbers.
#[derive(Debug, Default)]
struct Lines {
    patterns: Vec<String>,
    lengths: Vec<Lengths>,
    table: OnceLock<Option<DigitTable>>,
}

impl Lines {
    /// The set that holds only the pattern added.
    fn add(&mut self, descriptor: &Descriptor) -> PatternSet {
        let number = self.patterns.len();
        let pattern = descriptor.national_number().as_str().to_owned();
        self.patterns.push(pattern);
        self.lengths.push(Lengths::of(descriptor));
        1 << number
    }

    /// The kinds of number that `national` is.
    fn of(&self, national: &str) -> PatternSet {
        let table = self
            .table
            .get_or_init(|| DigitTable::new(&self.patterns, Ways::All));
        let Some(table) = table else {
            return 0;
        };
        let mut found = table.whole(national);
        for (at, lengths) in self.lengths.iter().enumerate() {
            if found & 1 << at != 0 && !lengths.have(national.len()) {
                found &= !(1 << at);
            }
        }
        found
    }
}

/// The set of all numbers of a plan: see [`Lines`].
const GENERAL: PatternSet = 1;

/// What a number may begin with.
struct Prefix {
    pattern: String,
    table: OnceLock<Option<DigitTable>>,
    /// With groups; only asked where one of them matters.
    regex: OnceLock<Option<Regex>>,
}

impl Prefix {
    fn of(pattern: &str) -> Prefix {
        Prefix {
            pattern: pattern.to_owned(),
            table: OnceLock::new(),
            regex: OnceLock::new(),
        }
    }

    /// Where it ends in `digits`, `None` when they do not begin with it.
    fn end_in(&self, digits: &str) -> Option<usize> {
        self.table
            .get_or_init(|| DigitTable::new(&[&self.pattern], Ways::First))
            .as_ref()?
            .beginning_end(digits)
    }

    fn regex(&self) -> Option<&Regex> {
        let build = || {
            let source = format!("^(?:{})", self.pattern);
            let mut builder = RegexBuilder::new(&source);
            builder.ignore_whitespace(true).build().ok()
        };
        self.regex.get_or_init(build).as_ref()
    }
}

/// The numbering plan of one region.
pub(super) struct Plan {
    /// ISO 3166 alpha-2, or `001` for plans without a country.
    pub(super) id: String,
    /// Calling code.
    pub(super) code: u16,
    code_digits: String,
    lines: Lines,
    /// Kinds that are told before fixed and mobile lines, in the order they are told.
    kinds: Vec<(PhoneKind, PatternSet)>,
    mobile: PatternSet,
    fixed: PatternSet,
    /// First digits that tell this region from others of the same calling code.
    leading_digits: Option<String>,
    international_prefix: Option<Prefix>,
    trunk_prefix: Option<Prefix>,
    trunk_transform: Option<String>,
}

impl Plan {
    fn of(meta: &Metadata) -> Plan {
        let d = meta.descriptors();
        let service = [
            d.premium_rate(),
            d.toll_free(),
            d.shared_cost(),
            d.uan(),
            d.voicemail(),
        ];
        let mut lines = Lines::default();
        lines.add(d.general());
        let mut kinds: Vec<(PhoneKind, PatternSet)> = service
            .into_iter()
            .flatten()
            .map(|x| (PhoneKind::Service, lines.add(x)))
            .collect();
        kinds.extend(d.voip().map(|x| (PhoneKind::Fixed, lines.add(x))));
        kinds.extend(
            d.personal_number()
                .map(|x| (PhoneKind::Mobile, lines.add(x))),
        );
        kinds.extend(d.pager().map(|x| (PhoneKind::Mobile, lines.add(x))));
        if lines.lengths[0].0.is_empty() {
            // The data states lengths by kind of line only; a number of the plan has one of them.
            let of_lines = [
                d.fixed_line(),
                d.mobile(),
                d.voip(),
                d.personal_number(),
                d.pager(),
            ];
            let mut lengths: Vec<u16> = of_lines
                .into_iter()
                .chain(service)
                .flatten()
                .flat_map(|x| x.possible_length())
                .copied()
                .collect();
            lengths.sort_unstable();
            lengths.dedup();
            lines.lengths[0] = Lengths(lengths);
        }
        Plan {
            id: meta.id().to_owned(),
            code: meta.country_code(),
            code_digits: meta.country_code().to_string(),
            mobile: d.mobile().map_or(0, |x| lines.add(x)),
            fixed: d.fixed_line().map_or(0, |x| lines.add(x)),
            lines,
            kinds,
            leading_digits: meta.leading_digits().map(|r| r.as_str().to_owned()),
            international_prefix: meta.international_prefix().map(|r| Prefix::of(r.as_str())),
            trunk_prefix: meta
                .national_prefix_for_parsing()
                .map(|r| Prefix::of(r.as_str()))
                .or_else(|| meta.national_prefix().map(Prefix::of)),
            trunk_transform: meta.national_prefix_transform_rule().map(str::to_owned),
        }
    }

    /// Kind of a national number in this region, `None` when the plan has no such number.
    fn kind(&self, national: &str) -> Option<PhoneKind> {
        let found = self.lines.of(national);
        if found & GENERAL == 0 {
            return None;
        }
        if let Some((kind, _)) = self.kinds.iter().find(|(_, set)| found & set != 0) {
            return Some(*kind);
        }
        match (found & self.fixed != 0, found & self.mobile != 0) {
            (true, true) => Some(PhoneKind::FixedOrMobile),
            (true, false) => Some(PhoneKind::Fixed),
            (false, true) => Some(PhoneKind::Mobile),
            // Plans without a country (+800, +883) state only the general pattern and one kind.
            (false, false) => (self.fixed | self.mobile == 0).then_some(PhoneKind::Unknown),
        }
    }

    /// The national significant number: `digits` without the trunk prefix, by libphonenumber's rule
    /// (`maybeStripNationalPrefixAndCarrierCode`): never turn a number the plan knows into one it does not.
    pub(super) fn national_significant<'d>(&self, digits: &'d str) -> Cow<'d, str> {
        let whole = Cow::Borrowed(digits);
        let Some(prefix) = self.trunk_prefix.as_ref() else {
            return whole;
        };
        let Some(end) = prefix.end_in(digits).filter(|end| *end > 0) else {
            return whole;
        };
        let stripped = self
            .transformed(prefix, digits)
            .map_or(Cow::Borrowed(&digits[end..]), Cow::Owned);
        let is_general = |digits: &str| self.lines.of(digits) & GENERAL != 0;
        if is_general(digits) && !is_general(&stripped) {
            return whole;
        }
        // Too short after stripping: the zero belonged to the number.
        let lengths = &self.lines.lengths[0].0;
        let shortest = lengths.first().map_or(2, |l| usize::from(*l));
        if stripped.len() < shortest {
            return whole;
        }
        stripped
    }

    /// `digits` with what the plan says in the place of its trunk prefix, when it says so of these.
    fn transformed(&self, prefix: &Prefix, digits: &str) -> Option<String> {
        let rule = self.trunk_transform.as_ref()?;
        let regex = prefix.regex()?;
        let found = regex.captures(digits)?;
        let has_last_group = found.len() > 1 && found.get(found.len() - 1).is_some();
        has_last_group.then(|| regex.replace(digits, braced(rule).as_str()).into_owned())
    }

    /// True when a digit is dialled before national numbers (0 in most countries).
    pub(super) fn has_trunk_prefix(&self) -> bool {
        self.trunk_prefix.is_some()
    }

    /// True when a number of this many digits could exist in the plan.
    fn has_length(&self, n_digits: usize) -> bool {
        self.lines.lengths[0].have(n_digits)
    }

    /// `digits` without this region's calling code, if they begin with it.
    pub(super) fn without_code<'a>(&self, digits: &'a str) -> Option<&'a str> {
        digits.strip_prefix(self.code_digits.as_str())
    }

    /// `digits` without this region's international prefix (`00`, `011`, `0011` …), if it begins with one.
    pub(super) fn without_international_prefix<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let end = self.international_prefix.as_ref()?.end_in(digits)?;
        let rest = &digits[end..];
        (end > 0 && !rest.is_empty() && !rest.starts_with('0')).then_some(rest)
    }
}

/// `$1` followed by digits would be read as a group of that number: `$15` becomes `${1}5`.
fn braced(rule: &str) -> String {
    let mut out = String::with_capacity(rule.len() + 4);
    let mut chars = rule.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '$'
            && let Some(group) = chars.next_if(char::is_ascii_digit)
        {
            out.push('{');
            out.push(group);
            out.push('}');
        }
    }
    out
}

/// A number brought to calling code and national significant number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed {
    /// Calling code.
    pub(super) code: u16,
    /// National significant number, leading zeros of the plan (Italy) included.
    pub(super) national: String,
    /// Kind of line; `None` when the plan knows the length but not the number.
    pub(super) kind: Option<PhoneKind>,
}

/// All plans.
pub(super) struct Plans {
    plans: Vec<Plan>,
    by_id: FxHashMap<String, usize>,
    by_code: FxHashMap<u16, CodePlans>,
}

/// The plans of a calling code.
#[derive(Default)]
struct CodePlans {
    /// Their positions, the main region first.
    plans: Vec<usize>,
    /// Of those, the ones with leading digits.
    claiming: Vec<usize>,
    claims: OnceLock<Option<DigitTable>>,
}

impl CodePlans {
    /// The first plan whose leading digits the number has.
    fn claimed(&self, plans: &[Plan], national: &str) -> Option<usize> {
        if self.claiming.is_empty() {
            return None;
        }
        let table = self.claims.get_or_init(|| {
            let leading = |at: &usize| plans[*at].leading_digits.as_deref().unwrap_or_default();
            let patterns: Vec<&str> = self.claiming.iter().map(leading).collect();
            DigitTable::new(&patterns, Ways::All)
        });
        let claims = table.as_ref()?.beginning(national);
        (claims != 0).then(|| self.claiming[claims.trailing_zeros() as usize])
    }
}

impl Plans {
    /// The plans, unpacked at the first call, shared afterwards.
    pub(super) fn get() -> &'static Plans {
        static PLANS: OnceLock<Plans> = OnceLock::new();
        PLANS.get_or_init(|| {
            // By code and not by region: all plans without a country share the region 001.
            let mut metas: Vec<&Metadata> = (1..1000_u16)
                .filter_map(|code| DATABASE.by_code(&code))
                .flatten()
                .collect();
            metas.sort_by_key(|m| (m.country_code(), !m.is_main_country_for_code(), m.id()));
            let plans: Vec<Plan> = metas.into_iter().map(Plan::of).collect();
            let mut by_id = FxHashMap::default();
            let mut by_code: FxHashMap<u16, CodePlans> = FxHashMap::default();
            for (at, plan) in plans.iter().enumerate() {
                by_id.insert(plan.id.clone(), at);
                let of_code = by_code.entry(plan.code).or_default();
                of_code.plans.push(at);
                if plan.leading_digits.is_some() {
                    of_code.claiming.push(at);
                }
            }
            Plans {
                plans,
                by_id,
                by_code,
            }
        })
    }

    /// The plan of a country.
    pub(super) fn country(&self, iso2: &str) -> Option<&Plan> {
        self.by_id.get(iso2).map(|at| &self.plans[*at])
    }

    /// Reads digits that begin with a calling code.
    pub(super) fn international(&self, digits: &str) -> Option<Parsed> {
        for n in 1..=CALLING_CODE_MAX.min(digits.len()) {
            let code: u16 = digits[..n].parse().ok()?;
            if let Some(plans) = self.by_code.get(&code) {
                let main = &self.plans[plans.plans[0]];
                return self.in_code(code, &main.national_significant(&digits[n..]));
            }
        }
        None
    }

    /// The national number of digits that begin with a calling code; all digits when no code fits.
    pub(super) fn national_part<'a>(&self, digits: &'a str) -> &'a str {
        self.split_code(digits).map_or(digits, |(_, rest)| rest)
    }

    /// ISO 3166 alpha-2 of the region that a full number belongs to, the main one when regions share a calling code.
    pub(super) fn region_of(&self, digits: &str) -> Option<&str> {
        let (code, _) = self.split_code(digits)?;
        let main = self.by_code.get(&code)?.plans[0];
        Some(self.plans[main].id.as_str()).filter(|id| *id != "001")
    }

    fn split_code<'a>(&self, digits: &'a str) -> Option<(u16, &'a str)> {
        (1..=CALLING_CODE_MAX.min(digits.len())).find_map(|n| {
            let code: u16 = digits[..n].parse().ok()?;
            self.by_code
                .contains_key(&code)
                .then_some((code, &digits[n..]))
        })
    }

    /// Reads a number written for use inside a country, trunk prefix or not.
    pub(super) fn national(&self, plan: &Plan, digits: &str) -> Option<Parsed> {
        self.in_code(plan.code, &plan.national_significant(digits))
    }

    /// Reads digits that begin with the region's own calling code, the plus missing; `None` when the plan does not know
    /// the number behind it.
    pub(super) fn without_own_code(&self, plan: &Plan, digits: &str) -> Option<Parsed> {
        let rest = plan.without_code(digits)?;
        self.national(plan, rest).filter(|p| p.kind.is_some())
    }

    fn in_code(&self, code: u16, national: &str) -> Option<Parsed> {
        if !NATIONAL_LEN.contains(&national.len()) {
            return None;
        }
        let plans = self.by_code.get(&code)?;
        // A region with leading digits of its own (Kazakhstan in +7, Jersey in +44) claims its numbers.
        let claimed = plans.claimed(&self.plans, national);
        let kind = claimed
            .and_then(|at| self.plans[at].kind(national))
            .or_else(|| (plans.plans.iter()).find_map(|at| self.plans[*at].kind(national)));
        // The main region's lengths: Canada's few seven-digit numbers make no seven digits a North American number.
        let possible = self.plans[plans.plans[0]].has_length(national.len());
        (kind.is_some() || possible).then(|| Parsed {
            code,
            national: national.to_owned(),
            kind,
        })
    }
}

#[cfg(test)]
mod tests;
