//! Whether the listener answers at the public address, and what is in between if not.

use crate::client::{self, MOST_BODY, NoAnswer};
use heliograph_model::Millis;
use serde::Serialize;
use std::time::Instant;

/// Between two questions while all is well, in milliseconds.
const WHILE_WELL: i64 = 30 * Millis::SECOND;
/// Between two questions while it is not, at first and later.
const WHILE_NEW: i64 = 3 * Millis::SECOND;
const WHILE_ILL: i64 = 15 * Millis::SECOND;
/// A name may take so long until everybody knows it.
const NEW: i64 = Millis::MINUTE;

/// What kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum HealthProblem {
    /// The name is not known.
    Name,
    /// There is no secure connection that Meta would accept.
    Tls,
    /// Nobody takes the connection.
    Connection,
    /// No answer came in time.
    Time,
    /// The tunnel's service answers that it does not reach the tunnel.
    TunnelGone,
    /// The tunnel's service answers that it does not reach the listener.
    ListenerGone,
    /// The answer leads elsewhere.
    Redirect,
    /// Another answer than the listener's.
    SomebodyElse,
}

/// What came back through the public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// When it was asked last.
    pub at: Millis,
    /// How long the answer took, in milliseconds.
    pub millis: u32,
    /// What is wrong; none: the listener answers.
    pub problem: Option<HealthProblem>,
    /// What came back, in a sentence.
    pub says: String,
    /// What to do about it; empty where all is well.
    pub advice: String,
    /// Since when it is like this.
    pub since: Millis,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    millis: u32,
    problem: Option<HealthProblem>,
    says: String,
    advice: String,
}

impl Health {
    /// What is known after an answer.
    pub(crate) fn after(before: Option<&Self>, asked: Asked, now: Millis) -> Self {
        let same = before.filter(|before| before.problem == asked.problem);
        Self {
            at: now,
            millis: asked.millis,
            problem: asked.problem,
            says: asked.says,
            advice: asked.advice,
            since: same.map_or(now, |before| before.since),
        }
    }

    /// When to ask again.
    pub(crate) fn ask_again(&self) -> Millis {
        let wait = match self.problem {
            None => WHILE_WELL,
            Some(_) if self.at.since(self.since) < NEW => WHILE_NEW,
            Some(_) => WHILE_ILL,
        };
        self.at + wait
    }
}

/// Asks for `/healthz` at a public address that is to lead to `port`.
pub(crate) async fn ask(url: &str, port: u16) -> Asked {
    let began = Instant::now();
    let answer = client::client(url)
        .get(format!("{url}/healthz"))
        .header("user-agent", "Heliograph health")
        // ngrok's page for browsers is left out for those who say so.
        .header("ngrok-skip-browser-warning", "1")
        .send()
        .await;
    let judged = match answer {
        Err(error) => {
            let (why, cause) = client::no_answer(&error);
            unanswered(why, &cause, url)
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            let header = |name: &str| {
                let value = answer.headers().get(name)?;
                value.to_str().ok().map(ToOwned::to_owned)
            };
            let (ngrok, location) = (header("ngrok-error-code"), header("location"));
            let body = answer.text().await.unwrap_or_default();
            let body: String = body.chars().take(MOST_BODY).collect();
            answered(status, &body, ngrok.as_deref(), location.as_deref(), port)
        }
    };
    let millis = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    let (problem, says, advice) = judged;
    Asked {
        millis,
        problem,
        says,
        advice: advice.to_owned(),
    }
}

type Judged = (Option<HealthProblem>, String, &'static str);

fn unanswered(why: NoAnswer, cause: &str, url: &str) -> Judged {
    match why {
        NoAnswer::Name => (
            Some(HealthProblem::Name),
            format!("The name in {url} is not known: {cause}."),
            "A new name may take a minute until it is known everywhere. Later than that, the \
             tunnel has ended, or the name is not set up in DNS.",
        ),
        NoAnswer::Tls => (
            Some(HealthProblem::Tls),
            format!("There is no secure connection to {url}: {cause}."),
            "Meta takes only https with a certificate that browsers accept; one that was signed \
             by its own owner is refused.",
        ),
        NoAnswer::Connection => (
            Some(HealthProblem::Connection),
            format!("Nobody takes connections at {url}: {cause}."),
            "The other end of the tunnel is down, or a firewall stands in between.",
        ),
        NoAnswer::Time => (
            Some(HealthProblem::Time),
            format!("{url} did not answer within 10 s."),
            "The tunnel hangs. Start it again, and look at the network.",
        ),
        NoAnswer::Broken => (
            Some(HealthProblem::Connection),
            format!("The connection to {url} broke: {cause}."),
            "The tunnel's other end has nobody behind it. Look whether it is connected.",
        ),
    }
}

fn answered(
    status: u16,
    body: &str,
    ngrok: Option<&str>,
    location: Option<&str>,
    port: u16,
) -> Judged {
    let listener_gone = || {
        (
            Some(HealthProblem::ListenerGone),
            format!("The tunnel stands, and nobody answers at its end here (status {status})."),
            "Start the listener, on the port that the tunnel leads to.",
        )
    };
    match (status, ngrok) {
        (200, _) if is_alive(body) => (None, "The listener answers.".to_owned(), ""),
        (_, Some("ERR_NGROK_3200" | "ERR_NGROK_3004")) => (
            Some(HealthProblem::TunnelGone),
            "ngrok says that no agent is connected to this address.".to_owned(),
            "The tunnel has ended. Start it again.",
        ),
        (_, Some("ERR_NGROK_8012")) => listener_gone(),
        (530, _) => (
            Some(HealthProblem::TunnelGone),
            "Cloudflare says that no tunnel is connected to this address (status 530).".to_owned(),
            "The tunnel has ended. Start it again; a quick tunnel gets another address.",
        ),
        (502, _) => listener_gone(),
        (300..=399, _) => (
            Some(HealthProblem::Redirect),
            format!(
                "The answer leads elsewhere, to {} (status {status}).",
                location.unwrap_or("an address that it does not say")
            ),
            "Meta follows no redirect. Give the address that it leads to, or switch off what \
             asks for a login there.",
        ),
        (500..=599, _) => (
            Some(HealthProblem::TunnelGone),
            format!("Something on the way answers with status {status}."),
            "The proxy or the tunnel's service does not reach this machine. Look at its log; a \
             named tunnel of cloudflared needs an ingress rule that leads to the listener's port.",
        ),
        (200..=299 | 400..=499 | 0..=199 | 600.., _) => (
            Some(HealthProblem::SomebodyElse),
            format!(
                "Somebody else answers at this address, with status {status}; it is not the \
                 listener on port {port}."
            ),
            "The address leads to another program or another port. Look at the proxy's or the \
             tunnel's configuration.",
        ),
    }
}

/// Whether a body is what the listener says at `/healthz`.
fn is_alive(body: &str) -> bool {
    let said = serde_json::from_str::<serde_json::Value>(body);
    said.is_ok_and(|said| said["code"] == "alive")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIVE: &str = r#"{"code":"alive","message":"The listener is running."}"#;

    #[test]
    fn what_answers_is_told_apart() {
        let problem = |status, body, ngrok| answered(status, body, ngrok, None, 8787).0;
        for (status, body, ngrok, expected) in [
            (200, ALIVE, None, None),
            (
                200,
                "<html>Welcome",
                None,
                Some(HealthProblem::SomebodyElse),
            ),
            (404, "", None, Some(HealthProblem::SomebodyElse)),
            (
                404,
                "",
                Some("ERR_NGROK_3200"),
                Some(HealthProblem::TunnelGone),
            ),
            (
                502,
                "",
                Some("ERR_NGROK_8012"),
                Some(HealthProblem::ListenerGone),
            ),
            (502, "Bad gateway", None, Some(HealthProblem::ListenerGone)),
            (
                530,
                "error code: 1033",
                None,
                Some(HealthProblem::TunnelGone),
            ),
            (503, "", None, Some(HealthProblem::TunnelGone)),
            (302, "", None, Some(HealthProblem::Redirect)),
        ] {
            assert_eq!(problem(status, body, ngrok), expected, "{status} {ngrok:?}");
        }
    }

    #[test]
    fn it_is_asked_more_often_while_it_is_new_and_ill() {
        let asked = |problem| Asked {
            millis: 3,
            problem,
            says: String::new(),
            advice: String::new(),
        };
        let at = |seconds: i64| Millis(seconds * 1_000);
        let first = Health::after(None, asked(Some(HealthProblem::Name)), at(100));
        assert_eq!(first.ask_again(), at(103));
        let later = Health::after(Some(&first), asked(Some(HealthProblem::Name)), at(170));
        assert_eq!((later.since, later.ask_again()), (at(100), at(185)));
        let well = Health::after(Some(&later), asked(None), at(185));
        assert_eq!((well.since, well.ask_again()), (at(185), at(215)));
    }
}
