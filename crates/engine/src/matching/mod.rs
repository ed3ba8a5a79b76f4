//! Which automation an event sets off, found without walking all of them.
//!
//! Texts and keywords are folded alike ([`Folded`]); the keywords of a whole set stand in
//! one automaton ([`KeywordSet`]), and [`AutomationSet`] is what is compiled from the
//! active automations of one workspace, type and target.

mod fold;
mod keywords;
mod set;
mod words;

#[cfg(test)]
mod tests;

pub use fold::Folded;
pub use keywords::{Hit, KeywordSet, KeywordUse};
pub use set::{AutomationSet, Detail, Look, Question, Winner};
