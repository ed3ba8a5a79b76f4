//! What a row can be filtered by beyond what it shows.

use super::signature::SignatureState;
use heliograph_model::{
    Awaiting, Collection, DecisionRecord, ErrorClass, Outcome, SendError, Tier,
};

/// What is known of an event beyond its row, as far as a filter asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Whether its delivery was signed as it should be.
    pub signature: Option<SignatureState>,
    /// What was awaited before it and after it; absent until it is decided.
    pub awaited: Option<[Option<Awaiting>; 2]>,
    /// What was read to decide it.
    pub reads: Box<[Seen]>,
    /// What went wrong with its sends, tries that were repeated included.
    pub troubles: Vec<Trouble>,
}

/// A read, as far as a filter asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Of what.
    pub collection: Collection,
    /// By whom it was answered.
    pub tier: Tier,
    /// How.
    pub outcome: Outcome,
}

/// An error of a send, as far as a filter asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// What it means.
    pub class: ErrorClass,
    /// Meta's code,
    pub code: Option<i32>,
    /// and subcode.
    pub subcode: Option<i32>,
}

impl Trouble {
    /// Its code as a filter asks for it, where it has one.
    pub(crate) fn code(&self) -> Option<String> {
        let code = self.code?;
        Some(match self.subcode {
            Some(subcode) => format!("{code}/{subcode}"),
            None => code.to_string(),
        })
    }
}

impl Facets {
    /// Takes in what was decided.
    pub(crate) fn decided(&mut self, record: &DecisionRecord) {
        let trace = &record.decision.trace;
        self.awaited = Some([trace.state_before, trace.state_after]);
        self.reads = trace
            .reads
            .iter()
            .map(|read| Seen {
                collection: read.collection,
                tier: read.tier,
                outcome: read.outcome,
            })
            .collect();
    }

    /// Takes in that a send of it failed.
    pub(crate) fn failed(&mut self, error: &SendError) {
        let trouble = Trouble {
            class: error.class,
            code: error.code,
            subcode: error.subcode,
        };
        // A send that is tried again and again is in the same trouble each time.
        if !self.troubles.contains(&trouble) {
            self.troubles.push(trouble);
        }
    }
}
