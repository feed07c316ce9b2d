//! Stage 7: what a run writes.
