//! Where the webhook is in the data of a job that somebody else added.

use crate::job_data::{RECEIVED_AT, WEBHOOK};
use bytes::Bytes;
use heliograph_model::Millis;
use serde_json::{Map, Value, json};

/// Where applications put the webhook, or the request that brought it.
const PLACES: [&str; 7] = [
    WEBHOOK, "body", "payload", "data", "event", "req", "request",
];
/// How deep these places are looked through: `{"data": {"req": {"body": …}}}`.
const DEPTH: usize = 3;
/// What applications call the account when they pass one item on without its entry.
const ACCOUNT: [&str; 4] = [
    "accountId",
    "instagramUserId",
    "instagramAccountId",
    "igUserId",
];
/// The lists of an entry.
const LISTS: [&str; 3] = ["messaging", "standby", "changes"];
/// What one item of `messaging` may hold.
const ITEM: [&str; 8] = [
    "message",
    "message_edit",
    "postback",
    "reaction",
    "read",
    "referral",
    "optin",
    "delivery",
];
/// At most so many keys are named when nothing is recognised.
const KEYS_NAMED: usize = 12;

/// What a job's data hold.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    /// The webhook, as a body that Meta could have posted.
    pub(crate) body: Bytes,
    /// When it arrived, where the data say so.
    pub(crate) received_at: Option<Millis>,
}

/// Finds the webhook: at `path` first, then where applications usually put it.
///
/// # Errors
/// A reason that names the keys that were seen, and nothing of what they hold.
pub(crate) fn find(data: &Value, path: Option<&str>) -> Result<Found, String> {
    path.and_then(|path| at(data, path))
        .and_then(|there| webhook(there, 0).or_else(|| item(there, &[data], 0)))
        .or_else(|| webhook(data, DEPTH))
        .or_else(|| item(data, &[], DEPTH))
        .map(|body| Found {
            body,
            received_at: received_at(data),
        })
        .ok_or_else(|| unrecognised(data, path))
}

fn at<'a>(data: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .filter(|step| !step.is_empty())
        .try_fold(data, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
}

/// A whole webhook: the value itself, the text of one, or one in the places below it.
fn webhook(value: &Value, depth: usize) -> Option<Bytes> {
    match value {
        Value::String(text) => {
            let parsed = parsed(text)?;
            if is_webhook(&parsed) {
                // As it was posted: no reason to write it anew.
                return Some(Bytes::from(text.clone()));
            }
            deeper(&parsed, depth, webhook)
        }
        whole if is_webhook(whole) => written(whole),
        other => deeper(other, depth, webhook),
    }
}

fn deeper(
    value: &Value,
    depth: usize,
    look: impl Fn(&Value, usize) -> Option<Bytes>,
) -> Option<Bytes> {
    let depth = depth.checked_sub(1)?;
    PLACES
        .iter()
        .filter_map(|place| value.get(place))
        .find_map(|below| look(below, depth))
}

/// One entry or one item, put into a webhook of its own. `above` are the documents around
/// it, innermost last, one of which may say the account.
fn item(value: &Value, above: &[&Value], depth: usize) -> Option<Bytes> {
    if let Value::String(text) = value {
        return item(&parsed(text)?, above, depth);
    }
    if let Some(entry) = entry(value, above) {
        return written(&json!({ "object": "instagram", "entry": [entry] }));
    }
    let mut around = above.to_vec();
    around.push(value);
    deeper(value, depth, |below, depth| item(below, &around, depth))
}

/// The entry that a value is, or that it belongs into.
fn entry(value: &Value, above: &[&Value]) -> Option<Value> {
    let fields = value.as_object()?;
    let is_flat_change = fields.contains_key("field") && fields.contains_key("value");
    if LISTS
        .iter()
        .any(|list| fields.get(*list).is_some_and(Value::is_array))
    {
        return Some(with_account(fields.clone(), above));
    }
    if is_flat_change {
        let mut entry = Map::new();
        for about in ["id", "time"] {
            if let Some(value) = fields.get(about) {
                entry.insert(about.into(), value.clone());
            }
        }
        let change = json!({ "field": fields["field"], "value": fields["value"] });
        entry.insert("changes".into(), Value::Array(vec![change]));
        return Some(with_account(entry, &[above, &[value]].concat()));
    }
    let has_person = fields.contains_key("sender") || fields.contains_key("recipient");
    if has_person && ITEM.iter().any(|what| fields.contains_key(*what)) {
        let mut entry = Map::new();
        if let Some(time) = fields.get("timestamp") {
            entry.insert("time".into(), time.clone());
        }
        entry.insert("messaging".into(), Value::Array(vec![value.clone()]));
        return Some(with_account(entry, &[above, &[value]].concat()));
    }
    None
}

/// Says the account in an entry that does not, where a document around it does.
fn with_account(mut entry: Map<String, Value>, above: &[&Value]) -> Value {
    if !entry.contains_key("id") {
        let account = above.iter().rev().find_map(|document| {
            ACCOUNT
                .iter()
                .filter_map(|name| document.get(name))
                .find(|id| id.is_string() || id.is_number())
        });
        if let Some(account) = account {
            entry.insert("id".into(), account.clone());
        }
    }
    Value::Object(entry)
}

/// A document with entries, or a list of such documents.
fn is_webhook(value: &Value) -> bool {
    match value {
        Value::Object(fields) => match fields.get("entry") {
            Some(Value::Array(_)) => true,
            Some(Value::Object(_)) => fields.contains_key("object"),
            _ => false,
        },
        Value::Array(documents) => !documents.is_empty() && documents.iter().all(is_webhook),
        _ => false,
    }
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn written(value: &Value) -> Option<Bytes> {
    serde_json::to_vec(value).ok().map(Bytes::from)
}

/// `receivedAt` in milliseconds, or in seconds where it is too small for those.
fn received_at(data: &Value) -> Option<Millis> {
    const SECONDS_UNTIL: i64 = 100_000_000_000;
    let at = match data.get(RECEIVED_AT)? {
        Value::Number(number) => number.as_i64()?,
        Value::String(digits) => digits.parse().ok()?,
        _ => return None,
    };
    match at {
        1..SECONDS_UNTIL => Some(Millis(at * 1_000)),
        SECONDS_UNTIL.. => Some(Millis(at)),
        ..1 => None,
    }
}

fn unrecognised(data: &Value, path: Option<&str>) -> String {
    let seen = match data {
        Value::Null => "the job has no data, or they are not JSON".to_owned(),
        Value::Bool(_) | Value::Number(_) => "the job's data are a single value".to_owned(),
        Value::String(_) => "the job's data are a text that is no webhook".to_owned(),
        Value::Array(items) => format!("the job's data are a list of {}", items.len()),
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.keys().take(KEYS_NAMED).map(shortened).collect();
            if fields.len() > KEYS_NAMED {
                names.push(format!("and {} more", fields.len() - KEYS_NAMED));
            }
            format!("the job's data have the keys {}", names.join(", "))
        }
    };
    let looked = path.map_or_else(String::new, |path| format!(" at `{path}` or"));
    format!(
        "No webhook was found{looked} in the usual places: {seen}. \
         Say in the queue's settings where it is"
    )
}

/// A key may be somebody's text; its beginning tells it apart from others.
fn shortened(key: &String) -> String {
    const LONGEST: usize = 40;
    if key.chars().count() <= LONGEST {
        return format!("`{key}`");
    }
    let beginning: String = key.chars().take(LONGEST).collect();
    format!("`{beginning}…`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(data: &Value) -> Value {
        let found = find(data, None).expect("it is recognised");
        serde_json::from_slice(&found.body).expect("it is JSON")
    }

    #[test]
    fn a_whole_webhook_is_found_where_applications_put_it() {
        let webhook = json!({ "object": "instagram", "entry": [{ "id": "1", "messaging": [] }] });
        let text = webhook.to_string();
        for data in [
            webhook.clone(),
            json!([webhook]),
            json!({ "webhook": webhook, "attempt": 1 }),
            json!({ "body": webhook }),
            json!({ "payload": text }),
            json!({ "data": { "body": webhook } }),
            json!({ "event": webhook }),
            json!({ "req": { "headers": {}, "body": text } }),
            json!({ "data": json!({ "webhook": webhook }).to_string() }),
            Value::String(text),
        ] {
            let found = body(&data);
            let found = found.get(0).unwrap_or(&found);
            assert_eq!(*found, webhook, "in {data}");
        }
    }

    #[test]
    fn a_text_stays_as_it_was_posted() {
        let posted = r#"{ "object":"instagram", "entry":[] }"#;
        let found = find(&json!({ "body": posted }), None).expect("it is recognised");
        assert_eq!(found.body, posted);
    }

    #[test]
    fn the_configured_place_comes_first() {
        let data = json!({
            "body": { "entry": [], "object": "usual" },
            "meta": [{ "hook": { "entry": [], "object": "mine" } }],
        });
        let found = find(&data, Some("meta.0.hook")).expect("it is recognised");
        let found: Value = serde_json::from_slice(&found.body).expect("it is JSON");
        assert_eq!(found["object"], "mine");
        // A place at which nothing is does not make the usual ones unusable.
        let found = find(&data, Some("nowhere")).expect("it is recognised");
        let found: Value = serde_json::from_slice(&found.body).expect("it is JSON");
        assert_eq!(found["object"], "usual");
    }

    #[test]
    fn one_item_becomes_a_webhook_of_its_account() {
        let message = json!({
            "sender": { "id": "501" }, "recipient": { "id": "178" }, "timestamp": 5,
            "message": { "mid": "m", "text": "hi" },
        });
        let wrapped = body(&json!({ "accountId": "178", "event": message }));
        assert_eq!(wrapped["entry"][0]["id"], "178");
        assert_eq!(wrapped["entry"][0]["messaging"][0], message);
        assert_eq!(body(&message)["entry"][0]["messaging"][0], message);

        let change = json!({ "field": "comments", "value": { "id": "c" } });
        let wrapped = body(&json!({ "instagramUserId": 178, "payload": change }));
        assert_eq!(wrapped["entry"][0]["id"], 178);
        assert_eq!(wrapped["entry"][0]["changes"][0], change);
        // The account beside the item itself.
        let wrapped = body(&json!({ "accountId": "178", "field": "comments", "value": {} }));
        assert_eq!(wrapped["entry"][0]["id"], "178");

        let entry = json!({ "id": "178", "time": 1, "changes": [change] });
        assert_eq!(body(&json!({ "data": entry }))["entry"][0], entry);
        let entry = json!({ "messaging": [message] });
        let wrapped = body(&json!({ "igUserId": "178", "webhook": entry }));
        assert_eq!(wrapped["entry"][0]["id"], "178");
    }

    #[test]
    fn ids_that_are_numbers_keep_their_digits() {
        let text = r#"{"object":"instagram","entry":[{"id":17841400000000001,"messaging":[]}]}"#;
        let data: Value = serde_json::from_str(text).expect("it is JSON");
        let found = find(&data, None).expect("it is recognised");
        assert!(String::from_utf8_lossy(&found.body).contains("17841400000000001"));
    }

    #[test]
    fn when_it_arrived_may_be_said_in_several_ways() {
        let at = |value: Value| {
            find(
                &json!({ "webhook": { "entry": [] }, "receivedAt": value }),
                None,
            )
            .expect("it is recognised")
            .received_at
        };
        let expected = Some(Millis(1_795_478_400_000));
        assert_eq!(at(json!(1_795_478_400_000_i64)), expected);
        assert_eq!(at(json!(1_795_478_400)), expected);
        assert_eq!(at(json!("1795478400000")), expected);
        assert_eq!(at(json!("yesterday")), None);
        assert_eq!(at(json!(-5)), None);
    }

    #[test]
    fn the_reason_names_keys_and_no_contents() {
        let data = json!({ "to": "somebody@example.com", "k".repeat(80): 1 });
        let reason = find(&data, Some("a.b")).expect_err("it is no webhook");
        assert!(
            reason.contains("`to`") && reason.contains("`a.b`"),
            "{reason}"
        );
        assert!(!reason.contains("somebody") && !reason.contains(&"k".repeat(60)));
        for data in [json!(null), json!(1), json!("{}"), json!([1]), json!({})] {
            assert!(find(&data, None).is_err(), "{data}");
        }
    }
}
