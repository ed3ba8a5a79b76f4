//! `X-Hub-Signature-256`: signing a body, and checking who signed one.
//!
//! The digest is HMAC-SHA256 over the bytes as they came (Meta: "Webhooks, getting
//! started"). Nothing is parsed or re-encoded before the check: Meta sends `ä` as
//! `\u00e4`, and a body that was decoded and written again no longer has its signature.

use crate::settings::AppSecret;
use heliograph_model::AccountId;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";

/// The header of the older SHA-1 signature, which is not accepted.
pub const OLD_HEADER: &str = "x-hub-signature";

const PREFIX: &[u8] = b"sha256=";

/// A body longer than this is not hashed again to find out why its signature is wrong.
const MOST_EXPLAINED_BYTES: usize = 64 * 1024;

/// The value of `X-Hub-Signature-256` for a body: what Meta, the simulator and `curl`
/// examples send.
#[must_use]
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    let digest = keyed(secret.expose_secret().as_bytes())
        .chain_update(body)
        .finalize();
    format!("sha256={}", hex::encode(digest.into_bytes()))
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so this cannot fail.
    Hmac::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes any key"))
}

/// Whether two texts are the same, in a time that tells neither where they differ nor
/// how long the expected one is.
#[must_use]
pub(crate) fn same_text(given: &[u8], expected: &[u8]) -> bool {
    Sha256::digest(given)
        .ct_eq(&Sha256::digest(expected))
        .into()
}

/// Why a signature was not accepted, as exactly as can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureFault {
    /// There is no `X-Hub-Signature-256`.
    HeaderMissing,
    /// There is only the older SHA-1 `X-Hub-Signature`.
    OnlySha1,
    /// It is not `sha256=` and 64 hexadecimal digits, or it is there twice.
    Malformed,
    /// The listener has no app secret to check with.
    NoSecret,
    /// The body is empty, so something on the way has swallowed it.
    BodyEmpty,
    /// It was made with the verify token in place of the app secret.
    VerifyToken,
    /// An app secret matches once the spaces around it are taken away: it was pasted
    /// with them.
    SecretWithSpaces,
    /// None of the app secrets made this signature for these bytes.
    Wrong,
}

impl SignatureFault {
    /// What to do about it, for the operator. It never goes over the wire.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::HeaderMissing => {
                "The request has no X-Hub-Signature-256 header. Meta always sends it; look \
                 whether a proxy on the way removes it, or who else is posting."
            }
            Self::OnlySha1 => {
                "The request has only the older X-Hub-Signature header (SHA-1). Sign with \
                 SHA-256 in X-Hub-Signature-256."
            }
            Self::Malformed => {
                "X-Hub-Signature-256 is not “sha256=” followed by 64 hexadecimal digits."
            }
            Self::NoSecret => {
                "No app secret is set, so no delivery can be trusted. Copy it from the app's \
                 basic settings in Meta's dashboard."
            }
            Self::BodyEmpty => {
                "The request has no body. Look whether a proxy or a redirect on the way drops it."
            }
            Self::VerifyToken => {
                "It is signed with the verify token. Sign with the app secret; the verify token \
                 is only for the subscription."
            }
            Self::SecretWithSpaces => {
                "The app secret is right but was pasted with spaces around it. Set it again \
                 without them."
            }
            Self::Wrong => {
                "No app secret that is set made this signature. Either it belongs to another \
                 app (an app with Instagram Login has a secret of its own beside the Facebook \
                 app's), or something on the way changed the body."
            }
        }
    }
}

/// A signature as it was sent, taken out of its header.
#[derive(Clone, Copy)]
pub(crate) struct Claimed([u8; 32]);

impl Claimed {
    /// Reads a header's value. Some senders write the digits in capitals.
    pub(crate) fn parse(value: &[u8]) -> Option<Self> {
        let digits = value.strip_prefix(PREFIX)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(digits, &mut digest).ok()?;
        Some(Self(digest))
    }
}

/// The secrets of a listener, ready to check with.
pub(crate) struct Verifier {
    keys: Vec<Key>,
    verify_token: Option<SecretString>,
}

/// One secret with its inner and outer pads hashed already, which saves half of the work
/// on a body of usual length.
struct Key {
    secret: AppSecret,
    keyed: Hmac<Sha256>,
}

/// Who signed a delivery.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) name: &'a str,
    pub(crate) accounts: &'a [AccountId],
}

impl Verifier {
    pub(crate) fn new(secrets: Vec<AppSecret>, verify_token: Option<SecretString>) -> Self {
        let keys = secrets
            .into_iter()
            .map(|secret| Key {
                keyed: keyed(secret.secret.expose_secret().as_bytes()),
                secret,
            })
            .collect();
        Self { keys, verify_token }
    }

    /// Whether there is a secret at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The first secret that made this signature.
    pub(crate) fn check(&self, claimed: Claimed, body: &[u8]) -> Option<Signer<'_>> {
        self.keys.iter().find_map(|key| {
            let mac = key.keyed.clone().chain_update(body);
            mac.verify_slice(&claimed.0).ok().map(|()| Signer {
                name: &key.secret.name,
                accounts: &key.secret.accounts,
            })
        })
    }

    /// Why a signature that [`Verifier::check`] refused is wrong. It hashes the body a
    /// few times more, so it is asked only where somebody looks, and not for long bodies.
    pub(crate) fn explain(&self, claimed: Claimed, body: &[u8]) -> SignatureFault {
        if self.is_empty() {
            return SignatureFault::NoSecret;
        }
        if body.is_empty() {
            return SignatureFault::BodyEmpty;
        }
        if body.len() > MOST_EXPLAINED_BYTES {
            return SignatureFault::Wrong;
        }
        let made_with = |secret: &[u8]| {
            let mac = keyed(secret).chain_update(body);
            mac.verify_slice(&claimed.0).is_ok()
        };
        let token = self.verify_token.as_ref();
        if token.is_some_and(|token| made_with(token.expose_secret().as_bytes())) {
            return SignatureFault::VerifyToken;
        }
        let pasted = self.keys.iter().any(|key| {
            let secret = key.secret.secret.expose_secret();
            let trimmed = secret.trim();
            trimmed.len() < secret.len() && made_with(trimmed.as_bytes())
        });
        if pasted {
            SignatureFault::SecretWithSpaces
        } else {
            SignatureFault::Wrong
        }
    }

    /// Whether this is the verify token. Nothing is, where none is set.
    pub(crate) fn is_verify_token(&self, given: &[u8]) -> bool {
        self.verify_token
            .as_ref()
            .is_some_and(|token| same_text(given, token.expose_secret().as_bytes()))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.keys.iter().map(|key| &*key.secret.name).collect();
        f.debug_struct("Verifier")
            .field("secrets", &names)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn verifier(text: &str) -> Verifier {
        let secret = AppSecret {
            name: "app".into(),
            secret: secret(text),
            accounts: Vec::new(),
        };
        Verifier::new(vec![secret], Some("the token".into()))
    }

    fn claimed(by: &str, body: &[u8]) -> Claimed {
        Claimed::parse(sign(&secret(by), body).as_bytes()).expect("sign writes what parse reads")
    }

    #[test]
    fn the_digest_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231.
        assert_eq!(
            sign(&secret("Jefe"), b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_header_of_another_form_is_not_read() {
        let good = sign(&secret("s"), b"b");
        assert!(Claimed::parse(good.as_bytes()).is_some());
        assert!(Claimed::parse(good.to_uppercase().replace("SHA", "sha").as_bytes()).is_some());
        for bad in [
            "",
            "sha256=",
            "sha1=5bdcc146bf60754e6a042426089575c75a003f08",
            &good[..good.len() - 1],
            &good[..good.len() - 2],
            &format!("{good}00"),
            &format!(" {good}"),
            &good.replace("sha256=", ""),
            &good.replace("sha256=", "SHA256="),
            &format!("{}zz", &good[..good.len() - 2]),
        ] {
            assert!(Claimed::parse(bad.as_bytes()).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_signature_is_told_apart() {
        let body = b"{}";
        let fault = |keys: &Verifier, by: &str, body: &[u8]| {
            let claimed = claimed(by, body);
            assert!(keys.check(claimed, body).is_none());
            keys.explain(claimed, body)
        };
        let keys = verifier("right");
        assert_eq!(fault(&keys, "other", body), SignatureFault::Wrong);
        assert_eq!(fault(&keys, "the token", body), SignatureFault::VerifyToken);
        assert_eq!(fault(&keys, "other", b""), SignatureFault::BodyEmpty);
        let pasted = verifier(" right\n");
        assert_eq!(
            fault(&pasted, "right", body),
            SignatureFault::SecretWithSpaces
        );
        let none = Verifier::new(Vec::new(), None);
        assert_eq!(fault(&none, "other", body), SignatureFault::NoSecret);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", verifier("very secret"));
        assert!(shown.contains("app") && !shown.contains("very secret"));
        assert!(!shown.contains("the token"));
    }
}
