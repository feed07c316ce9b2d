//! Stage 1: export files to records.
