//! What the list shows: the rows that a filter wants, and of those the ones in sight.

use super::elsewhere::WorkersElsewhere;
use super::filter::{Filter, Zone};
use super::row::TrafficRow;
use super::tail::{Tail, TrafficCounts};
use heliograph_model::Millis;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// The most rows in sight.
const MOST: u32 = 400;

/// Between two looks at all rows, where what is wanted changes with the time.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// What somebody looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrafficLook {
    /// The filter as it is written.
    pub filter: String,
    /// The position of the first row in sight; absent: always the newest.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub at: Option<u64>,
    /// How many rows are in sight.
    pub count: u32,
}

/// The rows in sight and how many there are. Positions count from 0 for each view; rows
/// that the list does not hold any more keep theirs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrafficNews {
    /// Counts up with all that is told and answered: of two, the larger is the newer, in
    /// whichever order they arrive.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub number: u64,
    /// Another number is another list, whose positions have nothing to do with these.
    pub view: u32,
    /// How much came in.
    pub counts: TrafficCounts,
    /// The position of the oldest row that is listed.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub first: u64,
    /// The position behind the newest row.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub end: u64,
    /// The position of the first of `rows`.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub at: u64,
    /// The rows in sight.
    pub rows: Vec<TrafficRow>,
    /// Whether workers elsewhere tell what they handle; absent where there can be none.
    pub elsewhere: Option<WorkersElsewhere>,
}

impl TrafficNews {
    /// Whether there is nothing new in the other.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        (self.view, self.counts, self.first, self.end, self.at)
            == (other.view, other.counts, other.first, other.end, other.at)
            && self.rows == other.rows
            && self.elsewhere == other.elsewhere
    }
}

/// The rows that a filter wants, kept up to date.
#[derive(Debug, Default)]
pub(super) struct View {
    id: u32,
    filter: Filter,
    /// The numbers of wanted rows, ascending.
    wanted: VecDeque<u64>,
    /// How many wanted rows are not kept any more.
    dropped: u64,
    /// The next row to look at.
    next: u64,
    /// When all rows were looked at last.
    looked_at: Millis,
}

impl View {
    /// Begins anew with another filter.
    pub(super) fn choose(&mut self, filter: Filter, tail: &Tail, now: Millis) {
        self.filter = filter;
        self.rebuild(tail, now);
    }

    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    fn rebuild(&mut self, tail: &Tail, now: Millis) {
        self.id = self.id.wrapping_add(1);
        self.dropped = 0;
        self.wanted = self.all(tail, now);
        self.next = tail.end();
        self.looked_at = now;
    }

    /// The numbers of all rows that are wanted now.
    fn all(&self, tail: &Tail, now: Millis) -> VecDeque<u64> {
        let filter = self.filter.ready(now, Zone::Local);
        tail.rows()
            .filter(|kept| tail.wants(&filter, kept))
            .map(|kept| kept.row.number)
            .collect()
    }

    /// Takes in what changed since the last time: these rows, or so many that they were not
    /// remembered.
    pub(super) fn refresh(&mut self, touched: Option<&[u64]>, tail: &Tail, now: Millis) {
        let Some(touched) = touched else {
            self.rebuild(tail, now);
            return;
        };
        self.drop_gone(touched, tail);
        let tick = i64::try_from(TICK.as_millis()).unwrap_or(i64::MAX);
        if self.filter.moves() && now.since(self.looked_at).abs() >= tick {
            self.move_on(tail, now);
            return;
        }
        let filter = self.filter.ready(now, Zone::Local);
        for &number in touched {
            if number >= self.next {
                continue;
            }
            let Some(kept) = tail.get(number) else {
                continue;
            };
            let wants = tail.wants(&filter, kept);
            match (self.wanted.binary_search(&number), wants) {
                (Err(place), true) => self.wanted.insert(place, number),
                (Ok(place), false) => {
                    self.wanted.remove(place);
                }
                _ => {}
            }
        }
        for number in self.next.max(tail.first())..tail.end() {
            if let Some(kept) = tail.get(number)
                && tail.wants(&filter, kept)
            {
                self.wanted.push_back(number);
            }
        }
        self.next = tail.end();
    }

    /// Looks at all rows again, for what is wanted has changed with the time. The rows that
    /// stay keep their positions, as far as those that go are the oldest.
    fn move_on(&mut self, tail: &Tail, now: Millis) {
        let wanted = self.all(tail, now);
        let first = wanted.front().copied().unwrap_or(u64::MAX);
        while self.wanted.front().is_some_and(|number| *number < first) {
            self.wanted.pop_front();
            self.dropped += 1;
        }
        self.wanted = wanted;
        self.next = tail.end();
        self.looked_at = now;
    }

    /// Forgets the rows that are not kept any more.
    fn drop_gone(&mut self, touched: &[u64], tail: &Tail) {
        for &number in touched {
            if number < self.next && tail.get(number).is_none() {
                self.drop_row(number);
            }
        }
    }

    /// A row is not kept any more. Those behind it keep their positions where it was the
    /// first.
    fn drop_row(&mut self, number: u64) {
        match self.wanted.binary_search(&number) {
            Ok(0) => {
                self.wanted.pop_front();
                self.dropped += 1;
            }
            Ok(place) => {
                self.wanted.remove(place);
            }
            Err(_) => {}
        }
    }

    /// What is in sight now.
    pub(super) fn news(&self, tail: &Tail, at: Option<u64>, count: u32) -> TrafficNews {
        let count = count.min(MOST) as usize;
        let newest = self.wanted.len().saturating_sub(count);
        let from = at.map_or(newest, |at| {
            let place = usize::try_from(at.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
            place.min(self.wanted.len())
        });
        let rows = self
            .wanted
            .range(from..(from + count).min(self.wanted.len()))
            .filter_map(|number| Some(tail.get(*number)?.row.clone()))
            .collect();
        TrafficNews {
            number: 0,
            view: self.id,
            counts: tail.counts,
            first: self.dropped,
            end: self.dropped + self.wanted.len() as u64,
            at: self.dropped + from as u64,
            rows,
            elsewhere: None,
        }
    }

    /// The numbers of all wanted rows that are kept.
    pub(super) fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        self.wanted.iter().copied()
    }
}
