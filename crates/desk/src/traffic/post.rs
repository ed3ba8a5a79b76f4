//! Posting a delivery to an address, as Meta would.

use super::{Result, TrafficError};
use heliograph_listener::signature;
use heliograph_model::GuardLevel;
use reqwest::{Client, Url};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Meta gives up after so long (Messenger Platform, FAQ).
const PATIENCE: Duration = Duration::from_secs(20);
/// What is shown of an answer, in bytes.
const SHOWN: usize = 16 * 1024;

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// The status, such as 200.
    pub status: u16,
    /// What it is called, such as `OK`.
    pub phrase: String,
    /// The answer's body, as far as it is shown.
    pub body: String,
    /// How long it took, in microseconds.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub micros: u64,
}

impl Answered {
    /// Whether it took the delivery.
    #[must_use]
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Why it counts as not taken, for the audit log.
    pub(super) fn refusal(&self) -> Option<String> {
        let Self { status, phrase, .. } = self;
        let said = format!("It answered {status} {phrase}");
        (!self.is_good()).then(|| format!("{}.", said.trim_end()))
    }
}

/// The one client of a desk: it follows no redirect and takes no proxy, so that a
/// delivery goes where it was sent and nowhere else.
pub(super) fn client() -> Client {
    crate::client::client(PATIENCE)
}

/// Whether an address is one of this machine: `localhost` or a loopback address.
#[must_use]
pub fn is_of_this_machine(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        name == "localhost"
            || name.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// An address that deliveries may be posted to.
///
/// Of a guard level that promises that nothing real is reached, only this machine may be
/// posted to. A post changes nothing of the profile, and sends nothing to Instagram by
/// itself; but whoever takes it elsewhere takes it for Instagram's. The public address of
/// this very production would handle it once more, and answer real people. A server on this
/// machine is the developer's own.
///
/// # Errors
/// When it is none, or the profile does not let anything leave the machine.
pub(super) fn address(url: &str, guard: GuardLevel) -> Result<Url> {
    let invalid = |why: String| TrafficError::Invalid(why);
    let parsed = Url::parse(url.trim()).map_err(|_| {
        invalid(format!(
            "“{url}” is no address. Write one such as http://127.0.0.1:3000/webhook."
        ))
    })?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
        return Err(invalid(format!(
            "“{url}” is no address of the web. Begin it with http://."
        )));
    }
    if is_of_this_machine(parsed.as_str()) {
        return Ok(parsed);
    }
    let host = parsed.host_str().unwrap_or(url);
    match guard {
        GuardLevel::Live => Ok(parsed),
        GuardLevel::Offline => Err(invalid(format!(
            "This profile is offline: nothing leaves this machine, and {host} is elsewhere. Post \
             to localhost, or open a profile of another guard level."
        ))),
        GuardLevel::Observe => Err(invalid(format!(
            "This profile is at observe, and {host} is elsewhere: whoever takes the delivery \
             there takes it for Instagram’s, and may answer real people. Post to localhost, or \
             arm live for this profile first."
        ))),
        GuardLevel::DryRun => Err(invalid(format!(
            "This profile is a dry run, and {host} is elsewhere: whoever takes the delivery \
             there takes it for Instagram’s, and may answer real people. Post to localhost, or \
             open the profile at observe and arm live for it."
        ))),
    }
}

/// An address as it may be shown and kept: without a name and a password, without the
/// values in its query, which are keys as often as not, and without its fragment.
pub(super) fn without_credentials(url: &Url) -> String {
    let mut shown = url.clone();
    // Only an address without a host has none to set, and such a one is not posted to.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    shown.set_query(None);
    let names: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| {
            if value.is_empty() {
                name.into_owned()
            } else {
                format!("{name}=•••")
            }
        })
        .collect();
    if names.is_empty() {
        shown.into()
    } else {
        format!("{shown}?{}", names.join("&"))
    }
}

/// Posts a signed body.
///
/// # Errors
/// When no answer comes.
pub(super) async fn post(
    client: &Client,
    url: Url,
    body: String,
    secret: &SecretString,
) -> Result<Answered> {
    let signed = signature::sign(secret, body.as_bytes());
    let shown = without_credentials(&url);
    let began = Instant::now();
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("user-agent", "Heliograph")
        .header(signature::HEADER, signed)
        .body(body)
        .send()
        .await
        .map_err(|error| no_answer(&shown, &error))?;
    let status = answer.status();
    let body = answer
        .text()
        .await
        .map_err(|error| no_answer(&shown, &error))?;
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(Answered {
        status: status.as_u16(),
        phrase: status.canonical_reason().unwrap_or_default().to_owned(),
        body: body.chars().take(SHOWN).collect(),
        micros,
    })
}

fn no_answer(url: &str, error: &reqwest::Error) -> TrafficError {
    let why = if error.is_timeout() {
        "it did not answer within 20 s"
    } else if error.is_connect() {
        "nothing listens there"
    } else {
        "the connection broke"
    };
    TrafficError::Unavailable(format!(
        "{url} took nothing: {why}. Start the server there, and try again."
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;

    #[test]
    fn an_offline_profile_posts_to_this_machine_only() {
        for here in [
            "http://localhost:3000/x",
            "http://LOCALHOST./",
            "http://127.0.0.1:8787/api",
            "http://127.9.9.9",
            "https://[::1]:1/",
            "http://app.localhost",
        ] {
            assert!(address(here, GuardLevel::Offline).is_ok(), "{here}");
        }
        for elsewhere in [
            "https://example.com/",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://localhost@example.com/",
            "http://0.0.0.0:80",
        ] {
            let refused = address(elsewhere, GuardLevel::Offline);
            let refused = refused.map(|url| url.to_string()).unwrap_err().to_string();
            assert!(refused.contains("offline"), "{elsewhere}: {refused}");
            assert!(address(elsewhere, GuardLevel::Live).is_ok(), "{elsewhere}");
            for (level, name) in [
                (GuardLevel::Observe, "observe"),
                (GuardLevel::DryRun, "dry run"),
            ] {
                let refused = address(elsewhere, level).unwrap_err().to_string();
                let says_what_to_do = refused.contains("arm live");
                assert!(refused.contains(name) && says_what_to_do, "{refused}");
                assert!(address("http://127.0.0.1:3000/x", level).is_ok());
            }
        }
        for none in [
            "",
            "localhost:3000",
            "ftp://localhost/",
            "file:///etc/passwd",
            "/x",
        ] {
            assert!(address(none, GuardLevel::Live).is_err(), "{none}");
        }
    }
    #[test]
    fn an_address_is_shown_without_what_opens_it() {
        for (url, shown) in [
            (
                "http://127.0.0.1:3000/webhook",
                "http://127.0.0.1:3000/webhook",
            ),
            (
                "https://maya:hunter2@shop.example/hook?token=hunter2&plain#hunter2",
                "https://shop.example/hook?token=•••&plain",
            ),
        ] {
            assert_eq!(without_credentials(&Url::parse(url).unwrap()), shown);
        }
    }
}
