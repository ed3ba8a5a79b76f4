//! A delivery as a job's data.

use crate::config::BodyForm;
use bytes::Bytes;
use heliograph_model::{AccountId, DeliveryId, DeliverySource, Millis, NewDelivery};
use serde_json::{Map, Value};

/// The document, or the text of it, for Node applications.
pub(crate) const WEBHOOK: &str = "webhook";
/// The body as text, where `webhook` does not give it back.
const RAW: &str = "rawBody";
/// The body in hexadecimal digits, where it is no text.
const RAW_HEX: &str = "rawBodyHex";
/// The delivery's id, which says that the job was added by this engine.
const ID: &str = "deliveryId";
/// When it arrived, in milliseconds.
pub(crate) const RECEIVED_AT: &str = "receivedAt";
const SOURCE: &str = "source";
const SECRET: &str = "secret";
const ACCOUNTS: &str = "accounts";

/// What a delivery is in a job.
pub(crate) fn of(delivery: &NewDelivery, id: DeliveryId, form: BodyForm) -> Value {
    let mut data = Map::new();
    put_body(&mut data, &delivery.body, form);
    data.insert(ID.into(), id.0.into());
    data.insert(RECEIVED_AT.into(), delivery.received_at.0.into());
    data.insert(SOURCE.into(), source_name(delivery.source).into());
    if let Some(secret) = &delivery.secret {
        data.insert(SECRET.into(), secret.as_str().into());
    }
    if !delivery.accounts.is_empty() {
        let accounts = delivery.accounts.iter().map(AccountId::as_str);
        data.insert(ACCOUNTS.into(), accounts.map(Value::from).collect());
    }
    Value::Object(data)
}

/// The delivery in the data of a job that this engine added, with its id; `None` of a job
/// that somebody else added.
///
/// # Errors
/// When it is one of ours and cannot be read as it was written.
pub(crate) fn own(data: &Value) -> Result<Option<(DeliveryId, NewDelivery)>, String> {
    let id = data.get(ID).and_then(Value::as_i64);
    let Some(id) = id.and_then(crate::numbers::plausible) else {
        return Ok(None);
    };
    let source = data.get(SOURCE).and_then(Value::as_str);
    let Some(source) = source.and_then(source_of) else {
        return Ok(None);
    };
    let wrong = |field: &str| format!("the job's field `{field}` is not as it was written");
    let received_at = data.get(RECEIVED_AT).and_then(Value::as_i64);
    let delivery = NewDelivery {
        received_at: Millis(received_at.ok_or_else(|| wrong(RECEIVED_AT))?),
        source,
        body: body(data).ok_or_else(|| wrong(WEBHOOK))?,
        secret: data.get(SECRET).and_then(Value::as_str).map(Into::into),
        // A list that cannot be read whole must not become one that allows more.
        accounts: accounts(data).ok_or_else(|| wrong(ACCOUNTS))?,
    };
    Ok(Some((id, delivery)))
}

fn accounts(data: &Value) -> Option<Vec<AccountId>> {
    let Some(accounts) = data.get(ACCOUNTS) else {
        return Some(Vec::new());
    };
    let accounts = accounts.as_array()?.iter();
    accounts
        .map(|account| account.as_str().map(AccountId::from))
        .collect()
}

fn put_body(data: &mut Map<String, Value>, body: &Bytes, form: BodyForm) {
    let Ok(text) = std::str::from_utf8(body) else {
        data.insert(RAW_HEX.into(), hex::encode(body).into());
        return;
    };
    match form {
        BodyForm::Text => {
            data.insert(WEBHOOK.into(), text.into());
        }
        BodyForm::Document => match serde_json::from_str::<Value>(text) {
            Ok(document) if document.is_object() || document.is_array() => {
                if !serde_json::to_vec(&document).is_ok_and(|again| again == *body) {
                    data.insert(RAW.into(), text.into());
                }
                data.insert(WEBHOOK.into(), document);
            }
            Ok(_) | Err(_) => {
                data.insert(RAW.into(), text.into());
            }
        },
    }
}

fn body(data: &Value) -> Option<Bytes> {
    if let Some(text) = data.get(RAW) {
        return text.as_str().map(|text| Bytes::from(text.to_owned()));
    }
    if let Some(digits) = data.get(RAW_HEX) {
        return hex::decode(digits.as_str()?).ok().map(Bytes::from);
    }
    match data.get(WEBHOOK)? {
        Value::String(text) => Some(Bytes::from(text.clone())),
        document => serde_json::to_vec(document).ok().map(Bytes::from),
    }
}

fn source_name(source: DeliverySource) -> &'static str {
    match source {
        DeliverySource::Listener => "listener",
        DeliverySource::Simulator => "simulator",
        DeliverySource::Replay => "replay",
    }
}

fn source_of(name: &str) -> Option<DeliverySource> {
    match name {
        "listener" => Some(DeliverySource::Listener),
        "simulator" => Some(DeliverySource::Simulator),
        "replay" => Some(DeliverySource::Replay),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(body: &[u8]) -> NewDelivery {
        NewDelivery {
            received_at: Millis(1_795_478_400_007),
            source: DeliverySource::Replay,
            body: Bytes::copy_from_slice(body),
            secret: Some("shop".into()),
            accounts: vec!["17841400000000001".into()],
        }
    }

    /// Through the text that lies in Redis.
    fn through(delivery: &NewDelivery, form: BodyForm) -> (DeliveryId, NewDelivery) {
        let text = of(delivery, DeliveryId(9), form).to_string();
        let data = serde_json::from_str(&text).expect("it is JSON");
        own(&data).expect("it is readable").expect("it is ours")
    }

    #[test]
    fn every_body_comes_back_byte_for_byte() {
        let bodies: [&[u8]; 8] = [
            b"",
            b"second",
            b"\xff\x00 not UTF-8",
            b"42",
            b"\"{}\"",
            br#"{"entry":[],"object":"instagram"}"#,
            br#"{"object":"instagram","entry":[ ]}"#,
            br#"{"id":12345678901234567890123,"u":"\u00e9\/"}"#,
        ];
        for body in bodies {
            for form in [BodyForm::Document, BodyForm::Text] {
                let before = delivery(body);
                let (id, after) = through(&before, form);
                assert_eq!((id, after), (DeliveryId(9), before));
            }
        }
    }

    #[test]
    fn node_finds_a_document_and_no_second_copy_that_is_not_needed() {
        let same = of(
            &delivery(br#"{"entry":[],"object":"instagram"}"#),
            DeliveryId(9),
            BodyForm::Document,
        );
        assert_eq!(same["webhook"]["object"], "instagram");
        assert!(same.get("rawBody").is_none());
        let other = of(
            &delivery(br#"{"entry":[], "object":"instagram"}"#),
            DeliveryId(9),
            BodyForm::Document,
        );
        assert_eq!(other["webhook"]["object"], "instagram");
        assert_eq!(other["rawBody"], r#"{"entry":[], "object":"instagram"}"#);
    }

    #[test]
    fn a_list_of_accounts_that_cannot_be_read_allows_nothing() {
        let mut data = of(&delivery(b"{}"), DeliveryId(9), BodyForm::Document);
        data["accounts"] = serde_json::json!([17]);
        assert!(own(&data).is_err());
    }
}
