//! Plans and audits of a rule set on records that were read: the block stage asked without the stages after it.

use super::decisions::Decisions;
use super::{Engine, LinkOptions, Loaded, PipelineError, check_rules};
use crate::block::{self, AuditOptions, AuditReport, PlanReport};
use crate::model::Progress;

/// How the rules would be executed on these records, and at what cost. Compares samples only.
pub fn plan(
    loaded: &Loaded,
    options: &LinkOptions,
    progress: &dyn Progress,
) -> Result<PlanReport, PipelineError> {
    check_rules(&loaded.table, options)?;
    progress.begin("planning", "rules", None);
    let engine = Engine::new(&loaded.prepared);
    let decisions = Decisions::resolve(&loaded.table, options)?;
    let report = block::plans(engine.block_input(), &options.rules, &decisions.decided)?;
    progress.end();
    Ok(report)
}

/// Compares sampled records with all others by the definition of the rules, and looks for what the plans missed.
pub fn audit(
    loaded: &Loaded,
    options: &LinkOptions,
    audit: &AuditOptions,
    progress: &dyn Progress,
) -> Result<AuditReport, PipelineError> {
    check_rules(&loaded.table, options)?;
    let engine = Engine::new(&loaded.prepared);
    let decisions = Decisions::resolve(&loaded.table, options)?;
    let block = block::BlockOptions {
        decided: decisions.decided,
        ..options.block.clone()
    };
    let input = engine.block_input();
    Ok(block::audit(
        input,
        &options.rules,
        &block,
        audit,
        progress,
    )?)
}
