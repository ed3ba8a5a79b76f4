//! The runs of workers that were heard, their clocks, and their numbers of deliveries.

use super::{FromElsewhere, SILENCE, ToldElsewhere};
use bytes::Bytes;
use heliograph_model::{Bulletin, DeliveryId, Happening, Millis, Told};
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Deliveries that are remembered with whose they are.
const REMEMBERED: usize = 50_000;
/// Runs that are remembered.
const RUNS: usize = 1_000;
/// How long the quickest message counts for how a worker's clock stands: clocks drift.
const CLOCK: Duration = Duration::from_secs(60);
/// How far from its own number a delivery may get another one, at the most: a second of
/// the ids of a queue, so that these stay in the order of their times.
const APART: u64 = 1_024 * 1_000;

/// The workers that were heard.
#[derive(Debug, Default)]
pub(super) struct Workers {
    runs: HashMap<String, Run>,
    numbers: Numbers,
}

/// One run of a worker.
#[derive(Debug)]
struct Run {
    name: Arc<str>,
    /// When it began, by this machine's clock, as the quickest message says it.
    began: Instant,
    /// When that message came.
    measured: Instant,
    /// Deliveries that it has told or left out so far.
    so_far: u64,
    /// When it was heard last; `None`: not since everybody was deaf.
    heard: Option<Instant>,
}

impl Run {
    fn is_heard(&self, now: Instant) -> bool {
        self.heard
            .is_some_and(|heard| now.saturating_duration_since(heard) < SILENCE)
    }
}

impl Workers {
    /// Nobody can be heard from now on. What is told meanwhile is counted when somebody is.
    pub(super) fn are_not_heard(&mut self) {
        for run in self.runs.values_mut() {
            run.heard = None;
        }
    }

    /// Takes in what a worker tells.
    pub(super) fn heard(
        &mut self,
        bulletin: Bulletin,
        bytes: u32,
        at: Millis,
        now: Instant,
    ) -> FromElsewhere {
        let run = self.run(&bulletin, now);
        let missed = bulletin.before.saturating_sub(run.so_far);
        let is_delivery = |told: &&Told| matches!(told.happening, Happening::Delivery { .. });
        let deliveries = bulletin.told.iter().filter(is_delivery).count() as u64;
        run.so_far = bulletin.before + bulletin.left_out + deliveries;
        run.heard = Some(now);
        let (name, began) = (Arc::clone(&run.name), run.began);
        let each = usize::try_from(bytes).unwrap_or(usize::MAX) / bulletin.told.len().max(1);
        let told = bulletin.told.into_iter().map(|told| {
            // What is told has happened.
            let instant = (began + Duration::from_micros(told.at)).min(now);
            let ago = now.saturating_duration_since(instant).as_millis();
            ToldElsewhere {
                at: at - i64::try_from(ago).unwrap_or(0),
                instant,
                bytes: each,
                happening: self.numbers.happening(&bulletin.run, told),
            }
        });
        FromElsewhere {
            worker: name,
            left_out: missed + bulletin.left_out,
            told: told.collect(),
        }
    }

    /// How many have told something lately.
    pub(super) fn count(&self, now: Instant) -> u32 {
        let lately = |run: &&Run| run.is_heard(now);
        u32::try_from(self.runs.values().filter(lately).count()).unwrap_or(u32::MAX)
    }

    /// The run that a bulletin is of. What was told before it was first heard was not
    /// missed.
    fn run(&mut self, bulletin: &Bulletin, now: Instant) -> &mut Run {
        if !self.runs.contains_key(&bulletin.run) && self.runs.len() >= RUNS {
            self.runs.retain(|_, run| run.is_heard(now));
        }
        let began = now
            .checked_sub(Duration::from_micros(bulletin.at))
            .unwrap_or(now);
        let run = self
            .runs
            .entry(bulletin.run.clone())
            .or_insert_with(|| Run {
                name: bulletin.worker.as_str().into(),
                began,
                measured: now,
                so_far: bulletin.before,
                heard: None,
            });
        if began < run.began || now.saturating_duration_since(run.measured) > CLOCK {
            (run.began, run.measured) = (began, now);
        }
        run
    }
}

/// The numbers of deliveries: two workers may give the same number to jobs that came
/// without one.
#[derive(Debug, Default)]
struct Numbers {
    /// What has a number here.
    deliveries: HashMap<DeliveryId, u64>,
    order: VecDeque<DeliveryId>,
    /// The numbers of those that have another one here, by the run and the number there.
    others: HashMap<(String, DeliveryId), DeliveryId>,
}

impl Numbers {
    /// What is told, with the number that the delivery has here, and the body in it.
    fn happening(&mut self, run: &str, told: Told) -> Happening {
        let mut happening = told.happening;
        match &mut happening {
            Happening::Delivery {
                id,
                received_at,
                secret,
                body,
                ..
            } => {
                *body = told.body.map_or_else(Bytes::new, Bytes::from);
                *secret = told.secret;
                *id = self.number(run, *id, *received_at, body);
            }
            Happening::Decided(record) => self.look_up(run, &mut record.delivery_id),
            Happening::Sent(record) => self.look_up(run, &mut record.delivery_id),
            Happening::DeadLetter { id, .. } => self.look_up(run, id),
            // By their jobs, which have the numbers that were given to all.
            Happening::Removed { .. }
            | Happening::PutBack { .. }
            | Happening::ByHand(_)
            | Happening::AutomationChanged { .. } => {}
        }
        happening
    }

    fn look_up(&self, run: &str, id: &mut DeliveryId) {
        if self.others.is_empty() {
            return;
        }
        if let Some(other) = self.others.get(&(run.to_owned(), *id)) {
            *id = *other;
        }
    }

    /// The number here of a delivery that a worker took.
    fn number(
        &mut self,
        run: &str,
        id: DeliveryId,
        received_at: Millis,
        body: &Bytes,
    ) -> DeliveryId {
        let what = digest(&(received_at, body));
        let mut here = id;
        // The same delivery may go to another worker too, where it is the same.
        let mut tries = 0_u64;
        while self.deliveries.get(&here).is_some_and(|own| *own != what) {
            tries += 1;
            let apart = digest(&(what, tries)) % APART + 1;
            here = DeliveryId(id.0.saturating_add(i64::try_from(apart).unwrap_or(1)));
        }
        let there = (run.to_owned(), id);
        if here == id {
            self.others.remove(&there);
        } else {
            if self.others.len() >= REMEMBERED {
                self.others.clear();
            }
            self.others.insert(there, here);
        }
        if self.deliveries.insert(here, what).is_none() {
            self.order.push_back(here);
            if self.order.len() > REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.deliveries.remove(&oldest);
            }
        }
        here
    }
}

fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
