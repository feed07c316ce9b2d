//! Every plan against the plain reading of its metadata: one regex for each pattern, asked one after the other.

use super::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn anchored(pattern: &str, behind: &str) -> Regex {
    let mut builder = RegexBuilder::new(&format!("^(?:{pattern}){behind}"));
    builder
        .ignore_whitespace(true)
        .build()
        .expect("shipped patterns can be read")
}

/// The patterns of a region as regexes.
struct Plain {
    /// All numbers, then kinds in the order of the metadata.
    lines: Vec<(Regex, Vec<u16>)>,
    trunk_prefix: Option<Regex>,
    trunk_transform: Option<String>,
    international_prefix: Option<Regex>,
    leading_digits: Option<Regex>,
}

impl Plain {
    fn of(meta: &Metadata, plan: &Plan) -> Plain {
        let d = meta.descriptors();
        let kinds = [
            d.premium_rate(),
            d.toll_free(),
            d.shared_cost(),
            d.uan(),
            d.voicemail(),
            d.voip(),
            d.personal_number(),
            d.pager(),
            d.mobile(),
            d.fixed_line(),
        ];
        let lines = std::iter::once(d.general())
            .chain(kinds.into_iter().flatten())
            .zip(&plan.lines.lengths)
            .map(|(x, lengths)| {
                let pattern = anchored(x.national_number().as_str(), "$");
                (pattern, lengths.0.clone())
            })
            .collect();
        let prefix = |pattern: &str| anchored(pattern, "");
        Plain {
            lines,
            trunk_prefix: meta
                .national_prefix_for_parsing()
                .map(|r| prefix(r.as_str()))
                .or_else(|| meta.national_prefix().map(prefix)),
            trunk_transform: meta.national_prefix_transform_rule().map(str::to_owned),
            international_prefix: meta.international_prefix().map(|r| prefix(r.as_str())),
            leading_digits: meta.leading_digits().map(|r| prefix(r.as_str())),
        }
    }

    fn lines(&self, national: &str) -> PatternSet {
        let is_length = |lengths: &[u16]| {
            lengths.is_empty() || lengths.iter().any(|l| usize::from(*l) == national.len())
        };
        (self.lines.iter().enumerate())
            .filter(|(_, (regex, lengths))| is_length(lengths) && regex.is_match(national))
            .fold(0, |set, (at, _)| set | 1 << at)
    }

    fn national_significant(&self, digits: &str) -> String {
        let Some(regex) = &self.trunk_prefix else {
            return digits.to_owned();
        };
        let Some(found) = regex.captures(digits) else {
            return digits.to_owned();
        };
        let end = found.get(0).map_or(0, |m| m.end());
        let has_last_group = found.len() > 1 && found.get(found.len() - 1).is_some();
        let stripped = match &self.trunk_transform {
            Some(rule) if has_last_group => regex.replace(digits, braced(rule).as_str()).into(),
            _ => digits[end..].to_owned(),
        };
        let is_known = |digits: &str| self.lines(digits) & GENERAL != 0;
        let shortest = self.lines[0].1.first().map_or(2, |l| usize::from(*l));
        if end == 0 || is_known(digits) && !is_known(&stripped) || stripped.len() < shortest {
            return digits.to_owned();
        }
        stripped
    }
}

/// Numbers of a region: examples of its kinds of line, whole and with digits changed, added and lost, with and without what
/// is dialled before them; and digits at random.
fn numbers(meta: &Metadata, random: &mut ChaCha8Rng) -> Vec<String> {
    let d = meta.descriptors();
    let kinds = [
        d.fixed_line(),
        d.mobile(),
        d.toll_free(),
        d.voip(),
        d.pager(),
        d.premium_rate(),
    ];
    let examples: Vec<&str> = kinds
        .into_iter()
        .flatten()
        .filter_map(|x| x.example())
        .collect();
    let mut out = vec![String::new()];
    for example in &examples {
        for n_changed in [0, 1, 1, 2, 3, 9] {
            let mut digits: Vec<u8> = example.bytes().collect();
            for _ in 0..n_changed {
                let at = random.random_range(0..digits.len());
                digits[at] = b'0' + random.random_range(0..10);
            }
            match random.random_range(0..6) {
                0 => digits.push(b'0' + random.random_range(0..10)),
                1 => drop(digits.pop()),
                _ => {}
            }
            let digits = String::from_utf8(digits).expect("digits");
            let prefix = ["", "0", "00", "011", "1", "8", "9", "15", "06"];
            let prefix = prefix[random.random_range(0..prefix.len())];
            out.push(format!(
                "{}{digits}",
                meta.national_prefix().unwrap_or_default()
            ));
            out.push(format!("{prefix}{digits}"));
            out.push(digits);
        }
    }
    for _ in 0..40 {
        let n = random.random_range(1..=17);
        out.push(
            (0..n)
                .map(|_| char::from(b'0' + random.random_range(0..10_u8)))
                .collect(),
        );
    }
    out
}

#[test]
fn every_plan_answers_as_its_patterns_do_one_by_one() {
    let seed = 7;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let plans = Plans::get();
    let mut n_plans = 0;
    for (code, of_code) in (1..1000).filter_map(|code| Some((code, plans.by_code.get(&code)?))) {
        let metas = DATABASE.by_code(&code).expect("has plans");
        let of_region = |at: usize| {
            let plan = &plans.plans[at];
            let meta = metas
                .iter()
                .find(|m| m.id() == plan.id)
                .expect("has metadata");
            (plan, *meta, Plain::of(meta, plan))
        };
        let regions: Vec<_> = of_code.plans.iter().map(|at| of_region(*at)).collect();
        for (plan, meta, plain) in &regions {
            n_plans += 1;
            for digits in numbers(meta, &mut random) {
                let said = || format!("{} {digits}, seed {seed}", plan.id);
                assert_eq!(plan.lines.of(&digits), plain.lines(&digits), "{}", said());
                assert_eq!(
                    plan.national_significant(&digits),
                    plain.national_significant(&digits),
                    "{}",
                    said()
                );
                let dialled = plain
                    .international_prefix
                    .as_ref()
                    .and_then(|r| r.find(&digits));
                let end = plan
                    .international_prefix
                    .as_ref()
                    .and_then(|p| p.end_in(&digits));
                assert_eq!(end, dialled.map(|m| m.end()), "{}", said());
                let claimed = regions.iter().find(|(_, _, p)| {
                    p.leading_digits
                        .as_ref()
                        .is_some_and(|r| r.is_match(&digits))
                });
                let found = of_code.claimed(&plans.plans, &digits);
                assert_eq!(
                    found.map(|at| plans.plans[at].id.as_str()),
                    claimed.map(|(plan, _, _)| plan.id.as_str()),
                    "{}",
                    said()
                );
            }
        }
    }
    assert_eq!(n_plans, plans.plans.len());
    assert!(n_plans > 240, "{n_plans}");
}

/// A pattern that cannot be read would match nothing, and no test of one number would tell.
#[test]
fn every_pattern_becomes_a_table() {
    for plan in &Plans::get().plans {
        assert!(
            DigitTable::new(&plan.lines.patterns, Ways::All).is_some(),
            "{}",
            plan.id
        );
        for prefix in [&plan.trunk_prefix, &plan.international_prefix]
            .into_iter()
            .flatten()
        {
            let table = DigitTable::new(&[&prefix.pattern], Ways::First);
            assert!(table.is_some() && prefix.regex().is_some(), "{}", plan.id);
        }
    }
}
