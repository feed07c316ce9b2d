//! Figures against ground truth.
