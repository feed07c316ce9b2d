//! Stage 2: records to matchcodes.
//!
//! Takes the [`Table`](crate::model::Table) of stage 1 and gives [`Prepared`](crate::model::Prepared): typed columns
//! of dense numbers in which equal numbers mean "same". One file a kind of value; the lists of facts they rely on
//! (nicknames, legal forms, free-mail providers …) are in [`tables`], each naming its source.
//!
//! Every reader is a pure function of its text: no state, no clock, no locale of the machine. Missing text gives no
//! code, original values are never changed, and reading what was read changes nothing. `docs/matchcodes.md` says in
//! prose what each kind keeps and drops.

pub mod address;
pub mod company;
pub mod domain;
pub mod email;
pub mod fold;
pub mod person_name;
pub mod phone;
pub mod picklist;
pub mod place;
pub mod tables;
pub mod variants;

mod cell;
mod phone_plan;
mod prepare;

pub use prepare::prepare;
