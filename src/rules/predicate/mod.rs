//! What the profiles mean.
