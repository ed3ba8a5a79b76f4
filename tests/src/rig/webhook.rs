//! Webhooks as Meta builds and signs them.

use bytes::Bytes;
use heliograph_model::{AccountId, ContactId, Millis};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// One item of `messaging[]`: somebody wrote.
#[must_use]
pub fn text(account: &AccountId, contact: &ContactId, mid: &str, text: &str, at: Millis) -> Value {
    json!({
        "sender": { "id": contact },
        "recipient": { "id": account },
        "timestamp": at,
        "message": { "mid": mid, "text": text },
    })
}

/// One item of `messaging[]`: somebody tapped a button.
#[must_use]
pub fn tap(
    account: &AccountId,
    contact: &ContactId,
    mid: &str,
    (title, payload): (&str, &str),
    at: Millis,
) -> Value {
    json!({
        "sender": { "id": contact },
        "recipient": { "id": account },
        "timestamp": at,
        "postback": { "mid": mid, "title": title, "payload": payload },
    })
}

/// A delivery with these items of `messaging[]` in one entry.
#[must_use]
pub fn messaging(account: &AccountId, items: &[Value], at: Millis) -> Bytes {
    body(&json!({
        "object": "instagram",
        "entry": [{ "id": account, "time": at, "messaging": items }],
    }))
}

/// A delivery with one comment.
#[must_use]
pub fn comment(
    account: &AccountId,
    contact: &ContactId,
    (comment, media): (&str, &str),
    text: &str,
    at: Millis,
) -> Bytes {
    body(&json!({
        "object": "instagram",
        "entry": [{
            "id": account,
            "time": at.0 / 1000,
            "changes": [{
                "field": "comments",
                "value": {
                    "from": { "id": contact, "username": format!("user.{contact}") },
                    "media": { "id": media, "media_product_type": "FEED" },
                    "id": comment,
                    "text": text,
                },
            }],
        }],
    }))
}

/// JSON as it is posted.
#[must_use]
pub fn body(document: &Value) -> Bytes {
    document.to_string().into_bytes().into()
}

/// The header `X-Hub-Signature-256` of a body.
///
/// # Panics
/// Never: HMAC takes a key of any length.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
