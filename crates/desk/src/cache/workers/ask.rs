//! Asking a worker for its metrics: one address, in bounded time and space.

use super::page::{Page, Unusable};
use reqwest::{Client, Response, StatusCode, Url};
use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

/// The path under which metrics are.
const PATH: &str = "/metrics";
/// How long a worker may take for all of it. It asks its own queue for at most two seconds.
const PATIENCE: Duration = Duration::from_secs(4);
/// How many bytes a page may have. Ours have less than a hundred thousand.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Why a worker's metrics are not to be had, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsTrouble {
    /// What is wrong.
    pub says: String,
    /// What to do.
    pub to_do: String,
}

impl MetricsTrouble {
    pub(super) fn new(says: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            to_do: to_do.into(),
        }
    }
}

/// An address of metrics as it is kept: `http` or `https`, without a password, and with the
/// usual path where none is named.
///
/// # Errors
/// When it is none, in words.
pub fn metrics_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let example = "Write one such as http://10.0.0.5:9464/metrics.";
    let none = || format!("“{text}” is no address of metrics. {example}");
    let mut url = Url::parse(text).map_err(|_| none())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(none());
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Not repeated: there is a password in it.
        return Err(
            "An address of metrics has no user and no password: a profile keeps none for it."
                .to_owned(),
        );
    }
    if url.path() == "/" {
        url.set_path(PATH);
    }
    url.set_fragment(None);
    Ok(url.into())
}

/// The client: it follows no redirect and takes no proxy, so that what is shown is what the
/// named address says.
pub(super) fn client() -> Client {
    crate::client::client(PATIENCE)
}

/// Asks an address for its page.
///
/// # Errors
/// When there is none to be had.
pub(super) async fn ask(client: &Client, address: &str) -> Result<Page, MetricsTrouble> {
    let address = metrics_address(address)
        .map_err(|says| MetricsTrouble::new(says, "Correct the address in the profile."))?;
    let sent = client.get(&address).send().await;
    let mut answer = sent.map_err(|error| unreached(&error))?;
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(refused(status, &address));
    }
    let bytes = body(&mut answer).await?;
    let text = String::from_utf8(bytes).map_err(|_| foreign())?;
    Page::read(&text).map_err(|unusable| match unusable {
        Unusable::Foreign => foreign(),
        Unusable::Malformed(malformed) => MetricsTrouble::new(
            format!(
                "What it answers is no page of metrics: line {}, {}.",
                malformed.line, malformed.why
            ),
            "Name the address that heliograph worker or heliograph serve was given with --metrics.",
        ),
    })
}

/// The body, which is read no further than it may be long.
async fn body(answer: &mut Response) -> Result<Vec<u8>, MetricsTrouble> {
    let mut bytes = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MOST_BYTES => {
                bytes.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                return Err(MetricsTrouble::new(
                    format!(
                        "It answers more than {} MiB, and was not read to the end.",
                        MOST_BYTES / (1024 * 1024)
                    ),
                    "Name the address of one worker's metrics.",
                ));
            }
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(unreached(&error)),
        }
    }
}

fn foreign() -> MetricsTrouble {
    MetricsTrouble::new(
        "It answers, and these are no metrics of Heliograph.",
        "Name the address that heliograph worker or heliograph serve was given with --metrics.",
    )
}

fn refused(status: StatusCode, address: &str) -> MetricsTrouble {
    let said = status.canonical_reason().unwrap_or("no reason given");
    let says = format!("It answers {} ({said}).", status.as_u16());
    let to_do = match status {
        StatusCode::NOT_FOUND if !address.ends_with(PATH) => {
            "End the address with /metrics.".to_owned()
        }
        StatusCode::NOT_FOUND => {
            "Is this the port of --metrics? The port that Meta reaches has no metrics on it."
                .to_owned()
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "Name the worker's own port, not a server before it that wants a password.".to_owned()
        }
        status if status.is_redirection() => {
            "Name the address where it leads to: redirects are not followed.".to_owned()
        }
        _ => "Look into the log of what listens there.".to_owned(),
    };
    MetricsTrouble::new(says, to_do)
}

/// Why no answer came, as far as that can be told.
fn unreached(error: &reqwest::Error) -> MetricsTrouble {
    if error.is_timeout() {
        return MetricsTrouble::new(
            format!("It does not answer within {} s.", PATIENCE.as_secs()),
            "See whether the worker runs, and whether a firewall stands between.",
        );
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    let mut io = None;
    while let (Some(this), None) = (cause, io) {
        io = this.downcast_ref::<std::io::Error>();
        cause = this.source();
    }
    match io.map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => MetricsTrouble::new(
            "Nothing listens there.",
            "Start the worker with --metrics and this address, or correct it.",
        ),
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => MetricsTrouble::new(
            "There is no way to this host.",
            "See whether this machine is in its network.",
        ),
        _ if error.is_connect() => MetricsTrouble::new(
            "It cannot be reached: the host's name is not known, or it does not speak as the address says.",
            "Correct the host, and http or https.",
        ),
        _ => MetricsTrouble::new(
            "The connection broke in the middle of the answer.",
            "It is tried again by itself; see whether the worker was stopped.",
        ),
    }
}
