//! What changes with every webhook of a person: the contact and the user state.
//!
//! While much is going on, changes are appended and put in their place later; see
//! [`crate::lately`]. While little is, they go where they belong at once, so that whoever
//! opens the file finds `contacts` and `user_states` as they are.

use crate::lately::{Lately, Settling};
use heliograph_model::Millis;
use rusqlite::{Connection, Statement};
use std::sync::Arc;

/// So many new documents are put in their place together: some 10 MB of memory.
const MANY: usize = 16_384;
/// With so few requests in a transaction, documents go to their place at once.
const FEW: usize = 32;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Contact,
    State,
}

/// Whose document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    pub(crate) account: Arc<str>,
    pub(crate) sender: Arc<str>,
}

/// The document; of a contact it does not expire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) expires_at: i64,
    /// `None` when it was removed.
    pub(crate) body: Option<Arc<str>>,
}

/// The documents that are not in their place yet.
pub(crate) type NewDocuments = Lately<Key, Document>;

/// The writer's side.
pub(crate) struct People<'c> {
    append: Statement<'c>,
    forget: Statement<'c>,
    place: Place<'c>,
    settling: Settling<Key, Document>,
    at_once: bool,
}

/// Where documents belong.
struct Place<'c> {
    set_state: Statement<'c>,
    clear_state: Statement<'c>,
    set_contact: Statement<'c>,
}

impl<'c> Place<'c> {
    fn prepare(c: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            set_state: c.prepare(
                "REPLACE INTO user_states (account_id, sender_id, expires_at, body) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?,
            clear_state: c
                .prepare("DELETE FROM user_states WHERE account_id = ?1 AND sender_id = ?2")?,
            set_contact: c.prepare(
                "REPLACE INTO contacts (account_id, sender_id, body) VALUES (?1, ?2, ?3)",
            )?,
        })
    }

    fn put(&mut self, key: &Key, document: &Document) -> rusqlite::Result<()> {
        let (account, sender) = (&key.account, &key.sender);
        match (key.kind, &document.body) {
            (Kind::Contact, body) => self.set_contact.execute((account, sender, body)),
            (Kind::State, Some(body)) => {
                self.set_state
                    .execute((account, sender, document.expires_at, body))
            }
            (Kind::State, None) => self.clear_state.execute((account, sender)),
        }
        .map(drop)
    }
}

/// Puts everything in its place at the start.
pub(crate) fn restore(connection: &Connection) -> rusqlite::Result<()> {
    let mut select = connection.prepare(
        "SELECT is_state, account_id, sender_id, expires_at, body FROM people_lately ORDER BY id",
    )?;
    let mut place = Place::prepare(connection)?;
    let mut rows = select.query(())?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = (|| {
        while let Some(row) = rows.next()? {
            let kind = if row.get(0)? {
                Kind::State
            } else {
                Kind::Contact
            };
            let key = Key {
                kind,
                account: row.get(1)?,
                sender: row.get(2)?,
            };
            let document = Document {
                expires_at: row.get(3)?,
                body: row.get(4)?,
            };
            place.put(&key, &document)?;
        }
        drop(rows);
        connection.execute_batch("DELETE FROM people_lately; COMMIT")
    })();
    if result.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    result
}

impl<'c> People<'c> {
    pub(crate) fn prepare(c: &'c Connection, now: Millis) -> rusqlite::Result<Self> {
        Ok(Self {
            append: c.prepare(
                "INSERT INTO people_lately \
                 (id, is_state, account_id, sender_id, expires_at, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            forget: c.prepare("DELETE FROM people_lately WHERE id <= ?1")?,
            place: Place::prepare(c)?,
            // The table is empty at the start, see `restore`.
            settling: Settling::new(MANY, 0, 0, now),
            at_once: true,
        })
    }

    /// A transaction with so many requests begins.
    pub(crate) fn begin(&mut self, new: &NewDocuments, requests: usize) {
        // A document may only go to its place when no older one is still on its way there.
        self.at_once = requests <= FEW && new.is_empty();
    }

    /// Writes a document.
    pub(crate) fn put(&mut self, key: &Key, document: &Document) -> rusqlite::Result<()> {
        if self.at_once {
            return self.place.put(key, document);
        }
        let id = self.settling.add(key.clone(), document.clone());
        self.append
            .execute((
                id,
                key.kind == Kind::State,
                &key.account,
                &key.sender,
                document.expires_at,
                &document.body,
            ))
            .map(drop)
    }

    /// See [`Settling::is_due`].
    pub(crate) fn are_due(&self, new: &NewDocuments, now: Millis) -> bool {
        self.settling.is_due(new, now)
    }

    /// Puts some of the new documents in their place.
    pub(crate) fn settle(
        &mut self,
        new: &NewDocuments,
        now: Millis,
        quiet: bool,
    ) -> rusqlite::Result<()> {
        let Some(part) = self.settling.part(new, now, quiet) else {
            return Ok(());
        };
        for (key, document) in &part.rows {
            self.place.put(key, document)?;
        }
        if let Some(id) = part.forget {
            self.forget.execute((id,))?;
        }
        Ok(())
    }

    /// The transaction was committed, or was not.
    pub(crate) fn ended(&mut self, new: &NewDocuments, committed: bool) {
        self.settling.ended(new, committed);
    }
}
