//! An announcement as it goes over the wire.

use heliograph_engine::ports::Stale;
use serde::{Deserialize, Serialize};

/// `{"key": "automation:…"}` or `{"pattern": "automation:…:*"}`. Another application may
/// publish a bare key instead, as text or as a JSON string; one with a `*` is a pattern,
/// for no key holds any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Announced {
    /// One key of the cache.
    Key(String),
    /// Every key that matches, with `*` for any characters.
    Pattern(String),
}

impl Announced {
    pub(crate) fn to_payload(&self) -> String {
        serde_json::to_string(self).expect("texts become JSON")
    }

    /// `None` for what is neither.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(payload).ok()?.trim();
        if text.starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        let bare = if text.starts_with('"') {
            serde_json::from_str(text).ok()?
        } else {
            text.to_owned()
        };
        if bare.is_empty() {
            None
        } else if bare.contains('*') {
            Some(Self::Pattern(bare))
        } else {
            Some(Self::Key(bare))
        }
    }
}

impl From<&Stale> for Announced {
    fn from(stale: &Stale) -> Self {
        match stale {
            Stale::Key(key) => Self::Key(key.clone()),
            Stale::Matching(pattern) => Self::Pattern(pattern.clone()),
        }
    }
}

impl From<Announced> for Stale {
    fn from(announced: Announced) -> Self {
        match announced {
            Announced::Key(key) => Self::Key(key),
            Announced::Pattern(pattern) => Self::Matching(pattern),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_it_is_understood() {
        let key = |text: &str| Some(Announced::Key(text.to_owned()));
        let pattern = |text: &str| Some(Announced::Pattern(text.to_owned()));
        for (payload, expected) in [
            (
                r#"{"key":"automation:1:dm:all"}"#,
                key("automation:1:dm:all"),
            ),
            (r#"{"pattern":"automation:1:*"}"#, pattern("automation:1:*")),
            ("automation:1:dm:all\n", key("automation:1:dm:all")),
            (r#""automation:1:dm:all""#, key("automation:1:dm:all")),
            ("automation:1:*", pattern("automation:1:*")),
            ("", None),
            (r#"{"other":"x"}"#, None),
            (r#"{"key":7}"#, None),
        ] {
            assert_eq!(Announced::parse(payload.as_bytes()), expected, "{payload}");
        }
        assert_eq!(Announced::parse(b"\xff"), None);
    }

    #[test]
    fn what_is_sent_is_understood() {
        for stale in [
            Stale::Key("a \"quoted\" key".into()),
            Stale::Matching("a:*".into()),
        ] {
            let payload = Announced::from(&stale).to_payload();
            let heard = Announced::parse(payload.as_bytes()).map(Stale::from);
            assert_eq!(heard, Some(stale), "{payload}");
        }
    }
}
