//! Waiting by polling with a deadline, so that a test is as fast as what it waits for
//! and says what it waited for when that does not come.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How long something may take that normally takes milliseconds: the machine that the
/// tests run on may be busy.
pub const PATIENCE: Duration = Duration::from_secs(20);

const BETWEEN_LOOKS: Duration = Duration::from_millis(15);

/// Looks until `look` gives something, for at most [`PATIENCE`].
///
/// # Errors
/// When it did not come in time, with `what` in the message; or what `look` itself says.
pub async fn until<T, F, L>(what: &str, look: L) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
    L: FnMut() -> F,
{
    until_within(PATIENCE, what, look).await
}

/// Looks until `look` gives something, for at most `patience`.
///
/// # Errors
/// When it did not come in time, with `what` in the message; or what `look` itself says.
pub async fn until_within<T, F, L>(patience: Duration, what: &str, mut look: L) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
    L: FnMut() -> F,
{
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s in vain: {what}", patience.as_secs());
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
