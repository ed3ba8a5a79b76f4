//! Messages, reactions, private and public replies on their way through the rules.

use super::{
    comments::{self, Comment},
    errors::{GraphError, Ruling},
    sent::{Sent, SentKind},
    settings::SimulatedSettings,
    state::{MessageEntry, State},
    templates,
    window::{self, Standing},
};
use heliograph_model::{AccountId, CommentId, ContactId, MessageId, Millis};
use serde_json::{Value, json};

/// `POST /{node}/messages`.
pub(super) fn send(
    state: &mut State,
    account: &AccountId,
    node: &str,
    body: Value,
    settings: &SimulatedSettings,
    now: Millis,
) -> Ruling<Value> {
    own_account(state, account, node)?.pace.count_send(now)?;
    let recipient = &body["recipient"];
    match (recipient["id"].as_str(), recipient["comment_id"].as_str()) {
        (Some(id), None) => {
            let person = ContactId::from(id);
            if body.get("sender_action").is_some() {
                act(state, account, person, body, now)
            } else {
                send_to_person(state, account, person, body, now)
            }
        }
        (None, Some(comment)) => {
            let comment = CommentId::from(comment);
            reply_privately(state, account, &comment, body, settings, now)
        }
        (Some(_), Some(_)) | (None, None) => Err(GraphError::bad_parameter(
            "recipient must hold either id or comment_id",
        )),
    }
}

/// `POST /{comment}/replies`.
pub(super) fn reply_publicly(
    state: &mut State,
    account: &AccountId,
    id: &CommentId,
    body: Value,
    settings: &SimulatedSettings,
    now: Millis,
) -> Ruling<Value> {
    let comment =
        own_comment(state, account, id).ok_or_else(|| GraphError::no_such_object(id.as_str()))?;
    comment.check_public_reply(kind_of_media(state, &comment))?;
    let text = body["message"].as_str().unwrap_or_default();
    comments::check_public_text(text, settings.public_reply_chars)?;
    let new = Comment {
        id: state.ids.number().into(),
        from: None,
        own: true,
        // An answer to an answer lands under the top-level comment.
        parent_id: comment.parent_id.clone().or_else(|| Some(id.clone())),
        text: text.to_owned(),
        at: now,
        hidden: false,
        deleted: false,
        privately_replied: false,
        ..comment.clone()
    };
    let new_id = new.id.clone();
    state.take_in_comment(new);
    state.sent.add(Sent {
        id: 0,
        at: now,
        account_id: account.clone(),
        contact_id: comment.from,
        comment_id: Some(id.clone()),
        media_id: comment.media_id,
        kind: SentKind::PublicReply,
        request: body,
        message_id: Some(new_id.as_str().into()),
    });
    Ok(json!({ "id": new_id }))
}

fn send_to_person(
    state: &mut State,
    account: &AccountId,
    person: ContactId,
    body: Value,
    now: Millis,
) -> Ruling<Value> {
    let kind = templates::check(&body["message"])?;
    let standing = Standing::read(&body)?;
    let known = known_person(state, account, &person)?;
    window::check(known, standing, now)?;
    if let Some(mid) = replied_to(&body) {
        existing_message(state, account, &person, mid)?;
    }
    Ok(deliver(state, account, person, None, kind, body, now))
}

/// A reaction, or a sign of life.
fn act(
    state: &mut State,
    account: &AccountId,
    person: ContactId,
    body: Value,
    now: Millis,
) -> Ruling<Value> {
    let alone = body.as_object().is_some_and(|fields| {
        fields
            .keys()
            .all(|key| matches!(key.as_str(), "recipient" | "sender_action" | "payload"))
    });
    if !alone {
        return Err(GraphError::bad_parameter(
            "A sender_action must stand alone with its recipient and payload",
        ));
    }
    let known = known_person(state, account, &person)?;
    window::check(known, Standing::Response, now)?;
    let kind = match body["sender_action"].as_str().unwrap_or_default() {
        "typing_on" | "typing_off" | "mark_seen" => SentKind::Indicator,
        action @ ("react" | "unreact") => {
            let mid = body["payload"]["message_id"].as_str().unwrap_or_default();
            existing_message(state, account, &person, mid)?;
            let reaction = body["payload"]["reaction"].as_str().unwrap_or_default();
            if action == "react" && reaction.is_empty() {
                return Err(GraphError::bad_parameter("payload[reaction] is required"));
            }
            if action == "react" {
                SentKind::Reaction
            } else {
                SentKind::Unreaction
            }
        }
        other => {
            return Err(GraphError::bad_parameter(format!(
                "{other} is not a sender_action"
            )));
        }
    };
    let answer = json!({ "recipient_id": person });
    state.sent.add(Sent {
        id: 0,
        at: now,
        account_id: account.clone(),
        contact_id: Some(person),
        comment_id: None,
        media_id: None,
        kind,
        request: body,
        message_id: None,
    });
    Ok(answer)
}

fn reply_privately(
    state: &mut State,
    account: &AccountId,
    id: &CommentId,
    body: Value,
    settings: &SimulatedSettings,
    now: Millis,
) -> Ruling<Value> {
    let kind = templates::check(&body["message"])?;
    if kind != SentKind::Text && !settings.private_reply_templates {
        return Err(GraphError::bad_message(
            "A private reply may hold text only",
        ));
    }
    let comment = own_comment(state, account, id)
        .ok_or_else(|| GraphError::comment_not_for_private_reply("there is no such comment"))?;
    let media = kind_of_media(state, &comment);
    comment.check_private_reply(media, now)?;
    let person = comment
        .from
        .clone()
        .unwrap_or_else(|| state.ids.number().into());
    if state.person_or_new(account, &person).blocked {
        return Err(GraphError::person_unavailable());
    }
    // Live videos have a limit of their own, which is that of sends.
    if !matches!(media, Some(super::SimulatedMedia::Live { .. })) {
        own_account(state, account, "me")?
            .pace
            .count_private_reply(now)?;
    }
    if let Some(comment) = state.comments.get_mut(id) {
        comment.privately_replied = true;
        comment.from = Some(person.clone());
    }
    Ok(deliver(
        state,
        account,
        person,
        Some(comment),
        kind,
        body,
        now,
    ))
}

/// Takes an accepted message in, and answers with its id.
fn deliver(
    state: &mut State,
    account: &AccountId,
    person: ContactId,
    comment: Option<Comment>,
    kind: SentKind,
    request: Value,
    now: Millis,
) -> Value {
    let message = state.ids.message();
    let entry = MessageEntry {
        account: account.clone(),
        contact: person.clone(),
        deleted: false,
    };
    state.messages.insert(message.clone(), entry);
    let answer = json!({ "recipient_id": person, "message_id": message });
    let (comment_id, media_id) =
        comment.map_or((None, None), |comment| (Some(comment.id), comment.media_id));
    state.sent.add(Sent {
        id: 0,
        at: now,
        account_id: account.clone(),
        contact_id: Some(person),
        comment_id,
        media_id,
        kind,
        request,
        message_id: Some(message),
    });
    answer
}

fn own_account<'a>(
    state: &'a mut State,
    account: &AccountId,
    node: &str,
) -> Ruling<&'a mut super::accounts::Account> {
    state
        .accounts
        .get_mut(account)
        .filter(|account| account.is_node(node))
        .ok_or_else(|| GraphError::no_such_object(node))
}

fn known_person<'a>(
    state: &'a mut State,
    account: &AccountId,
    person: &ContactId,
) -> Ruling<&'a super::Person> {
    state
        .people
        .get(&(account.clone(), person.clone()))
        .ok_or_else(GraphError::unknown_person)
}

fn own_comment(state: &State, account: &AccountId, id: &CommentId) -> Option<Comment> {
    let comment = state.comments.peek(id)?;
    (comment.account_id == *account).then(|| comment.clone())
}

fn kind_of_media(state: &State, comment: &Comment) -> Option<super::SimulatedMedia> {
    Some(state.media.get(comment.media_id.as_ref()?)?.kind)
}

/// The message that this one replies to. The pages do not say where the key stands, so
/// it is taken beside the message and inside it.
fn replied_to(body: &Value) -> Option<&str> {
    let inside = body.get("message").and_then(|it| it.get("reply_to"));
    body.get("reply_to").or(inside)?.get("mid")?.as_str()
}

fn existing_message(
    state: &State,
    account: &AccountId,
    person: &ContactId,
    mid: &str,
) -> Ruling<()> {
    match state.messages.peek(&MessageId::from(mid)) {
        Some(entry) if entry.deleted => Err(GraphError::message_deleted()),
        Some(entry) if entry.account == *account && entry.contact == *person => Ok(()),
        _ => Err(GraphError::bad_message(format!(
            "There is no message {mid}"
        ))),
    }
}
