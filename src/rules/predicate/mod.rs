//! What the profiles `similar = "name"` and `similar = "company"` mean, what an agreement is worth, what a date says.
//!
//! Block asks whether, score asks how well: both ask here, so that an index and a score never disagree.

mod company;
pub mod date;
mod name;
mod weight;

pub use company::{
    ACRONYM_SIMILARITY, BEGINNING_SIMILARITY, CompanyProfile, LETTERS_SIMILARITY, WORDS_COMPARED,
    common_words,
};
pub use name::{MAX_MATCHES, NameAgreement, NameMatch, NameProfile, Part, TokenMatch};
pub use weight::{
    EXPECTED_PARTNERS, GIVEN_CAP, INITIAL, NAME_DEPENDENCE, PLACE_CAP, SURNAME_CAP, Weights,
    millibits,
};
