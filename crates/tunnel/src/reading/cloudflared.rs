//! `cloudflared`, which writes lines of `time LVL message key=value` to its standard error.

use super::{Heals, Said, addresses};
use std::collections::BTreeSet;

/// A `cloudflared` that runs. It holds up to four connections to Cloudflare, and the
/// tunnel is up as long as there is one.
#[derive(Debug)]
pub(crate) struct Cloudflared {
    quick: bool,
    connections: BTreeSet<u32>,
}

impl Cloudflared {
    pub(super) fn new(quick: bool) -> Self {
        Self {
            quick,
            connections: BTreeSet::new(),
        }
    }

    pub(super) fn read(&mut self, line: &str) -> Option<Said> {
        if self.quick
            && let Some(url) = quick_url(line)
        {
            return Some(Said::Url(url));
        }
        let has = |words: &str| line.contains(words);
        // Earlier versions say “Connection 5db0… registered”.
        if has("Registered tunnel connection") || (has("Connection ") && has(" registered ")) {
            self.connections.insert(connection(line));
            return Some(Said::Up);
        }
        if has("Unauthorized: Failed to get tunnel") || has("Unauthorized: Tunnel not found") {
            return Some(if self.quick {
                Said::Over("Cloudflare has ended this quick tunnel".into())
            } else {
                Said::problem(
                    Heals::Never,
                    "Cloudflare has no such tunnel any more",
                    "It was deleted. Look with `cloudflared tunnel list`, or make it again \
                     with `cloudflared tunnel create`.",
                )
            });
        }
        if has("Unregistered tunnel connection")
            || has("Lost connection with the edge")
            || has("Connection terminated")
            || has("Serve tunnel error")
            || has("Retrying connection in up to")
        {
            let had = !self.connections.is_empty();
            self.connections.remove(&connection(line));
            return (had && self.connections.is_empty())
                .then(|| Said::Down("cloudflared lost its connection to Cloudflare".into()));
        }
        self.problem(line)
    }

    fn problem(&self, line: &str) -> Option<Said> {
        let has = |words: &str| line.contains(words);
        let never = |reason: &str, advice: &str| Some(Said::problem(Heals::Never, reason, advice));
        if has("429 Too Many Requests") || has("error code: 1015") {
            return Some(Said::problem(
                Heals::ByItself,
                "Cloudflare makes no more quick tunnels for this network at the moment",
                "It is tried again by itself. A named tunnel has no such limit.",
            ));
        }
        if has("failed to request quick Tunnel") || has("failed to unmarshal quick Tunnel") {
            return Some(Said::problem(
                Heals::ByItself,
                "cloudflared did not get a quick tunnel from Cloudflare",
                "Check this machine's network, and whether api.trycloudflare.com can be \
                 reached.",
            ));
        }
        if has("flag provided but not defined") || has("Incorrect Usage") {
            return never(
                "This cloudflared does not know its arguments",
                "It is too old. Install a newer one.",
            );
        }
        if self.quick {
            return None;
        }
        if has("didn't specify origincert path")
            || has("Cannot determine default origin certificate path")
        {
            return never(
                "cloudflared is not logged in",
                "Run `cloudflared tunnel login` once in a terminal, choose the domain, and \
                 start the tunnel again.",
            );
        }
        if has("is neither the ID nor the name of any of your tunnels") {
            return never(
                "cloudflared knows no tunnel of this name",
                "Look with `cloudflared tunnel list`, or make it with `cloudflared tunnel \
                 create`.",
            );
        }
        if has("credentials file") && (has("doesn't exist") || has("not found")) {
            return never(
                "The tunnel's credentials are not on this machine",
                "They are where it was created. Copy them into ~/.cloudflared, or create a \
                 tunnel here.",
            );
        }
        None
    }
}

/// The address of a quick tunnel. Cloudflare's own API is below the same name.
fn quick_url(line: &str) -> Option<String> {
    addresses(line)
        .into_iter()
        .find(|url| url.ends_with(".trycloudflare.com") && url != "https://api.trycloudflare.com")
}

/// Which of the connections a line is about.
fn connection(line: &str) -> u32 {
    let value = line.split("connIndex=").nth(1).unwrap_or_default();
    let digits = value.split(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heals(said: Option<Said>) -> Option<Heals> {
        match said? {
            Said::Problem(problem) => Some(problem.heals),
            Said::Url(_) | Said::Up | Said::Down(_) | Said::Over(_) => None,
        }
    }

    #[test]
    fn a_quick_tunnel_is_read_from_its_start_to_its_end() {
        let mut reader = Cloudflared::new(true);
        let quiet = [
            "2025-11-20T09:00:00Z INF Thank you for trying Cloudflare Tunnel. (https://www.cloudflare.com/website-terms/) https://developers.cloudflare.com/cloudflare-one/connections/connect-apps",
            "2025-11-20T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...",
            "2025-11-20T09:00:03Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |",
            "2025-11-20T09:00:03Z INF Settings: map[ha-connections:1 protocol:quic url:http://127.0.0.1:8787]",
            "2025-11-20T09:00:03Z INF Cannot determine default origin certificate path. No file cert.pem in [~/.cloudflared]",
            "2025-11-20T09:00:03Z INF Starting metrics server on 127.0.0.1:20241/metrics",
        ];
        for line in quiet {
            assert_eq!(reader.read(line), None, "{line}");
        }
        assert_eq!(
            reader.read("2025-11-20T09:00:03Z INF |  https://deck-organisms-sf.trycloudflare.com                 |"),
            Some(Said::Url("https://deck-organisms-sf.trycloudflare.com".into()))
        );
        let registered = "2025-11-20T09:00:04Z INF Registered tunnel connection connIndex=0 connection=5db0 event=0 ip=198.51.100.7 location=fra01 protocol=quic";
        assert_eq!(reader.read(registered), Some(Said::Up));
        let retrying =
            "2025-11-20T10:00:04Z INF Retrying connection in up to 1s connIndex=0 event=0";
        assert!(matches!(reader.read(retrying), Some(Said::Down(_))));
        assert_eq!(reader.read(retrying), None, "said once");
        assert_eq!(reader.read(registered), Some(Said::Up));
        assert!(matches!(
            reader.read("2025-11-20T11:00:00Z ERR Register tunnel error from server side error=\"Unauthorized: Tunnel not found\" connIndex=0"),
            Some(Said::Over(_))
        ));
    }

    #[test]
    fn of_four_connections_the_last_one_counts() {
        let mut reader = Cloudflared::new(false);
        for index in 0..4 {
            let line = format!("INF Registered tunnel connection connIndex={index} location=x");
            assert_eq!(reader.read(&line), Some(Said::Up));
        }
        for index in 0..3 {
            let line = format!("WRN Lost connection with the edge connIndex={index}");
            assert_eq!(reader.read(&line), None);
        }
        let last = reader.read("INF Unregistered tunnel connection connIndex=3 event=0");
        assert!(matches!(last, Some(Said::Down(_))));
    }

    #[test]
    fn what_it_cannot_do_comes_with_advice() {
        for (quick, line, expected) in [
            (
                false,
                "2025-11-20T09:00:00Z ERR Cannot determine default origin certificate path. No file cert.pem in [~/.cloudflared]. You need to specify the origin certificate path originCertPath=",
                Some(Heals::Never),
            ),
            (
                false,
                "error parsing tunnel ID: Error locating origin cert: client didn't specify origincert path",
                Some(Heals::Never),
            ),
            (
                false,
                "\"shop\" is neither the ID nor the name of any of your tunnels",
                Some(Heals::Never),
            ),
            (
                false,
                "tunnel credentials file '/srv/me/.cloudflared/5db0.json' doesn't exist or is not a file",
                Some(Heals::Never),
            ),
            (
                true,
                "failed to request quick Tunnel: Post \"https://api.trycloudflare.com/tunnel\": dial tcp: lookup api.trycloudflare.com: no such host",
                Some(Heals::ByItself),
            ),
            (
                true,
                "ERR Error unmarshaling QuickTunnel response: error code: 1015 status_code=\"429 Too Many Requests\"",
                Some(Heals::ByItself),
            ),
            (
                true,
                "flag provided but not defined: -no-autoupdate",
                Some(Heals::Never),
            ),
            (true, "INF Version 2025.11.1", None),
        ] {
            let said = Cloudflared::new(quick).read(line);
            assert_eq!(heals(said), expected, "{line}");
        }
    }
}
