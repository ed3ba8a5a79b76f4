//! Looking through the journal for what no index answers: parts of words, and bodies as
//! they were received. It goes from the newest to the oldest, for as long as it may, and
//! says how far it came.

use crate::error::Failure;
use crate::journal::{parse, sends_of};
use crate::rows::{DELIVERY_SHIFT, first_of};
use crate::search;
use heliograph_engine::ports::{JournalFilter, JournalPage, searchable, searchable_body};
use heliograph_model::{DecisionRecord, DeliveryId, Millis};
use rusqlite::{Connection, OptionalExtension};
use std::time::{Duration, Instant};

/// Decisions of a page when nothing was said.
const PAGE: usize = 100;

/// The newest decisions that the filter asks for, out of the rows of `sql`: ids and bodies
/// of decisions, the greatest id first, below `?1`. A page ends with a whole delivery,
/// because the next page begins before it; only a delivery that fills more than a page by
/// itself is cut, and `of_delivery` has all of it.
pub(crate) fn decisions(
    connection: &Connection,
    filter: &JournalFilter,
    sql: &str,
    words: &str,
) -> Result<JournalPage, Failure> {
    let most = most(filter);
    let Bounds { from, before } = Bounds::of(connection, filter)?;
    let parts = Parts::of(filter);
    let deadline = Deadline::after(filter.within);
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query((before.map_or(i64::MAX, first_of), words))?;
    let mut page = JournalPage::default();
    let (mut at, mut found) = (None, Vec::new());
    while let Some(row) = rows.next()? {
        let id = row.get::<_, i64>(0)? >> DELIVERY_SHIFT;
        if from.is_some_and(|from| id < from) {
            break;
        }
        if at.is_some_and(|at| at != id) && deadline.has_passed() {
            page.reached = Some(DeliveryId(id + 1));
            break;
        }
        at = Some(id);
        page.looked_at = page.looked_at.saturating_add(1);
        let body = row.get_ref(1)?.as_str().unwrap_or_default();
        if !parts.may_be_in(body) {
            continue;
        }
        let record: DecisionRecord = parse(row, 1)?;
        if !search::is_asked_for(filter, &record) || !parts.are_in(&record) {
            continue;
        }
        if page.decisions.len() == most {
            let cut = record.delivery_id;
            let is_last = page
                .decisions
                .last()
                .is_some_and(|last| last.delivery_id == cut);
            let is_all = page
                .decisions
                .first()
                .is_some_and(|first| first.delivery_id == cut);
            if is_last && !is_all {
                page.decisions.retain(|record| record.delivery_id != cut);
                found.pop();
            }
            page.reached = Some(DeliveryId(if is_all { id } else { id + 1 }));
            break;
        }
        page.decisions.push(record);
        if found.last() != Some(&id) {
            found.push(id);
        }
    }
    with_sends(connection, page, &found)
}

/// The newest deliveries whose bodies are what the filter asks for, with those of their
/// decisions that are, too. One that led to none is told as such, unless the filter asks
/// for something of a decision.
pub(crate) fn bodies(
    connection: &Connection,
    filter: &JournalFilter,
) -> Result<JournalPage, Failure> {
    let most = most(filter);
    let Bounds { from, before } = Bounds::of(connection, filter)?;
    let parts = Parts::of(filter);
    let deadline = Deadline::after(filter.within);
    let asks_for_decisions = !filter.parts.is_empty()
        || filter.account_id.is_some()
        || filter.contact_id.is_some()
        || filter.kind.is_some()
        || filter.reason.is_some();
    let mut select = connection
        .prepare_cached("SELECT id, body FROM deliveries WHERE id < ?1 ORDER BY id DESC")?;
    let mut of_delivery = connection
        .prepare_cached("SELECT body FROM decisions WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC")?;
    let mut rows = select.query((before.unwrap_or(i64::MAX),))?;
    let (mut page, mut found_in) = (JournalPage::default(), Vec::new());
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if from.is_some_and(|from| id < from) {
            break;
        }
        let found = page.decisions.len() + page.bare.len();
        if found >= most || (page.looked_at > 0 && deadline.has_passed()) {
            page.reached = Some(DeliveryId(id + 1));
            break;
        }
        page.looked_at = page.looked_at.saturating_add(1);
        let body = row.get_ref(1)?.as_bytes().unwrap_or_default();
        let body = searchable_body(&String::from_utf8_lossy(body));
        if !is_in(&filter.body, &body) {
            continue;
        }
        let mut led_to = of_delivery.query((first_of(id), first_of(id + 1) - 1))?;
        let mut is_bare = true;
        while let Some(row) = led_to.next()? {
            is_bare = false;
            let record: DecisionRecord = parse(row, 0)?;
            if search::is_asked_for(filter, &record) && parts.are_in(&record) {
                page.decisions.push(record);
                if found_in.last() != Some(&id) {
                    found_in.push(id);
                }
            }
        }
        if is_bare && !asks_for_decisions {
            page.bare.push(DeliveryId(id));
        }
    }
    with_sends(connection, page, &found_in)
}

/// Whether one text of each group is in a body as it is searched.
fn is_in(groups: &[Vec<String>], body: &str) -> bool {
    groups
        .iter()
        .all(|texts| texts.iter().any(|text| body.contains(text.as_str())))
}

fn most(filter: &JournalFilter) -> usize {
    match filter.most {
        0 => PAGE,
        most => most as usize,
    }
}

/// Adds the sends of deliveries, by their numbers in this file.
fn with_sends(
    connection: &Connection,
    mut page: JournalPage,
    of: &[i64],
) -> Result<JournalPage, Failure> {
    for id in of {
        page.sends.extend(sends_of(connection, DeliveryId(*id))?);
    }
    Ok(page)
}

/// The deliveries that are looked at: from the first one, and before the last one.
struct Bounds {
    from: Option<i64>,
    before: Option<i64>,
}

impl Bounds {
    fn of(connection: &Connection, filter: &JournalFilter) -> Result<Self, Failure> {
        let first = |at: Option<Millis>| {
            at.map(|at| first_since(connection, at.0))
                .transpose()
                .map_err(Failure::from)
        };
        let until = first(filter.until)?;
        let before = filter.before.map(|id| id.0);
        Ok(Self {
            from: first(filter.since)?,
            before: match (before, until) {
                (Some(before), Some(until)) => Some(before.min(until)),
                (before, until) => before.or(until),
            },
        })
    }
}

/// The first delivery that arrived then or later. They are in the order of their arrival,
/// so halving finds it, without an index that every delivery would pay for.
fn first_since(connection: &Connection, at: i64) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached(
        "SELECT id, received_at FROM deliveries WHERE id >= ?1 ORDER BY id LIMIT 1",
    )?;
    let (mut low, mut high): (i64, i64) = connection.query_row(
        "SELECT coalesce(min(id), 0), coalesce(max(id), 0) + 1 FROM deliveries",
        (),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    while low < high {
        let middle = low + (high - low) / 2;
        let there: Option<(i64, i64)> = select
            .query_row((middle,), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match there {
            Some((id, received_at)) if received_at < at => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Texts that must be in what can be searched for of a decision.
struct Parts<'a> {
    all: &'a [String],
    /// Their letters and digits: these stand in the decision's JSON as they are.
    pieces: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(filter: &'a JournalFilter) -> Self {
        let pieces = filter
            .parts
            .iter()
            .flat_map(|part| part.split(|sign: char| !sign.is_alphanumeric()))
            .filter(|piece| !piece.is_empty())
            .collect();
        Self {
            all: &filter.parts,
            pieces,
        }
    }

    /// Whether they may be in a decision of this JSON. Most are not, and reading a decision
    /// takes ten times as long as looking for a text in it.
    fn may_be_in(&self, json: &str) -> bool {
        if self.pieces.is_empty() {
            return true;
        }
        let json = json.to_lowercase();
        self.pieces.iter().all(|piece| json.contains(piece))
    }

    fn are_in(&self, record: &DecisionRecord) -> bool {
        self.all.is_empty() || {
            let text = searchable(record).to_lowercase();
            self.all.iter().all(|part| text.contains(part.as_str()))
        }
    }
}

/// When a page ends, however little it found.
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(within: Option<Duration>) -> Self {
        Self(within.map(|within| Instant::now() + within))
    }

    fn has_passed(&self) -> bool {
        self.0.is_some_and(|at| Instant::now() >= at)
    }
}
