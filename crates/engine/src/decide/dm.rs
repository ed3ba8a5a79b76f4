//! A direct message, or anything that is treated as one.

use super::{Outcome, click, draft::Draft, email_answer, follow, render, standing, start};
use heliograph_model::{Awaiting, EventKind};

/// A contact in `awaiting_email` is answering that question. The title of the awaited
/// button, typed, is as good as a click. Anything else tries the automations.
pub(super) fn decide(mut draft: Draft<'_>) -> Outcome {
    if let Some(here) = standing::of(&mut draft) {
        let steps = &here.automation.steps;
        let title = match here.state.state {
            Awaiting::AwaitingEmail if answers_email(draft.event.kind) => {
                return email_answer::decide(draft, &here.automation, here.state.asked);
            }
            Awaiting::AwaitingEmail => None,
            Awaiting::AwaitingOpeningResponse => steps.opening.as_ref().map(|step| &step.button),
            Awaiting::AwaitingFollowConfirmation => steps.follow.as_ref().map(|step| &step.button),
        };
        let says_title = title.is_some_and(|title| {
            let title = render::title(&draft, title);
            draft.says(&title)
        });
        if says_title {
            return match here.state.state {
                Awaiting::AwaitingOpeningResponse => click::opening(draft, &here.automation),
                Awaiting::AwaitingFollowConfirmation | Awaiting::AwaitingEmail => {
                    follow::answered(draft, &here.automation, here.state.asked)
                }
            };
        }
    }
    let texts = draft.texts();
    match start::first(&mut draft, &texts, false) {
        Some(winner) => start::enter(draft, &winner),
        None => start::nothing_matched(draft),
    }
}

/// Whether this is said in answer to the question for an address. Somebody who mentions
/// the account in a story or taps a menu item is not answering.
fn answers_email(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::DmText | EventKind::DmAttachment | EventKind::QuickReply
    )
}
