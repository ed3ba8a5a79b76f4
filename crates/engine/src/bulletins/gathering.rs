//! What is told of what happens, within a bound.

use super::Teller;
use ahash::AHashSet;
use heliograph_model::{Bulletin, DeliveryId, Happening, Told};
use serde::Serialize;
use std::collections::VecDeque;
use std::time::Instant;

/// The longest body that is told, in bytes.
pub const LONGEST_BODY: usize = 64 * 1_024;
/// The bytes at which another bulletin begins, so that no single one is long in a server's
/// way.
const LONGEST_BULLETIN: usize = 128 * 1_024;
/// Deliveries that are remembered as left out: what happens to them later is not told
/// either.
const REMEMBERED: usize = 65_536;
/// What an event is taken to cost before anything is known of that.
const FIRST_GUESS: f64 = 2_048.0;
/// How much the latest event counts for what one is taken to cost.
const LATEST: f64 = 0.02;

/// How much one worker tells in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Rows, which are events.
    pub rows: u32,
    /// Bytes.
    pub bytes: u32,
}

impl Default for Bound {
    /// 2,000 rows and 1 MiB: what a person can look through, and what no network feels.
    fn default() -> Self {
        Self {
            rows: 2_000,
            bytes: 1 << 20,
        }
    }
}

/// Gathers what a worker tells.
///
/// What is too much is left out by whole deliveries: one that is told is told with all
/// that becomes of it. So room for its decisions is set aside when it is taken, and what
/// was spent beyond the bound is saved afterwards. What is set by hand, edited or removed may
/// be told a second's worth beyond the bound; what is more is left out and counted as well.
#[derive(Debug)]
pub struct Gathering {
    teller: Teller,
    bound: Bound,
    began: Instant,
    /// What may be told now, which is negative after more than was expected.
    rows: f64,
    bytes: f64,
    /// Until when these were counted.
    counted: Instant,
    /// What an event is taken to cost, in bytes.
    of_an_event: f64,
    told: Vec<(Told, usize)>,
    /// Deliveries that earlier bulletins told or left out.
    before: u64,
    left_out: u64,
    refused: AHashSet<DeliveryId>,
    /// In the order in which they came.
    refused_order: VecDeque<DeliveryId>,
}

impl Gathering {
    /// Nothing yet, of a run that begins now.
    #[must_use]
    pub fn new(teller: Teller, bound: Bound, now: Instant) -> Self {
        Self {
            teller,
            bound,
            began: now,
            rows: f64::from(bound.rows),
            bytes: f64::from(bound.bytes),
            counted: now,
            of_an_event: FIRST_GUESS,
            told: Vec::new(),
            before: 0,
            left_out: 0,
            refused: AHashSet::new(),
            refused_order: VecDeque::new(),
        }
    }

    /// Takes in what happened, or leaves it out.
    pub fn take(&mut self, happening: &Happening, now: Instant) {
        self.save(now);
        match happening {
            Happening::Delivery { id, events, .. } => {
                if self.rows < 1.0 || self.bytes < 1.0 {
                    return self.refuse(*id);
                }
                self.refused.remove(id);
                self.rows -= f64::from((*events).max(1));
                self.bytes -= f64::from(*events) * self.of_an_event;
                self.push(happening, now);
            }
            Happening::Decided(record) => {
                if self.is_left_out(record.delivery_id) {
                    return;
                }
                self.bytes += self.of_an_event;
                let size = self.push(happening, now);
                self.of_an_event += LATEST * (size - self.of_an_event);
            }
            Happening::Sent(record) => {
                if !self.is_left_out(record.delivery_id) {
                    self.push(happening, now);
                }
            }
            Happening::DeadLetter { id, .. } => {
                if !self.is_left_out(*id) {
                    self.push(happening, now);
                }
            }
            // What people do is told beyond what deliveries may take, and has an end too: what
            // was told beyond the bound is saved afterwards.
            Happening::ByHand(_)
            | Happening::AutomationChanged { .. }
            | Happening::Removed { .. }
            | Happening::PutBack { .. } => {
                if self.bytes < -f64::from(self.bound.bytes) {
                    self.left_out += 1;
                } else {
                    self.push(happening, now);
                }
            }
        }
    }

    /// So many happenings were not even seen. A delivery tells at least two, so these were
    /// of half as many at the most.
    pub fn missed(&mut self, happenings: u64) {
        self.left_out += happenings.div_ceil(2);
    }

    /// Nobody watches: what is gathered is told to nobody.
    pub fn forget(&mut self) {
        let told = self.told.drain(..);
        let deliveries = told.filter(|(told, _)| is_delivery(told)).count() as u64;
        self.before += deliveries + std::mem::take(&mut self.left_out);
    }

    /// What was gathered since the last call; none where that is nothing.
    pub fn bulletins(&mut self, now: Instant) -> Vec<Bulletin> {
        let mut all = Vec::new();
        let mut part = Vec::new();
        let mut bytes = 0;
        for (told, size) in std::mem::take(&mut self.told) {
            if bytes + size > LONGEST_BULLETIN && !part.is_empty() {
                all.push(self.bulletin(std::mem::take(&mut part), now));
                bytes = 0;
            }
            bytes += size;
            part.push(told);
        }
        if !part.is_empty() || self.left_out > 0 {
            all.push(self.bulletin(part, now));
        }
        all
    }

    /// A bulletin that says only that the worker is there.
    pub fn sign_of_life(&mut self, now: Instant) -> Bulletin {
        self.bulletin(Vec::new(), now)
    }

    fn bulletin(&mut self, told: Vec<Told>, now: Instant) -> Bulletin {
        let (before, left_out) = (self.before, std::mem::take(&mut self.left_out));
        self.before += left_out + told.iter().filter(|told| is_delivery(told)).count() as u64;
        Bulletin {
            worker: self.teller.worker.clone(),
            run: self.teller.run.clone(),
            at: self.since(now),
            before,
            left_out,
            told,
        }
    }

    /// Puts it with what is told; answers its bytes.
    fn push(&mut self, happening: &Happening, now: Instant) -> f64 {
        let (body, secret) = match happening {
            Happening::Delivery { body, secret, .. } => {
                let text = || String::from_utf8_lossy(body).into_owned();
                let is_told = !body.is_empty() && body.len() <= LONGEST_BODY;
                (is_told.then(text), secret.clone())
            }
            _ => (None, None),
        };
        let told = Told {
            at: self.since(now),
            happening: happening.clone(),
            body,
            secret,
        };
        let size = bytes_of(&told);
        self.told.push((told, size));
        let size = u32::try_from(size).map_or(f64::MAX, f64::from);
        self.bytes -= size;
        size
    }

    fn refuse(&mut self, id: DeliveryId) {
        self.left_out += 1;
        if !self.refused.insert(id) {
            return;
        }
        self.refused_order.push_back(id);
        if self.refused_order.len() > REMEMBERED
            && let Some(oldest) = self.refused_order.pop_front()
        {
            self.refused.remove(&oldest);
        }
    }

    /// Whether what becomes of a delivery is not told: it was left out itself, or far more
    /// was told than is good.
    fn is_left_out(&mut self, id: DeliveryId) -> bool {
        if self.refused.contains(&id) {
            return true;
        }
        let is_far_beyond = self.bytes < -4.0 * f64::from(self.bound.bytes);
        if is_far_beyond {
            self.refuse(id);
        }
        is_far_beyond
    }

    /// What the time since the last call allows.
    fn save(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.counted).as_secs_f64();
        self.counted = now;
        let (rows, bytes) = (f64::from(self.bound.rows), f64::from(self.bound.bytes));
        self.rows = (self.rows + seconds * rows).min(rows);
        self.bytes = (self.bytes + seconds * bytes).min(bytes);
    }

    fn since(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.began).as_micros();
        u64::try_from(since).unwrap_or(u64::MAX)
    }
}

fn is_delivery(told: &Told) -> bool {
    matches!(told.happening, Happening::Delivery { .. })
}

/// How long something is as it is told.
fn bytes_of<T: Serialize>(value: &T) -> usize {
    struct Counted(usize);

    impl std::io::Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let mut counted = Counted(0);
    // Nothing of it can fail: there are no maps with keys that are no texts.
    let _ = serde_json::to_writer(&mut counted, value);
    counted.0
}
