//! What kind of tunnel, with the options of each kind.

use serde::{Deserialize, Serialize};

/// How the listener gets a public address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum TunnelKind {
    /// A reverse proxy or a fixed address that leads here already; nothing is started.
    OwnUrl,
    /// `cloudflared` without an account: another address at every start.
    #[default]
    CloudflaredQuick,
    /// `cloudflared` with a tunnel and a hostname of an account.
    CloudflaredNamed,
    /// `ngrok`, with the token in its own configuration.
    Ngrok,
    /// A port of another machine, by `ssh -R`.
    Ssh,
    /// Any other program that prints the address.
    Command,
}

/// The options of every kind; those of the others are kept while one is chosen. Nothing
/// here is secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TunnelSettings {
    /// Which kind is chosen.
    pub kind: TunnelKind,
    /// The address that leads here, such as `https://hooks.example.com`.
    pub own_url: String,
    /// The tunnel's name or id in `cloudflared`.
    pub cloudflared_name: String,
    /// Its hostname, such as `hooks.example.com`.
    pub cloudflared_hostname: String,
    /// A domain reserved with ngrok; empty: the one that ngrok gives.
    pub ngrok_domain: String,
    /// A command line with `{port}` where the listener's port is to stand.
    pub command: String,
    /// The options of `ssh -R`.
    pub ssh: SshSettings,
}

/// The options of `ssh -R`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SshSettings {
    /// `user@host`, or a name out of `~/.ssh/config`.
    pub host: String,
    /// The port of its SSH server; 0: the usual one, or that of the configuration.
    pub port: u16,
    /// The port that is opened there and leads here.
    pub remote_port: u16,
    /// The public address of that port, such as `https://hooks.example.com`; empty where
    /// the service prints it, as serveo.net and localhost.run do.
    pub url: String,
    /// A file with the private key; empty: what ssh finds by itself.
    pub identity: String,
    /// Whether the key of a host that was never seen before is trusted and remembered.
    pub accept_new_host: bool,
    /// More options as they stand after `-o`, apart by spaces, such as
    /// `Compression=yes ProxyJump=gate.example.com`.
    pub options: String,
}

impl Default for SshSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 0,
            remote_port: 80,
            url: String::new(),
            identity: String::new(),
            accept_new_host: false,
            options: String::new(),
        }
    }
}
