//! Reading and writing keys beside what the crate does.

use crate::error::{BullError, BullResult};
use bullmq::options::RedisConnectionOptions;
use bullmq::redis_connection::{AnyConnection, RedisConnection};
use redis::FromRedisValue;
use std::time::Duration;

/// How long an answer may take before the caller is told that there is none. Longer than a
/// Redis that saves to disk pauses, shorter than Meta waits for its 200.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Waits for an answer, but not for ever: while the connection is made again, the crate
/// lets a command wait for it.
pub(crate) async fn within<T, E: Into<BullError>>(
    work: impl Future<Output = Result<T, E>>,
) -> BullResult<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(BullError::Slow(PATIENCE)),
    }
}

/// Asks one of the servers whether it is there and lets us in. The connections that are
/// kept try again and again instead of saying what is wrong.
pub(crate) async fn probe(options: &RedisConnectionOptions) -> BullResult<()> {
    let whole = options.effective_url();
    let urls = if options.is_cluster() {
        &options.cluster_nodes[..]
    } else {
        std::slice::from_ref(&whole)
    };
    let mut answer = Ok(());
    for url in urls {
        answer = within(ping(url, options)).await;
        if answer.is_ok() {
            break;
        }
    }
    answer
}

async fn ping(url: &str, options: &RedisConnectionOptions) -> Result<(), redis::RedisError> {
    let client = match &options.tls_certs {
        Some(trusted) => {
            let certificates = redis::TlsCertificates {
                client_tls: None,
                root_cert: trusted.root_cert.clone(),
            };
            redis::Client::build_with_tls(url, certificates)?
        }
        None => redis::Client::open(url)?,
    };
    let mut connection = client.get_multiplexed_async_connection().await?;
    redis::cmd("PING").query_async(&mut connection).await
}

/// Runs one command.
pub(crate) async fn ask<T: FromRedisValue>(
    connection: &RedisConnection,
    command: &redis::Cmd,
) -> BullResult<T> {
    let mut connection: AnyConnection = connection.connection();
    within(command.query_async(&mut connection)).await
}

/// Runs several commands in one round trip.
pub(crate) async fn ask_all<T: FromRedisValue>(
    connection: &RedisConnection,
    commands: &redis::Pipeline,
) -> BullResult<T> {
    let mut connection: AnyConnection = connection.connection();
    within(commands.query_async(&mut connection)).await
}
