//! A click on one of our own buttons.

use super::{
    Outcome,
    draft::{Draft, Resolved},
    flow::{self, Way},
    follow, standing, words,
};
use crate::steps;
use heliograph_model::{Automation, ButtonPayload, Reason, StepName};

/// A click names its automation and its step, so it finds its way also when the state is
/// gone or stands in another automation.
pub(super) fn decide(mut draft: Draft<'_>, payload: &ButtonPayload) -> Outcome {
    let automation = match draft.resolve(&payload.automation_id) {
        Resolved::Active(automation) => automation,
        Resolved::Disabled(name) => {
            let summary = format!(
                "The clicked button belongs to “{name}”, which is switched off, so nothing was done."
            );
            return gone(draft, payload, Reason::AutomationDisabled, summary);
        }
        Resolved::Deleted => {
            let summary = "The clicked button belongs to an automation that was deleted, so \
                           nothing was done."
                .into();
            return gone(draft, payload, Reason::AutomationDeleted, summary);
        }
    };
    let step = payload.step;
    let is_conversation = steps::CONVERSATION.contains(&step);
    if !is_conversation || !steps::has(&automation, step) {
        let summary = format!(
            "The clicked button belongs to the {} of “{}”, which it does not have any more, so \
             nothing was done.",
            step.in_words(),
            automation.name
        );
        // The state may have waited for that very step.
        if names(&draft, payload) {
            standing::of(&mut draft);
        }
        return draft.nothing(Reason::StepRemoved, summary);
    }
    let here = if names(&draft, payload) {
        standing::of(&mut draft)
    } else {
        note_other(&mut draft);
        None
    };
    match step {
        StepName::Opening | StepName::Follow if !payload.leads => {
            if let Some(here) = &here
                && here.state.state.step() > step
            {
                return flow::repeat(draft, &here.automation, here.state);
            }
            if step == StepName::Opening {
                return opening(draft, &automation);
            }
            let asked = here
                .filter(|here| here.state.state.step() == step)
                .map_or(1, |here| here.state.asked);
            follow::answered(draft, &automation, asked)
        }
        StepName::Opening
        | StepName::Follow
        | StepName::Email
        | StepName::Main
        | StepName::PublicReply
        | StepName::Reaction => {
            let stop = flow::lead_to(&mut draft, &automation, step);
            let why = format!(
                "The person clicked a button of “{}” that leads to its {}.",
                automation.name,
                step.in_words()
            );
            flow::land(draft, &automation, stop, Way::Advanced, &why)
        }
    }
}

/// The opening message's button was clicked, its quick reply chosen, or its title typed.
pub(super) fn opening(mut draft: Draft<'_>, automation: &Automation) -> Outcome {
    let stop = flow::run(&mut draft, automation, flow::after(StepName::Opening));
    let why = format!(
        "The person answered the opening message of “{}”.",
        automation.name
    );
    flow::land(draft, automation, stop, Way::Advanced, &why)
}

/// Whether the state belongs to the automation whose button was clicked.
fn names(draft: &Draft<'_>, payload: &ButtonPayload) -> bool {
    draft
        .state()
        .is_some_and(|state| state.automation_id == payload.automation_id)
}

fn gone(mut draft: Draft<'_>, payload: &ButtonPayload, reason: Reason, summary: String) -> Outcome {
    if names(&draft, payload) {
        draft.state_is_void = true;
    }
    draft.nothing(reason, summary)
}

fn note_other(draft: &mut Draft<'_>) {
    if let Some(state) = draft.state() {
        let left = words::awaiting(state.state);
        draft.notes.push(format!(
            "The person went back to another automation; what was awaited before is dropped: {left}."
        ));
    }
}
