//! Words of the journal: what is put into the index, and how a search becomes a query.

use crate::counters::Counters;
use crate::rows::{first_of, limit};
use heliograph_engine::ports::{JournalFilter, searchable};
use heliograph_model::DecisionRecord;
use rusqlite::{Connection, OptionalExtension};

/// Puts up to `most` more decisions into the index. Returns whether some are left.
pub(crate) fn index_some(
    connection: &Connection,
    counters: &mut Counters,
    most: usize,
) -> rusqlite::Result<bool> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO journal_search (rowid, account, contact, kind, reason, words) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut put = |id: i64, body: &str| -> rusqlite::Result<()> {
        // A record that this build cannot read is left out of the search, not in its way.
        let Ok(record) = serde_json::from_str::<DecisionRecord>(body) else {
            return Ok(());
        };
        let [account, contact, kind, reason] = facets(&record);
        let words = spaced(&searchable(&record));
        insert
            .execute((id, account, contact, kind, reason, words))
            .map(drop)
    };

    let mut late = connection.prepare_cached(
        "SELECT b.decision_id, d.body FROM search_backlog b \
         LEFT JOIN decisions d ON d.id = b.decision_id LIMIT ?1",
    )?;
    let late: Vec<(i64, Option<String>)> = late
        .query_map((limit(most),), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut forget =
        connection.prepare_cached("DELETE FROM search_backlog WHERE decision_id = ?1")?;
    let mut remove = connection.prepare_cached("DELETE FROM journal_search WHERE rowid = ?1")?;
    for (id, body) in &late {
        // The last place of an event that came very often is written over.
        remove.execute((id,))?;
        if let Some(body) = body {
            put(*id, body)?;
        }
        forget.execute((id,))?;
    }

    let mut next = connection
        .prepare_cached("SELECT id, body FROM decisions WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let fresh: Vec<(i64, String)> = next
        .query_map((counters.indexed_up_to, limit(most)), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (id, body) in &fresh {
        put(*id, body)?;
        counters.indexed_up_to = *id;
    }
    Ok(late.len() == most || fresh.len() == most)
}

/// Whether everything is in the index.
pub(crate) fn is_indexed(connection: &Connection) -> rusqlite::Result<bool> {
    let left: Option<i64> = connection
        .prepare_cached(
            "SELECT 1 FROM decisions WHERE id > (SELECT indexed_up_to FROM counters) \
             UNION ALL SELECT 1 FROM search_backlog LIMIT 1",
        )?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(left.is_none())
}

/// Removes the decisions of the deliveries `first..=last` from the index.
pub(crate) fn forget(connection: &Connection, first: i64, last: i64) -> rusqlite::Result<()> {
    let range = (first_of(first), first_of(last + 1) - 1);
    connection
        .prepare_cached(
            "DELETE FROM journal_search WHERE rowid IN \
             (SELECT id FROM decisions WHERE id BETWEEN ?1 AND ?2 \
              AND id <= (SELECT indexed_up_to FROM counters))",
        )?
        .execute(range)?;
    connection
        .prepare_cached("DELETE FROM search_backlog WHERE decision_id BETWEEN ?1 AND ?2")?
        .execute(range)?;
    Ok(())
}

/// The query for a filter in FTS5's language; `None` when the filter asks for nothing.
pub(crate) fn query(filter: &JournalFilter) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(id) = &filter.account_id {
        parts.push(format!("account : {}", quoted(id.as_str())));
    }
    if let Some(id) = &filter.contact_id {
        parts.push(format!("contact : {}", quoted(id.as_str())));
    }
    if let Some(kind) = filter.kind {
        parts.push(format!("kind : {}", quoted(&one_word(&name(&kind)))));
    }
    if let Some(reason) = filter.reason {
        parts.push(format!("reason : {}", quoted(&one_word(&name(&reason)))));
    }
    if let Some(text) = &filter.text {
        // Every word may be the beginning of one, so that a search can be typed.
        parts.extend(
            spaced(text)
                .split_whitespace()
                .filter(|word| word.chars().any(char::is_alphanumeric))
                .map(|word| format!("words : {} *", quoted(word))),
        );
    }
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

/// Whether a record is what the filter asks for, as far as columns go. The index answers
/// by words, so `1` finds the contact `1 2` too.
pub(crate) fn is_asked_for(filter: &JournalFilter, record: &DecisionRecord) -> bool {
    let of = |record: &DecisionRecord| contact_of(record).map(str::to_owned);
    filter
        .account_id
        .as_ref()
        .is_none_or(|id| record.event.account_id.as_ref() == Some(id))
        && filter
            .contact_id
            .as_ref()
            .is_none_or(|id| of(record).as_deref() == Some(id.as_str()))
        && filter.kind.is_none_or(|kind| record.event.kind == kind)
        && filter
            .reason
            .is_none_or(|reason| record.decision.trace.reason == reason)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A closed value's name as it is serialised.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// `live_comment` would be two words, one of them `comment`.
fn one_word(name: &str) -> String {
    name.replace('_', "")
}

/// The person on the other side.
fn contact_of(record: &DecisionRecord) -> Option<&str> {
    record
        .event
        .contact_id
        .as_ref()
        .or(record.event.sender_id.as_ref())
        .map(AsRef::as_ref)
}

fn facets(record: &DecisionRecord) -> [String; 4] {
    [
        record
            .event
            .account_id
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        contact_of(record).unwrap_or_default().to_owned(),
        one_word(&name(&record.event.kind)),
        one_word(&name(&record.decision.trace.reason)),
    ]
}

/// Sets the signs of scripts that are written without spaces apart, so that a part of a
/// sentence is found. Both the index and the query go through here.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if is_written_without_spaces(sign) {
            out.push(' ');
            out.push(sign);
            out.push(' ');
        } else {
            out.push(sign);
        }
    }
    out
}

fn is_written_without_spaces(sign: char) -> bool {
    matches!(sign,
        '\u{0e00}'..='\u{0eff}'      // Thai, Lao
        | '\u{1000}'..='\u{109f}'    // Burmese
        | '\u{1780}'..='\u{17ff}'    // Khmer
        | '\u{3040}'..='\u{30ff}'    // Hiragana, Katakana
        | '\u{3400}'..='\u{4dbf}'    // Han
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
    )
}
