//! A connection string without its password, and with it again.

use super::{Result, SettingsError};
use secrecy::{ExposeSecret, SecretString};

/// Parameters of a connection string that are secrets themselves.
const SECRET_PARAMETERS: &[&str] = &[
    "tlscertificatekeyfilepassword=",
    "sslclientcertificatekeypassword=",
    "aws_session_token:",
    "password=",
];

/// A connection string, taken apart into what may be saved and what may not.
#[derive(Debug, Clone)]
pub struct Address {
    /// Everything but the password, such as `mongodb://reader@db.example/?replicaSet=rs0`.
    pub shown: String,
    /// The password as it stood there, escaped.
    pub password: Option<SecretString>,
}

impl Address {
    /// Takes a connection string apart. Several of Redis, with commas between, must have
    /// the same password.
    ///
    /// # Errors
    /// [`SettingsError::Address`] for another place that holds a secret.
    pub fn split(url: &str) -> Result<Self> {
        let lower = url.to_ascii_lowercase();
        if let Some(parameter) = SECRET_PARAMETERS.iter().find(|name| lower.contains(**name)) {
            return Err(SettingsError::Address(format!(
                "The connection string holds a secret ({}…) beside the password, which cannot be saved apart. Give the whole of it in an environment variable instead: HELIOGRAPH_MONGO or HELIOGRAPH_REDIS.",
                parameter.trim_end_matches(['=', ':'])
            )));
        }
        let mut shown = String::with_capacity(url.len());
        let mut password: Option<&str> = None;
        for part in servers(url) {
            let Some((scheme, authority, rest)) = take_apart(part) else {
                shown.push_str(part);
                continue;
            };
            shown.push_str(scheme);
            match authority.rsplit_once('@') {
                Some((who, hosts)) => {
                    let (user, its) = match who.split_once(':') {
                        Some((user, its)) => (user, Some(its)),
                        None => (who, None),
                    };
                    if let (Some(one), Some(other)) = (password, its)
                        && one != other
                    {
                        return Err(SettingsError::Address(
                            "The servers of one cluster have different passwords in this connection string; use the same for all of them.".to_owned(),
                        ));
                    }
                    password = its.or(password);
                    if !user.is_empty() {
                        shown.push_str(user);
                        shown.push('@');
                    }
                    shown.push_str(hosts);
                }
                None => shown.push_str(authority),
            }
            shown.push_str(rest);
        }
        Ok(Self {
            shown,
            password: password
                .filter(|password| !password.is_empty())
                .map(SecretString::from),
        })
    }

    /// The connection string as a whole. A password that it has keeps its place.
    #[must_use]
    pub fn join(shown: &str, password: Option<&SecretString>) -> SecretString {
        let Some(password) = password else {
            return SecretString::from(shown);
        };
        let mut whole = String::with_capacity(shown.len() + 32);
        for part in servers(shown) {
            let Some((scheme, authority, rest)) = take_apart(part) else {
                whole.push_str(part);
                continue;
            };
            whole.push_str(scheme);
            match authority.rsplit_once('@') {
                Some((who, _)) if who.contains(':') => whole.push_str(authority),
                Some((user, hosts)) => {
                    whole.push_str(&format!("{user}:{}@{hosts}", password.expose_secret()));
                }
                None => whole.push_str(&format!(":{}@{authority}", password.expose_secret())),
            }
            whole.push_str(rest);
        }
        SecretString::from(whole)
    }

    /// The connection string without its password, for people; also of one that
    /// [`Self::split`] refuses.
    #[must_use]
    pub fn shown(url: &str) -> String {
        Self::split(url).map_or_else(
            |_| "(an address that is not shown, because it holds a secret)".to_owned(),
            |address| address.shown,
        )
    }
}

/// The servers of a connection string: where a comma is followed by a scheme, another one
/// begins.
fn servers(url: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in url.match_indices(',') {
        if url[at + 1..].trim_start().starts_with("redis") {
            parts.push(&url[from..=at]);
            from = at + 1;
        }
    }
    parts.push(&url[from..]);
    parts
}

/// Scheme with `://`, authority, and what is behind it. A slash or a question mark in a
/// password is written escaped; the last `@` ends it all the same.
fn take_apart(url: &str) -> Option<(&str, &str, &str)> {
    let begin = url.find("://")? + 3;
    let (scheme, rest) = url.split_at(begin);
    let after = rest.rfind('@').map_or(0, |at| at + 1);
    let end = rest[after..]
        .find(['/', '?', '#'])
        .map_or(rest.len(), |at| after + at);
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    #[test]
    fn the_password_is_taken_out_and_put_back_where_it_was() {
        for (whole, shown) in [
            ("redis://localhost:6379/0", "redis://localhost:6379/0"),
            ("redis://me:hunter2@localhost/1", "redis://me@localhost/1"),
            ("rediss://:hunter2@[::1]:6380", "rediss://[::1]:6380"),
            (
                "redis://me:hunter2@a:1, redis://me:hunter2@b:2/",
                "redis://me@a:1, redis://me@b:2/",
            ),
            (
                "mongodb://me:hunter2@a:1,b:2,c:3/admin?replicaSet=rs0",
                "mongodb://me@a:1,b:2,c:3/admin?replicaSet=rs0",
            ),
            (
                "mongodb+srv://me:h%40%2F@db.example",
                "mongodb+srv://me@db.example",
            ),
            ("redis://me:a,b@one:1", "redis://me@one:1"),
            ("redis://me:a@b/c@one:1/2", "redis://me@one:1/2"),
            (
                "redis+unix:///run/redis.sock",
                "redis+unix:///run/redis.sock",
            ),
        ] {
            let address = Address::split(whole).unwrap();
            assert_eq!(address.shown, shown, "{whole}");
            let joined = Address::join(&address.shown, address.password.as_ref());
            assert_eq!(joined.expose_secret(), whole);
            assert!(!format!("{address:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_cannot_be_taken_apart_is_refused_and_never_shown() {
        let other = "mongodb://a/?tlsCertificateKeyFilePassword=hunter2";
        let error = Address::split(other).unwrap_err();
        assert!(error.to_string().contains("HELIOGRAPH_MONGO"), "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert!(!Address::shown(other).contains("hunter2"));
        assert!(Address::split("redis://:a@x,redis://:b@y").is_err());
    }

    #[test]
    fn a_password_that_stands_there_is_not_replaced() {
        let kept = Address::join("redis://me:here@a", Some(&"other".into()));
        assert_eq!(kept.expose_secret(), "redis://me:here@a");
    }
}
