//! The tables, and how a file of an older version becomes one of this version.
//!
//! A row is a JSON document in `body` beside the columns that something is looked up by.
//! For the person who opens the file with any SQLite tool there are views with the
//! documents' fields as columns; generated columns would be computed with every write.

use rusqlite::Connection;

/// Marks the file as ours (`PRAGMA application_id`): "Heli" in ASCII.
pub(crate) const APPLICATION_ID: i32 = 0x4865_6c69;

/// The version that this build writes (`PRAGMA user_version`).
pub(crate) const VERSION: i32 = {
    assert!(STEPS.len() < 1000);
    STEPS.len() as i32
};

/// Step n makes version n+1 out of version n. A step that was released is never edited.
pub(crate) const STEPS: &[&str] = &[
    TABLES,
    SEARCH,
    REFUSED,
    REMOVED,
    FAILED_SENDS,
    SEARCH_ANEW,
    NOTES,
    DEAD_BY_TIME,
    SEEN,
];

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
  version INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX automations_in_order
  ON automations (workspace_id, type, target, priority, created_at, id);

CREATE TABLE user_states (
  account_id TEXT NOT NULL, sender_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account_id, sender_id)
) WITHOUT ROWID;

CREATE TABLE contacts (
  account_id TEXT NOT NULL, sender_id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (account_id, sender_id)
) WITHOUT ROWID;

-- The first half of the SHA-256 of an event's mark: message ids are 150 characters long.
CREATE TABLE processed_events (
  mark BLOB PRIMARY KEY, at INTEGER NOT NULL
) WITHOUT ROWID;

-- The newest marks, on their way into processed_events.
CREATE TABLE processed_lately (
  id INTEGER PRIMARY KEY, mark BLOB NOT NULL, at INTEGER NOT NULL
);

-- The newest changes of contacts and user states, on their way there; empty when it is
-- quiet. Without a body: removed.
CREATE TABLE people_lately (
  id INTEGER PRIMARY KEY, is_state INTEGER NOT NULL, account_id TEXT NOT NULL,
  sender_id TEXT NOT NULL, expires_at INTEGER NOT NULL, body TEXT
);

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

CREATE TABLE decisions (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, delivery_id INTEGER NOT NULL, account_id TEXT NOT NULL,
  contact_id TEXT, send_before INTEGER NOT NULL, due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, uncertain INTEGER NOT NULL, effect TEXT NOT NULL
);

-- The sends that a process has begun and not ended.
CREATE TABLE sends_under_way (outbox_id INTEGER PRIMARY KEY);

CREATE TABLE sends (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- One row, written with every transaction.
CREATE TABLE counters (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last_delivery INTEGER NOT NULL, last_outbox INTEGER NOT NULL,
  taken_up_to INTEGER NOT NULL, journal_bytes INTEGER NOT NULL
);
INSERT INTO counters VALUES (1, 0, 0, 0, 0);

-- For people: the same with the documents' fields as columns.
CREATE VIEW show_automations AS SELECT id, workspace_id, type, target, is_active, priority,
  body ->> 'name' AS name, version, body FROM automations;
CREATE VIEW show_user_states AS SELECT account_id, sender_id,
  body ->> 'automationId' AS automation_id, body ->> 'state' AS state,
  datetime(expires_at / 1000, 'unixepoch') AS expires, body FROM user_states;
CREATE VIEW show_contacts AS SELECT account_id, sender_id, body ->> 'username' AS username,
  body ->> 'email' AS email, body ->> 'unsubscribed' AS unsubscribed,
  datetime((body ->> 'lastMessageAt') / 1000, 'unixepoch') AS last_message, body FROM contacts;
CREATE VIEW show_decisions AS SELECT id >> 20 AS delivery_id, body ->> 'index' AS event_index,
  datetime((body ->> '$.decision.trace.at') / 1000, 'unixepoch') AS time,
  body ->> '$.event.accountId' AS account_id, body ->> '$.event.senderId' AS sender_id,
  body ->> '$.event.kind' AS kind, body ->> '$.event.text' AS text,
  body ->> '$.decision.trace.reason' AS reason, body ->> '$.decision.trace.summary' AS summary,
  body FROM decisions;
CREATE VIEW show_sends AS SELECT id >> 20 AS delivery_id, body ->> 'outboxId' AS outbox_id,
  datetime((body ->> 'at') / 1000, 'unixepoch') AS time, body ->> 'accountId' AS account_id,
  body ->> 'contactId' AS contact_id, body ->> 'state' AS state, body ->> 'attempt' AS attempt,
  body ->> 'uncertain' AS uncertain, body ->> '$.error.message' AS error, body FROM sends;
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

/// Version 3: requests that were refused, apart from the deliveries.
const REFUSED: &str = r"
CREATE TABLE refused_requests (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, after_delivery INTEGER NOT NULL,
  about TEXT NOT NULL, body BLOB
);
CREATE VIEW show_refused_requests AS SELECT id, datetime(at / 1000, 'unixepoch') AS time,
  about ->> 'text' AS why, about ->> 'peer' AS peer, CAST(body AS TEXT) AS body
  FROM refused_requests;
";

/// Version 4: deliveries that somebody removed from the queue by hand. The index holds
/// nothing but these.
const REMOVED: &str = r"
ALTER TABLE deliveries ADD COLUMN removed_at INTEGER;
CREATE INDEX deliveries_removed ON deliveries (id) WHERE removed_at IS NOT NULL;
";

/// Version 5: sends that failed for good, until somebody has looked at them; the latest that
/// the journal knows to begin with.
const FAILED_SENDS: &str = r"
CREATE TABLE failed_sends (
  id INTEGER PRIMARY KEY, outbox_id INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL,
  body TEXT NOT NULL
);
INSERT OR IGNORE INTO failed_sends (outbox_id, at, body)
  SELECT body ->> 'outboxId', body ->> 'at', body FROM (
    SELECT id, body FROM sends WHERE body ->> 'state' IN ('failed', 'unknown')
    ORDER BY id DESC LIMIT 1000
  ) ORDER BY body ->> 'at', id;
CREATE VIEW show_failed_sends AS SELECT outbox_id,
  datetime(at / 1000, 'unixepoch') AS time, body ->> 'accountId' AS account_id,
  body ->> 'contactId' AS contact_id, body ->> 'state' AS state, body ->> 'attempt' AS attempt,
  body ->> '$.error.message' AS error, body FROM failed_sends;
";

/// Version 6: the index is filled anew, for more is found by it: reactions, what was
/// attached, where people came from, and what was not known.
const SEARCH_ANEW: &str = r"
INSERT INTO journal_search (journal_search) VALUES ('delete-all');
DELETE FROM search_backlog;
UPDATE counters SET indexed_up_to = 0;
";

/// Version 7: how deliveries came, and when what happened. Beside the deliveries and not in
/// them, because it is known a moment later.
const NOTES: &str = r"
CREATE TABLE delivery_notes (delivery_id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIEW show_delivery_notes AS SELECT delivery_id,
  datetime((body ->> 'at') / 1000, 'unixepoch') AS time, body ->> '$.request.peer' AS peer,
  body ->> '$.request.headers' AS headers, body FROM delivery_notes;
";

/// Version 8: the dead letter by time, so that its ages and its newest are looked up.
const DEAD_BY_TIME: &str = "CREATE INDEX dead_letters_by_time ON dead_letters (at)";

/// Version 9: of a delivery that was seen elsewhere, its number there; see [`crate::SeenFile`].
/// The index holds nothing but these.
const SEEN: &str = r"
ALTER TABLE deliveries ADD COLUMN number_there INTEGER;
CREATE UNIQUE INDEX deliveries_there ON deliveries (number_there)
  WHERE number_there IS NOT NULL;
";

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::{Database, Settings};
    use heliograph_engine::conformance::samples::{self, START};
    use heliograph_engine::ports::{
        Documents, FailedSends, Journal, JournalFilter, NoteRecord, Queue, VirtualClock,
    };
    use heliograph_model::{DeliveryId, Millis, OutboxId, OutboxItem, OutboxState};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_file_of_version_1_becomes_one_of_this_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch(&format!(
            "{TABLES} PRAGMA user_version = 1; PRAGMA application_id = {APPLICATION_ID};"
        ))
        .unwrap();
        let workspace = samples::workspace("w1", "Old shop");
        let record = samples::record(DeliveryId(7), 0, "501", "a needle in the hay");
        raw.execute(
            "INSERT INTO workspaces VALUES ('w1', 'Old shop', ?1)",
            (serde_json::to_string(&workspace).unwrap(),),
        )
        .unwrap();
        raw.execute(
            "INSERT INTO decisions (id, body) VALUES (7 << 20, ?1)",
            (serde_json::to_string(&record).unwrap(),),
        )
        .unwrap();
        raw.execute_batch(
            "UPDATE counters SET last_delivery = 7;
             INSERT INTO deliveries VALUES (7, 1, 'listener', NULL, NULL, 'old');
             INSERT INTO queue VALUES (7, 0, 0, NULL);",
        )
        .unwrap();
        let send = |state, id| {
            let item = OutboxItem {
                id: OutboxId(id),
                delivery_id: DeliveryId(7),
                account_id: "1".into(),
                contact_id: Some("501".into()),
                effect: samples::text("501", "hi"),
                send_before: START,
                due_at: START,
                attempts: 0,
                uncertain: false,
            };
            samples::ended(&item, state, None).record
        };
        let sends = [
            send(OutboxState::Sent, 1),
            send(OutboxState::Unknown, 2),
            send(OutboxState::Failed, 3),
        ];
        for send in &sends {
            let body = serde_json::to_string(send).unwrap();
            raw.execute(
                "INSERT INTO sends VALUES ((7 << 20) + ?1, ?2)",
                (send.outbox_id.0, body),
            )
            .unwrap();
        }
        raw.close().unwrap();

        let settings = Settings::new(Arc::new(VirtualClock::new(START)));
        let (database, report) = Database::open(&path, &settings).unwrap();
        assert_eq!(report.migrated_from, Some(1));
        assert_eq!(database.workspaces().await.unwrap(), [workspace]);
        assert_eq!(database.take(1).await.unwrap()[0].delivery.body, "old");
        let filter = JournalFilter {
            text: Some("needle".to_owned()),
            ..JournalFilter::default()
        };
        let found = database.search(&filter).await.unwrap();
        assert_eq!(found.decisions, [record], "the old journal is searched too");
        let next = samples::delivery("new", START);
        assert_eq!(database.push(next).await.unwrap(), DeliveryId(8));
        let failed = database.list(0, 9).await.unwrap();
        let expected = [sends[2].clone(), sends[1].clone()];
        assert_eq!(failed, expected, "what failed before is listed");
        drop(database);
        let raw = Connection::open(&path).unwrap();
        assert_eq!(version(&raw).unwrap(), VERSION);
        let views = "SELECT name FROM sqlite_schema WHERE type = 'view'";
        let mut select = raw.prepare(views).unwrap();
        let views = select.query_map((), |row| row.get::<_, String>(0)).unwrap();
        for view in views {
            let view = view.unwrap();
            let mut all = raw.prepare(&format!("SELECT * FROM {view}")).unwrap();
            let rows = all.query_map((), |_| Ok(())).unwrap();
            assert!(rows.count() <= 3, "{view} can be read");
        }
    }

    #[tokio::test]
    async fn a_file_of_version_6_gets_a_place_for_notes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        let raw = Connection::open(&path).unwrap();
        let before: String = STEPS[..6].concat();
        raw.execute_batch(&format!(
            "{before} PRAGMA user_version = 6; PRAGMA application_id = {APPLICATION_ID};
             UPDATE counters SET last_delivery = 3, journal_bytes = 9;
             INSERT INTO deliveries (id, received_at, source, body) VALUES
               (2, 1, 'listener', 'two'), (3, 2, 'listener', 'three');"
        ))
        .unwrap();
        raw.close().unwrap();

        let settings = Settings::new(Arc::new(VirtualClock::new(START)));
        let (database, report) = Database::open(&path, &settings).unwrap();
        assert_eq!(report.migrated_from, Some(6));
        let all = [DeliveryId(2), DeliveryId(3), DeliveryId(4)];
        assert_eq!(database.notes(&all).await.unwrap(), []);
        let note = |id: i64, about: &str| NoteRecord {
            id: DeliveryId(id),
            about: about.to_owned(),
        };
        let headers = r#"{"at":5,"request":{"peer":"127.0.0.1:1","headers":"a: b\n"}}"#;
        let new = vec![note(3, "{}"), note(2, "{}"), note(4, "{}")];
        database.keep_notes(new).await.unwrap();
        database.keep_notes(vec![note(3, headers)]).await.unwrap();
        let kept = database.notes(&all).await.unwrap();
        assert_eq!(
            kept,
            [note(2, "{}"), note(3, headers)],
            "none of no delivery"
        );
        let bytes = u64::try_from(9 + 2 + headers.len()).unwrap();
        assert_eq!(database.journal_bytes().await.unwrap(), bytes);
        drop(database);

        let (database, report) = Database::open(&path, &settings).unwrap();
        assert_eq!(report.migrated_from, None);
        assert_eq!(database.notes(&all).await.unwrap(), kept, "after a restart");
        assert_eq!(database.retain(Millis(2), u64::MAX).await.unwrap(), 1);
        let left = [note(3, headers)];
        assert_eq!(database.notes(&all).await.unwrap(), left, "it goes with it");
        assert_eq!(database.retain(Millis(9), 0).await.unwrap(), 1);
        assert_eq!(database.notes(&all).await.unwrap(), []);
        assert_eq!(database.journal_bytes().await.unwrap(), 9 - 8);
        drop(database);
        let raw = Connection::open(&path).unwrap();
        let view = "SELECT peer, headers FROM show_delivery_notes";
        raw.prepare(view).unwrap();
    }
}
