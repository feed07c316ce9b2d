//! Stage 6: clusters to merge suggestions.
