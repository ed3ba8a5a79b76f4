//! Apps and where their webhooks go (Meta: "Application, subscriptions").
//!
//! Any app exists whose token says so: what matters here is that Meta asks the callback
//! URL for its challenge before it subscribes.

use super::{
    errors::{GraphError, Ruling},
    subscriptions::FIELDS,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// How long a callback URL may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What each app is subscribed to.
#[derive(Debug, Default)]
pub(super) struct Apps(HashMap<String, Wanted>);

/// A subscription that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    callback_url: String,
    fields: Vec<String>,
    verify_token: String,
}

impl Apps {
    /// `GET /{app}/subscriptions`.
    pub(super) fn list(&self, app: &str, token: Option<&str>) -> Ruling<Value> {
        is_of(app, token)?;
        let data: Vec<Value> = self.0.get(app).map(shown).into_iter().collect();
        Ok(json!({ "data": data }))
    }

    pub(super) fn keep(&mut self, app: &str, wanted: Wanted) {
        self.0.insert(app.to_owned(), wanted);
    }
}

fn shown(wanted: &Wanted) -> Value {
    let fields = wanted.fields.iter();
    let fields: Vec<Value> = fields
        .map(|field| json!({ "name": field, "version": "v25.0" }))
        .collect();
    json!({
        "object": "instagram",
        "callback_url": wanted.callback_url,
        "active": true,
        "fields": fields,
    })
}

/// The token of an app is its id and its secret.
fn is_of(app: &str, token: Option<&str>) -> Ruling<()> {
    let of = token.and_then(|token| token.split_once('|'));
    match of {
        Some((id, secret)) if id == app && !secret.is_empty() => Ok(()),
        _ => Err(GraphError::new(
            190,
            None,
            "Invalid OAuth access token - an app access token of this app is needed",
        )),
    }
}

/// Reads `POST /{app}/subscriptions`.
pub(super) fn read(
    app: &str,
    token: Option<&str>,
    parameters: &Map<String, Value>,
    fields: Vec<String>,
) -> Ruling<Wanted> {
    is_of(app, token)?;
    let text = |name: &str| {
        let value = parameters.get(name);
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    if text("object") != "instagram" {
        return Err(GraphError::bad_parameter("object must be instagram"));
    }
    if let Some(wrong) = fields.iter().find(|it| !FIELDS.contains(&it.as_str())) {
        return Err(GraphError::bad_parameter(format!(
            "Param fields must be one of {{{}}} - got \"{wrong}\"",
            FIELDS.join(", ")
        )));
    }
    let wanted = Wanted {
        callback_url: text("callback_url"),
        verify_token: text("verify_token"),
        fields,
    };
    let blank = wanted.callback_url.is_empty() || wanted.verify_token.is_empty();
    if blank || wanted.fields.is_empty() {
        return Err(GraphError::bad_parameter(
            "callback_url, verify_token and fields are required",
        ));
    }
    Ok(wanted)
}

impl Wanted {
    /// Asks the callback URL for its challenge, as Meta does.
    pub(super) async fn verified(self) -> Ruling<Self> {
        let failed = |why: String| {
            GraphError::new(
                2200,
                None,
                format!("(#2200) Callback verification failed with the following errors: {why}"),
            )
        };
        let challenge = challenge_for(&self.callback_url);
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.challenge", &challenge),
            ("hub.verify_token", &self.verify_token),
        ];
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let answer = client
            .get(&self.callback_url)
            .query(&query)
            .header(
                "user-agent",
                "facebookplatform/1.0 (+http://developers.facebook.com)",
            )
            .send()
            .await
            .map_err(|_| failed("The URL couldn't be reached".to_owned()))?;
        let status = answer.status();
        if !status.is_success() {
            let phrase = status.canonical_reason().unwrap_or_default();
            return Err(failed(format!(
                "HTTP Status Code = {}; HTTP Message = {phrase}",
                status.as_u16()
            )));
        }
        let echoed = answer.text().await.unwrap_or_default();
        if echoed == challenge {
            Ok(self)
        } else {
            Err(failed(
                "The challenge was not echoed as it was sent".to_owned(),
            ))
        }
    }
}

/// A challenge; nobody has to guess it, so it need not be random.
fn challenge_for(url: &str) -> String {
    let sum = url.bytes().fold(1_158_201_444_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte)) % 9_000_000_000
    });
    (sum + 1_000_000_000).to_string()
}
