//! Looking through many user states and contacts, with those that are on their way to
//! their tables.

use crate::Database;
use crate::documents::documents;
use async_trait::async_trait;
use heliograph_engine::ports::{
    ContactFilter, ContactKind, Page, PortResult, Register, StateCounts, StateFilter, StateOrder,
};
use heliograph_model::{AccountId, Awaiting, Contact, Millis, UserState};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Row};

/// States of the accounts in `?1`, each with its contact's document.
const STATES: &str = "
WITH late AS (
  SELECT is_state, account_id, sender_id, expires_at, body FROM people_lately
  WHERE id IN (SELECT max(id) FROM people_lately GROUP BY is_state, account_id, sender_id)
), states AS (
  SELECT account_id, sender_id, expires_at, body FROM user_states u
  WHERE account_id IN (SELECT value FROM json_each(?1)) AND NOT EXISTS (
    SELECT 1 FROM late l
    WHERE l.is_state AND l.account_id = u.account_id AND l.sender_id = u.sender_id)
  UNION ALL
  SELECT account_id, sender_id, expires_at, body FROM late
  WHERE is_state AND body IS NOT NULL AND account_id IN (SELECT value FROM json_each(?1))
), all_of_it AS (
  SELECT s.account_id, s.sender_id, s.expires_at, s.body, coalesce(
    (SELECT body FROM late l
     WHERE NOT l.is_state AND l.account_id = s.account_id AND l.sender_id = s.sender_id),
    (SELECT body FROM contacts c
     WHERE c.account_id = s.account_id AND c.sender_id = s.sender_id)) AS contact
  FROM states s
)";

/// Which of them. The words stand in `?2`, the automation in `?3`.
const STATES_THAT: &str = "
FROM all_of_it WHERE expires_at > ?4
AND (?3 IS NULL OR body ->> 'automationId' = ?3)
AND (?2 IS NULL OR holds(?2, sender_id, contact ->> 'username', contact ->> 'name',
  contact ->> 'email'))";

/// Contacts of the accounts in `?1` with the words in `?2`, at the time `?3`, of the kind
/// `?4`.
const CONTACTS: &str = "
WITH late AS (
  SELECT account_id, sender_id, body FROM people_lately
  WHERE id IN (SELECT max(id) FROM people_lately WHERE NOT is_state
    GROUP BY account_id, sender_id)
), all_of_it AS (
  SELECT account_id, sender_id, body FROM contacts c
  WHERE account_id IN (SELECT value FROM json_each(?1)) AND NOT EXISTS (
    SELECT 1 FROM late l WHERE l.account_id = c.account_id AND l.sender_id = c.sender_id)
  UNION ALL
  SELECT account_id, sender_id, body FROM late
  WHERE body IS NOT NULL AND account_id IN (SELECT value FROM json_each(?1))
), wanted AS (
  SELECT sender_id, body FROM all_of_it
  WHERE (?2 IS NULL OR holds(?2, sender_id, body ->> 'username', body ->> 'name',
    body ->> 'email'))
  AND CASE ?4
    WHEN 'email' THEN coalesce(body ->> 'email', '') <> ''
    WHEN 'following' THEN body ->> 'follows'
    WHEN 'unsubscribed' THEN body ->> 'unsubscribed'
    WHEN 'silenced' THEN coalesce(body ->> 'silencedUntil', 0) > ?3
    ELSE 1 END
)";

#[async_trait]
impl Register for Database {
    async fn count_states(&self, filter: &StateFilter, now: Millis) -> PortResult<StateCounts> {
        let (accounts, words) = asked(&filter.accounts, filter.text.as_deref());
        let automation = filter.automation.as_ref().map(ToString::to_string);
        self.read_much(move |c| {
            let mut select = c.prepare_cached(&format!(
                "{STATES} SELECT count(*), body ->> 'state' {STATES_THAT} GROUP BY 2"
            ))?;
            let mut rows = select.query((accounts, words, automation, now.0))?;
            let mut counts = StateCounts::default();
            while let Some(row) = rows.next()? {
                let name: String = row.get(1)?;
                if let Some(awaiting) = AWAITED.iter().find(|one| one.as_str() == name) {
                    *counts.of_mut(*awaiting) = counted(row)?;
                }
            }
            Ok(counts)
        })
        .await
    }

    async fn states(
        &self,
        filter: &StateFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<UserState>> {
        let (accounts, words) = asked(&filter.accounts, filter.text.as_deref());
        let automation = filter.automation.as_ref().map(ToString::to_string);
        let state = filter.state.map(Awaiting::as_str);
        let order = match filter.order {
            StateOrder::Oldest => "body ->> 'updatedAt'",
            StateOrder::Newest => "body ->> 'updatedAt' DESC",
            StateOrder::Expiring => "expires_at",
        };
        self.read_much(move |c| {
            documents(
                c,
                &format!(
                    "{STATES} SELECT body {STATES_THAT} AND (?5 IS NULL OR body ->> 'state' = ?5) \
                     ORDER BY {order}, sender_id, account_id LIMIT ?6 OFFSET ?7"
                ),
                (
                    accounts,
                    words,
                    automation,
                    now.0,
                    state,
                    page.most,
                    skipped(page),
                ),
            )
        })
        .await
    }

    async fn count_contacts(&self, filter: &ContactFilter, now: Millis) -> PortResult<u64> {
        let (accounts, words) = asked(&filter.accounts, filter.text.as_deref());
        let kind = filter.kind.map(name);
        self.read_much(move |c| {
            let mut select =
                c.prepare_cached(&format!("{CONTACTS} SELECT count(*) FROM wanted"))?;
            Ok(select.query_row((accounts, words, now.0, kind), counted)?)
        })
        .await
    }

    async fn contacts(
        &self,
        filter: &ContactFilter,
        now: Millis,
        page: Page,
    ) -> PortResult<Vec<Contact>> {
        let (accounts, words) = asked(&filter.accounts, filter.text.as_deref());
        let kind = filter.kind.map(name);
        self.read_much(move |c| {
            documents(
                c,
                &format!(
                    "{CONTACTS} SELECT body FROM wanted \
                     ORDER BY body ->> 'lastMessageAt' DESC NULLS LAST, sender_id \
                     LIMIT ?5 OFFSET ?6"
                ),
                (accounts, words, now.0, kind, page.most, skipped(page)),
            )
        })
        .await
    }
}

const AWAITED: [Awaiting; 3] = [
    Awaiting::AwaitingOpeningResponse,
    Awaiting::AwaitingFollowConfirmation,
    Awaiting::AwaitingEmail,
];

/// The accounts as a list in JSON, and the words in lower case.
fn asked(accounts: &[AccountId], text: Option<&str>) -> (String, Option<String>) {
    let accounts: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    let words = text.map(str::trim).filter(|text| !text.is_empty());
    (
        serde_json::json!(accounts).to_string(),
        words.map(str::to_lowercase),
    )
}

fn name(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::WithEmail => "email",
        ContactKind::Following => "following",
        ContactKind::Unsubscribed => "unsubscribed",
        ContactKind::Silenced => "silenced",
    }
}

/// The count in the first column.
fn counted(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get::<_, i64>(0)
        .map(|count| u64::try_from(count).unwrap_or(0))
}

fn skipped(page: Page) -> i64 {
    i64::try_from(page.skip).unwrap_or(i64::MAX)
}

/// Gives a connection the function `holds(words, text…)`: whether one of the texts has the
/// words in it, which are in lower case. SQLite itself knows no case but that of ASCII.
pub(crate) fn teach(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("holds", -1, flags, |context| {
        let words: String = context.get(0)?;
        for place in 1..context.len() {
            let text: Option<String> = context.get(place)?;
            if text.is_some_and(|text| text.to_lowercase().contains(&words)) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}
