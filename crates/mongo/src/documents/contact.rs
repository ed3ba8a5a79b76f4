//! `contacts`: {instagramUserId, senderId, email, phone, username, name, follows,
//! unsubscribed, silencedUntil, lastMessageAt, createdAt, updatedAt}. The phone is another
//! application's; it survives every write.

use crate::values::{Read, Unreadable, created, date, flag, id, is_null, millis, text};
use heliograph_model::{Contact, Millis};
use mongodb::bson::{Document, RawDocument, doc};

/// A contact. What is optional and makes no sense counts as absent; whether the person
/// unsubscribed must be clear.
pub(crate) fn read(document: &RawDocument) -> Read<Contact> {
    let mut account = None;
    let mut sender = None;
    let first_seen = Millis(created(document).unwrap_or_default());
    let mut contact = Contact::new("".into(), "".into(), first_seen);
    for field in document {
        let (key, value) = field.map_err(|_| Unreadable("(its bytes)"))?;
        if is_null(value) {
            continue;
        }
        let words = || text(value).map(std::borrow::Cow::into_owned);
        let time = || millis(value).map(Millis);
        match key.as_str() {
            "instagramUserId" => account = id(value),
            "senderId" => sender = id(value),
            "username" => contact.username = words(),
            "name" => contact.name = words(),
            "email" => contact.email = words(),
            "follows" => contact.follows = flag(value),
            "unsubscribed" => {
                contact.unsubscribed = flag(value).ok_or(Unreadable("unsubscribed"))?;
            }
            "silencedUntil" => contact.silenced_until = time(),
            "lastMessageAt" => contact.last_message_at = time(),
            "createdAt" => contact.created_at = time().unwrap_or(first_seen),
            "updatedAt" => contact.updated_at = time().unwrap_or_default(),
            _ => {}
        }
    }
    contact.account_id = account
        .as_deref()
        .ok_or(Unreadable("instagramUserId"))?
        .into();
    contact.sender_id = sender.as_deref().ok_or(Unreadable("senderId"))?.into();
    Ok(contact)
}

/// A contact as it is written.
pub(crate) fn document(contact: &Contact) -> Document {
    let mut document = doc! {
        "instagramUserId": contact.account_id.as_str(),
        "senderId": contact.sender_id.as_str(),
        "unsubscribed": contact.unsubscribed,
        "createdAt": date(contact.created_at),
        "updatedAt": date(contact.updated_at),
    };
    for (key, value) in [
        ("username", &contact.username),
        ("name", &contact.name),
        ("email", &contact.email),
    ] {
        if let Some(value) = value {
            document.insert(key, value);
        }
    }
    if let Some(follows) = contact.follows {
        document.insert("follows", follows);
    }
    for (key, value) in [
        ("silencedUntil", contact.silenced_until),
        ("lastMessageAt", contact.last_message_at),
    ] {
        if let Some(value) = value {
            document.insert(key, date(value));
        }
    }
    document
}
