//! One notice, as the window lists it and the system shows it.

use super::{NoticeKind, NoticeScreen};
use heliograph_model::Millis;
use serde::Serialize;

/// What a person was told, or would have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Counts up with every notice of this run.
    pub id: u32,
    /// What it is about.
    pub kind: NoticeKind,
    /// What happened, in a few words.
    pub title: String,
    /// What happened and what to do, in sentences.
    pub text: String,
    /// Where it is mended.
    pub screen: NoticeScreen,
    /// When it was told last, by the clock of this machine.
    pub at: Millis,
    /// How often it came back or became more since it was told first, from 1.
    pub times: u32,
    /// Whether it is still so. What only happened once never is.
    pub stands: bool,
    /// When it was over; `None` while it stands, and for what only happened.
    pub over_at: Option<Millis>,
    /// Whether a person has seen it in the list.
    pub read: bool,
}
