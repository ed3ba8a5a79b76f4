//! `ngrok` with `--log stdout --log-format json`: a JSON object a line, and at its end
//! lines of `ERROR:  …` in plain text.

use super::{Heals, Said};
use crate::output::redacted;
use serde_json::Value;

pub(super) fn read(line: &str) -> Vec<Said> {
    let Ok(Value::Object(said)) = serde_json::from_str::<Value>(line) else {
        return complaint(line).into_iter().collect();
    };
    let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default();
    let error = text("err");
    let cause = || {
        let first = error.lines().next().unwrap_or_default();
        match redacted(first.trim()) {
            none if none.is_empty() => "ngrok lost its connection".to_owned(),
            cause => format!("ngrok lost its connection: {cause}"),
        }
    };
    match text("msg") {
        "started tunnel" => match text("url") {
            url if url.starts_with("http") => {
                vec![Said::Url(url.trim_end_matches('/').to_owned()), Said::Up]
            }
            _ => Vec::new(),
        },
        "client session established" | "tunnel session started" => vec![Said::Up],
        "session closed, starting reconnect loop" | "heartbeat timeout, terminating session" => {
            vec![Said::Down(cause())]
        }
        _ if error.contains("ERR_NGROK_") => complaint(error).into_iter().collect(),
        "failed to reconnect session" => vec![Said::problem(
            Heals::ByItself,
            cause(),
            "Check this machine's network. It is tried again by itself.",
        )],
        _ => Vec::new(),
    }
}

/// What ngrok's numbers mean.
fn complaint(text: &str) -> Option<Said> {
    if text.contains("unknown flag") {
        return Some(Said::problem(
            Heals::Never,
            "This ngrok does not know its arguments",
            "It is too old. Run `ngrok update`.",
        ));
    }
    let number = text.split("ERR_NGROK_").nth(1)?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    let (heals, advice) = match number {
        105..=107 | 4018 => (
            Heals::Never,
            "Copy the token from ngrok's dashboard, and run `ngrok config add-authtoken` with \
             it once in a terminal.",
        ),
        108 => (
            Heals::AfterItWasUp,
            "The account allows no further agent at the same time. End the other one, on this \
             machine or in ngrok's dashboard.",
        ),
        334 => (
            Heals::AfterItWasUp,
            "The domain is in use by another agent. End that one, or choose another domain.",
        ),
        120..=122 => (Heals::Never, "This ngrok is too old. Run `ngrok update`."),
        300..=399 => (
            Heals::Never,
            "Check the domain: it has to be reserved in ngrok's dashboard, in this account.",
        ),
        _ => (
            Heals::Never,
            "ngrok's documentation explains the number below “errors”.",
        ),
    };
    let says = text
        .lines()
        .map(|line| line.trim().trim_start_matches("ERROR:").trim())
        .find(|line| !line.is_empty() && !line.starts_with("ERR_NGROK_"))
        .map(|line| line.trim_start_matches("authentication failed: "))
        .map_or_else(String::new, |line| format!(": {}", redacted(line)));
    let reason = format!("ngrok refused it (ERR_NGROK_{number}){says}");
    let reason = reason.trim_end_matches('.');
    Some(Said::problem(heals, reason, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_from_its_start_to_its_loss() {
        let quiet = r#"{"err":null,"lvl":"info","msg":"open config file","path":"/srv/me/.config/ngrok/ngrok.yml","t":"2025-11-20T09:00:00Z"}"#;
        assert_eq!(read(quiet), []);
        let web = r#"{"addr":"127.0.0.1:4040","lvl":"info","msg":"starting web service","obj":"web","t":"x"}"#;
        assert_eq!(read(web), []);
        let started = r#"{"addr":"http://localhost:8787","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels","t":"x","url":"https://ab12-198-51-100-7.ngrok-free.app"}"#;
        assert_eq!(
            read(started),
            [
                Said::Url("https://ab12-198-51-100-7.ngrok-free.app".into()),
                Said::Up
            ]
        );
        let lost = r#"{"err":"read EOF from remote peer","lvl":"eror","msg":"session closed, starting reconnect loop","obj":"csess","t":"x"}"#;
        assert_eq!(
            read(lost),
            [Said::Down(
                "ngrok lost its connection: read EOF from remote peer".into()
            )]
        );
        let back = r#"{"lvl":"info","msg":"client session established","obj":"csess","t":"x"}"#;
        assert_eq!(read(back), [Said::Up]);
    }

    #[test]
    fn a_token_that_is_refused_is_advised_on_and_not_repeated() {
        let refused = r#"{"err":"authentication failed: The authtoken you specified does not look like a proper ngrok authtoken.\nYour authtoken: 1yaP1QLD0cVV\nInstructions to install your authtoken are on your ngrok dashboard:\nhttps://dashboard.ngrok.com/get-started/your-authtoken\r\n\r\nERR_NGROK_105\r\n","lvl":"eror","msg":"failed to auth","obj":"tunnels.session","t":"x"}"#;
        let [Said::Problem(problem)] = &read(refused)[..] else {
            panic!("it is a problem");
        };
        assert_eq!(problem.heals, Heals::Never);
        assert!(
            problem.reason.contains("does not look like a proper"),
            "{}",
            problem.reason
        );
        assert!(!problem.reason.contains("1yaP1"), "{}", problem.reason);
        assert!(
            problem.advice.contains("add-authtoken"),
            "{}",
            problem.advice
        );
        for line in ["ERROR:  ERR_NGROK_4018", "ERROR:  unknown flag: --url"] {
            let [Said::Problem(problem)] = &read(line)[..] else {
                panic!("it is a problem");
            };
            assert_eq!(problem.heals, Heals::Never);
        }
    }

    #[test]
    fn a_domain_that_is_still_online_elsewhere_heals_only_after_a_loss() {
        let line = "ERROR:  failed to start tunnel: The endpoint 'https://shop.ngrok.app' is already online.\nERROR:  ERR_NGROK_334";
        let [Said::Problem(problem)] = &read(line)[..] else {
            panic!("it is a problem");
        };
        assert_eq!(problem.heals, Heals::AfterItWasUp);
    }
}
