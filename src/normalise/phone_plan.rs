//! Numbering plans: the metadata of the `phonenumber` crate with our own matching on top.
//!
//! The crate's `is_valid` compiles patterns through a small global cache behind one lock (hundreds of microseconds a
//! number), matches them as prefixes, and its `parse` strips the *default* region's trunk prefix from foreign numbers.
//! So only its data is used: each pattern is compiled once, anchored at both ends, without a lock, and a number is read
//! with the plan of its own calling code. Metadata: libphonenumber 9.0.33 (Apache-2.0), as shipped by `phonenumber`.

use crate::model::PhoneKind;
use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Longest calling code, in digits.
const CALLING_CODE_MAX: usize = 3;
/// Shortest and longest national number any plan knows, in digits.
const NATIONAL_LEN: std::ops::RangeInclusive<usize> = 3..=17;

/// A pattern over whole national numbers, compiled when first needed.
struct Pattern {
    source: String,
    /// Possible lengths; empty when the plan states none.
    lengths: Vec<u16>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn of(descriptor: &Descriptor) -> Pattern {
        Pattern {
            source: format!("^(?:{})$", descriptor.national_number().as_str()),
            lengths: descriptor.possible_length().to_vec(),
            compiled: OnceLock::new(),
        }
    }

    fn anchored_at_start(source: &str) -> Pattern {
        Pattern {
            source: format!("^(?:{source})"),
            lengths: Vec::new(),
            compiled: OnceLock::new(),
        }
    }

    fn has_length(&self, n_digits: usize) -> bool {
        self.lengths.is_empty() || self.lengths.iter().any(|l| usize::from(*l) == n_digits)
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| {
                RegexBuilder::new(&self.source)
                    .ignore_whitespace(true)
                    .build()
                    .ok()
            })
            .as_ref()
    }

    fn matches(&self, national: &str) -> bool {
        self.has_length(national.len()) && self.regex().is_some_and(|r| r.is_match(national))
    }
}

/// The numbering plan of one region.
pub(super) struct Plan {
    /// ISO 3166 alpha-2, or `001` for plans without a country.
    pub(super) id: String,
    /// Calling code.
    pub(super) code: u16,
    general: Pattern,
    kinds: Vec<(PhoneKind, Pattern)>,
    mobile: Option<Pattern>,
    fixed: Option<Pattern>,
    /// First digits that tell this region from others of the same calling code.
    leading_digits: Option<Pattern>,
    international_prefix: Option<Pattern>,
    trunk_prefix: Option<Pattern>,
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
        let mut kinds: Vec<(PhoneKind, Pattern)> = service
            .into_iter()
            .flatten()
            .map(|x| (PhoneKind::Service, Pattern::of(x)))
            .collect();
        kinds.extend(d.voip().map(|x| (PhoneKind::Fixed, Pattern::of(x))));
        kinds.extend(
            d.personal_number()
                .map(|x| (PhoneKind::Mobile, Pattern::of(x))),
        );
        kinds.extend(d.pager().map(|x| (PhoneKind::Mobile, Pattern::of(x))));
        let mut general = Pattern::of(d.general());
        if general.lengths.is_empty() {
            // The data states lengths by kind of line only; a number of the plan has one of them.
            let lines = [
                d.fixed_line(),
                d.mobile(),
                d.voip(),
                d.personal_number(),
                d.pager(),
            ];
            general.lengths = lines
                .into_iter()
                .chain(service)
                .flatten()
                .flat_map(|x| x.possible_length())
                .copied()
                .collect();
            general.lengths.sort_unstable();
            general.lengths.dedup();
        }
        Plan {
            id: meta.id().to_owned(),
            code: meta.country_code(),
            general,
            kinds,
            mobile: d.mobile().map(Pattern::of),
            fixed: d.fixed_line().map(Pattern::of),
            leading_digits: meta
                .leading_digits()
                .map(|r| Pattern::anchored_at_start(r.as_str())),
            international_prefix: meta
                .international_prefix()
                .map(|r| Pattern::anchored_at_start(r.as_str())),
            trunk_prefix: meta
                .national_prefix_for_parsing()
                .map(|r| Pattern::anchored_at_start(r.as_str()))
                .or_else(|| meta.national_prefix().map(Pattern::anchored_at_start)),
            trunk_transform: meta.national_prefix_transform_rule().map(str::to_owned),
        }
    }

    /// Kind of a national number in this region, `None` when the plan has no such number.
    fn kind(&self, national: &str) -> Option<PhoneKind> {
        if !self.general.matches(national) {
            return None;
        }
        if let Some((kind, _)) = self.kinds.iter().find(|(_, p)| p.matches(national)) {
            return Some(*kind);
        }
        let fixed = self.fixed.as_ref().is_some_and(|p| p.matches(national));
        let mobile = self.mobile.as_ref().is_some_and(|p| p.matches(national));
        match (fixed, mobile) {
            (true, true) => Some(PhoneKind::FixedOrMobile),
            (true, false) => Some(PhoneKind::Fixed),
            (false, true) => Some(PhoneKind::Mobile),
            // Plans without a country (+800, +883) state only the general pattern and one kind.
            (false, false) => {
                (self.fixed.is_none() && self.mobile.is_none()).then_some(PhoneKind::Unknown)
            }
        }
    }

    /// The national significant number: `digits` without the trunk prefix, by libphonenumber's rule
    /// (`maybeStripNationalPrefixAndCarrierCode`): never turn a number the plan knows into one it does not.
    pub(super) fn national_significant(&self, digits: &str) -> String {
        let Some(regex) = self.trunk_prefix.as_ref().and_then(Pattern::regex) else {
            return digits.to_owned();
        };
        let Some(found) = regex.captures(digits) else {
            return digits.to_owned();
        };
        let end = found.get(0).map_or(0, |m| m.end());
        let has_last_group = found.len() > 1 && found.get(found.len() - 1).is_some();
        let stripped = match &self.trunk_transform {
            Some(rule) if has_last_group => {
                regex.replace(digits, braced(rule).as_str()).into_owned()
            }
            _ => digits[end..].to_owned(),
        };
        let known = self.general.matches(digits);
        if end == 0 || known && !self.general.matches(&stripped) {
            return digits.to_owned();
        }
        // Too short after stripping: the zero belonged to the number.
        let shortest = self.general.lengths.first().map_or(2, |l| usize::from(*l));
        if stripped.len() < shortest {
            return digits.to_owned();
        }
        stripped
    }

    /// True when a number of this many digits could exist in the plan.
    fn has_length(&self, n_digits: usize) -> bool {
        self.general.has_length(n_digits)
    }

    /// `digits` without this region's international prefix (`00`, `011`, `0011` …), if it begins with one.
    pub(super) fn without_international_prefix<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let found = self.international_prefix.as_ref()?.regex()?.find(digits)?;
        let rest = &digits[found.end()..];
        (found.end() > 0 && !rest.is_empty() && !rest.starts_with('0')).then_some(rest)
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
    /// Plans of each calling code, the main region first.
    by_code: FxHashMap<u16, Vec<usize>>,
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
            let mut by_code: FxHashMap<u16, Vec<usize>> = FxHashMap::default();
            for (at, plan) in plans.iter().enumerate() {
                by_id.insert(plan.id.clone(), at);
                by_code.entry(plan.code).or_default().push(at);
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
                let main = &self.plans[plans[0]];
                return self.in_code(code, main.national_significant(&digits[n..]));
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
        let main = self.by_code.get(&code)?[0];
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
        self.in_code(plan.code, plan.national_significant(digits))
    }

    fn in_code(&self, code: u16, national: String) -> Option<Parsed> {
        if !NATIONAL_LEN.contains(&national.len()) {
            return None;
        }
        let plans = self.by_code.get(&code)?;
        // A region with leading digits of its own (Kazakhstan in +7, Jersey in +44) claims its numbers.
        let claimed = plans.iter().map(|at| &self.plans[*at]).find(|p| {
            p.leading_digits
                .as_ref()
                .and_then(Pattern::regex)
                .is_some_and(|r| r.is_match(&national))
        });
        let kind = claimed
            .and_then(|p| p.kind(&national))
            .or_else(|| plans.iter().find_map(|at| self.plans[*at].kind(&national)));
        // The main region's lengths: Canada's few seven-digit numbers make no seven digits a North American number.
        let possible = self.plans[plans[0]].has_length(national.len());
        (kind.is_some() || possible).then_some(Parsed {
            code,
            national,
            kind,
        })
    }
}
