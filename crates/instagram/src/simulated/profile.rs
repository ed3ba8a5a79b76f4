//! Reading accounts and people (Meta: "User profile").

use super::{
    accounts::Account,
    errors::{GraphError, Ruling},
    people::Person,
    state::State,
};
use heliograph_model::AccountId;
use serde_json::{Map, Value};

/// `GET /{id}?fields=…`.
pub(super) fn read(
    state: &mut State,
    account: &AccountId,
    id: &str,
    fields: &[String],
) -> Ruling<Value> {
    if let Some(account) = state.accounts.get(account)
        && account.is_node(id)
    {
        return read_account(account, fields);
    }
    let person = state
        .people
        .get(&(account.clone(), id.into()))
        .ok_or_else(GraphError::unknown_person)?;
    if person.last_message_at.is_none() {
        return Err(GraphError::consent_missing());
    }
    let body = read_person(person, fields)?;
    state.sent.counters.profiles += 1;
    Ok(body)
}

fn read_account(account: &Account, fields: &[String]) -> Ruling<Value> {
    select(fields, &["id"], "User", |field| {
        Some(match field {
            "id" => account.app_scoped_id.as_str().into(),
            "user_id" => account.id.as_str().into(),
            "username" | "name" => account.username.as_str().into(),
            "account_type" => "BUSINESS".into(),
            _ => return None,
        })
    })
}

fn read_person(person: &Person, fields: &[String]) -> Ruling<Value> {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Into::into);
    // Somebody who blocked the account is there and tells nothing.
    if person.blocked {
        return select(&[], &["id"], "Profile", |_| Some(person.id.as_str().into()));
    }
    select(fields, &["name", "username"], "Profile", |field| {
        Some(match field {
            "id" => person.id.as_str().into(),
            "name" => text(&person.name),
            "username" => text(&person.username),
            "profile_pic" => Value::Null,
            "follower_count" => 0.into(),
            "is_user_follow_business" => person.follows.into(),
            "is_business_follow_user" | "is_verified_user" => false.into(),
            _ => return None,
        })
    })
}

/// The asked fields, or the default ones, and always the id.
fn select(
    fields: &[String],
    default: &[&str],
    node: &str,
    value: impl Fn(&str) -> Option<Value>,
) -> Ruling<Value> {
    let mut body = Map::new();
    let asked = fields.iter().map(String::as_str);
    let default = default.iter().copied().filter(|_| fields.is_empty());
    for field in asked.chain(default).chain(["id"]) {
        let value = value(field).ok_or_else(|| {
            GraphError::bad_parameter(format!(
                "Tried accessing nonexisting field ({field}) on node type ({node})"
            ))
        })?;
        body.insert(field.to_owned(), value);
    }
    Ok(Value::Object(body))
}
