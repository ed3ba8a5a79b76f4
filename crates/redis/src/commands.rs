//! One interface for a single server and a cluster.

use crate::RedisError;
use redis::aio::{ConnectionLike, ConnectionManager};
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use std::io;
use std::time::Duration;

/// A connection that is shared: it is cheap to clone, what its clones ask at the same time
/// goes out together, and it comes back by itself when it was lost. What was under way then
/// fails, and its caller asks again where that does no harm.
///
/// `Cmd::query_async`, `Pipeline::query_async` and [`crate::Script`] run on it. In a
/// cluster a pipeline goes to one slot: keys that are used together share a hash tag.
#[derive(Clone)]
pub struct Commands {
    to: To,
    /// `None` for a connection on which commands may block.
    timeout: Option<Duration>,
}

#[derive(Clone)]
enum To {
    Standalone(ConnectionManager),
    Cluster(ClusterConnection),
}

impl Commands {
    pub(crate) fn standalone(manager: ConnectionManager, timeout: Option<Duration>) -> Self {
        Self {
            to: To::Standalone(manager),
            timeout,
        }
    }

    pub(crate) fn cluster(connection: ClusterConnection, timeout: Option<Duration>) -> Self {
        Self {
            to: To::Cluster(connection),
            timeout,
        }
    }

    /// The cluster behind it, where there is one.
    pub(crate) fn as_cluster(&self) -> Option<&ClusterConnection> {
        match &self.to {
            To::Standalone(_) => None,
            To::Cluster(connection) => Some(connection),
        }
    }

    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Runs a command.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn run<T: redis::FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        Ok(command.query_async(&mut self.clone()).await?)
    }

    /// Runs a pipeline, in one round trip.
    ///
    /// # Errors
    /// As [`RedisError`] says.
    pub async fn run_all<T: redis::FromRedisValue>(
        &self,
        pipeline: &Pipeline,
    ) -> Result<T, RedisError> {
        Ok(pipeline.query_async(&mut self.clone()).await?)
    }
}

impl std::fmt::Debug for Commands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let to = match self.to {
            To::Standalone(_) => "a server",
            To::Cluster(_) => "a cluster",
        };
        f.debug_struct("Commands")
            .field("to", &to)
            .field("timeout", &self.timeout)
            .finish()
    }
}

impl ConnectionLike for Commands {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let timeout = self.timeout;
        let answer = match &mut self.to {
            To::Standalone(manager) => manager.req_packed_command(command),
            To::Cluster(connection) => connection.req_packed_command(command),
        };
        within(timeout, answer)
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let timeout = self.timeout;
        let answers = match &mut self.to {
            To::Standalone(manager) => manager.req_packed_commands(pipeline, offset, count),
            To::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        };
        within(timeout, answers)
    }

    fn get_db(&self) -> i64 {
        match &self.to {
            To::Standalone(manager) => manager.get_db(),
            To::Cluster(connection) => connection.get_db(),
        }
    }
}

/// The client's own timeout begins when there is a connection; this one begins at once, so
/// that nobody waits for a server that is gone through all attempts to reach it.
pub(crate) fn within<'a, T: Send + 'a>(
    timeout: Option<Duration>,
    answer: RedisFuture<'a, T>,
) -> RedisFuture<'a, T> {
    let Some(timeout) = timeout else {
        return answer;
    };
    Box::pin(async move {
        tokio::time::timeout(timeout, answer)
            .await
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    })
}
