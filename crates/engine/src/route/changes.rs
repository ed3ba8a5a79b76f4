//! `changes[]`: comments, mentions, and whatever else Instagram reports as a field and its
//! value.

use super::{
    Entry,
    document::Json,
    ids::{id, id_of, id_under},
    messaging::{self, Channel},
    timestamp,
};
use heliograph_model::{ContactId, Event, EventKind, MediaId};

/// One item: `{"field": …, "value": …}`. `whole` is what is kept where it is not
/// understood. Without a field it may still be a messaging element.
pub(super) fn change(item: Json<'_>, entry: &Entry<'_>) -> Event {
    let field = item.get("field").and_then(Json::text);
    let value = item.get("value");
    let (Some(field), Some(value)) = (field, value) else {
        return messaging::element(item, item, entry, Channel::Messaging);
    };
    match &*field {
        "comments" => comment(EventKind::Comment, value, item, entry),
        "live_comments" => comment(EventKind::LiveComment, value, item, entry),
        "mentions" => mention(value, item, entry),
        "standby" => messaging::element(value, item, entry, Channel::Standby),
        "message_echoes" => messaging::element(value, item, entry, Channel::Echo),
        // messages, message_edit, message_reactions, messaging_postbacks, messaging_seen, …
        // The names differ between the two flavours of the API and grow, so any of them is
        // one messaging element.
        name if name.starts_with("message") || name.starts_with("messaging") => {
            messaging::element(value, item, entry, Channel::Messaging)
        }
        _ => unknown(value, item, entry),
    }
}

/// Everything that a value of any field may say.
fn base(kind: EventKind, value: Json<'_>, entry: &Entry<'_>) -> Event {
    let from = value.get("from");
    let account_id = entry.account();
    // The scoped id stands in for the id where that is missing: it is the commenter too,
    // and one that an account's aliases can know.
    let scoped: Option<ContactId> = from
        .and_then(|from| id_under(from, &["self_ig_scoped_id"]))
        .or_else(|| id_under(value, &["self_ig_scoped_id"]));
    let named: Option<ContactId> = id_of(from).or_else(|| id_of(value.get("sender")));
    let only_scoped = named.is_none() && scoped.is_some();
    let flagged = value.get("is_self").is_some_and(Json::is_true);
    let is_self = flagged || only_scoped;
    let sender_id = named.or(scoped);
    let is_account = match (&account_id, &sender_id) {
        (Some(account), Some(sender)) => account.as_str() == sender.as_str(),
        _ => false,
    };
    Event {
        // The account is no contact of its own.
        contact_id: sender_id.clone().filter(|_| !is_account && !is_self),
        account_id,
        sender_id,
        username: from
            .and_then(|from| from.get("username")?.text())
            .map(Into::into),
        timestamp: timestamp::when(
            value.get("timestamp").or_else(|| value.get("created_time")),
            entry.time(),
            entry.received_at,
        ),
        is_self,
        ..Event::new(kind)
    }
}

/// A comment on a post, a reel or a live video. Its id stands under `id`, or under
/// `comment_id` in Facebook Login samples.
fn comment(kind: EventKind, value: Json<'_>, item: Json<'_>, entry: &Entry<'_>) -> Event {
    let event_id = id_under(value, &["id", "comment_id"]);
    let text = value.get("text").and_then(Json::text);
    if event_id.is_none() && text.is_none() {
        return unknown(value, item, entry);
    }
    let media = value.get("media");
    let media_id: Option<MediaId> = id_of(media).or_else(|| id_under(value, &["media_id"]));
    let original_media_id: Option<MediaId> = media
        .and_then(|media| id_under(media, &["original_media_id"]))
        .or_else(|| id_under(value, &["original_media_id"]));
    // A parent that is the post itself makes a top-level comment.
    let is_post = |parent: &str| {
        [&media_id, &original_media_id]
            .into_iter()
            .flatten()
            .any(|media| media.as_str() == parent)
    };
    let parent = value.get("parent_id").and_then(Json::text);
    let is_reply = parent.is_some_and(|parent| !is_post(&parent));
    Event {
        event_id,
        text: text.map(Into::into),
        parent_id: value.get("parent_id").filter(|_| is_reply).and_then(id),
        media_id,
        original_media_id,
        ..base(kind, value, entry)
    }
}

/// The account was mentioned in a caption, or in a comment where there is a `comment_id`.
fn mention(value: Json<'_>, item: Json<'_>, entry: &Entry<'_>) -> Event {
    let event_id = id_under(value, &["comment_id"]);
    let media_id = id_under(value, &["media_id"]).or_else(|| id_of(value.get("media")));
    if event_id.is_none() && media_id.is_none() {
        return unknown(value, item, entry);
    }
    Event {
        event_id,
        media_id,
        text: value.get("text").and_then(Json::text).map(Into::into),
        ..base(EventKind::Mention, value, entry)
    }
}

/// A field that routing does not know, or a value that it cannot read.
fn unknown(value: Json<'_>, item: Json<'_>, entry: &Entry<'_>) -> Event {
    Event {
        media_id: id_under(value, &["media_id"]),
        raw: Some(item.raw().to_owned()),
        ..base(EventKind::Other, value, entry)
    }
}
