//! What a request looks like: an effect becomes an edge of the Graph API and a JSON body,
//! and a body becomes the message again.
//!
//! The shapes are those of Meta's pages "Send a message", "Quick replies", "Button
//! template", "Generic template", "Sender actions", "Private replies" and "IG Comment
//! replies". Everything that sends uses these, so that the client and the in-process
//! adapter cannot drift apart.

use heliograph_model::{
    CommentId, Effect, MediaKind, OutgoingAction, OutgoingButton, OutgoingCard, OutgoingMessage,
    OutgoingQuickReply, Recipient,
};
use serde_json::{Map, Value, json};

/// A request to send something.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Where it goes.
    pub edge: Edge,
    /// What it says.
    pub body: Value,
    /// What a second one would do.
    pub again: Again,
}

/// An edge of the Graph API that takes what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edge {
    /// `/{account}/messages`.
    Messages,
    /// `/{comment}/replies`.
    Replies(CommentId),
}

impl Edge {
    /// The path after the version, in segments, so that an id can never be more than one;
    /// `node` stands for the sending account, `me` or an id.
    #[must_use]
    pub fn segments<'a>(&'a self, node: &'a str) -> [&'a str; 2] {
        match self {
            Self::Messages => [node, "messages"],
            Self::Replies(comment) => [comment.as_str(), "replies"],
        }
    }
}

/// What happens when a request is made a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Again {
    /// Nothing: the second one changes nothing any more.
    Harmless,
    /// The person gets it twice.
    Repeats,
    /// Instagram allows one, so the second is refused although the first may have failed.
    OneShot,
}

/// The request that carries out an effect.
#[must_use]
pub fn call(effect: &Effect) -> Call {
    match effect {
        Effect::Send { to, message, .. } => Call {
            edge: Edge::Messages,
            body: object([
                ("recipient", recipient(to)),
                ("message", write_message(message)),
            ]),
            again: match to {
                Recipient::Contact(_) => Again::Repeats,
                Recipient::Comment(_) => Again::OneShot,
            },
        },
        Effect::ReplyToComment {
            comment_id, text, ..
        } => Call {
            edge: Edge::Replies(comment_id.clone()),
            body: json!({ "message": text }),
            again: Again::Repeats,
        },
        // Meta: nothing but these three may stand in a request with a sender action.
        Effect::React {
            contact_id,
            message_id,
            reaction,
            ..
        } => Call {
            edge: Edge::Messages,
            body: json!({
                "recipient": { "id": contact_id },
                "sender_action": "react",
                "payload": { "message_id": message_id, "reaction": reaction },
            }),
            again: Again::Harmless,
        },
    }
}

fn recipient(to: &Recipient) -> Value {
    match to {
        Recipient::Contact(id) => json!({ "id": id }),
        Recipient::Comment(id) => json!({ "comment_id": id }),
    }
}

/// The object `message` of a request.
#[must_use]
pub fn write_message(message: &OutgoingMessage) -> Value {
    match message {
        OutgoingMessage::Text {
            text,
            quick_replies,
        } if quick_replies.is_empty() => json!({ "text": text }),
        OutgoingMessage::Text {
            text,
            quick_replies,
        } => {
            let replies: Vec<_> = quick_replies
                .iter()
                .map(|reply| {
                    json!({
                        "content_type": "text",
                        "title": reply.title,
                        "payload": reply.payload,
                    })
                })
                .collect();
            object([
                ("text", text.as_str().into()),
                ("quick_replies", replies.into()),
            ])
        }
        OutgoingMessage::Buttons { text, buttons } => template([
            ("template_type", "button".into()),
            ("text", text.as_str().into()),
            ("buttons", write_buttons(buttons).into()),
        ]),
        OutgoingMessage::Carousel { cards } => template([
            ("template_type", "generic".into()),
            ("elements", cards.iter().map(write_card).collect()),
        ]),
        OutgoingMessage::Media { kind, url } => json!({
            "attachment": { "type": kind.as_str(), "payload": { "url": url } },
        }),
    }
}

fn template<const N: usize>(payload: [(&str, Value); N]) -> Value {
    let attachment = object([("type", "template".into()), ("payload", object(payload))]);
    object([("attachment", attachment)])
}

/// An object whose values are moved in; `json!` would copy them.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn write_buttons(buttons: &[OutgoingButton]) -> Vec<Value> {
    buttons
        .iter()
        .map(|button| match &button.action {
            OutgoingAction::Url(url) => {
                json!({ "type": "web_url", "url": url, "title": button.title })
            }
            OutgoingAction::Payload(payload) => {
                json!({ "type": "postback", "title": button.title, "payload": payload })
            }
        })
        .collect()
}

fn write_card(card: &OutgoingCard) -> Value {
    let mut element = Map::new();
    element.insert("title".into(), card.title.clone().into());
    if let Some(subtitle) = &card.subtitle {
        element.insert("subtitle".into(), subtitle.clone().into());
    }
    if let Some(image) = &card.image_url {
        element.insert("image_url".into(), image.clone().into());
    }
    if !card.buttons.is_empty() {
        element.insert("buttons".into(), write_buttons(&card.buttons).into());
    }
    Value::Object(element)
}

/// The message that stands in the object `message` of a request; `None` for what the
/// vocabulary has no word for, such as a sticker or several pictures at once.
#[must_use]
pub fn read_message(message: &Value) -> Option<OutgoingMessage> {
    if let Some(text) = message.get("text") {
        return Some(OutgoingMessage::Text {
            text: text.as_str()?.into(),
            quick_replies: list(message.get("quick_replies"), |reply| {
                Some(OutgoingQuickReply {
                    title: string(reply, "title")?,
                    payload: string(reply, "payload")?,
                })
            })?,
        });
    }
    let attachment = message.get("attachment")?;
    let payload = attachment.get("payload")?;
    let kind = match attachment.get("type")?.as_str()? {
        "template" => return read_template(payload),
        "image" => MediaKind::Image,
        "video" => MediaKind::Video,
        "audio" => MediaKind::Audio,
        "file" => MediaKind::File,
        _ => return None,
    };
    Some(OutgoingMessage::Media {
        kind,
        url: string(payload, "url")?,
    })
}

fn read_template(payload: &Value) -> Option<OutgoingMessage> {
    match payload.get("template_type")?.as_str()? {
        "button" => Some(OutgoingMessage::Buttons {
            text: string(payload, "text")?,
            buttons: list(payload.get("buttons"), read_button)?,
        }),
        "generic" => Some(OutgoingMessage::Carousel {
            cards: list(payload.get("elements"), |card| {
                Some(OutgoingCard {
                    title: string(card, "title")?,
                    subtitle: string(card, "subtitle"),
                    image_url: string(card, "image_url"),
                    buttons: list(card.get("buttons"), read_button)?,
                })
            })?,
        }),
        _ => None,
    }
}

fn read_button(button: &Value) -> Option<OutgoingButton> {
    let action = match button.get("type")?.as_str()? {
        "web_url" => OutgoingAction::Url(string(button, "url")?),
        "postback" => OutgoingAction::Payload(string(button, "payload")?),
        _ => return None,
    };
    Some(OutgoingButton {
        title: string(button, "title")?,
        action,
    })
}

fn string(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(Into::into)
}

/// Reads every item; absent means none, and one that cannot be read means none can.
fn list<T>(items: Option<&Value>, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    items.map_or(Some(Vec::new()), |items| {
        items.as_array()?.iter().map(read).collect()
    })
}
