//! The accesses a rule may have, and the limits of the stage.

use crate::block::condition::CompiledRule;
use crate::block::{Budget, Decided};

/// Limits of the stage.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockOptions {
    /// Pairs a rule may compare one by one without an index.
    pub scan_max: u64,
    /// Compare more than that rather than refuse.
    pub allow_scan: bool,
    /// Pairs that people decided.
    pub decided: Decided,
    /// What all rules together may take, by estimate; refused before anything is compared.
    pub budget: Budget,
    /// Bytes in use when the stage begins, for the budget's memory.
    pub resident_bytes: u64,
    /// Test only: the access to take wherever a rule has it, by its word, instead of the cheapest.
    #[doc(hidden)]
    pub prefer: Option<&'static str>,
    /// Test only: loses what an index finds under every second key, to show that an audit sees it.
    #[doc(hidden)]
    pub break_plans: bool,
}

/// Where the candidates of a rule come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::block) enum Access {
    /// An equality condition, by its position among the rule's.
    Keys(usize),
    /// The company condition with its threshold.
    Companies(f64),
    /// The name condition.
    Names,
    /// A literal measure, by its position among the rule's conditions.
    Texts(usize),
    /// No index.
    Scan,
}

impl Access {
    /// Everything that can find the pairs of a rule; each is complete.
    pub(in crate::block) fn all(rule: &CompiledRule<'_>) -> Vec<Access> {
        let mut out: Vec<Access> = rule
            .key_plans()
            .iter()
            .map(|plan| Access::Keys(plan.condition_idx()))
            .collect();
        out.extend(rule.company_threshold().map(Access::Companies));
        if rule.needs_name() {
            out.push(Access::Names);
        }
        out.extend(
            rule.measures()
                .iter()
                .map(|m| Access::Texts(m.condition_idx)),
        );
        if out.is_empty() {
            out.push(Access::Scan);
        }
        out
    }

    /// One word for it.
    pub(in crate::block) fn word(self) -> &'static str {
        match self {
            Access::Keys(_) => "keys",
            Access::Companies(_) => "companies",
            Access::Names => "names",
            Access::Texts(_) => "texts",
            Access::Scan => "scan",
        }
    }
}

impl Default for BlockOptions {
    fn default() -> Self {
        // 200 million verified pairs take about a minute on two cores.
        BlockOptions {
            scan_max: 200_000_000,
            allow_scan: false,
            decided: Decided::default(),
            budget: Budget::default(),
            resident_bytes: 0,
            prefer: None,
            break_plans: false,
        }
    }
}
