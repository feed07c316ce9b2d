//! Pure measures on strings, bounded kernels beside their slow references, the complete join of texts by a literal
//! measure, and the fuzzy self-join of a vocabulary.
//!
//! Nothing here knows of records or rules. Range and source of each measure stand at the function.

pub mod join;
pub mod measures;
pub mod neighbours;
pub mod osa;
pub mod phonetic;
