//! Moving the log into the database's file.
//!
//! SQLite would do it in the middle of some commit, and everybody in that commit would
//! wait for it. Here a thread of its own does it beside the writer. Only when the writer
//! is so busy that the thread never gets to the end of the log, the writer does the rest,
//! because a log begins anew only when all of it has been moved.

use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Pages of 4 KiB in the log from which on the thread is woken,
const MANY: i64 = 4_000;
/// when nothing is going on,
const MANY_WHEN_IDLE: i64 = 250;
/// and from which on the writer does it itself.
const TOO_MANY: i64 = 16_000;
/// How often the thread goes after what was written meanwhile.
const ROUNDS: usize = 4;

/// The thread that moves the log.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread with a connection of its own.
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || run(&connection, &woken))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Looks at the log of the writer, between two of its transactions.
    pub(crate) fn look(&self, writer: &Connection, idle: bool) {
        let result = log(writer, "NOOP").and_then(|(pages, moved)| {
            let left = pages - moved;
            if pages > TOO_MANY && left > 0 {
                log(writer, "PASSIVE").map(drop)
            } else {
                if left > if idle { MANY_WHEN_IDLE } else { MANY } {
                    self.wake();
                }
                Ok(())
            }
        });
        warn(result);
    }

    fn wake(&self) {
        if let Some(wake) = &self.wake {
            match wake.try_send(()) {
                // It has been woken already, or it has ended and the writer will see to it.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that moves the log had ended early");
        }
    }
}

fn run(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        for _ in 0..ROUNDS {
            match log(connection, "PASSIVE") {
                Ok((pages, moved)) if moved < pages => {}
                result => {
                    warn(result.map(drop));
                    break;
                }
            }
        }
    }
}

/// Runs a checkpoint; returns the pages in the log and how many of them were moved.
fn log(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    connection
        .prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?
        .query_row((), |row| Ok((row.get(1)?, row.get(2)?)))
}

fn warn(result: rusqlite::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the log could not be moved into the database's file");
    }
}
