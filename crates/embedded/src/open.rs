//! Opening a file: whose it is, what version, and whether it is sound.

use crate::error::OpenError;
use crate::ownership::beside;
use crate::schema;
use heliograph_model::Millis;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was found when the database was opened. Worth showing where it says more than
/// that all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenReport {
    /// There was no file, so an empty one was made.
    pub created: bool,
    /// The file was of this older version and was brought up to date.
    pub migrated_from: Option<i32>,
    /// The file was damaged or no database; it was renamed and an empty one was made.
    pub set_aside: Option<SetAside>,
    /// The last process did not close the file, so it was checked.
    pub recovered: bool,
    /// Sends that were under way when the last process ended; nobody knows whether they
    /// arrived.
    pub uncertain_sends: u64,
}

/// A file that could not be used and was renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now.
    pub to: PathBuf,
    /// What was wrong with it.
    pub why: String,
}

impl std::fmt::Display for SetAside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "The database was damaged ({}). It was kept as {} and an empty one was started.",
            self.why,
            self.to.display()
        )
    }
}

/// How the connections of one database are set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tuning {
    pub(crate) fsync: Fsync,
    /// The file's greatest size in bytes.
    pub(crate) most_bytes: Option<u64>,
}

/// What waits for the disk.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fsync {
    /// Every commit.
    Commits,
    /// Only moving the log: a power cut costs the latest commits, and leaves a sound file.
    Moves,
    /// Nothing.
    Nothing,
}

/// How long the check of a file that was not closed may take before the start goes on
/// without its end: SQLite's WAL survives a kill by itself, so this looks for damage that
/// is rare, and the window has to open.
const CHECK_TIME: Duration = Duration::from_millis(1_500);

const PAGE_SIZE: u64 = 4096;

/// Opens the writer's connection. The caller owns the file.
pub(crate) fn open(
    path: &Path,
    now: Millis,
    check: bool,
    tuning: Tuning,
) -> Result<(Connection, OpenReport), OpenError> {
    let number = rusqlite::version_number();
    if number < 3_053_000 {
        return Err(OpenError::OldSqlite(rusqlite::version().to_owned()));
    }
    // Anything else would be set aside as damaged: a whole folder, with all that is in it.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(OpenError::NoFile {
            path: path.to_owned(),
        });
    }
    let mut report = OpenReport {
        created: !path.exists(),
        recovered: check && path.exists(),
        ..OpenReport::default()
    };
    match open_sound(path, check, tuning, &mut report) {
        Err(OpenError::Sqlite { source, .. }) if is_damage(&source) => {
            let set_aside =
                set_aside(path, now, source.to_string()).map_err(|source| OpenError::Io {
                    path: path.to_owned(),
                    source,
                })?;
            tracing::error!(to = %set_aside.to.display(), why = set_aside.why, "the database was damaged and set aside");
            report = OpenReport {
                created: true,
                set_aside: Some(set_aside),
                ..OpenReport::default()
            };
            let connection = open_sound(path, false, tuning, &mut report)?;
            Ok((connection, report))
        }
        other => other.map(|connection| (connection, report)),
    }
}

fn open_sound(
    path: &Path,
    check: bool,
    tuning: Tuning,
    report: &mut OpenReport,
) -> Result<Connection, OpenError> {
    let sqlite = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    if let Some(why) = not_a_database(path) {
        return Err(sqlite(damage(&why)));
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(sqlite)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(sqlite)?;
    let version = schema::version(&connection).map_err(sqlite)?;
    let application: i32 = connection
        .query_row("PRAGMA application_id", (), |row| row.get(0))
        .map_err(sqlite)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(sqlite)?;
    if application != schema::APPLICATION_ID && (tables > 0 || application != 0) {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    if version > schema::VERSION {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found: version,
            known: schema::VERSION,
        });
    }
    if check {
        quick_check(&connection).map_err(sqlite)?;
    }
    set_up(&connection, tuning).map_err(sqlite)?;
    if version < schema::VERSION {
        report.migrated_from = (version > 0).then_some(version);
        schema::migrate(&connection).map_err(sqlite)?;
    }
    Ok(connection)
}

fn set_up(connection: &Connection, tuning: Tuning) -> rusqlite::Result<()> {
    // Autocheckpointing would make some commit pay for everybody; see `upkeep`. Foreign
    // keys are declared nowhere, and without them REPLACE overwrites a row in place.
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_SIZE};
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = {};
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA foreign_keys = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -12000;",
        synchronous(tuning),
    ))?;
    if let Some(bytes) = tuning.most_bytes {
        connection.execute_batch(&format!("PRAGMA max_page_count = {}", bytes / PAGE_SIZE))?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A connection that moves the log beside the writer's.
pub(crate) fn beside_the_writer(path: &Path, tuning: Tuning) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0;",
        synchronous(tuning)
    ))?;
    Ok(connection)
}

fn synchronous(tuning: Tuning) -> &'static str {
    match tuning.fsync {
        Fsync::Commits => "FULL",
        Fsync::Moves => "NORMAL",
        Fsync::Nothing => "OFF",
    }
}

/// A read-only connection for one of the readers.
pub(crate) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2000;")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Why the file is certainly no SQLite database. An empty one may become one. SQLite
/// itself would take a file of less than a page for an empty database in some cases and
/// write over it.
fn not_a_database(path: &Path) -> Option<String> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    if length == 0 {
        return None;
    }
    let mut head = [0; 16];
    match file.read_exact(&mut head) {
        Ok(()) if &head == MAGIC => None,
        _ => Some(format!("its {length} bytes are not a SQLite database")),
    }
}

fn quick_check(connection: &Connection) -> rusqlite::Result<()> {
    let handle = connection.get_interrupt_handle();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if wait.recv_timeout(CHECK_TIME) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            handle.interrupt();
        }
    });
    let answer = connection.query_row("PRAGMA quick_check(1)", (), |row| row.get::<_, String>(0));
    drop(done);
    // The watcher ends at once when its channel closes; it cannot panic.
    let _ = watch.join();
    match answer {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(answer) => Err(damage(&answer)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            tracing::info!("the database is large, so only a part of it was checked");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn damage(why: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some(why.to_owned()),
    )
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// Renames the file and what belongs to it. A name that is taken already is left alone.
fn set_aside(path: &Path, now: Millis, why: String) -> std::io::Result<SetAside> {
    let mut stamp = now.0;
    while beside(path, &format!(".corrupt-{stamp}")).exists() {
        stamp += 1;
    }
    let suffix = format!(".corrupt-{stamp}");
    for part in ["-wal", "-shm"] {
        let from = beside(path, part);
        if from.exists() {
            std::fs::rename(&from, beside(path, &format!("{suffix}{part}")))?;
        }
    }
    let to = beside(path, &suffix);
    std::fs::rename(path, &to)?;
    Ok(SetAside { to, why })
}
