//! OpenSSH's client with `-v`, and the services that are used through it.
//!
//! Only with `-v` does ssh say that the other end opened the port. Services such as
//! serveo.net and localhost.run print their address on the session.

use super::{Heals, Said, addresses};

/// An `ssh -R` that runs.
#[derive(Debug, Default)]
pub(crate) struct Ssh {
    has_url: bool,
}

impl Ssh {
    pub(super) fn read(&mut self, line: &str) -> Vec<Said> {
        let line = line.trim();
        if line.starts_with("debug1: remote forward success for") {
            return vec![Said::Up];
        }
        if line.starts_with("debug") {
            return Vec::new();
        }
        if let Some(problem) = problem(line) {
            return vec![problem];
        }
        let found = (!self.has_url && tells_address(line))
            .then(|| addresses(line).into_iter().next())
            .flatten();
        match found {
            Some(url) => {
                self.has_url = true;
                vec![Said::Url(url), Said::Up]
            }
            None => Vec::new(),
        }
    }
}

/// Whether a line tells the tunnel's address. Greetings hold others, of documentation and
/// of the service itself.
fn tells_address(line: &str) -> bool {
    let small = line.to_ascii_lowercase();
    let alone = !line.contains(char::is_whitespace) && line.starts_with("http");
    alone || small.contains("forwarding") || small.contains("tunneled with")
}

/// What `-v` adds, and what stands in every greeting of a server.
pub(super) fn is_noise(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with("debug") || line.starts_with("OpenSSH_")
}

fn problem(line: &str) -> Option<Said> {
    let has = |words: &str| line.contains(words);
    let reason = line
        .trim_start_matches("ssh: ")
        .trim_start_matches("Error: ")
        .trim_end_matches('.');
    let say = |heals, advice: &str| Some(Said::problem(heals, reason, advice));
    if has("Could not resolve hostname") {
        return say(
            Heals::AfterItWasUp,
            "Check how the host is written, and this machine's network.",
        );
    }
    if has("Permission denied (") {
        return say(
            Heals::Never,
            "The host does not take this machine's key, and a password cannot be asked for \
             here. Add the public key to ~/.ssh/authorized_keys there, or name another key.",
        );
    }
    if has("remote port forwarding failed for listen port") {
        return say(
            Heals::AfterItWasUp,
            "The port is in use at the other end, or its server does not allow forwarding. \
             Choose another port; ports below 1024 are for root.",
        );
    }
    if has("administratively prohibited") {
        return say(
            Heals::Never,
            "The server does not allow forwarding. AllowTcpForwarding has to be on there.",
        );
    }
    if has("REMOTE HOST IDENTIFICATION HAS CHANGED") {
        return Some(Said::problem(
            Heals::Never,
            "The host shows another key than before",
            "It was set up anew, or somebody stands in between. Only when you know which, \
             remove the old key with `ssh-keygen -R` and start again.",
        ));
    }
    if has("Host key verification failed") || has("host key is known for") {
        return say(
            Heals::Never,
            "Connect once with ssh in a terminal and check the host's key there, or switch on \
             “Trust a host that was never seen before”.",
        );
    }
    if has("Bad configuration option") || has("unknown option") || has("keyword") {
        return say(Heals::Never, "Correct the options of ssh.");
    }
    if has("Identity file") && has("not accessible") {
        return say(Heals::Never, "Correct the path of the key.");
    }
    let passes = [
        "Connection refused",
        "Connection timed out",
        "Connection reset",
        "No route to host",
        "Network is unreachable",
        "not responding",
        "closed by remote host",
        "Broken pipe",
        "kex_exchange_identification",
        "Connection closed by",
    ];
    if passes.iter().any(|words| has(words)) {
        return say(
            Heals::ByItself,
            "Check that the host is up and can be reached. It is tried again by itself.",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heals(line: &str) -> Option<Heals> {
        match &Ssh::default().read(line)[..] {
            [Said::Problem(problem)] => Some(problem.heals),
            _ => None,
        }
    }

    #[test]
    fn a_forwarded_port_is_up_when_the_other_end_says_so() {
        let mut reader = Ssh::default();
        for line in [
            "OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.17 1 Jul 2025",
            "debug1: Connecting to example.com [198.51.100.7] port 22.",
            "Authenticated to example.com ([198.51.100.7]:22) using \"publickey\".",
            "debug1: Remote connections from LOCALHOST:8080 forwarded to local address 127.0.0.1:8787",
        ] {
            assert_eq!(reader.read(line), [], "{line}");
        }
        assert_eq!(
            reader.read("debug1: remote forward success for: listen 8080, connect 127.0.0.1:8787"),
            [Said::Up]
        );
    }

    #[test]
    fn services_tell_their_address_once_among_others() {
        let url = |lines: &[&str]| {
            let mut reader = Ssh::default();
            let said: Vec<_> = lines.iter().flat_map(|line| reader.read(line)).collect();
            match &said[..] {
                [Said::Url(url), Said::Up] => url.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            url(&[
                "Welcome to localhost.run!",
                "Follow your favourite reverse tunnel at [https://twitter.com/localhost_run].",
                "** your connection id is 5db0, please mention it if you send me a message. **",
                "8beaa541ba3dc2.lhr.life tunneled with tls termination, https://8beaa541ba3dc2.lhr.life",
                "create an account and add your key, see https://localhost.run/docs/forever-free/ for more",
            ]),
            "https://8beaa541ba3dc2.lhr.life"
        );
        assert_eq!(
            url(&["Forwarding HTTP traffic from https://abcd.serveo.net"]),
            "https://abcd.serveo.net"
        );
        assert_eq!(
            url(&[
                "You are not authenticated. Your tunnel will expire in 60 minutes. https://pinggy.io",
                "http://rnd.a.free.pinggy.link https://rnd.a.free.pinggy.link",
                "https://rnd.a.free.pinggy.link",
            ]),
            "https://rnd.a.free.pinggy.link"
        );
    }

    #[test]
    fn what_ssh_complains_of_heals_or_does_not() {
        for (line, expected) in [
            (
                "ssh: Could not resolve hostname nowhere.example: Name or service not known",
                Some(Heals::AfterItWasUp),
            ),
            (
                "me@example.com: Permission denied (publickey,password).",
                Some(Heals::Never),
            ),
            (
                "Error: remote port forwarding failed for listen port 8080",
                Some(Heals::AfterItWasUp),
            ),
            ("Host key verification failed.", Some(Heals::Never)),
            (
                "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
                Some(Heals::Never),
            ),
            (
                "ssh: connect to host example.com port 22: Connection refused",
                Some(Heals::ByItself),
            ),
            (
                "Timeout, server example.com not responding.",
                Some(Heals::ByItself),
            ),
            (
                "Connection to example.com closed by remote host.",
                Some(Heals::ByItself),
            ),
            (
                "command-line: line 0: Bad configuration option: foo",
                Some(Heals::Never),
            ),
            ("Linux example 6.1.0-18-amd64", None),
        ] {
            assert_eq!(heals(line), expected, "{line}");
        }
    }
}
