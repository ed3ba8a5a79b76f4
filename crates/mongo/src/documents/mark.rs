//! `processed_events`: {_id, at}.

use std::borrow::Cow;

/// The `_id` of a deduplication mark.
///
/// A Node application keeps the id of the message or comment there, so for those, and for
/// clicks, it is that id alone: what one of the two has handled the other leaves. What
/// else can happen to a message carries the same id, so of all other marks it is the
/// whole.
pub(crate) fn id(mark: &str) -> Cow<'_, str> {
    let mut parts = mark.split(':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(_), Some("message" | "comment" | "postback"), Some(id), None) if !id.is_empty() => {
            unescaped(id)
        }
        _ => Cow::Borrowed(mark),
    }
}

/// What `heliograph_engine::route::mark` escaped: a colon and the percent sign.
fn unescaped(part: &str) -> Cow<'_, str> {
    if part.contains('%') {
        Cow::Owned(part.replace("%3A", ":").replace("%25", "%"))
    } else {
        Cow::Borrowed(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_engine::route::mark;
    use heliograph_model::{Event, EventKind};

    fn event(kind: EventKind, id: &str) -> Event {
        let mut event = Event::new(kind);
        event.account_id = Some("17:84".into());
        event.sender_id = Some("501".into());
        event.event_id = Some(id.into());
        event
    }

    #[test]
    fn a_message_is_its_own_id() {
        for odd in ["aWdf.1", "m:1", "100%3A", "a%25b:%c"] {
            for kind in [EventKind::DmText, EventKind::Comment, EventKind::Postback] {
                assert_eq!(id(&mark(&event(kind, odd))), odd);
            }
        }
    }

    #[test]
    fn what_else_happens_to_a_message_has_another_id() {
        let deleted = mark(&event(EventKind::Deleted, "mid.1"));
        assert_eq!(id(&deleted), deleted);
        let mut raw = event(EventKind::DmText, "mid.1");
        raw.raw = Some("{}".into());
        let raw = mark(&raw);
        assert_eq!(id(&raw), raw, "its content is a part of it");
        let mut nameless = event(EventKind::DmText, "");
        nameless.event_id = None;
        let nameless = mark(&nameless);
        assert_eq!(id(&nameless), nameless);
    }
}
