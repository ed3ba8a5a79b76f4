//! Steps that have to be on.

use super::{Case, FieldEdit, Fix};
use heliograph_model::{StepName, Steps};
use serde_json::json;

/// Switches on a step that is there and off.
pub(super) fn switched_on(case: &Case<'_>, step: StepName) -> Option<Fix> {
    if !is_off(&case.automation.steps, step) {
        return None;
    }
    let title = format!("Switch the {} on", step.in_words());
    let path = format!("steps.{}.enabled", key(step));
    case.if_it_helps(title, vec![FieldEdit::set(path, true)])
}

/// Switches on the step that is most likely meant.
pub(super) fn any_switched_on(case: &Case<'_>) -> Option<Fix> {
    [
        StepName::Main,
        StepName::Email,
        StepName::Follow,
        StepName::Opening,
        StepName::PublicReply,
        StepName::Reaction,
    ]
    .into_iter()
    .find_map(|step| switched_on(case, step))
}

/// Puts an opening message in front: the one that is there and off, or a new one.
pub(super) fn opening_before(case: &Case<'_>) -> Option<Fix> {
    if case.automation.steps.opening.is_some() {
        return switched_on(case, StepName::Opening);
    }
    let opening = json!({
        "text": "Thank you for your comment! Shall I send it to you?",
        "button": "Yes, please",
    });
    case.if_it_helps(
        "Put an opening message before it",
        vec![FieldEdit::set("steps.opening", opening)],
    )
}

fn is_off(steps: &Steps, step: StepName) -> bool {
    let enabled = match step {
        StepName::PublicReply => steps.public_reply.as_ref().map(|step| step.enabled),
        StepName::Reaction => steps.reaction.as_ref().map(|step| step.enabled),
        StepName::Opening => steps.opening.as_ref().map(|step| step.enabled),
        StepName::Follow => steps.follow.as_ref().map(|step| step.enabled),
        StepName::Email => steps.email.as_ref().map(|step| step.enabled),
        StepName::Main => steps.main.as_ref().map(|step| step.enabled),
    };
    enabled == Some(false)
}

/// The step's field in the automation's JSON.
fn key(step: StepName) -> &'static str {
    match step {
        StepName::PublicReply => "publicReply",
        StepName::Reaction => "reaction",
        StepName::Opening => "opening",
        StepName::Follow => "follow",
        StepName::Email => "email",
        StepName::Main => "main",
    }
}
