//! kinfold finds the kin among CRM records and folds them into one.
//!
//! A batch duplicate-detection engine: reads exports of leads, contacts and accounts, normalises them to
//! matchcodes, finds every pair a rule asks for, weighs the evidence, clusters, picks survivors and writes reports.
//! `docs/ARCHITECTURE.md` walks through the modules in the order of the pipeline.

// First, since the others use its macro.
#[macro_use]
#[doc(hidden)]
pub mod failpoint;

pub mod block;
pub mod cluster;
mod durable;
pub mod evaluate;
#[cfg(feature = "files")]
pub mod impact;
#[cfg(feature = "files")]
pub mod ingest;
#[cfg(feature = "files")]
pub mod lint;
pub mod model;
pub mod normalise;
#[cfg(feature = "files")]
pub mod pipeline;
#[cfg(feature = "files")]
pub mod qualify;
#[cfg(feature = "files")]
pub mod report;
#[cfg(feature = "files")]
pub mod rule_tests;
pub mod rules;
pub mod score;
pub mod similarity;
pub mod state;
pub mod survive;
pub mod synth;
