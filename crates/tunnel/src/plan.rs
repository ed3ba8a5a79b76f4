//! From settings to what is started: a program and its arguments, as a list.
//!
//! No shell is asked, so nothing in a setting can become a command of its own; what could
//! pass for an option of the program is refused.

use crate::error::{Result, TunnelError};
use crate::settings::{SshSettings, TunnelKind, TunnelSettings};
use reqwest::Url;

/// What a tunnel of some settings does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The kind.
    pub kind: TunnelKind,
    /// The program with its arguments; none where nothing is started.
    pub command: Option<(String, Vec<String>)>,
    /// The public address, where it is known before the program runs, without a slash at
    /// its end.
    pub url: Option<String>,
}

/// Arguments in which programs take a secret. Settings are kept in a plain file.
const SECRET_ARGUMENTS: [&str; 5] = [
    "--token",
    "--authtoken",
    "--auth-token",
    "--password",
    "--secret",
];

impl Plan {
    /// Reads the settings for a listener on `port` of the loopback address.
    ///
    /// # Errors
    /// With what has to be changed first.
    pub fn new(settings: &TunnelSettings, port: u16) -> Result<Self> {
        let here = format!("http://127.0.0.1:{port}");
        let list = |args: &[&str]| args.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (command, url) = match settings.kind {
            TunnelKind::OwnUrl => {
                let url = required(&settings.own_url, "the address that leads here")?;
                (None, Some(public(url)?))
            }
            TunnelKind::CloudflaredQuick => {
                let args = list(&["tunnel", "--no-autoupdate", "--url", &here]);
                (Some(("cloudflared".to_owned(), args)), None)
            }
            TunnelKind::CloudflaredNamed => {
                let name = required(&settings.cloudflared_name, "the tunnel's name")?;
                let name = no_option(name, "The tunnel's name")?;
                let host = required(&settings.cloudflared_hostname, "the tunnel's hostname")?;
                let args = list(&["tunnel", "--no-autoupdate", "run", name]);
                let command = ("cloudflared".to_owned(), args);
                (Some(command), Some(of_host(host)?))
            }
            TunnelKind::Ngrok => {
                let mut args = list(&["http", &port.to_string()]);
                let domain = settings.ngrok_domain.trim();
                if !domain.is_empty() {
                    args.push(format!("--url={}", of_host(domain)?));
                }
                args.extend(list(&["--log", "stdout", "--log-format", "json"]));
                (Some(("ngrok".to_owned(), args)), None)
            }
            TunnelKind::Ssh => {
                let (args, url) = ssh(&settings.ssh, port)?;
                (Some(("ssh".to_owned(), args)), url)
            }
            TunnelKind::Command => (Some(split(&settings.command, port)?), None),
        };
        Ok(Self {
            kind: settings.kind,
            command,
            url,
        })
    }

    /// The command line as somebody would type it; none where nothing is started.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        let (program, args) = self.command.as_ref()?;
        let words = std::iter::once(program).chain(args);
        let words: Option<Vec<String>> = words.map(|word| quoted(word)).collect();
        Some(words?.join(" "))
    }
}

/// A word as it is typed in a terminal, in quotation marks only where it needs them.
fn quoted(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Some(word.to_owned());
    }
    shlex::try_quote(word).ok().map(Into::into)
}

/// The arguments of `ssh`, and the public address where it is known.
fn ssh(settings: &SshSettings, port: u16) -> Result<(Vec<String>, Option<String>)> {
    let host = required(&settings.host, "the host, such as me@example.com")?;
    let host = no_option(host, "The host")?;
    if settings.remote_port == 0 {
        return Err(TunnelError::invalid(
            "Give the port that is to be opened at the other end, such as 80 or 8080.",
        ));
    }
    let url = match settings.url.trim() {
        "" => None,
        url => Some(public(url)?),
    };
    // What a service prints comes on the session, which -N leaves out.
    let mut args: Vec<String> = if url.is_some() {
        vec!["-N".into()]
    } else {
        Vec::new()
    };
    // -v is how ssh says that the other end opened the port.
    args.extend(["-T", "-v"].map(ToOwned::to_owned));
    let mut option = |text: &str| args.extend(["-o".to_owned(), text.to_owned()]);
    option("ExitOnForwardFailure=yes");
    option("ServerAliveInterval=15");
    option("ServerAliveCountMax=3");
    option("BatchMode=yes");
    option("ConnectTimeout=15");
    if settings.accept_new_host {
        option("StrictHostKeyChecking=accept-new");
    }
    let more = shlex::split(&settings.options).ok_or_else(|| {
        TunnelError::invalid("A quotation mark in the options of ssh is not closed.")
    })?;
    for one in &more {
        if one.starts_with('-') || !one.contains('=') {
            return Err(TunnelError::invalid(format!(
                "“{one}” is not an option as it stands after -o. Write Name=value, such as \
                 Compression=yes."
            )));
        }
        option(one);
    }
    let identity = settings.identity.trim();
    if !identity.is_empty() {
        args.extend(["-i".to_owned(), identity.to_owned()]);
    }
    if settings.port != 0 {
        args.extend(["-p".to_owned(), settings.port.to_string()]);
    }
    let remote = settings.remote_port;
    args.extend(["-R".to_owned(), format!("{remote}:127.0.0.1:{port}")]);
    args.push(host.to_owned());
    Ok((args, url))
}

/// A command line as a program and its arguments.
fn split(line: &str, port: u16) -> Result<(String, Vec<String>)> {
    let line = required(line, "the command, such as lt --port {port}")?;
    let words = shlex::split(line).ok_or_else(|| {
        TunnelError::invalid("A quotation mark in the command is not closed. Close it.")
    })?;
    if !words.iter().any(|word| word.contains("{port}")) {
        return Err(TunnelError::invalid(format!(
            "The command does not say where the listener's port goes. Write {{port}} in its \
             place, which is {port} now."
        )));
    }
    for word in &words {
        let name = word.split('=').next().unwrap_or_default();
        if SECRET_ARGUMENTS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(TunnelError::invalid(format!(
                "{name} would keep a secret in a plain file. Put it into the program's own \
                 configuration, and leave it out here."
            )));
        }
    }
    let port = port.to_string();
    let mut words = words.into_iter().map(|word| word.replace("{port}", &port));
    let program = words.next().unwrap_or_default();
    Ok((program, words.collect()))
}

fn required<'a>(text: &'a str, what: &str) -> Result<&'a str> {
    match text.trim() {
        "" => Err(TunnelError::invalid(format!("Give {what}."))),
        text => Ok(text),
    }
}

/// What begins with a hyphen would be an option of the program.
fn no_option<'a>(text: &'a str, what: &str) -> Result<&'a str> {
    if text.starts_with('-') || text.contains(char::is_whitespace) {
        return Err(TunnelError::invalid(format!(
            "{what} cannot be “{text}”: it begins with a hyphen or holds a space."
        )));
    }
    Ok(text)
}

/// A public address, without a path: the webhook's path comes behind it.
fn public(url: &str) -> Result<String> {
    let invalid = || {
        TunnelError::invalid(format!(
            "“{url}” is no address of the web. Write one such as https://hooks.example.com."
        ))
    };
    let parsed = Url::parse(url).map_err(|_| invalid())?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none() {
        return Err(invalid());
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(TunnelError::invalid(
            "Meta sends no user name and password. Leave them out of the address.",
        ));
    }
    if parsed.path() != "/" || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(TunnelError::invalid(format!(
            "“{url}” has a path. Give the address alone; the webhook's path comes behind it."
        )));
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

/// The address of a host name; one that was pasted as an address is taken, too.
fn of_host(host: &str) -> Result<String> {
    if host.contains("://") {
        return public(host);
    }
    no_option(host, "The hostname")?;
    public(&format!("https://{host}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;

    fn plan(change: impl FnOnce(&mut TunnelSettings)) -> Result<Plan> {
        let mut settings = TunnelSettings::default();
        change(&mut settings);
        Plan::new(&settings, 8787)
    }

    fn shown(change: impl FnOnce(&mut TunnelSettings)) -> String {
        plan(change).unwrap().shown().unwrap()
    }

    #[test]
    fn every_kind_has_its_command_line() {
        assert_eq!(
            shown(|_| ()),
            "cloudflared tunnel --no-autoupdate --url http://127.0.0.1:8787"
        );
        let named = plan(|s| {
            s.kind = TunnelKind::CloudflaredNamed;
            s.cloudflared_name = "hooks".into();
            s.cloudflared_hostname = "hooks.example.com".into();
        })
        .unwrap();
        assert_eq!(named.url.as_deref(), Some("https://hooks.example.com"));
        assert_eq!(
            named.shown().unwrap(),
            "cloudflared tunnel --no-autoupdate run hooks"
        );
        assert_eq!(
            shown(|s| s.kind = TunnelKind::Ngrok),
            "ngrok http 8787 --log stdout --log-format json"
        );
        assert_eq!(
            shown(|s| {
                s.kind = TunnelKind::Ngrok;
                s.ngrok_domain = "shop.ngrok.app".into();
            }),
            "ngrok http 8787 --url=https://shop.ngrok.app --log stdout --log-format json"
        );
        let own = plan(|s| {
            s.kind = TunnelKind::OwnUrl;
            s.own_url = " https://hooks.example.com/ ".into();
        })
        .unwrap();
        assert_eq!(
            (own.command, own.url.as_deref()),
            (None, named.url.as_deref())
        );
    }

    #[test]
    fn ssh_has_a_session_only_where_the_service_prints_the_address() {
        let of = |url: &str| {
            shown(|s| {
                s.kind = TunnelKind::Ssh;
                s.ssh.host = "me@example.com".into();
                s.ssh.port = 2222;
                s.ssh.remote_port = 8080;
                s.ssh.url = url.into();
                s.ssh.options = "Compression=yes".into();
            })
        };
        let own = of("https://hooks.example.com");
        assert!(own.starts_with("ssh -N -T -v "), "{own}");
        for part in [
            "-o ExitOnForwardFailure=yes",
            "-o BatchMode=yes",
            "-o ServerAliveInterval=15",
            "-o Compression=yes",
            "-p 2222",
            "-R 8080:127.0.0.1:8787 me@example.com",
        ] {
            assert!(own.contains(part), "{part} in {own}");
        }
        assert!(
            !own.contains("StrictHostKeyChecking"),
            "as ssh has it: {own}"
        );
        assert!(of("").starts_with("ssh -T -v "));
    }

    #[test]
    fn a_command_is_split_as_a_shell_would_and_no_shell_runs_it() {
        let plan = plan(|s| {
            s.kind = TunnelKind::Command;
            s.command = "lt --port {port} --name 'my shop; rm -rf ~'".into();
        })
        .unwrap();
        let (program, args) = plan.command.unwrap();
        assert_eq!(program, "lt");
        assert_eq!(args, ["--port", "8787", "--name", "my shop; rm -rf ~"]);
    }

    #[test]
    fn what_cannot_work_or_is_no_setting_is_refused_with_what_to_change() {
        let refused = |change: &dyn Fn(&mut TunnelSettings)| {
            let mut settings = TunnelSettings::default();
            change(&mut settings);
            Plan::new(&settings, 8787).unwrap_err().to_string()
        };
        let own = |url: &'static str| {
            refused(&move |s| {
                s.kind = TunnelKind::OwnUrl;
                s.own_url = url.into();
            })
        };
        assert!(own("").contains("Give the address"));
        assert!(own("hooks.example.com").contains("https://"));
        assert!(own("ftp://hooks.example.com").contains("https://"));
        assert!(own("https://me:pass@hooks.example.com").contains("password"));
        assert!(own("https://hooks.example.com/api/webhooks").contains("path"));
        let command = |line: &'static str| {
            refused(&move |s| {
                s.kind = TunnelKind::Command;
                s.command = line.into();
            })
        };
        assert!(command("lt --port 8787").contains("{port}"));
        assert!(command("lt --port {port} 'x").contains("quotation mark"));
        assert!(command("ngrok http {port} --authtoken=abc").contains("--authtoken"));
        let ssh = |host: &'static str, options: &'static str| {
            refused(&move |s| {
                s.kind = TunnelKind::Ssh;
                s.ssh.host = host.into();
                s.ssh.options = options.into();
            })
        };
        assert!(ssh("-oProxyCommand=id", "").contains("hyphen"));
        assert!(ssh("a b", "").contains("space"));
        assert!(ssh("example.com", "-v").contains("Name=value"));
        let named = refused(&|s| {
            s.kind = TunnelKind::CloudflaredNamed;
            s.cloudflared_name = "--config=x".into();
            s.cloudflared_hostname = "x.example.com".into();
        });
        assert!(named.contains("hyphen"));
    }
}
