//! What a message may hold: texts, quick replies, templates, media.
//!
//! The limits are those of `model::limits`. Instagram cuts the title of a quick reply
//! that is too long and refuses a button's or a card's: the first is what its page says,
//! the second is Messenger's rule, and refusing shows the operator the mistake.

use super::{
    errors::{GraphError, Ruling},
    sent::SentKind,
};
use heliograph_model::limits;
use serde_json::Value;

/// Whether the message is accepted, and what it is.
pub(super) fn check(message: &Value) -> Ruling<SentKind> {
    let text = message.get("text");
    let attachment = message.get("attachment");
    let attachments = message.get("attachments");
    let quick_replies = message.get("quick_replies");
    match (text, attachment, attachments) {
        (Some(text), None, None) => {
            check_text(text)?;
            if let Some(replies) = quick_replies {
                check_quick_replies(replies)?;
            }
            Ok(SentKind::Text)
        }
        (None, _, _) if quick_replies.is_some() => bad("quick_replies need a text"),
        (None, Some(attachment), None) => check_attachment(attachment),
        (None, None, Some(attachments)) => check_attachments(attachments),
        (None, None, None) => bad("message must hold a text or an attachment"),
        _ => bad("message must hold a text or an attachment, not both"),
    }
}

fn bad<T>(message: impl Into<String>) -> Ruling<T> {
    Err(GraphError::bad_message(message))
}

fn check_text(text: &Value) -> Ruling<()> {
    let Some(text) = text.as_str() else {
        return bad("message[text] must be a string");
    };
    if text.trim().is_empty() {
        return bad("message[text] must not be empty");
    }
    if text.len() > limits::TEXT_BYTES {
        return bad(format!(
            "Length of param message[text] must be less than or equal to {} bytes",
            limits::TEXT_BYTES
        ));
    }
    Ok(())
}

fn check_quick_replies(replies: &Value) -> Ruling<()> {
    let replies = counted(replies, "quick_replies", 1, limits::QUICK_REPLIES)?;
    for reply in replies {
        match reply.get("content_type").and_then(Value::as_str) {
            Some("text") => {
                required(reply, "title", usize::MAX)?;
                required(reply, "payload", limits::PAYLOAD_CHARS)?;
            }
            Some("user_phone_number" | "user_email") => {}
            _ => {
                return bad(
                    "quick_replies[content_type] must be text, user_email or user_phone_number",
                );
            }
        }
    }
    Ok(())
}

fn check_attachment(attachment: &Value) -> Ruling<SentKind> {
    let payload = attachment.get("payload");
    match attachment.get("type").and_then(Value::as_str) {
        Some("template") => match payload {
            Some(payload) => check_template(payload),
            None => bad("attachment[payload] is required"),
        },
        Some("image" | "video" | "audio" | "file") => check_media(attachment),
        Some("like_heart") => Ok(SentKind::Media),
        Some("MEDIA_SHARE") => {
            required(payload.unwrap_or(&Value::Null), "id", usize::MAX)?;
            Ok(SentKind::Media)
        }
        _ => bad("attachment[type] is not one that Instagram takes"),
    }
}

/// Several pictures in one message, or one as a single object.
fn check_attachments(attachments: &Value) -> Ruling<SentKind> {
    if attachments.is_object() {
        return check_media(attachments);
    }
    for attachment in counted(attachments, "attachments", 1, limits::CARDS)? {
        if attachment.get("type").and_then(Value::as_str) != Some("image") {
            return bad("attachments may hold images only");
        }
        check_media(attachment)?;
    }
    Ok(SentKind::Media)
}

fn check_media(attachment: &Value) -> Ruling<SentKind> {
    let payload = attachment.get("payload").unwrap_or(&Value::Null);
    if payload.get("attachment_id").is_none() {
        check_url(payload.get("url"), "attachment[payload][url]")?;
    }
    Ok(SentKind::Media)
}

fn check_template(payload: &Value) -> Ruling<SentKind> {
    match payload.get("template_type").and_then(Value::as_str) {
        Some("button") => {
            required(payload, "text", limits::BUTTON_TEXT_CHARS)?;
            let Some(buttons) = payload.get("buttons") else {
                return bad("payload[buttons] is required");
            };
            check_buttons(buttons, limits::BUTTONS)?;
            Ok(SentKind::Buttons)
        }
        Some("generic") => {
            let Some(elements) = payload.get("elements") else {
                return bad("payload[elements] is required");
            };
            for element in counted(elements, "elements", 1, limits::CARDS)? {
                check_card(element)?;
            }
            Ok(SentKind::Carousel)
        }
        _ => bad("payload[template_type] must be button or generic"),
    }
}

fn check_card(card: &Value) -> Ruling<()> {
    required(card, "title", limits::CARD_TEXT_CHARS)?;
    let others = ["subtitle", "image_url", "default_action", "buttons"];
    if !others.iter().any(|key| card.get(key).is_some()) {
        return bad("an element needs at least one property besides its title");
    }
    if card.get("subtitle").is_some() {
        required(card, "subtitle", limits::CARD_TEXT_CHARS)?;
    }
    if let Some(image) = card.get("image_url") {
        check_url(Some(image), "element[image_url]")?;
    }
    if let Some(action) = card.get("default_action") {
        check_url(action.get("url"), "default_action[url]")?;
    }
    if let Some(buttons) = card.get("buttons") {
        check_buttons(buttons, limits::CARD_BUTTONS)?;
    }
    Ok(())
}

fn check_buttons(buttons: &Value, most: usize) -> Ruling<()> {
    for button in counted(buttons, "buttons", 1, most)? {
        required(button, "title", limits::BUTTON_TITLE_CHARS)?;
        match button.get("type").and_then(Value::as_str) {
            Some("web_url") => check_url(button.get("url"), "button[url]")?,
            Some("postback") => required(button, "payload", limits::PAYLOAD_CHARS)?,
            _ => return bad("button[type] must be web_url or postback"),
        }
    }
    Ok(())
}

fn check_url(url: Option<&Value>, name: &str) -> Ruling<()> {
    let url = url.and_then(Value::as_str).unwrap_or_default();
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    match host {
        Some(host) if !host.is_empty() && !url.contains(char::is_whitespace) => Ok(()),
        _ => bad(format!("{name} must be an https address")),
    }
}

fn required(object: &Value, key: &str, most_chars: usize) -> Ruling<()> {
    let text = object.get(key).and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return bad(format!("{key} is required"));
    }
    if text.chars().count() > most_chars {
        return bad(format!(
            "{key} must not be longer than {most_chars} characters"
        ));
    }
    Ok(())
}

fn counted<'a>(list: &'a Value, name: &str, least: usize, most: usize) -> Ruling<&'a [Value]> {
    match list.as_array() {
        Some(list) if (least..=most).contains(&list.len()) => Ok(list),
        _ => bad(format!("{name} must hold {least} to {most} items")),
    }
}
