//! Deliveries as Meta writes them.

use bytes::Bytes;
use heliograph_model::{AccountId, Millis};
use serde_json::{Value, json};
use std::fmt::Write;

/// Who and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope<'a> {
    pub(super) account: &'a AccountId,
    /// When it happened.
    pub(super) at: Millis,
    /// When it was posted.
    pub(super) posted_at: Millis,
}

impl Envelope<'_> {
    /// A delivery with one item of `messaging[]` by a contact.
    pub(super) fn message(&self, contact: &str, field: &str, value: &Value) -> Bytes {
        self.messaging(contact, self.account.as_str(), field, value)
    }

    /// A delivery with an echo: the account wrote.
    pub(super) fn echo(&self, contact: &str, value: &Value) -> Bytes {
        self.messaging(self.account.as_str(), contact, "message", value)
    }

    fn messaging(&self, sender: &str, recipient: &str, field: &str, value: &Value) -> Bytes {
        let (account, time, at) = (self.account, self.posted_at, self.at);
        as_meta_escapes(&format!(
            "{{\"object\":\"instagram\",\"entry\":[{{\"time\":{time},\"id\":\"{account}\",\
             \"messaging\":[{{\"sender\":{{\"id\":\"{sender}\"}},\"recipient\":{{\"id\":\
             \"{recipient}\"}},\"timestamp\":{at},\"{field}\":{value}}}]}}]}}"
        ))
    }

    /// A delivery with one comment. Its only time is that of the posting, in seconds.
    pub(super) fn comment(&self, value: &Value) -> Bytes {
        let (account, time) = (self.account, self.posted_at.0 / Millis::SECOND);
        as_meta_escapes(&format!(
            "{{\"object\":\"instagram\",\"entry\":[{{\"id\":\"{account}\",\"time\":{time},\
             \"changes\":[{{\"value\":{value},\"field\":\"comments\"}}]}}]}}"
        ))
    }
}

/// The id of a message, as long as Instagram's are.
pub(super) fn message_id(number: u64) -> String {
    format!(
        "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDAwMDAwMDAxOjM0MDI4MjM2Njg0MTcxMDMwMTI0\
         NDI3NjA{number:018}ZD"
    )
}

/// The value of a message.
pub(super) fn text(number: u64, text: &str) -> Value {
    json!({ "mid": message_id(number), "text": text })
}

/// Meta writes everything beyond ASCII as escapes.
fn as_meta_escapes(json: &str) -> Bytes {
    if json.is_ascii() {
        return Bytes::copy_from_slice(json.as_bytes());
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                // Writing into a String does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped.into()
}
