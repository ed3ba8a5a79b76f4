//! What is wrong on the way to a server, from what the driver says of it.
//!
//! The driver's words hold the server's address, and a server may be called anything: the
//! address is taken out before they are read, and named in the sentence.

use crate::error::{AUTHENTICATION, MongoError, NO_PRIMARY, Trouble};
use std::io;

/// Addresses that are named of those with the same trouble.
const NAMED: usize = 3;

/// A connection that broke, or did not come about.
pub(crate) fn of_io(error: &io::Error) -> MongoError {
    let trouble = match error.kind() {
        io::ErrorKind::ConnectionRefused => Trouble::Refused,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Trouble::Timeout,
        // So the TLS library's own errors come.
        io::ErrorKind::InvalidData if error.get_ref().is_some() => Trouble::Tls,
        _ => read(&error.to_string(), ""),
    };
    unreachable(trouble, &[])
}

/// No server could be chosen: what the driver knows of each stands in its message only.
pub(crate) fn of_selection(message: &str) -> MongoError {
    let servers = servers(message);
    // A server that answers and is not chosen is one that is not the primary.
    if servers.iter().any(Seen::answers) {
        return MongoError::new(Trouble::NoPrimary, NO_PRIMARY);
    }
    let troubles: Vec<_> = servers
        .iter()
        .filter_map(|seen| Some((seen.address, read(seen.said?, seen.address))))
        .collect();
    let Some(&(_, trouble)) = troubles.first() else {
        // Nothing was heard of any of them yet.
        let addresses: Vec<_> = servers.iter().map(|seen| seen.address).collect();
        let trouble = match addresses.is_empty() {
            true => Trouble::Unreachable,
            false => Trouble::Timeout,
        };
        return unreachable(trouble, &addresses);
    };
    let alike: Vec<_> = troubles
        .iter()
        .filter(|(_, one)| *one == trouble)
        .map(|(address, _)| *address)
        .collect();
    unreachable(trouble, &alike)
}

/// The connections to a server were closed, because one of them failed.
pub(crate) fn of_pool(message: &str) -> MongoError {
    let after = |beginning| message.strip_prefix(beginning);
    let named = after("Connection pool for ").or_else(|| after("Connection to "));
    let address = named.and_then(|rest| rest.split(' ').next()).unwrap_or("");
    let said = message
        .split_once(" failed with: ")
        .map_or("", |(_, said)| without_labels(said));
    let trouble = match said {
        // The monitor had no answer in time.
        "" if message.contains("timeout") => Trouble::Timeout,
        said => read(said, address),
    };
    match address {
        "" => unreachable(trouble, &[]),
        address => unreachable(trouble, &[address]),
    }
}

/// The sentence for what is wrong on the way to these addresses.
pub(crate) fn unreachable(trouble: Trouble, addresses: &[&str]) -> MongoError {
    let why = match trouble {
        Trouble::Dns => "the host's name cannot be looked up. Check the address",
        Trouble::Tls => "TLS does not come about. Check tls=true, and the certificate",
        Trouble::Authentication => return MongoError::new(trouble, AUTHENTICATION),
        Trouble::Refused => "nobody listens at its address. Check that it runs, and its port",
        Trouble::Timeout => "there was no answer in time. Check that it runs, and the firewall",
        _ => "the connection broke, or there is none. Check that it runs, and the network",
    };
    let mut at = addresses
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if !at.is_empty() {
        at.insert_str(0, " at ");
    }
    if addresses.len() > NAMED {
        at.push_str(" and others");
    }
    MongoError::new(trouble, format!("MongoDB cannot be reached{at}: {why}."))
}

/// A server as the driver's message has it:
/// `{ Address: host:27017, Type: Unknown, Error: Kind: …, labels: … }`.
struct Seen<'a> {
    address: &'a str,
    kind: &'a str,
    said: Option<&'a str>,
}

impl Seen<'_> {
    fn answers(&self) -> bool {
        const KINDS: [&str; 5] = ["RSSecondary", "RSPrimary", "Mongos", "RSOther", "RSArbiter"];
        KINDS
            .iter()
            .any(|kind| self.kind.eq_ignore_ascii_case(kind))
    }
}

fn servers(message: &str) -> Vec<Seen<'_>> {
    let of_one = |part| {
        let (address, rest) = str::split_once(part, ", Type: ").unwrap_or((part, ""));
        let kind = rest.split([',', ' ']).next().unwrap_or("");
        let said = rest.split_once(", Error: ");
        Seen {
            address: address.trim(),
            kind,
            said: said.map(|(_, said)| without_labels(said)),
        }
    };
    message.split("{ Address: ").skip(1).map(of_one).collect()
}

/// What is behind an error's own words names nothing that went wrong.
fn without_labels(said: &str) -> &str {
    said.split_once(", labels: ").map_or(said, |(said, _)| said)
}

/// What is wrong, by the words of the system, the TLS library and the driver. What the
/// system says comes first: its words are the same whatever a server is called.
fn read(said: &str, address: &str) -> Trouble {
    let said = without(&said.to_ascii_lowercase(), &address.to_ascii_lowercase());
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["connection refused", "actively refused"]) {
        Trouble::Refused
    } else if has(&["failed to lookup", "name or service", "nodename", "dns"]) {
        Trouble::Dns
    } else if has(&["certificate", "tls", "handshake", "invalidcontenttype"]) {
        Trouble::Tls
    } else if has(&["authentication", "scram", "sasl"]) {
        Trouble::Authentication
    } else if has(&["timed out", "timeout: connect"]) {
        Trouble::Timeout
    } else {
        Trouble::Unreachable
    }
}

/// A text without the words that are an address, or its host.
fn without(said: &str, address: &str) -> String {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let words = said.split(|c| !is_part(c));
    let others = words.filter(|word| !word.is_empty() && *word != host && *word != address);
    others.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the driver writes it.
    fn selection(servers: &[(&str, &str, Option<&str>)]) -> String {
        let servers: Vec<_> = servers
            .iter()
            .map(|(address, kind, said)| {
                let said = said.map_or(String::new(), |said| {
                    format!(
                        ", Error: Kind: {said}, labels: {{\"SystemOverloadedError\"}}, source: \
                         None, server response: None"
                    )
                });
                format!("{{ Address: {address}, Type: {kind}{said} }}")
            })
            .collect();
        format!(
            "Server selection timeout: No available servers. Topology: {{ Type: Unknown, \
             Servers: [ {} ] }}",
            servers.join(", ")
        )
    }

    const REFUSED: &str = "I/O error: Connection refused (os error 111)";

    #[test]
    fn what_a_server_is_called_says_nothing_of_what_is_wrong() {
        for host in [
            "mongo-tls.internal",
            "dns-01.example",
            "sasl",
            "certificate.example",
            "rssecondary",
            "db",
            "c",
        ] {
            let address = format!("{host}:27017");
            for (said, trouble) in [
                (REFUSED, Trouble::Refused),
                (
                    "I/O error: Connection reset by peer (os error 104)",
                    Trouble::Unreachable,
                ),
                (
                    "I/O error: failed to lookup address information: Name or service not known",
                    Trouble::Dns,
                ),
                ("I/O error: timed out", Trouble::Timeout),
                (
                    "I/O error: invalid peer certificate: UnknownIssuer",
                    Trouble::Tls,
                ),
                (
                    &format!("I/O error: \"{host}\" sent no greeting"),
                    Trouble::Unreachable,
                ),
                (
                    "I/O error: received corrupt message of type InvalidContentType",
                    Trouble::Tls,
                ),
            ] {
                let error = of_selection(&selection(&[(&address, "Unknown", Some(said))]));
                assert_eq!(error.trouble(), trouble, "{host}: {said}");
                assert!(error.to_string().contains(&address), "{error}");
            }
            let pool = format!(
                "Connection pool for {address} cleared because another operation failed with: \
                 Kind: {REFUSED}, labels: {{}}"
            );
            let error = of_pool(&pool);
            assert_eq!(error.trouble(), Trouble::Refused, "{error}");
            assert!(error.to_string().contains(&address), "{error}");
            let monitor =
                format!("Connection to {address} interrupted due to server monitor timeout");
            assert_eq!(of_pool(&monitor).trouble(), Trouble::Timeout);
        }
    }

    #[test]
    fn the_servers_with_the_same_trouble_are_named() {
        let message = selection(&[
            ("a:1", "Unknown", Some(REFUSED)),
            ("b:2", "Unknown", Some("I/O error: timed out")),
            ("c:3", "Unknown", Some(REFUSED)),
        ]);
        assert_eq!(
            of_selection(&message).to_string(),
            "MongoDB cannot be reached at a:1, c:3: nobody listens at its address. Check that \
             it runs, and its port."
        );
        let silent = selection(&[("a:1", "Unknown", None)]);
        assert_eq!(of_selection(&silent).trouble(), Trouble::Timeout);
        let nothing = of_selection("Server selection timeout");
        assert_eq!(nothing.trouble(), Trouble::Unreachable);
    }

    #[test]
    fn a_server_that_answers_and_is_not_chosen_is_no_primary() {
        // As the driver writes the kinds, and as its documentation does.
        for kind in ["RsSecondary", "RSSecondary", "RsOther"] {
            let message = selection(&[("a:1", kind, None), ("b:2", "Unknown", Some(REFUSED))]);
            assert_eq!(of_selection(&message).trouble(), Trouble::NoPrimary);
        }
    }

    #[test]
    fn a_broken_connection_is_read_by_its_kind() {
        for (kind, trouble) in [
            (io::ErrorKind::ConnectionRefused, Trouble::Refused),
            (io::ErrorKind::TimedOut, Trouble::Timeout),
            (io::ErrorKind::ConnectionReset, Trouble::Unreachable),
            (io::ErrorKind::BrokenPipe, Trouble::Unreachable),
        ] {
            assert_eq!(of_io(&io::Error::from(kind)).trouble(), trouble, "{kind}");
        }
        let tls = io::Error::new(io::ErrorKind::InvalidData, "invalid peer certificate");
        assert_eq!(of_io(&tls).trouble(), Trouble::Tls);
        let dns = io::Error::other("failed to lookup address information");
        assert_eq!(of_io(&dns).trouble(), Trouble::Dns);
    }
}
