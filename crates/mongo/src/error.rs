//! What goes wrong with MongoDB, in sentences without credentials and without content.

use crate::network;
use heliograph_engine::ports::PortError;
use mongodb::error::{Error, ErrorKind, WriteFailure};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// What is wrong, as far as a person would do something else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The connection string cannot be read.
    ConnectionString,
    /// The host's name leads nowhere.
    Dns,
    /// Nobody listens there.
    Refused,
    /// TLS does not come about.
    Tls,
    /// The user name or the password is wrong.
    Authentication,
    /// The user may not do that.
    NotAllowed,
    /// Nobody takes writes at the moment: an election, or a server that starts or ends.
    NoPrimary,
    /// There was no answer in time.
    Timeout,
    /// The connection broke, or there is none.
    Unreachable,
    /// The server does not have what is asked for.
    NotAvailable,
    /// The documents: one cannot be read, or one cannot be written.
    Document,
    /// Anything else.
    Other,
}

impl Trouble {
    /// Whether the same call may go through later without a change on our side. What an
    /// operator puts right on the server counts too: nothing is given up for it.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Dns
            | Self::Refused
            | Self::Tls
            | Self::Authentication
            | Self::NotAllowed
            | Self::NoPrimary
            | Self::Timeout
            | Self::Unreachable => true,
            Self::ConnectionString | Self::NotAvailable | Self::Document | Self::Other => false,
        }
    }
}

/// Why MongoDB did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct MongoError {
    trouble: Trouble,
    /// Shared by all who asked for the same thing.
    message: Arc<str>,
}

/// What this crate's own functions answer.
pub type Result<T> = std::result::Result<T, MongoError>;

impl MongoError {
    pub(crate) fn new(trouble: Trouble, message: impl Into<Arc<str>>) -> Self {
        Self {
            trouble,
            message: message.into(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// No answer came in time.
    pub(crate) fn timeout() -> Self {
        Self::new(
            Trouble::Timeout,
            "MongoDB did not answer in time. It may be overloaded or frozen; work goes on by \
             itself once it answers.",
        )
    }

    /// The driver could not use a connection string. What it says of it is passed on only
    /// where none of the string's own parts that are secret is in it.
    pub(crate) fn of_connection_string(error: &Error, url: &SecretString) -> Self {
        let reason = match &*error.kind {
            ErrorKind::InvalidArgument { message, .. } => message.clone(),
            ErrorKind::DnsResolve { .. } => {
                return Self::new(
                    Trouble::Dns,
                    "The address of MongoDB leads nowhere: the host's name, or its SRV record \
                     for mongodb+srv, cannot be looked up. Check the connection string.",
                );
            }
            _ => String::new(),
        };
        let is_safe = !reason.is_empty() && !quotes(&reason, url.expose_secret());
        let reason = if is_safe {
            format!(" ({reason})")
        } else {
            String::new()
        };
        Self::new(
            Trouble::ConnectionString,
            format!(
                "The connection string of MongoDB cannot be used{reason}. It looks like \
                 mongodb://user:password@host:27017/?replicaSet=rs0, and special characters in \
                 the password are written as %40 and the like."
            ),
        )
    }

    /// What the server said, by its code.
    pub(crate) fn of_code(code: i32, name: &str, said: &str) -> Self {
        let (trouble, message) = match code {
            18 => (Trouble::Authentication, AUTHENTICATION.to_owned()),
            13 => (
                Trouble::NotAllowed,
                "The MongoDB user has no right to do that in this database. Give it the role \
                 readWrite there (read for a profile that only observes)."
                    .to_owned(),
            ),
            // Not the primary, in recovery, shutting down, no read preference satisfied.
            10107 | 13435 | 10058 | 11600 | 11602 | 13436 | 189 | 91 | 133 => {
                (Trouble::NoPrimary, NO_PRIMARY.to_owned())
            }
            // Exceeded time limits, and a majority that did not confirm in time.
            50 | 64 | 89 | 202 | 262 | 100 | 11601 => (
                Trouble::Timeout,
                format!("MongoDB did not finish in time ({name}). It is tried again."),
            ),
            // Network between the servers, locks, conflicts, a stale routing table, a full
            // disk, a rate limit: all of that passes.
            6 | 7 | 9001 | 24 | 46 | 112 | 134 | 63 | 13388 | 150 | 43 | 175 | 237 | 14031
            | 462 => (
                Trouble::Unreachable,
                format!("MongoDB cannot do it now ({name}). It is tried again."),
            ),
            11000 => (
                Trouble::Document,
                match index(said) {
                    Some(index) => format!(
                        "MongoDB has another document with the same unique key (index {index})."
                    ),
                    None => "MongoDB has another document with the same unique key.".to_owned(),
                },
            ),
            121 => (
                Trouble::Document,
                "MongoDB refused a document: it does not fit the collection's validation rules."
                    .to_owned(),
            ),
            // Change streams and transactions on a server that is no replica set.
            40573 | 20 => (
                Trouble::NotAvailable,
                "This MongoDB is no replica set, so it does not tell of changes.".to_owned(),
            ),
            _ => (
                Trouble::Other,
                format!(
                    "MongoDB refused: {}.",
                    without_content(if said.is_empty() { name } else { said })
                ),
            ),
        };
        Self::new(trouble, message)
    }
}

/// Whether a text has a part of a connection string in it: of the user, the password or
/// the hosts, which a mistake may mix up, or an option's value.
fn quotes(text: &str, url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let values = options
        .split('&')
        .filter_map(|option| option.split_once('='));
    place
        .split([':', '@', ',', '/'])
        .chain(values.map(|(_, value)| value))
        .any(|part| !part.is_empty() && text.contains(part))
}

pub(crate) const AUTHENTICATION: &str =
    "MongoDB does not accept the user name or the password. Check both, and the authSource.";
pub(crate) const NO_PRIMARY: &str = "MongoDB has no primary at the moment, so nothing can be written. \
     Work goes on by itself once one is elected.";

impl From<Error> for MongoError {
    fn from(error: Error) -> Self {
        match &*error.kind {
            ErrorKind::Authentication { .. } => Self::new(Trouble::Authentication, AUTHENTICATION),
            ErrorKind::Command(command) => {
                Self::of_code(command.code, &command.code_name, &command.message)
            }
            ErrorKind::Write(WriteFailure::WriteError(error)) => Self::of_code(
                error.code,
                error.code_name.as_deref().unwrap_or_default(),
                &error.message,
            ),
            ErrorKind::Write(WriteFailure::WriteConcernError(error)) => {
                Self::of_code(error.code, &error.code_name, &error.message)
            }
            ErrorKind::DnsResolve { .. } => network::unreachable(Trouble::Dns, &[]),
            ErrorKind::InvalidTlsConfig { .. } => Self::new(
                Trouble::Tls,
                "The TLS settings of MongoDB cannot be used. Check the certificate files.",
            ),
            ErrorKind::Io(error) => network::of_io(error),
            ErrorKind::ServerSelection { message, .. } => network::of_selection(message),
            ErrorKind::ConnectionPoolCleared { message, .. } => network::of_pool(message),
            _ if error.contains_label(mongodb::error::RETRYABLE_WRITE_ERROR) => {
                network::unreachable(Trouble::Unreachable, &[])
            }
            // The kinds that are left are mistakes of ours or of the server's answer.
            kind => Self::new(
                Trouble::Other,
                format!("MongoDB: {}", without_content(&kind.to_string())),
            ),
        }
    }
}

impl From<MongoError> for PortError {
    fn from(error: MongoError) -> Self {
        if error.trouble.is_transient() {
            Self::Unavailable(error.message.to_string())
        } else {
            Self::other(error)
        }
    }
}

/// The name of the index that a document was refused for. It says nothing of the document.
fn index(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once(" index: ")?;
    let (name, _) = rest.split_once(" dup key")?;
    (!name.is_empty() && !name.contains(['{', '"', ' '])).then_some(name)
}

/// What a server or driver says, up to where it would quote a document.
fn without_content(said: &str) -> &str {
    const MOST: usize = 200;
    let end = said.find(['{', '"', '\'']).unwrap_or(said.len());
    let mut end = end.min(MOST);
    while !said.is_char_boundary(end) {
        end -= 1;
    }
    said[..end].trim_end_matches([' ', '.', ':', ','])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_quotes_stays_out() {
        let said = "E17 cannot create field in element {email: \"ana@example.org\"}";
        let error = MongoError::of_code(28, "PathNotViable", said);
        assert_eq!(
            error.to_string(),
            "MongoDB refused: E17 cannot create field in element."
        );
        let error = MongoError::of_code(13, "Unauthorized", "not authorized to execute { find }");
        assert_eq!(error.trouble(), Trouble::NotAllowed);
        assert!(!error.to_string().contains("find"));
        let said = "E11000 duplicate key error collection: app.contacts index: email_1 dup key: \
                    { email: \"ana@example.org\" }";
        let error = MongoError::of_code(11000, "DuplicateKey", said);
        assert_eq!(
            error.to_string(),
            "MongoDB has another document with the same unique key (index email_1)."
        );
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        assert!(
            MongoError::of_code(10107, "NotWritablePrimary", "")
                .trouble
                .is_transient()
        );
        assert!(
            MongoError::of_code(64, "WriteConcernFailed", "")
                .trouble
                .is_transient()
        );
        assert!(
            !MongoError::of_code(9, "FailedToParse", "")
                .trouble
                .is_transient()
        );
    }
}
