//! The invariants of the design, checked on the repository itself.

mod dependencies;
mod pictures;
mod tidy;
