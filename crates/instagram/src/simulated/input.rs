//! Reading a request over HTTP.

use axum::http::{HeaderMap, Uri, header};
use serde_json::{Map, Value};

/// What a request says: Meta takes parameters from the query, from a form and from JSON,
/// and the token from the header `Authorization` besides.
pub(super) struct Input {
    pub(super) token: Option<String>,
    pub(super) parameters: Map<String, Value>,
}

impl Input {
    pub(super) fn read(uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let mut parameters = Map::new();
        add_form(&mut parameters, uri.query().unwrap_or_default().as_bytes());
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            add_form(&mut parameters, body);
        } else if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
            parameters.extend(fields);
        }
        // The token is taken out, so that it is in no record.
        let given = parameters.remove("access_token");
        let bearer = text(header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        Self {
            token: bearer.or_else(|| given?.as_str().map(Into::into)),
            parameters,
        }
    }

    /// A list that may come as JSON or with commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.parameters.get(name) {
            Some(Value::String(text)) => text
                .split(',')
                .map(|item| item.trim().to_owned())
                .filter(|item| !item.is_empty())
                .collect(),
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(|item| item.as_str().map(Into::into))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Adds the fields of a query or a form; objects and lists in it are JSON.
fn add_form(parameters: &mut Map<String, Value>, form: &[u8]) {
    for (name, text) in form_urlencoded::parse(form) {
        let value = if text.starts_with(['{', '[']) {
            serde_json::from_str(&text).unwrap_or_else(|_| text.into())
        } else {
            text.into()
        };
        parameters.insert(name.into_owned(), value);
    }
}
