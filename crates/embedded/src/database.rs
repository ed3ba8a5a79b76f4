//! The handle on one file.

use crate::answers::Teller;
use crate::checkpoint::Checkpointer;
use crate::counters::Counters;
use crate::error::{Failure, OpenError};
use crate::inbox::{After, Request};
use crate::marks;
use crate::open::{self, Fsync, OpenReport, Tuning};
use crate::ownership::Ownership;
use crate::people;
use crate::readers::Readers;
use crate::writer::{self, Shared};
use heliograph_engine::ports::{Clock, PortError, PortResult};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A SQLite file with the documents, the queue, the outbox and the journal of the
/// embedded profile. It is the engine's [`Store`](heliograph_engine::ports::Store),
/// [`Queue`](heliograph_engine::ports::Queue) and
/// [`Journal`](heliograph_engine::ports::Journal) in one, because one commit spans them.
///
/// One process at a time works on a file. Closing (or dropping) writes what is waiting.
#[derive(Debug)]
pub struct Database {
    pub(crate) shared: Arc<Shared>,
    pub(crate) readers: Arc<Readers>,
    path: PathBuf,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Deleted with the last handle; only of a database for the time being.
    _folder: Option<tempfile::TempDir>,
}

/// How to open a file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether what is acknowledged survives a power cut (`synchronous=FULL`). Without,
    /// it survives the end of the process only if the machine stays up.
    pub durable: bool,
    /// The file's greatest size in bytes. What does not fit is refused as on a full disk.
    pub most_bytes: Option<u64>,
}

impl Settings {
    /// Durable, and as large as the disk.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            durable: true,
            most_bytes: None,
        }
    }

    fn tuning(&self) -> Tuning {
        Tuning {
            fsync: match self.durable {
                true => Fsync::Commits,
                false => Fsync::Nothing,
            },
            most_bytes: self.most_bytes,
        }
    }
}

impl Database {
    /// Opens `path`, or makes it. An older file is brought up to date; a damaged one is
    /// renamed, reported and replaced by an empty one.
    ///
    /// # Errors
    /// [`OpenError`] when the file is of a newer version, of another application, in use
    /// by another process, or cannot be read and written.
    pub fn open(path: &Path, settings: &Settings) -> Result<(Self, OpenReport), OpenError> {
        Self::open_in(path, Arc::clone(&settings.clock), settings.tuning(), None)
    }

    /// A database for the time being, in a file of the system's temporary folder that is
    /// deleted with the handle: for scenario runs and tests.
    ///
    /// # Errors
    /// [`OpenError`] when the temporary folder cannot be used.
    pub fn temporary(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let folder = tempfile::Builder::new()
            .prefix("heliograph-")
            .tempdir()
            .map_err(|source| OpenError::Io {
                path: PathBuf::from("the temporary folder"),
                source,
            })?;
        let path = folder.path().join("heliograph.db");
        let tuning = Tuning {
            fsync: Fsync::Nothing,
            most_bytes: None,
        };
        Self::open_in(&path, clock, tuning, Some(folder)).map(|(database, _)| database)
    }

    pub(crate) fn open_in(
        path: &Path,
        clock: Arc<dyn Clock>,
        tuning: Tuning,
        folder: Option<tempfile::TempDir>,
    ) -> Result<(Self, OpenReport), OpenError> {
        let sqlite = |source| OpenError::Sqlite {
            path: path.to_owned(),
            source,
        };
        let ownership = Ownership::take(path)?;
        let (connection, mut report) =
            open::open(path, clock.now(), !ownership.closed_before, tuning)?;
        let shared = Arc::new(Shared {
            inbox: Default::default(),
            line: Default::default(),
            marks: Default::default(),
            people: Default::default(),
            put_back: Default::default(),
            clock,
        });
        report.uncertain_sends = mark_uncertain(&connection).map_err(sqlite)?;
        marks::restore(&connection, &shared.marks).map_err(sqlite)?;
        people::restore(&connection).map_err(sqlite)?;
        crate::queue::restore(&connection, &shared.line).map_err(sqlite)?;
        let readers = Arc::new(Readers::open(path).map_err(sqlite)?);
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        let beside = open::beside_the_writer(path, tuning).map_err(sqlite)?;
        let checkpointer = Checkpointer::start(beside).map_err(io)?;
        let thread = std::thread::Builder::new()
            .name("database".to_owned())
            .spawn({
                let (shared, teller) = (shared.clone(), Teller::new());
                move || run(connection, &shared, teller, checkpointer, &ownership)
            })
            .map_err(io)?;
        let database = Self {
            shared,
            readers,
            path: path.to_owned(),
            thread: Mutex::new(Some(thread)),
            _folder: folder,
        };
        Ok((database, report))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what is waiting and closes the file. What is asked of it later is refused
    /// as unavailable. Blocks for as long as that takes, usually a few milliseconds.
    pub fn close(&self) {
        self.shared.inbox.close();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the database's writer had ended early");
        }
    }

    /// Hands a request to the writer and waits until it is durable.
    pub(crate) async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<PortResult<T>>) -> Request,
    ) -> PortResult<T> {
        let (reply, answer) = oneshot::channel();
        if self.shared.inbox.send(request(reply)).is_err() {
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Runs `work` in a savepoint of the writer's next transaction: its failure is its
    /// own. Durable when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &mut Counters) -> Result<T, PortError> + Send + 'static,
    ) -> PortResult<T> {
        self.write_then(work, |_| {}).await
    }

    /// Like [`Self::write`]; `then` runs on the writer's thread after the commit, before
    /// anybody is told.
    pub(crate) async fn write_then<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &mut Counters) -> Result<T, PortError> + Send + 'static,
        then: impl FnOnce(&Shared) + Send + 'static,
    ) -> PortResult<T> {
        let shared = self.shared.clone();
        self.ask(|reply| {
            Request::Task(Some(Box::new(move |connection, counters| {
                let result = in_savepoint(connection, counters, work);
                let after: After = Box::new(move |committed| {
                    let result = match committed {
                        Ok(()) => result,
                        Err(failure) => result.and(Err(failure.to_port())),
                    };
                    if result.is_ok() {
                        then(&shared);
                    }
                    // Whoever went away meanwhile needs no answer.
                    let _ = reply.send(result);
                });
                after
            })))
        })
        .await
    }

    /// A look-up by key, where it is asked for; see [`Readers`].
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> PortResult<T> {
        Ok(self.readers.read(read)?)
    }

    /// A list or a search, on a thread where it may take its time.
    pub(crate) async fn read_much<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> PortResult<T> {
        let readers = self.readers.clone();
        let result = tokio::task::spawn_blocking(move || readers.read(read)).await;
        Ok(result.map_err(PortError::other)??)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The readers go first, where nobody else holds them, so that the writer's is the
        // last connection and leaves one file behind.
        if let Some(readers) = Arc::get_mut(&mut self.readers) {
            readers.close();
        }
        self.close();
    }
}

fn closed() -> PortError {
    PortError::Unavailable("The database is closed.".to_owned())
}

/// The writer's thread, and the end of it.
fn run(
    connection: Connection,
    shared: &Arc<Shared>,
    teller: Teller,
    checkpointer: Checkpointer,
    ownership: &Ownership,
) {
    let result = writer::run(&connection, shared.clone(), teller, checkpointer);
    shared.inbox.close();
    if let Err(error) = result {
        tracing::error!(%error, "the database's writer could not start");
        return;
    }
    let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| {
        row.get::<_, i64>(0)
    });
    if let Err(error) = emptied {
        tracing::warn!(%error, "the log could not be moved into the database's file");
    }
    match connection.close() {
        Ok(()) => ownership.closed(),
        Err((_, error)) => tracing::warn!(%error, "the database's file could not be closed"),
    }
}

/// Marks the sends that were under way when the last process ended. Returns how many.
fn mark_uncertain(connection: &Connection) -> rusqlite::Result<u64> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = connection
        .execute(
            "UPDATE outbox SET uncertain = 1 \
             WHERE id IN (SELECT outbox_id FROM sends_under_way)",
            (),
        )
        .and_then(|count| {
            connection.execute_batch("DELETE FROM sends_under_way; COMMIT")?;
            Ok(count as u64)
        });
    if result.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    result
}

fn in_savepoint<T>(
    connection: &Connection,
    counters: &mut Counters,
    work: impl FnOnce(&Connection, &mut Counters) -> Result<T, PortError>,
) -> PortResult<T> {
    let before = *counters;
    let sql = |sql| connection.execute_batch(sql).map_err(Failure::from);
    sql("SAVEPOINT task")?;
    let result = work(connection, counters);
    if result.is_err() {
        *counters = before;
        if connection.is_autocommit() {
            // The error has ended the whole transaction; the writer notices.
            return result;
        }
        sql("ROLLBACK TO task")?;
    }
    sql("RELEASE task")?;
    result
}
