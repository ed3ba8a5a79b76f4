//! Until when a send that failed may be sent again.

use heliograph_model::{Contact, Effect, Millis, Recipient, SendRecord, limits};

/// Until when Instagram accepts a send that failed, as far as is known now: its own time, or
/// the 24-hour window that the person has opened anew since, whichever ends later. Of a
/// record that does not say, the latest that it can have been.
///
/// Source of the rule: Meta, *Send API for Instagram*, 24-hour standard messaging window;
/// *Private Replies*, seven days after the comment.
#[must_use]
pub fn accepted_until(record: &SendRecord, contact: Option<&Contact>) -> Millis {
    match &record.effect {
        Effect::Send {
            to: Recipient::Contact(_),
            ..
        }
        | Effect::React { .. } => {
            let window = contact
                .and_then(|contact| contact.last_message_at)
                .map(|at| at + limits::WINDOW_MS);
            record
                .send_before
                .max(window)
                .unwrap_or(record.at + limits::WINDOW_MS)
        }
        Effect::Send {
            to: Recipient::Comment(_),
            ..
        }
        | Effect::ReplyToComment { .. } => record
            .send_before
            .unwrap_or(record.at + limits::PRIVATE_REPLY_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{DeliveryId, OutboxId, OutboxState};

    const AT: Millis = Millis(1_800_000_000_000);

    fn record(effect: Effect, send_before: Option<Millis>) -> SendRecord {
        SendRecord {
            outbox_id: OutboxId(1),
            delivery_id: DeliveryId(1),
            account_id: "1".into(),
            contact_id: Some("2".into()),
            at: AT,
            effect,
            state: OutboxState::Failed,
            attempt: 1,
            uncertain: false,
            send_before,
            receipt: None,
            error: None,
        }
    }

    fn reaction() -> Effect {
        Effect::React {
            contact_id: "2".into(),
            message_id: "m".into(),
            reaction: "love".into(),
            automation_id: "a".into(),
        }
    }

    fn wrote(at: Millis) -> Contact {
        let mut contact = Contact::new("1".into(), "2".into(), at);
        contact.last_message_at = Some(at);
        contact
    }

    #[test]
    fn a_window_that_was_opened_anew_counts() {
        let known = record(reaction(), Some(AT + Millis::HOUR));
        assert_eq!(accepted_until(&known, None), AT + Millis::HOUR);
        let earlier = wrote(AT - Millis::DAY);
        assert_eq!(accepted_until(&known, Some(&earlier)), AT + Millis::HOUR);
        let later = wrote(AT + Millis::HOUR);
        assert_eq!(
            accepted_until(&known, Some(&later)),
            AT + Millis::HOUR + Millis::DAY
        );
        let unknown = record(reaction(), None);
        assert_eq!(accepted_until(&unknown, None), AT + Millis::DAY);
        assert_eq!(accepted_until(&unknown, Some(&earlier)), AT);
    }

    #[test]
    fn a_comment_is_answered_for_seven_days_whatever_they_wrote_since() {
        let reply = || Effect::ReplyToComment {
            comment_id: "c".into(),
            text: "Thank you".into(),
            automation_id: "a".into(),
        };
        let later = wrote(AT + 30 * Millis::DAY);
        let known = record(reply(), Some(AT + 6 * Millis::DAY));
        assert_eq!(accepted_until(&known, Some(&later)), AT + 6 * Millis::DAY);
        let unknown = record(reply(), None);
        assert_eq!(accepted_until(&unknown, Some(&later)), AT + 7 * Millis::DAY);
    }
}
