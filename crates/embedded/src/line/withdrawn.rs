//! Deliveries that leave the line by hand.
//!
//! One leaves the line first, so that nobody is handed it any more, then the table; when
//! the table cannot be written, it comes back to its place.

use super::{Entry, Line, State};
use heliograph_model::Millis;
use std::collections::{HashSet, VecDeque};

/// What left the line.
#[derive(Debug)]
pub(crate) struct Withdrawn {
    pub(crate) id: i64,
    pub(crate) place: Place,
}

/// Where it stood.
#[derive(Debug)]
pub(crate) enum Place {
    /// In the head, with its body where that was in memory.
    Head(Entry),
    /// Among those that wait for a time, which may have come.
    Later {
        /// The time.
        at: i64,
        /// How often it was handed out.
        attempts: u32,
    },
    /// In the table only, if it is there.
    Table,
}

impl Line {
    /// Takes out those of these that wait to be handed out.
    pub(crate) fn withdraw_waiting(&self, ids: &HashSet<i64>, now: Millis) -> Vec<Withdrawn> {
        let mut state = self.state.lock();
        let mut out = state.withdraw_head(ids);
        out.extend(state.withdraw_later(ids, |at| at <= now.0));
        out.extend(state.withdraw_table(ids));
        out
    }

    /// Takes out those of these that wait for a time that has not come.
    pub(crate) fn withdraw_delayed(&self, ids: &HashSet<i64>, now: Millis) -> Vec<Withdrawn> {
        self.state.lock().withdraw_later(ids, |at| at > now.0)
    }

    /// What was taken out was not in the table: it may be in the dead letter, beyond what
    /// was read.
    pub(crate) fn was_not_there(&self, withdrawn: &Withdrawn) {
        if matches!(withdrawn.place, Place::Table) {
            let mut state = self.state.lock();
            state.leaving.remove(&withdrawn.id);
            state.waiting += 1;
        }
    }

    /// What was taken out has left the table too.
    pub(crate) fn left(&self, withdrawn: impl IntoIterator<Item = Withdrawn>) {
        let mut state = self.state.lock();
        for one in withdrawn {
            state.leaving.remove(&one.id);
        }
    }

    /// Puts back what could not leave the table.
    pub(crate) fn stay(&self, withdrawn: impl IntoIterator<Item = Withdrawn>) {
        let mut state = self.state.lock();
        for one in withdrawn {
            state.stay(one);
        }
        drop(state);
        self.bell.notify_one();
    }

    /// Puts in deliveries that had left, to be handed out at their time.
    pub(crate) fn returned(&self, rows: impl IntoIterator<Item = (i64, i64, u32)>) {
        self.state.lock().delayed.extend(rows);
        self.bell.notify_one();
    }
}

impl State {
    fn withdraw_head(&mut self, ids: &HashSet<i64>) -> Vec<Withdrawn> {
        let head = std::mem::take(&mut self.head).into_iter();
        let (out, rest): (Vec<_>, VecDeque<_>) = head.fold(
            (Vec::new(), VecDeque::new()),
            |(mut out, mut rest), entry| {
                if ids.contains(&entry.id) {
                    out.push(entry);
                } else {
                    rest.push_back(entry);
                }
                (out, rest)
            },
        );
        self.head = rest;
        self.waiting -= i64::try_from(out.len()).unwrap_or(i64::MAX);
        self.head_bytes -= out.iter().map(super::body_len).sum::<usize>();
        let withdrawn = out.into_iter().map(|entry| Withdrawn {
            id: entry.id,
            place: Place::Head(entry),
        });
        withdrawn.collect()
    }

    fn withdraw_later(
        &mut self,
        ids: &HashSet<i64>,
        is_time: impl Fn(i64) -> bool,
    ) -> Vec<Withdrawn> {
        let later = self.delayed.iter().copied();
        let out: Vec<_> = later
            .filter(|(at, id, _)| is_time(*at) && ids.contains(id))
            .collect();
        for one in &out {
            self.delayed.remove(one);
        }
        let withdrawn = out.into_iter().map(|(at, id, attempts)| Withdrawn {
            id,
            place: Place::Later { at, attempts },
        });
        withdrawn.collect()
    }

    fn withdraw_table(&mut self, ids: &HashSet<i64>) -> Vec<Withdrawn> {
        let later: HashSet<i64> = self.delayed.iter().map(|(_, id, _)| *id).collect();
        let beyond = ids
            .iter()
            .copied()
            .filter(|id| *id > self.loaded_up_to && *id <= self.last && !later.contains(id));
        let mut out = Vec::new();
        for id in beyond {
            if self.leaving.insert(id) {
                self.waiting -= 1;
                let place = Place::Table;
                out.push(Withdrawn { id, place });
            }
        }
        out
    }

    fn stay(&mut self, withdrawn: Withdrawn) {
        let Withdrawn { id, place } = withdrawn;
        match place {
            Place::Head(entry) => {
                self.waiting += 1;
                self.put_in(entry);
            }
            Place::Later { at, attempts } => {
                self.delayed.insert((at, id, attempts));
            }
            // Not where it was not there.
            Place::Table if self.leaving.remove(&id) => {
                self.waiting += 1;
                // It was read meanwhile, and passed over.
                if id <= self.loaded_up_to {
                    self.put_in(Entry {
                        id,
                        attempts: 0,
                        delivery: None,
                    });
                }
            }
            Place::Table => {}
        }
    }

    /// Puts an entry into the head, in its place by arrival.
    pub(super) fn put_in(&mut self, entry: Entry) {
        let place = self.head.partition_point(|own| own.id < entry.id);
        self.head_bytes += super::body_len(&entry);
        self.head.insert(place, entry);
    }
}
