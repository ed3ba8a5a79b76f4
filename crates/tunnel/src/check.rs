//! Asking oneself through the public address what Meta will ask.

use crate::client;
use heliograph_engine::ports::Clock;
use heliograph_model::Millis;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// How such a question says who it is.
pub(crate) const USER_AGENT: &str = "Heliograph check";

/// What came back of each question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SelfCheck {
    /// When it was asked.
    pub at: Millis,
    /// The webhook's address that was asked.
    pub url: String,
    /// Whether Meta would be content.
    pub passed: bool,
    /// One question after the other, up to the first that failed.
    pub steps: Vec<CheckStep>,
}

/// One question and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CheckStep {
    /// Whether it came out as it should.
    pub good: bool,
    /// What came back, in a sentence.
    pub says: String,
    /// What to do about it; empty where it is good.
    pub advice: String,
}

/// Performs Meta's verification at the webhook's public address, and once more with
/// another token, which has to be refused.
pub async fn check(url: &str, verify_token: &SecretString, clock: &dyn Clock) -> SelfCheck {
    let mut steps = Vec::with_capacity(3);
    let passed = ask_all(url, verify_token, &mut steps).await;
    SelfCheck {
        at: clock.now(),
        url: url.to_owned(),
        passed,
        steps,
    }
}

async fn ask_all(url: &str, verify_token: &SecretString, steps: &mut Vec<CheckStep>) -> bool {
    if !url.starts_with("https://") {
        steps.push(CheckStep {
            good: false,
            says: "The address does not begin with https://.".to_owned(),
            advice: "Meta takes no other. What follows is asked all the same.".to_owned(),
        });
    }
    let secure = steps.is_empty();
    let challenge = fastrand::u64(1_000_000_000..9_999_999_999).to_string();
    let (status, body) = match ask(url, verify_token.expose_secret(), &challenge).await {
        Ok(answer) => answer,
        Err((why, cause)) => {
            steps.push(CheckStep {
                good: false,
                says: format!("The challenge got no answer: {cause}."),
                advice: match why {
                    client::NoAnswer::Name => "The name is not known (yet).",
                    client::NoAnswer::Tls => "Meta needs https with a valid certificate.",
                    client::NoAnswer::Connection
                    | client::NoAnswer::Time
                    | client::NoAnswer::Broken => "Look whether the tunnel is up.",
                }
                .to_owned(),
            });
            return false;
        }
    };
    let good = status == 200 && body == challenge;
    steps.push(if good {
        step("The challenge came back, byte for byte.".to_owned())
    } else {
        not_echoed(status, &body)
    });
    if !good {
        return false;
    }
    let wrong = format!("not {challenge}");
    let refused = match ask(url, &wrong, &challenge).await {
        Ok((403, _)) => step("Another verify token is refused.".to_owned()),
        Ok((status, _)) => CheckStep {
            good: false,
            says: format!("Another verify token was answered with status {status}."),
            advice: "Somebody between Meta and the listener answers challenges by itself; \
                     anybody could subscribe to this address. Look at the proxy."
                .to_owned(),
        },
        Err((_, cause)) => CheckStep {
            good: false,
            says: format!("A second question got no answer: {cause}."),
            advice: "The tunnel does not hold. Ask again.".to_owned(),
        },
    };
    let good = refused.good;
    steps.push(refused);
    good && secure
}

fn step(says: String) -> CheckStep {
    CheckStep {
        good: true,
        says,
        advice: String::new(),
    }
}

fn not_echoed(status: u16, body: &str) -> CheckStep {
    let begins: String = body.chars().take(80).collect();
    let (says, advice) = match status {
        403 => (
            "The listener there refused the token.".to_owned(),
            "It has another verify token: the address leads to another listener.",
        ),
        404 => (
            "There is no such path (status 404).".to_owned(),
            "The address leads elsewhere, or the listener has another path.",
        ),
        200 => (
            format!("Something else came back than the challenge: “{begins}”."),
            "Somebody between Meta and the listener answers in its place.",
        ),
        300..=399 => (
            format!("The answer leads elsewhere (status {status})."),
            "Meta follows no redirect.",
        ),
        _ => (
            format!("Status {status} came back: “{begins}”."),
            "The tunnel does not reach the listener.",
        ),
    };
    CheckStep {
        good: false,
        says,
        advice: advice.to_owned(),
    }
}

async fn ask(
    url: &str,
    token: &str,
    challenge: &str,
) -> Result<(u16, String), (client::NoAnswer, String)> {
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge),
        ("hub.verify_token", token),
    ];
    let answer = client::client(url)
        .get(url)
        .query(&query)
        .header("user-agent", USER_AGENT)
        .send()
        .await
        .map_err(|error| client::no_answer(&error))?;
    let status = answer.status().as_u16();
    let body = answer
        .text()
        .await
        .map_err(|error| client::no_answer(&error))?;
    Ok((status, body.chars().take(client::MOST_BODY).collect()))
}
