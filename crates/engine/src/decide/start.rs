//! Trying the automations: the first match starts, and there is never a second.

use super::{Outcome, draft::Draft, flow, words};
use crate::{
    matching::{Folded, Look, Question, Winner},
    steps,
};
use heliograph_model::Reason;

/// Tries the automations of the context in order.
pub(super) fn first(draft: &mut Draft<'_>, texts: &[Folded], is_reply: bool) -> Option<Winner> {
    let question = Question { texts, is_reply };
    draft.look = Look::into(draft.cx.sets, &question, draft.cx.detail);
    draft.look.winner.clone()
}

/// Enters the automation that matched, and puts it in the place of whatever was awaited.
pub(super) fn enter(mut draft: Draft<'_>, winner: &Winner) -> Outcome {
    let automation = &winner.automation;
    if let Some(state) = draft.state() {
        let left = words::awaiting(state.state);
        draft.notes.push(format!(
            "This takes the place of what was awaited before: {left}."
        ));
    }
    let stop = flow::run(&mut draft, automation, &steps::CONVERSATION);
    let why = format!(
        "“{}” started, because {}.",
        automation.name,
        words::because(&winner.by)
    );
    flow::land(draft, automation, stop, flow::Way::Started, &why)
}

/// Nothing matched: what was awaited stays awaited.
pub(super) fn nothing_matched(draft: Draft<'_>) -> Outcome {
    let number: usize = draft.cx.sets.iter().map(|set| set.len()).sum();
    let what = words::audience(draft.event.kind);
    let reason = if number == 0 {
        Reason::NoAutomations
    } else {
        Reason::NoMatch
    };
    let text = draft.event.text.as_deref().map(words::quoted);
    let mut summary = match (number, text) {
        (0, _) => format!("There is no active automation for {what}."),
        (1, Some(text)) => format!("The one automation for {what} did not match {text}."),
        (1, None) => format!("The one automation for {what} did not match."),
        (_, Some(text)) => format!("None of the {number} automations for {what} matched {text}."),
        (_, None) => format!("None of the {number} automations for {what} matched."),
    };
    if let Some(state) = draft.state() {
        summary.push_str(&format!(
            " Still awaited: {}.",
            words::awaiting(state.state)
        ));
    }
    draft.nothing(reason, summary)
}
