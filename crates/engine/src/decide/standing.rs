//! Where the contact stands when the event comes.

use super::draft::{Draft, Resolved};
use crate::steps;
use heliograph_model::{Automation, UserState};
use std::sync::Arc;

/// A state with the automation that it belongs to.
#[derive(Debug)]
pub(super) struct Standing<'a> {
    pub(super) state: &'a UserState,
    pub(super) automation: Arc<Automation>,
}

/// The state, if it leads anywhere: its automation is on and still has the step that is
/// awaited. A state that leads nowhere is void: it will be cleared, and the event is
/// treated as if there were none.
pub(super) fn of<'a>(draft: &mut Draft<'a>) -> Option<Standing<'a>> {
    let state = draft.state()?;
    let step = state.state.step();
    let why = match draft.resolve(&state.automation_id) {
        Resolved::Active(automation) if steps::has(&automation, step) => {
            return Some(Standing { state, automation });
        }
        Resolved::Active(automation) => format!(
            "“{}” has no {} any more, so what it waited for was dropped.",
            automation.name,
            step.in_words()
        ),
        Resolved::Disabled(name) => {
            format!("“{name}” was switched off, so what it waited for was dropped.")
        }
        Resolved::Deleted => {
            "The automation that waited for this contact was deleted, so that was dropped.".into()
        }
    };
    draft.notes.push(why);
    draft.state_is_void = true;
    None
}
