//! The connections that only read.

use crate::error::Failure;
use crate::{open, register};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

const COUNT: usize = 3;

/// A few read-only connections. A look-up by key takes a few microseconds, less than
/// handing it to another thread and back, so those run where they are asked for; lists
/// and searches go to tokio's blocking threads.
#[derive(Debug)]
pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connections = (0..COUNT)
            .map(|_| {
                let connection = open::reader(path)?;
                register::teach(&connection)?;
                Ok(Mutex::new(connection))
            })
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            connections,
            next: AtomicUsize::new(0),
        })
    }

    /// Reads with a connection that is free, or with the next one that becomes free.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        for connection in &self.connections {
            if let Some(connection) = connection.try_lock() {
                return read(&connection);
            }
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        read(&self.connections[turn].lock())
    }

    /// Lets the connections go, so that the writer can be the last to close.
    pub(crate) fn close(&mut self) {
        self.connections.clear();
    }
}
