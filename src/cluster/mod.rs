//! Stage 5: scored pairs to clusters.
