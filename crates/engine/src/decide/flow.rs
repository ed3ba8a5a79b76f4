//! Entering the steps of a conversation, and where it comes to rest.

use super::{Outcome, draft::Draft, follow, render, words};
use crate::steps;
use heliograph_model::{
    Automation, Awaiting, Effect, EventKind, Millis, OutgoingMessage, Reason, Recipient,
    StateChange, StepName, UserState,
};

/// Where a conversation comes to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Something is awaited.
    Awaits(Awaiting),
    /// All is said.
    Done,
}

/// How the conversation came to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Started,
    Advanced,
    Skipped,
}

/// The steps after this one.
pub(super) fn after(step: StepName) -> &'static [StepName] {
    from(step).get(1..).unwrap_or_default()
}

/// The steps from this one on.
fn from(step: StepName) -> &'static [StepName] {
    let start = steps::CONVERSATION
        .iter()
        .position(|known| *known == step)
        .unwrap_or(steps::CONVERSATION.len());
    &steps::CONVERSATION[start..]
}

/// Goes through `steps` to the first that waits for something.
pub(super) fn run(draft: &mut Draft<'_>, automation: &Automation, steps: &[StepName]) -> Stop {
    for step in steps {
        if !steps::has(automation, *step) {
            continue;
        }
        let awaiting = match step {
            StepName::Opening => Awaiting::AwaitingOpeningResponse,
            StepName::Follow => {
                if skips_follow(draft, automation) {
                    continue;
                }
                Awaiting::AwaitingFollowConfirmation
            }
            StepName::Email => {
                if skips_email(draft, automation) {
                    continue;
                }
                Awaiting::AwaitingEmail
            }
            StepName::Main => {
                send_main(draft, automation);
                continue;
            }
            StepName::PublicReply | StepName::Reaction => continue,
        };
        ask(draft, automation, awaiting, false);
        return Stop::Awaits(awaiting);
    }
    Stop::Done
}

/// Enters `step`, because the person chose a button that leads to it. It is not passed
/// over then: whoever taps “Change my email” has an address, and wants to be asked.
pub(super) fn lead_to(draft: &mut Draft<'_>, automation: &Automation, step: StepName) -> Stop {
    let awaiting = match step {
        StepName::Opening => Awaiting::AwaitingOpeningResponse,
        StepName::Follow => Awaiting::AwaitingFollowConfirmation,
        StepName::Email => Awaiting::AwaitingEmail,
        StepName::Main | StepName::PublicReply | StepName::Reaction => {
            return run(draft, automation, from(step));
        }
    };
    ask(draft, automation, awaiting, false);
    Stop::Awaits(awaiting)
}

/// Ends with the conversation at rest in `stop`.
pub(super) fn land(
    mut draft: Draft<'_>,
    automation: &Automation,
    stop: Stop,
    way: Way,
    why: &str,
) -> Outcome {
    let mut summary = format!("{why} {}", words::sends(&draft.effects));
    match stop {
        Stop::Awaits(awaiting) => {
            let title = button(automation, awaiting).map(|title| render::title(&draft, title));
            summary.push_str(&words::then_waits(awaiting, title.as_deref()));
        }
        Stop::Done => summary.push('.'),
    }
    let state = match (stop, draft.contact_id()) {
        (Stop::Done, _) => draft.cleared(),
        (Stop::Awaits(awaiting), Some(contact)) => {
            let goes_on = way != Way::Started;
            StateChange::Set(draft.new_state(automation, contact, awaiting, 1, goes_on))
        }
        (Stop::Awaits(_), None) => {
            draft.notes.push(
                "The comment does not say who wrote it, so no state can be kept; a click on the \
                 button will still find its way."
                    .into(),
            );
            StateChange::Keep
        }
    };
    let reason = match way {
        Way::Started => Reason::Started,
        Way::Advanced => Reason::Advanced,
        Way::Skipped => Reason::Skipped,
    };
    draft.finish(reason, summary, Some(automation), state)
}

/// Asks once more, after an answer that was none.
pub(super) fn ask_again(
    mut draft: Draft<'_>,
    automation: &Automation,
    awaiting: Awaiting,
    asked: u32,
    why: &str,
) -> Outcome {
    ask(&mut draft, automation, awaiting, true);
    let asked = asked.saturating_add(1);
    let summary = format!(
        "{why} It asks again, for the {} time.",
        words::ordinal(asked)
    );
    let state = draft.contact_id().map_or(StateChange::Keep, |contact| {
        StateChange::Set(draft.new_state(automation, contact, awaiting, asked, true))
    });
    draft.finish(Reason::AskedAgain, summary, Some(automation), state)
}

/// Says once more what is awaited, to somebody who clicked a button of a step that has
/// passed. That is not another try: how often it was asked stays.
pub(super) fn repeat(mut draft: Draft<'_>, automation: &Automation, at: &UserState) -> Outcome {
    ask(&mut draft, automation, at.state, false);
    let summary = format!(
        "The clicked button belongs to a step of “{}” that has passed; what is awaited now was \
         said again: {}.",
        automation.name,
        words::awaiting(at.state)
    );
    let state =
        StateChange::Set(draft.new_state(automation, &at.sender_id, at.state, at.asked, true));
    draft.finish(
        Reason::AnsweredWithAwaited,
        summary,
        Some(automation),
        state,
    )
}

/// Ends the flow, because it has asked often enough.
pub(super) fn give_up(draft: Draft<'_>, automation: &Automation, why: &str) -> Outcome {
    let summary = format!("{why} It has asked often enough, and the conversation ends.");
    let state = draft.cleared();
    draft.finish(Reason::GaveUp, summary, Some(automation), state)
}

/// The title of the button that is awaited, where one is.
pub(super) fn button(automation: &Automation, awaiting: Awaiting) -> Option<&str> {
    let steps = &automation.steps;
    match awaiting {
        Awaiting::AwaitingOpeningResponse => steps.opening.as_ref().map(|step| &*step.button),
        Awaiting::AwaitingFollowConfirmation => steps.follow.as_ref().map(|step| &*step.button),
        Awaiting::AwaitingEmail => None,
    }
}

/// Sends the question of a step.
fn ask(draft: &mut Draft<'_>, automation: &Automation, awaiting: Awaiting, again: bool) {
    let steps = &automation.steps;
    let (message, delay) = match awaiting {
        Awaiting::AwaitingOpeningResponse => {
            let Some(step) = &steps.opening else { return };
            let text = &step.text;
            let message =
                render::question(draft, automation, text, &step.button, StepName::Opening);
            (message, step.delay_seconds)
        }
        Awaiting::AwaitingFollowConfirmation => {
            let Some(step) = &steps.follow else { return };
            let retry = step.retry_text.as_ref().filter(|_| again);
            let text = retry.unwrap_or(&step.text);
            let message = render::question(draft, automation, text, &step.button, StepName::Follow);
            (message, step.delay_seconds)
        }
        Awaiting::AwaitingEmail => {
            let Some(step) = &steps.email else { return };
            let retry = step.retry_text.as_ref().filter(|_| again);
            let text = retry.unwrap_or(&step.text);
            (render::text(draft, text), step.delay_seconds)
        }
    };
    send(draft, automation, awaiting.step(), message, delay);
}

fn send_main(draft: &mut Draft<'_>, automation: &Automation) {
    let Some(step) = &automation.steps.main else {
        return;
    };
    // Instagram takes one private reply for a comment, and nothing more until the person
    // answers (Private Replies).
    let most = if draft.event.kind.is_comment() {
        1
    } else {
        step.messages.len()
    };
    for message in step.messages.iter().take(most) {
        let message = render::message(draft, automation, message);
        send(
            draft,
            automation,
            StepName::Main,
            message,
            step.delay_seconds,
        );
    }
    if step.messages.len() > most {
        draft.notes.push(format!(
            "Only the first of the {} messages is sent: Instagram allows one private reply to a \
             comment until the person answers.",
            step.messages.len()
        ));
    }
}

fn send(
    draft: &mut Draft<'_>,
    automation: &Automation,
    step: StepName,
    message: OutgoingMessage,
    delay_seconds: u32,
) {
    let event = draft.event;
    let to = match event.kind {
        EventKind::Comment | EventKind::LiveComment => event
            .event_id
            .as_ref()
            .map(|id| Recipient::Comment(id.as_str().into())),
        _ => draft.contact_id().cloned().map(Recipient::Contact),
    };
    let Some(to) = to else { return };
    draft.effects.push(Effect::Send {
        to,
        message,
        automation_id: automation.id.clone(),
        step,
        delay_ms: i64::from(delay_seconds) * Millis::SECOND,
    });
}

fn skips_follow(draft: &mut Draft<'_>, automation: &Automation) -> bool {
    let skips = automation
        .steps
        .follow
        .as_ref()
        .is_some_and(|step| step.verify && step.skip_when_following)
        && follow::follows(draft);
    if skips {
        draft
            .notes
            .push("The ask to follow was passed over: the person follows already.".into());
    }
    skips
}

fn skips_email(draft: &mut Draft<'_>, automation: &Automation) -> bool {
    let skips = automation
        .steps
        .email
        .as_ref()
        .is_some_and(|step| step.skip_when_known)
        && draft.values().email.is_some();
    if skips {
        draft
            .notes
            .push("The ask for email was passed over: the address is known already.".into());
    }
    skips
}
