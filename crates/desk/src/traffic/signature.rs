//! Why a signature was not accepted, found out with everything that this desk knows.

use super::json::{Style, rewritten};
use heliograph_listener::{SignatureFault, signature};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A body longer than this is not hashed again and again.
const LONGEST: usize = 64 * 1024;

/// An app secret that this desk knows.
#[derive(Debug, Clone)]
pub struct KnownSecret {
    /// What it is called.
    pub name: String,
    /// The secret. Its `Debug` is redacted.
    pub secret: SecretString,
    /// Whether the listener accepts what it signs.
    pub accepted: bool,
}

/// Whether a delivery was signed as it should be, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignatureResult {
    /// How it is.
    pub state: SignatureState,
    /// The name of the secret that made it, where one is known.
    pub secret: Option<String>,
    /// In a few words.
    pub summary: String,
    /// What it means and what to do, for people.
    pub advice: String,
}

/// How a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// An app secret of the listener made it.
    Good,
    /// It came another way than through the listener, or before this desk looked.
    Unchecked,
    /// There is none.
    Missing,
    /// It is of another form.
    Malformed,
    /// The body was changed on the way: decoded and written again.
    BodyChanged,
    /// Another secret that is known made it.
    OtherSecret,
    /// No secret that is known made it.
    WrongSecret,
}

impl SignatureState {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Good,
        Self::Unchecked,
        Self::Missing,
        Self::Malformed,
        Self::BodyChanged,
        Self::OtherSecret,
        Self::WrongSecret,
    ];

    /// Its name in filters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Unchecked => "none",
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::BodyChanged => "changed",
            Self::OtherSecret => "other",
            Self::WrongSecret => "wrong",
        }
    }
}

impl SignatureResult {
    /// It holds.
    #[must_use]
    pub fn good(secret: &str) -> Self {
        Self {
            state: SignatureState::Good,
            secret: Some(secret.to_owned()),
            summary: "Signature holds".to_owned(),
            advice: format!("The body is signed with the app secret “{secret}”."),
        }
    }

    /// Nobody checked it.
    #[must_use]
    pub fn unchecked(why: &str) -> Self {
        Self {
            state: SignatureState::Unchecked,
            secret: None,
            summary: "Not signed".to_owned(),
            advice: why.to_owned(),
        }
    }
}

/// Why the listener refused a signature: `fault` as the listener has it, `claimed` the
/// header's value, and the body where it was read.
#[must_use]
pub fn explain(
    fault: SignatureFault,
    claimed: &str,
    body: Option<&[u8]>,
    known: &[KnownSecret],
) -> SignatureResult {
    let result = |state, secret: Option<&str>, summary: &str, advice: String| SignatureResult {
        state,
        secret: secret.map(str::to_owned),
        summary: summary.to_owned(),
        advice,
    };
    let told = fault.advice().to_owned();
    match fault {
        SignatureFault::HeaderMissing => result(
            SignatureState::Missing,
            None,
            "No signature: the header is missing",
            told,
        ),
        SignatureFault::OnlySha1 => result(
            SignatureState::Missing,
            None,
            "Only the older SHA-1 signature",
            told,
        ),
        SignatureFault::Malformed => result(
            SignatureState::Malformed,
            None,
            "Signature of another form",
            told,
        ),
        SignatureFault::BodyEmpty => result(
            SignatureState::BodyChanged,
            None,
            "Signed, and the body is empty",
            told,
        ),
        SignatureFault::NoSecret => result(
            SignatureState::WrongSecret,
            None,
            "The listener has no app secret",
            told,
        ),
        SignatureFault::VerifyToken => result(
            SignatureState::OtherSecret,
            Some("verify token"),
            "Signed with the verify token",
            told,
        ),
        SignatureFault::SecretWithSpaces => result(
            SignatureState::OtherSecret,
            None,
            "The app secret was pasted with spaces",
            told,
        ),
        SignatureFault::Wrong => {
            let body = body.filter(|body| !body.is_empty() && body.len() <= LONGEST);
            let Some(body) = body else {
                return result(SignatureState::WrongSecret, None, "Wrong signature", told);
            };
            if let Some(other) = known.iter().find(|one| is_signed(one, claimed, body)) {
                let advice = format!(
                    "It is signed with “{}”, which this listener does not accept. Sign with the \
                     listener's own app secret, or let the listener accept that one too.",
                    other.name
                );
                let summary = "Signed with another secret that is known here";
                return result(
                    SignatureState::OtherSecret,
                    Some(&other.name),
                    summary,
                    advice,
                );
            }
            if let Some((secret, how)) = changed(claimed, body, known) {
                let advice = format!(
                    "The app secret is right and the body is not: {how}. Hand the bytes on as they \
                     came, and check the signature before anything parses them."
                );
                let summary = "The body was changed on the way";
                return result(SignatureState::BodyChanged, Some(secret), summary, advice);
            }
            let advice = "No app secret that is known here made this signature, neither of these \
                          bytes nor of the same JSON written otherwise. It belongs to another app; \
                          an app with Instagram Login has a secret of its own beside the Facebook \
                          app's."
                .to_owned();
            result(SignatureState::WrongSecret, None, "Wrong secret", advice)
        }
    }
}

fn is_signed(known: &KnownSecret, claimed: &str, body: &[u8]) -> bool {
    signature::sign(&known.secret, body).eq_ignore_ascii_case(claimed)
}

/// The secret that signed the same JSON in another form, and what was done to it.
fn changed<'a>(
    claimed: &str,
    body: &[u8],
    known: &'a [KnownSecret],
) -> Option<(&'a str, &'static str)> {
    let text = std::str::from_utf8(body).ok()?;
    let signer = |candidate: &str| {
        let mut all = known.iter();
        all.find(|one| is_signed(one, claimed, candidate.as_bytes()))
            .map(|one| one.name.as_str())
    };
    let plain = text.trim_start_matches('\u{feff}').trim();
    let ends = [
        plain.to_owned(),
        format!("{text}\n"),
        text.replace("\r\n", "\n"),
    ];
    for candidate in &ends {
        if let Some(name) = signer(candidate) {
            return Some((name, "space or a line's end was added or taken away"));
        }
    }
    serde_json::from_str::<serde::de::IgnoredAny>(plain).ok()?;
    for (ascii, slashes) in [(true, true), (true, false), (false, false), (false, true)] {
        for spaced in [false, true] {
            let style = Style {
                spaced,
                ascii,
                slashes,
            };
            if let Some(name) = signer(&rewritten(plain, style)) {
                let how = if ascii || slashes {
                    "it was decoded and written again, without Meta's escapes such as \\u00e4 and \\/"
                } else {
                    "it was decoded and written again, with other spaces or escapes"
                };
                return Some((name, how));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<KnownSecret> {
        let secret = |name: &str, secret: &str, accepted| KnownSecret {
            name: name.to_owned(),
            secret: secret.into(),
            accepted,
        };
        vec![
            secret("this window", "right", true),
            secret("staging", "other", false),
        ]
    }

    fn why(signed: &[u8], received: &[u8], secret: &str) -> SignatureResult {
        let claimed = signature::sign(&secret.into(), signed);
        explain(SignatureFault::Wrong, &claimed, Some(received), &known())
    }

    #[test]
    fn a_body_that_was_written_again_is_told_from_a_wrong_secret() {
        let meta = br#"{"text":"K\u00e4se 1\/2","id":18446744073709551999,"a":[1,true]}"#;
        let node = "{\"text\":\"Käse 1/2\",\"id\":18446744073709551999,\"a\":[1,true]}";
        let pretty = "{\n  \"text\": \"Käse 1/2\",\n  \"id\": 18446744073709551999,\n  \"a\": [1, true]\n}\n";
        for received in [node, pretty] {
            let result = why(meta, received.as_bytes(), "right");
            assert_eq!(result.state, SignatureState::BodyChanged, "{received}");
            assert_eq!(result.secret.as_deref(), Some("this window"));
        }
        let python = br#"{"text": "K\u00e4se", "n": 1}"#;
        let result = why(python, "{\"text\":\"Käse\",\"n\":1}".as_bytes(), "right");
        assert_eq!(result.state, SignatureState::BodyChanged);
        let trimmed = why(b"{}", b"{}\n", "right");
        assert_eq!(trimmed.state, SignatureState::BodyChanged);
        assert!(trimmed.advice.contains("line"), "{}", trimmed.advice);
        // A changed value is no other form of the same JSON.
        let result = why(meta, node.replace("true", "false").as_bytes(), "right");
        assert_eq!(result.state, SignatureState::WrongSecret);
    }

    #[test]
    fn another_secret_that_is_known_is_named() {
        let result = why(b"{}", b"{}", "other");
        assert_eq!(result.state, SignatureState::OtherSecret);
        assert!(result.advice.contains("“staging”"), "{}", result.advice);
        assert_eq!(
            why(b"{}", b"{}", "nobody's").state,
            SignatureState::WrongSecret
        );
    }

    #[test]
    fn what_the_listener_knows_is_kept() {
        for (fault, state) in [
            (SignatureFault::HeaderMissing, SignatureState::Missing),
            (SignatureFault::OnlySha1, SignatureState::Missing),
            (SignatureFault::Malformed, SignatureState::Malformed),
            (SignatureFault::VerifyToken, SignatureState::OtherSecret),
            (SignatureFault::BodyEmpty, SignatureState::BodyChanged),
        ] {
            let result = explain(fault, "", None, &known());
            assert_eq!(result.state, state);
            assert_eq!(result.advice, fault.advice());
        }
    }
}
