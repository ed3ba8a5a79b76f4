//! The log: on standard error, and in a file in the application's data folder, where it
//! also is after a crash of a window that nobody started from a terminal.

use std::{fs, io, panic, path::Path, sync::Arc};
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

const FILE: &str = "heliograph.log";
/// A log that has grown beyond that is put aside at the next start; one is kept.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Starts logging and logs panics. `HELIOGRAPH_LOG` says what is logged, in the syntax
/// of `tracing_subscriber`; the content of messages is logged at `debug` and below only.
pub(crate) fn start(folder: &Path) {
    let file = open(folder);
    let filter = || {
        EnvFilter::try_from_env("HELIOGRAPH_LOG")
            .unwrap_or_else(|_| EnvFilter::new("warn,heliograph=info"))
    };
    let to_file = file.as_ref().ok().map(|file| {
        fmt::layer()
            .with_ansi(false)
            .with_writer(Arc::clone(file))
            .with_filter(filter())
    });
    let to_terminal = fmt::layer().with_writer(io::stderr).with_filter(filter());
    // A second subscriber in one process happens in tests only, where the first one does.
    let _ = tracing_subscriber::registry()
        .with(to_file)
        .with(to_terminal)
        .try_init();
    if let Err(error) = file {
        tracing::warn!(%error, folder = %folder.display(), "there is no log file");
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        tracing::error!(
            backtrace = %std::backtrace::Backtrace::force_capture(),
            "a panic: {panic}"
        );
        before(panic);
    }));
}

fn open(folder: &Path) -> io::Result<Arc<fs::File>> {
    fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    if fs::metadata(&path).is_ok_and(|file| file.len() > MOST_BYTES) {
        fs::rename(&path, folder.join(format!("{FILE}.old")))?;
    }
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    Ok(Arc::new(file))
}
