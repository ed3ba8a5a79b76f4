//! `messaging[]` and `standby[]`: what goes through the direct messages.

use super::{
    Entry,
    attachment::attachments,
    document::Json,
    ids::{id, id_of, id_under},
    timestamp,
};
use heliograph_model::{AccountId, ContactId, Event, EventKind, Reaction, Referral};

/// How an element came, as far as that decides what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    /// To the application that owns the conversation.
    Messaging,
    /// To one that only listens.
    Standby,
    /// As the field `message_echoes`, which says already what it is.
    Echo,
}

/// One element: who, to whom, when, and what. `item` is what is kept as raw JSON where the
/// element is not understood: the element itself or the change around it.
pub(super) fn element(
    element: Json<'_>,
    item: Json<'_>,
    entry: &Entry<'_>,
    channel: Channel,
) -> Event {
    let sender_id: Option<ContactId> = id_of(element.get("sender"));
    let recipient_id: Option<ContactId> = id_of(element.get("recipient"));
    let entry_account = entry.account();
    let is_account = |who: &Option<ContactId>| match (who, &entry_account) {
        (Some(who), Some(account)) => who.as_str() == account.as_str(),
        _ => false,
    };
    let flag = |name: &str| {
        [Some(element), element.get("message")]
            .into_iter()
            .flatten()
            .any(|json| json.get(name).is_some_and(Json::is_true))
    };
    let is_self = flag("is_self");
    let is_echo = channel == Channel::Echo || is_self || is_account(&sender_id) || flag("is_echo");
    // The person is on the other side, whichever way the element goes.
    let from_account = is_account(&sender_id) || (is_echo && !is_account(&recipient_id));
    let (account_side, person) = if from_account {
        (&sender_id, &recipient_id)
    } else {
        (&recipient_id, &sender_id)
    };

    let mut event = Event::new(EventKind::Other);
    event.contact_id.clone_from(person);
    event.account_id = entry_account
        .clone()
        .or_else(|| Some(AccountId::from(account_side.as_ref()?.as_str())));
    event.timestamp = timestamp::when(element.get("timestamp"), entry.time(), entry.received_at);
    event.is_self = is_self;
    let content = read_content(element, &mut event);
    event.sender_id = sender_id;
    event.kind = match channel {
        Channel::Standby => EventKind::Standby,
        _ if is_echo => EventKind::Echo,
        _ => content,
    };
    // The kind of an echo or standby element no longer says what it held, so the JSON of
    // one that is no plain message is kept too.
    let is_said = event.kind == content || content.is_message_from_contact();
    let is_vague = matches!(content, EventKind::Other)
        || (content == EventKind::Read && event.event_id.is_none());
    if is_vague || !is_said {
        event.raw = Some(item.raw().to_owned());
    }
    event
}

/// Reads what an element holds into the event and says what that is called by itself.
fn read_content(element: Json<'_>, event: &mut Event) -> EventKind {
    event.referral = element.object("referral").map(referral);
    if let Some(message) = element.object("message") {
        read_message(message, event)
    } else if let Some(postback) = element.object("postback") {
        read_postback(postback, event)
    } else if let Some(edit) = element.object("message_edit") {
        read_edit(edit, event)
    } else if let Some(reaction) = element.object("reaction") {
        read_reaction(reaction, event)
    } else if let Some(read) = element.object("read") {
        event.event_id = id_under(read, &["mid"]);
        EventKind::Read
    } else if event.referral.is_some() {
        EventKind::Referral
    } else if let Some(optin) = element.object("optin") {
        event.payload = optin
            .get("payload")
            .or_else(|| optin.get("ref"))
            .map(payload);
        EventKind::Optin
    } else {
        EventKind::Other
    }
}

fn read_message(message: Json<'_>, event: &mut Event) -> EventKind {
    event.event_id = id_under(message, &["mid"]);
    let is = |name: &str| message.get(name).is_some_and(Json::is_true);
    if is("is_deleted") {
        // Whoever deletes a message wants its text gone.
        return EventKind::Deleted;
    }
    event.text = message
        .get("text")
        .and_then(Json::text)
        .filter(|text| !text.is_empty())
        .map(Into::into);
    event.attachments = attachments(message);
    if let Some(referred) = message.object("referral") {
        event.referral = Some(referral(referred));
    }
    let quick_reply = message.object("quick_reply");
    event.payload = quick_reply
        .and_then(|tapped| tapped.get("payload"))
        .map(payload);
    let reply_to = message.object("reply_to");
    event.reply_to = reply_to.and_then(|reply_to| id(reply_to.get("mid")?));
    let story = reply_to.and_then(|reply_to| reply_to.get("story"));
    event.story_id = id_of(story);

    if is("is_unsupported") {
        EventKind::Unsupported
    } else if quick_reply.is_some() {
        EventKind::QuickReply
    } else if story.is_some() {
        EventKind::StoryReply
    } else if event.text.is_some() {
        EventKind::DmText
    } else if event
        .attachments
        .iter()
        .any(|it| it.kind == "story_mention")
    {
        EventKind::StoryMention
    } else if !event.attachments.is_empty() {
        EventKind::DmAttachment
    } else if event.referral.is_some() {
        EventKind::Referral
    } else {
        EventKind::Other
    }
}

fn read_postback(postback: Json<'_>, event: &mut Event) -> EventKind {
    event.event_id = id_under(postback, &["mid"]);
    event.text = postback.get("title").and_then(Json::text).map(Into::into);
    event.payload = postback.get("payload").map(payload);
    if let Some(referred) = postback.object("referral") {
        event.referral = Some(referral(referred));
    }
    EventKind::Postback
}

/// An edit. The one that is counted 0 comes with new messages, often without a sender or a
/// text, and is no edit (the facts sheet, pitfall 7).
fn read_edit(edit: Json<'_>, event: &mut Event) -> EventKind {
    event.event_id = id_under(edit, &["mid"]);
    event.text = edit.get("text").and_then(Json::text).map(Into::into);
    event.num_edit = edit
        .get("num_edit")
        .and_then(Json::text)
        .and_then(|count| count.trim().parse().ok());
    if event.num_edit == Some(0) {
        EventKind::Other
    } else {
        EventKind::Edited
    }
}

fn read_reaction(reaction: Json<'_>, event: &mut Event) -> EventKind {
    let text = |name: &str| reaction.get(name).and_then(Json::text).map(String::from);
    event.event_id = id_under(reaction, &["mid"]);
    let (name, emoji) = (text("reaction"), text("emoji"));
    let implied = if name.is_some() || emoji.is_some() {
        "react"
    } else {
        "unreact"
    };
    event.reaction = Some(Reaction {
        action: text("action").unwrap_or_else(|| implied.to_owned()),
        reaction: name,
        emoji,
    });
    EventKind::Reaction
}

fn referral(json: Json<'_>) -> Referral {
    let text = |name: &str| json.get(name).and_then(Json::text).map(String::from);
    let product = json.get("product");
    Referral {
        reference: text("ref"),
        source: text("source"),
        kind: text("type"),
        ad_id: text("ad_id"),
        product_id: product
            .and_then(|product| product.get("id")?.text())
            .map(Into::into),
    }
}

/// What a button sent back: a text as it stands, anything else as JSON.
fn payload(json: Json<'_>) -> String {
    json.text()
        .map_or_else(|| json.raw().to_owned(), Into::into)
}
