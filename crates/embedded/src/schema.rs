//! The tables, and how a file of an older version becomes one of this version.
//!
//! A row is a JSON document in `body` beside the columns that something is looked up by.
//! The columns marked `AS (…) VIRTUAL` take no room and no time on a write; they are
//! there for the person who opens the file with any SQLite tool.

use rusqlite::Connection;

/// Marks the file as ours (`PRAGMA application_id`): "Heli" in ASCII.
pub(crate) const APPLICATION_ID: i32 = 0x4865_6c69;

/// The version that this build writes (`PRAGMA user_version`).
pub(crate) const VERSION: i32 = {
    assert!(STEPS.len() < 1000);
    STEPS.len() as i32
};

/// Step n makes version n+1 out of version n. A step that was released is never edited.
pub(crate) const STEPS: &[&str] = &[TABLES, SEARCH];

/// Version 1.
///
/// A decision's id is `delivery × 2^20 + event × 8 + time`, so that the journal is in the
/// order of the deliveries, a delivery's decisions stand together, and no second index is
/// needed for either; `time` counts how often the same event came again in the same
/// delivery. A send's id is `delivery × 2^20 + n`, counted in the order of the tries.
const TABLES: &str = r"
CREATE TABLE workspaces (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
  id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, username TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE account_aliases (
  alias TEXT PRIMARY KEY, account_id TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE automations (
  id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL, type TEXT NOT NULL, target TEXT NOT NULL,
  is_active INTEGER NOT NULL, priority INTEGER NOT NULL, created_at INTEGER NOT NULL,
  version INTEGER NOT NULL, body TEXT NOT NULL,
  name TEXT AS (body ->> 'name') VIRTUAL
);
CREATE INDEX automations_in_order
  ON automations (workspace_id, type, target, priority, created_at, id);

CREATE TABLE user_states (
  account_id TEXT NOT NULL, sender_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  automation_id TEXT AS (body ->> 'automationId') VIRTUAL,
  state TEXT AS (body ->> 'state') VIRTUAL,
  updated_at INTEGER AS (body ->> 'updatedAt') VIRTUAL,
  PRIMARY KEY (account_id, sender_id)
) WITHOUT ROWID;

CREATE TABLE contacts (
  account_id TEXT NOT NULL, sender_id TEXT NOT NULL, body TEXT NOT NULL,
  username TEXT AS (body ->> 'username') VIRTUAL,
  email TEXT AS (body ->> 'email') VIRTUAL,
  last_message_at INTEGER AS (body ->> 'lastMessageAt') VIRTUAL,
  PRIMARY KEY (account_id, sender_id)
) WITHOUT ROWID;

-- The first half of the SHA-256 of an event's mark: message ids are 150 characters long.
CREATE TABLE processed_events (
  mark BLOB PRIMARY KEY, at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, source TEXT NOT NULL,
  secret TEXT, accounts TEXT, body NOT NULL
);

-- due_at 0: as soon as possible.
CREATE TABLE queue (
  delivery_id INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
  error TEXT
);

CREATE TABLE dead_letters (
  delivery_id INTEGER PRIMARY KEY, attempts INTEGER NOT NULL, at INTEGER NOT NULL,
  error TEXT NOT NULL
);

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY, body TEXT NOT NULL,
  delivery_id INTEGER AS (id >> 20) VIRTUAL,
  event_index INTEGER AS (body ->> 'index') VIRTUAL,
  at INTEGER AS (body ->> '$.decision.trace.at') VIRTUAL,
  account_id TEXT AS (body ->> '$.event.accountId') VIRTUAL,
  contact_id TEXT AS (body ->> '$.event.contactId') VIRTUAL,
  kind TEXT AS (body ->> '$.event.kind') VIRTUAL,
  reason TEXT AS (body ->> '$.decision.trace.reason') VIRTUAL,
  summary TEXT AS (body ->> '$.decision.trace.summary') VIRTUAL
);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, delivery_id INTEGER NOT NULL, account_id TEXT NOT NULL,
  contact_id TEXT, send_before INTEGER NOT NULL, due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL, effect TEXT NOT NULL
);

-- The sends that a process has begun and not ended.
CREATE TABLE sends_under_way (outbox_id INTEGER PRIMARY KEY);

CREATE TABLE sends (
  id INTEGER PRIMARY KEY, body TEXT NOT NULL,
  delivery_id INTEGER AS (id >> 20) VIRTUAL,
  outbox_id INTEGER AS (body ->> 'outboxId') VIRTUAL,
  at INTEGER AS (body ->> 'at') VIRTUAL,
  account_id TEXT AS (body ->> 'accountId') VIRTUAL,
  contact_id TEXT AS (body ->> 'contactId') VIRTUAL,
  state TEXT AS (body ->> 'state') VIRTUAL
);

-- One row, written with every transaction.
CREATE TABLE counters (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_delivery INTEGER NOT NULL, last_outbox INTEGER NOT NULL,
  taken_up_to INTEGER NOT NULL, journal_bytes INTEGER NOT NULL
);
INSERT INTO counters VALUES (1, 0, 0, 0, 0);
";

/// Version 2: words of the journal. The index is filled behind the writes, up to
/// `indexed_up_to`; what was written below that since stands in `search_backlog`.
const SEARCH: &str = r#"
CREATE VIRTUAL TABLE journal_search USING fts5 (
  account, contact, kind, reason, words,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
CREATE TABLE search_backlog (decision_id INTEGER PRIMARY KEY);
ALTER TABLE counters ADD COLUMN indexed_up_to INTEGER NOT NULL DEFAULT 0;
"#;

/// The version of a file.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.query_row("PRAGMA user_version", (), |row| row.get(0))
}

/// Brings an older file to [`VERSION`], each step in a transaction of its own, so that a
/// crash in between leaves a file of a version that exists.
pub(crate) fn migrate(connection: &Connection) -> rusqlite::Result<()> {
    let from = version(connection)?;
    for (step, sql) in STEPS
        .iter()
        .enumerate()
        .skip(usize::try_from(from).unwrap_or(0))
    {
        let to = step + 1;
        tracing::info!(version = to, "the database is brought to a newer version");
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {sql}; PRAGMA user_version = {to}; \
             PRAGMA application_id = {APPLICATION_ID}; COMMIT;"
        ))?;
    }
    Ok(())
}
