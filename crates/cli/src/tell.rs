//! What happens, as lines for people.

use heliograph_model::{
    DecisionRecord, DeliveryId, Effect, Happening, OutboxState, OutgoingMessage, Recipient,
    SendRecord,
};

/// A happening as lines. They quote strangers, so nothing in them steers a terminal.
pub(crate) fn lines(happening: &Happening) -> Vec<String> {
    let mut lines = written(happening);
    for line in &mut lines {
        *line = harmless(line);
    }
    lines
}

/// A line without what a terminal obeys instead of showing it: control characters, and
/// the marks that turn the direction of writing around.
fn harmless(line: &str) -> String {
    let obeyed =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.replace(obeyed, "\u{fffd}")
}

fn written(happening: &Happening) -> Vec<String> {
    match happening {
        Happening::Delivery { .. } => Vec::new(),
        Happening::Decided(record) | Happening::ByHand(record) => vec![decided(record)],
        Happening::Sent(record) => vec![sent(record)],
        Happening::AutomationChanged {
            automation_id,
            automation_type,
            ..
        } => {
            vec![format!(
                "          {automation_type} {automation_id} changed"
            )]
        }
        Happening::DeadLetter { id, error } => {
            vec![format!("#{id:<8} dead letter: {error}")]
        }
        Happening::Removed { ids } => by_hand(ids, "removed from the queue by hand"),
        Happening::PutBack { ids } => by_hand(ids, "put back into the queue by hand"),
    }
}

fn by_hand(ids: &[DeliveryId], what: &str) -> Vec<String> {
    ids.iter().map(|id| format!("#{id:<8} {what}")).collect()
}

fn decided(record: &DecisionRecord) -> String {
    let DecisionRecord {
        delivery_id,
        event,
        decision,
        ..
    } = record;
    let who = event.contact_id.as_ref().map_or("?", |id| id.as_str());
    let said = event
        .text
        .as_deref()
        .map_or_else(String::new, |text| format!(" “{}”", short(text)));
    format!(
        "#{delivery_id:<8} {who} {}{said}: {}",
        event.kind, decision.trace.summary
    )
}

fn sent(record: &SendRecord) -> String {
    let what = effect(&record.effect);
    let why = record
        .error
        .as_ref()
        .map_or_else(String::new, |error| format!(": {error}"));
    let how = match record.state {
        OutboxState::Sent => "sent",
        OutboxState::Retrying => "not sent, trying again",
        OutboxState::Failed => "FAILED",
        OutboxState::Unknown => "sent, perhaps: nobody knows",
        OutboxState::Dropped => "not sent",
    };
    let repeat = if record.uncertain {
        " (may be a repeat)"
    } else {
        ""
    };
    format!("#{:<8}   → {what} [{how}{why}]{repeat}", record.delivery_id)
}

/// An effect in a few words.
pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Send { to, message, .. } => {
            let how = match to {
                Recipient::Contact(_) => "",
                Recipient::Comment(_) => "privately: ",
            };
            format!("{how}{}", message_text(message))
        }
        Effect::ReplyToComment { text, .. } => format!("publicly: “{}”", short(text)),
        Effect::React { reaction, .. } => format!("reacts with {reaction}"),
    }
}

/// A message in one line.
pub(crate) fn message_text(message: &OutgoingMessage) -> String {
    let titles = |titles: Vec<&str>| {
        titles
            .iter()
            .map(|title| format!(" ({title})"))
            .collect::<String>()
    };
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            let replies = quick_replies
                .iter()
                .map(|reply| reply.title.as_str())
                .collect();
            format!("“{}”{}", short(text), titles(replies))
        }
        OutgoingMessage::Buttons { text, buttons } => {
            let buttons = buttons.iter().map(|button| button.title.as_str()).collect();
            format!("“{}”{}", short(text), titles(buttons))
        }
        OutgoingMessage::Carousel { cards } => {
            let cards: Vec<_> = cards.iter().map(|card| card.title.as_str()).collect();
            format!("cards: {}", cards.join(" | "))
        }
        OutgoingMessage::Media { kind, url } => format!("{} {url}", kind.as_str()),
    }
}

/// The first line of a text, and no more of it than fits.
fn short(text: &str) -> String {
    const MOST: usize = 90;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > MOST || line.len() < text.len() {
        format!("{}…", line.chars().take(MOST).collect::<String>())
    } else {
        line.to_owned()
    }
}

/// A `curl` command line that posts a file with its signature.
pub(crate) fn curl(url: &str, secret: &str, file: &str) -> String {
    format!(
        "  curl -sS -X POST {url} \\\n    -H 'Content-Type: application/json' \\\n    -H \"X-Hub-Signature-256: sha256=$(openssl dgst -sha256 -hmac {secret} < {file} | sed 's/^.* //')\" \\\n    --data-binary @{file}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_write_does_not_steer_the_terminal() {
        let happening = Happening::DeadLetter {
            id: heliograph_model::DeliveryId(7),
            error: "\u{1b}[2Jgone\nfake\u{7}\u{202e} \u{9b}31m é 👋".to_owned(),
        };
        let lines = lines(&happening);
        assert_eq!(lines.len(), 1);
        assert!(
            lines[0].ends_with(
                "dead letter: \u{fffd}[2Jgone\u{fffd}fake\u{fffd}\u{fffd} \u{fffd}31m é 👋"
            ),
            "{:?}",
            lines[0]
        );
    }
}
