//! A reply to one of the account's stories.

use super::{Outcome, draft::Draft, start};
use crate::steps;
use heliograph_model::{Effect, StepName};

/// The automations of that story, then those for all stories; the first match may react
/// to the reply, and send.
pub(super) fn decide(mut draft: Draft<'_>) -> Outcome {
    let texts = draft.texts();
    let Some(winner) = start::first(&mut draft, &texts, false) else {
        return start::nothing_matched(draft);
    };
    let automation = &winner.automation;
    if steps::has(automation, StepName::Reaction)
        && let Some(step) = &automation.steps.reaction
        && let Some(contact) = draft.contact_id()
    {
        match &draft.event.event_id {
            Some(id) => draft.effects.push(Effect::React {
                contact_id: contact.clone(),
                message_id: id.as_str().into(),
                reaction: step.reaction.clone(),
                automation_id: automation.id.clone(),
            }),
            None => draft
                .notes
                .push("There is no reaction, because the reply came without its id.".into()),
        }
    }
    start::enter(draft, &winner)
}
