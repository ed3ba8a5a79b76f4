//! What a program's lines mean, each as its program prints them.

mod cloudflared;
mod command;
mod ngrok;
mod ssh;

use crate::settings::TunnelKind;
use reqwest::Url;
use std::net::IpAddr;

/// What a line says of the tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// The public address.
    Url(String),
    /// It is connected.
    Up,
    /// It lost its connection and tries by itself.
    Down(String),
    /// It is over, and a new one has to be started.
    Over(String),
    /// Something is wrong.
    Problem(Problem),
}

/// What is wrong, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What happened, as a clause without a full stop.
    pub reason: String,
    /// What to do, in sentences.
    pub advice: String,
    /// Whether it passes.
    pub heals: Heals,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heals {
    /// Later.
    ByItself,
    /// Only where the same tunnel was up before.
    AfterItWasUp,
    /// Somebody has to change something.
    Never,
}

impl Said {
    fn problem(heals: Heals, reason: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Problem(Problem {
            reason: reason.into(),
            advice: advice.into(),
            heals,
        })
    }
}

/// Reads one program's lines, in their order.
#[derive(Debug)]
pub(crate) enum Reader {
    Cloudflared(cloudflared::Cloudflared),
    Ngrok,
    Ssh(ssh::Ssh),
    Command(command::Command),
}

impl Reader {
    /// A reader for a program that was just started.
    pub(crate) fn new(kind: TunnelKind) -> Self {
        match kind {
            TunnelKind::CloudflaredQuick => Self::Cloudflared(cloudflared::Cloudflared::new(true)),
            TunnelKind::CloudflaredNamed => Self::Cloudflared(cloudflared::Cloudflared::new(false)),
            TunnelKind::Ngrok => Self::Ngrok,
            TunnelKind::Ssh => Self::Ssh(ssh::Ssh::default()),
            // An address of one's own starts nothing that could say something.
            TunnelKind::OwnUrl | TunnelKind::Command => Self::Command(command::Command::default()),
        }
    }

    /// What a line says, which may be more than one thing.
    pub(crate) fn read(&mut self, line: &str) -> Vec<Said> {
        match self {
            Self::Cloudflared(reader) => reader.read(line).into_iter().collect(),
            Self::Ngrok => ngrok::read(line),
            Self::Ssh(reader) => reader.read(line),
            Self::Command(reader) => reader.read(line),
        }
    }

    /// Whether a line is noise that we asked for ourselves, and is not shown.
    pub(crate) fn is_noise(&self, line: &str) -> bool {
        match self {
            Self::Ssh(_) => ssh::is_noise(line),
            Self::Cloudflared(_) | Self::Ngrok | Self::Command(_) => line.trim().is_empty(),
        }
    }
}

/// The addresses in a line, as they stand there, that are not of this machine: those with
/// https first.
pub(super) fn addresses(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for scheme in ["https://", "http://"] {
        let mut rest = line;
        while let Some(begins) = rest.find(scheme) {
            let word = &rest[begins..];
            let ends = word.find(is_end).unwrap_or(word.len());
            let word_text = word[..ends].trim_end_matches(['.', ',', ';', ':', '/', '!', '?']);
            if let Ok(url) = Url::parse(word_text)
                && is_public(&url)
            {
                found.push(word_text.to_owned());
            }
            rest = &rest[begins + scheme.len()..];
        }
    }
    found
}

fn is_end(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '<' | '>' | '|' | '(' | ')' | '[' | ']' | '`'
        )
}

/// Whether an address could be one of the internet, and has no path.
fn is_public(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_matches(['[', ']']);
    let local = host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified());
    !local && url.path() == "/" && url.query().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_lines_of_every_form() {
        for (line, found) in [
            (
                "your url is: https://shop.loca.lt",
                vec!["https://shop.loca.lt"],
            ),
            (
                "http://x.example and https://y.example.",
                vec!["https://y.example", "http://x.example"],
            ),
            (
                "|  https://a-b.trycloudflare.com   |",
                vec!["https://a-b.trycloudflare.com"],
            ),
            ("see https://example.com/docs for help", vec![]),
            ("forwarding to http://127.0.0.1:8787", vec![]),
            ("proxying http://localhost:8787 [https://[::1]:9]", vec![]),
            ("(https://z.example:8443/)", vec!["https://z.example:8443"]),
            ("nothing at all", vec![]),
        ] {
            assert_eq!(addresses(line), found, "{line}");
        }
    }
}
