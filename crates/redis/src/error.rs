//! What goes wrong with Redis, in words that say what to do next.

use heliograph_engine::ports::PortError;
use redis::{ErrorKind, ServerErrorKind};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why Redis could not be reached, or did not do what it was asked. No message holds
/// credentials.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedisError {
    /// The address makes no sense.
    #[error(
        "The address of Redis cannot be used: {0}. It looks like \
         redis://user:password@host:6379/0, with rediss:// for TLS"
    )]
    Address(String),
    /// The file with the trusted certificates cannot be read.
    #[error("The certificates in {path} cannot be used: {reason}. Name a PEM file", path = .path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The host's name is not known.
    #[error("The host {host} of Redis is not known: {reason}. Check its name")]
    Dns {
        /// The name.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// Nobody listens there.
    #[error(
        "Nobody listens at {address}: the connection was refused. Start Redis there, or \
         correct the host and the port"
    )]
    Refused {
        /// Host and port.
        address: String,
    },
    /// Nobody answers there.
    #[error(
        "{address} did not answer in time. Check that Redis runs there and that no firewall \
         stands between"
    )]
    TimedOut {
        /// Host and port.
        address: String,
    },
    /// No encrypted connection came about.
    #[error(
        "{address} and this machine do not agree on TLS: {reason}. Where the certificate is \
         your own, name its CA file; where Redis has no TLS, write redis://"
    )]
    Tls {
        /// Host and port.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// Something else answers there.
    #[error(
        "{address} does not answer as Redis does ({reason}). Where it wants TLS, write rediss://"
    )]
    NotRedis {
        /// Host and port.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// Redis does not accept the user or the password.
    #[error("Redis at {address} refused the user or the password: {reason}")]
    Authentication {
        /// Host and port.
        address: String,
        /// What Redis says.
        reason: String,
    },
    /// There is no database of that number.
    #[error(
        "Redis at {address} has no database {number}: {reason}. A cluster has the database 0 \
         alone"
    )]
    Database {
        /// Host and port.
        address: String,
        /// The number.
        number: i64,
        /// What Redis says.
        reason: String,
    },
    /// Redis cannot be reached or cannot do it now; the same may go through later.
    #[error("{0}")]
    Unavailable(String),
    /// Anything else; asking again would not help.
    #[error("{0}")]
    Failed(String),
}

impl RedisError {
    /// Whether the same may go through later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Refused { .. }
            | Self::TimedOut { .. }
            | Self::Unavailable(_) => true,
            Self::Address(_)
            | Self::Certificates { .. }
            | Self::Tls { .. }
            | Self::NotRedis { .. }
            | Self::Authentication { .. }
            | Self::Database { .. }
            | Self::Failed(_) => false,
        }
    }

    /// Why no connection to a server came about.
    pub(crate) fn connecting(address: String, database: i64, error: &redis::RedisError) -> Self {
        let reason = reason(error);
        if let Some(io) = io_error(error) {
            if io
                .get_ref()
                .is_some_and(|inner| inner.is::<rustls::Error>())
            {
                return Self::Tls { address, reason };
            }
            return match io.kind() {
                io::ErrorKind::ConnectionRefused => Self::Refused { address },
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Self::TimedOut { address },
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::ConnectionReset => Self::NotRedis { address, reason },
                _ => Self::Unavailable(format!("{address} cannot be reached: {reason}")),
            };
        }
        if error.kind() == ErrorKind::Parse {
            return Self::NotRedis { address, reason };
        }
        if is_authentication(error) {
            return Self::Authentication { address, reason };
        }
        if error.to_string().contains("switch database") {
            return Self::Database {
                address,
                number: database,
                reason,
            };
        }
        Self::from(error.clone())
    }
}

impl From<redis::RedisError> for RedisError {
    fn from(error: redis::RedisError) -> Self {
        let reason = reason(&error);
        if error.is_timeout() {
            return Self::Unavailable("Redis did not answer in time.".to_owned());
        }
        match error.kind() {
            ErrorKind::Io | ErrorKind::Parse | ErrorKind::ClusterConnectionNotFound => {
                return Self::Unavailable(format!("Redis cannot be reached: {reason}."));
            }
            _ => {}
        }
        // A password that was changed is put right without losing what waits meanwhile.
        if is_authentication(&error) {
            return Self::Unavailable(format!("Redis refuses the user or the password: {reason}."));
        }
        match passing(&error) {
            Some(Passing::Full) => Self::Unavailable(format!(
                "Redis is full and takes no more ({reason}). Give it more memory."
            )),
            Some(Passing::Disk) => Self::Unavailable(format!(
                "Redis cannot write to its disk and takes no more ({reason}). Check the disk."
            )),
            Some(Passing::Other) => Self::Unavailable(format!("Redis cannot do it now: {reason}.")),
            None => Self::Failed(format!("Redis answered: {reason}.")),
        }
    }
}

impl From<RedisError> for PortError {
    fn from(error: RedisError) -> Self {
        if error.is_transient() {
            Self::Unavailable(error.to_string())
        } else {
            Self::other(error)
        }
    }
}

/// A state of the server that passes, or that somebody puts right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passing {
    Full,
    Disk,
    Other,
}

/// Whether any answer in the error is of the kind that passes.
fn passing(error: &redis::RedisError) -> Option<Passing> {
    let Some(answers) = error.clone().into_server_errors() else {
        return kind_passes(error.kind()).then_some(Passing::Other);
    };
    answers.iter().find_map(|(_, answer)| {
        let details = answer.details().unwrap_or_default();
        let says = |code: &str| {
            // Before Redis 7 what went wrong inside a script is wrapped in an `ERR`.
            answer.code() == code || details.contains(&format!("-{code} "))
        };
        if says("OOM") || details.contains("when used memory") {
            Some(Passing::Full)
        } else if says("MISCONF") {
            Some(Passing::Disk)
        } else if PASSING.iter().any(|code| says(code)) {
            Some(Passing::Other)
        } else {
            None
        }
    })
}

/// Answers that say that the server is not itself for the moment.
const PASSING: [&str; 11] = [
    "LOADING",
    "READONLY",
    "CLUSTERDOWN",
    "MASTERDOWN",
    "TRYAGAIN",
    "MOVED",
    "ASK",
    "BUSY",
    "NOREPLICAS",
    "FAILOVER",
    "UNBLOCKED",
];

fn kind_passes(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::TryAgain
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
        )
    )
}

fn is_authentication(error: &redis::RedisError) -> bool {
    error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"))
}

/// What the server or the system said, without the client's own prose where there is any.
fn reason(error: &redis::RedisError) -> String {
    let text = match (error.code(), error.detail()) {
        (Some("ERR") | None, Some(detail)) => detail.to_owned(),
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        (_, None) => error.to_string(),
    };
    text.trim_end_matches('.').to_owned()
}

/// The system's error inside the client's.
fn io_error(error: &redis::RedisError) -> Option<&io::Error> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<io::Error>().or_else(|| {
        source
            .downcast_ref::<Arc<dyn std::error::Error + Send + Sync>>()?
            .downcast_ref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str, detail: &str) -> RedisError {
        redis::make_extension_error(code.to_owned(), Some(detail.to_owned())).into()
    }

    #[test]
    fn what_passes_is_unavailable() {
        for (code, detail) in [
            ("OOM", "command not allowed when used memory > 'maxmemory'."),
            ("MISCONF", "Redis is configured to save RDB snapshots"),
            ("NOREPLICAS", "Not enough good replicas to write."),
            (
                "ERR",
                "Error running script: @user_script:1: -OOM command not allowed",
            ),
            (
                "ERR",
                "Error running script: @user_script:1: -READONLY You can't write",
            ),
        ] {
            let error = answer(code, detail);
            assert!(error.is_transient(), "{code} {detail}: {error}");
        }
        let error = RedisError::from(redis::RedisError::from(io::Error::from(
            io::ErrorKind::BrokenPipe,
        )));
        assert!(error.is_transient(), "{error}");
    }

    #[test]
    fn what_stays_is_not() {
        for (code, detail) in [
            (
                "WRONGTYPE",
                "Operation against a key holding the wrong kind",
            ),
            (
                "NOPERM",
                "this user has no permissions to run the 'get' command",
            ),
            ("ERR", "value is not an integer or out of range"),
        ] {
            let error = answer(code, detail);
            assert!(!error.is_transient(), "{code} {detail}: {error}");
            assert!(matches!(PortError::from(error), PortError::Other(_)));
        }
    }
}
