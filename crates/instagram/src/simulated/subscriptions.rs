//! Which webhooks an account is subscribed to (Meta: "Webhooks").

use super::{
    errors::{GraphError, Ruling},
    state::State,
};
use heliograph_model::AccountId;
use serde_json::{Value, json};

/// What can be subscribed to.
pub(super) const FIELDS: [&str; 16] = [
    "comments",
    "live_comments",
    "mentions",
    "message_edit",
    "message_echoes",
    "message_reactions",
    "messages",
    "messaging_handover",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "response_feedback",
    "standby",
    "story_insights",
];

/// `GET /{node}/subscribed_apps`.
pub(super) fn list(state: &State, account: &AccountId, node: &str) -> Ruling<Value> {
    let account = state
        .accounts
        .get(account)
        .filter(|account| account.is_node(node))
        .ok_or_else(|| GraphError::no_such_object(node))?;
    if account.subscribed.is_empty() {
        return Ok(json!({ "data": [] }));
    }
    Ok(json!({
        "data": [{ "id": "100000000000061", "subscribed_fields": account.subscribed }],
    }))
}

/// `POST /{node}/subscribed_apps`. One wrong name fails the whole call, as it does at
/// Meta's.
pub(super) fn subscribe(
    state: &mut State,
    account: &AccountId,
    node: &str,
    fields: Vec<String>,
) -> Ruling<Value> {
    if let Some(wrong) = fields.iter().find(|it| !FIELDS.contains(&it.as_str())) {
        return Err(GraphError::bad_parameter(format!(
            "Param subscribed_fields must be one of {{{}}} - got \"{wrong}\"",
            FIELDS.join(", ")
        )));
    }
    if fields.is_empty() {
        return Err(GraphError::bad_parameter("subscribed_fields is required"));
    }
    let account = state
        .accounts
        .get_mut(account)
        .filter(|account| account.is_node(node))
        .ok_or_else(|| GraphError::no_such_object(node))?;
    account.subscribed = fields;
    Ok(json!({ "success": true }))
}
