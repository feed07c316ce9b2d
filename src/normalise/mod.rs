//! Stage 2: records to matchcodes.
