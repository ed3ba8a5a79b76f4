//! Two outcomes side by side.

use super::replay::{DeliveryOutcome, EventOutcome};
use super::story::kind_in_words;
use heliograph_model::Awaiting;
use serde::{Deserialize, Serialize};

/// Two outcomes side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Whether both are the same.
    pub same: bool,
    /// Line by line.
    pub lines: Vec<ComparedLine>,
}

/// One thing of both outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ComparedLine {
    /// What it is.
    pub what: String,
    /// How it was; absent where it was not.
    pub before: Option<String>,
    /// How it is now; absent where it is not.
    pub after: Option<String>,
    /// Whether both are the same.
    pub same: bool,
}

/// Compares two outcomes.
#[must_use]
pub fn compare(before: &DeliveryOutcome, after: &DeliveryOutcome) -> Comparison {
    let events = before.events.len().max(after.events.len());
    let mut lines = Vec::new();
    for place in 0..events {
        let (old, new) = (before.events.get(place), after.events.get(place));
        let of = if events > 1 {
            format!("Event {}: ", place + 1)
        } else {
            String::new()
        };
        let mut line = |what: &str, read: &dyn Fn(&EventOutcome) -> Option<String>| {
            let (before, after) = (old.and_then(read), new.and_then(read));
            if before.is_none() && after.is_none() {
                return;
            }
            let what = if of.is_empty() {
                what.to_owned()
            } else {
                let mut letters = what.chars();
                let first = letters.next().into_iter().flat_map(char::to_lowercase);
                format!("{of}{}", first.chain(letters).collect::<String>())
            };
            lines.push(ComparedLine {
                what,
                same: before == after,
                before,
                after,
            });
        };
        line("Kind", &|event| Some(kind_in_words(event.kind).to_owned()));
        line("Said", &|event| event.text.clone());
        line("Why", &|event| Some(event.summary.clone()));
        line("Automation", &|event| event.automation.clone());
        line("Waits for", &|event| {
            Some(awaited(event.awaited).to_owned())
        });
        let sends = |event: Option<&EventOutcome>| event.map_or(0, |event| event.sends.len());
        for at in 0..sends(old).max(sends(new)) {
            line(&format!("Send {}", at + 1), &|event| {
                let send = event.sends.get(at)?;
                Some(format!("{}: {}", send.what, send.text))
            });
            line(&format!("Send {} ended", at + 1), &|event| {
                let send = event.sends.get(at)?;
                let state = send.state.map_or("on its way", |state| state.as_str());
                Some(state.to_owned())
            });
        }
    }
    Comparison {
        same: lines.iter().all(|line| line.same),
        lines,
    }
}

fn awaited(awaiting: Option<Awaiting>) -> &'static str {
    match awaiting {
        Some(Awaiting::AwaitingOpeningResponse) => "a click on the opening message",
        Some(Awaiting::AwaitingFollowConfirmation) => "the person to follow",
        Some(Awaiting::AwaitingEmail) => "an email address",
        None => "nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::SentOutcome;
    use heliograph_model::{EventKind, OutboxState, Reason};

    fn event(reason: Reason, sends: &[&str]) -> EventOutcome {
        EventOutcome {
            kind: EventKind::DmText,
            text: Some("menu".to_owned()),
            reason,
            summary: reason.as_str().to_owned(),
            automation: Some("Menu".to_owned()),
            awaited: None,
            sends: sends
                .iter()
                .map(|text| SentOutcome {
                    what: "the main message".to_owned(),
                    text: (*text).to_owned(),
                    state: Some(OutboxState::Sent),
                })
                .collect(),
        }
    }

    fn outcome(events: Vec<EventOutcome>) -> DeliveryOutcome {
        DeliveryOutcome { events }
    }

    #[test]
    fn the_same_is_the_same_and_a_missing_send_is_not() {
        let one = outcome(vec![event(Reason::Started, &["a", "b"])]);
        assert!(compare(&one, &one).same);
        let other = outcome(vec![event(Reason::Duplicate, &["a"])]);
        let compared = compare(&one, &other);
        assert!(!compared.same);
        let different: Vec<&str> = compared
            .lines
            .iter()
            .filter(|line| !line.same)
            .map(|line| line.what.as_str())
            .collect();
        assert_eq!(different, ["Why", "Send 2", "Send 2 ended"]);
        let gone = compared.lines.iter().find(|line| line.what == "Send 2");
        assert_eq!(gone.map(|line| line.after.clone()), Some(None));
    }

    #[test]
    fn events_are_compared_in_their_places() {
        let one = outcome(vec![event(Reason::Started, &[])]);
        let two = outcome(vec![
            event(Reason::Started, &[]),
            event(Reason::NoMatch, &[]),
        ]);
        let compared = compare(&one, &two);
        assert!(!compared.same);
        assert_eq!(compared.lines[0].what, "Event 1: kind");
        let last = compared
            .lines
            .last()
            .map(|line| (line.what.as_str(), line.before.clone()));
        assert_eq!(last, Some(("Event 2: waits for", None)));
    }
}
