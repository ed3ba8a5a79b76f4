//! What came when: the last five minutes, the last hour and the last day, in a bounded
//! number of points.

use super::point::{CachePoint, CacheSpan};
use super::sample::{Between, Sample};
use heliograph_model::{Collection, Millis};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many pieces a span is cut into for its beginning to move on.
const PIECES: i64 = 30;

/// The points of all spans since the engine that is looked at came in front.
#[derive(Debug)]
pub(super) struct History {
    begun_at: Millis,
    latest: (Millis, Arc<Sample>),
    levels: [Level; CacheSpan::ALL.len()],
}

/// The points of one span.
#[derive(Debug)]
struct Level {
    span: CacheSpan,
    points: VecDeque<CachePoint>,
    /// How many points went, because they are too old.
    dropped: u64,
    /// Where the next point begins.
    from: (Millis, Arc<Sample>),
    /// Earlier samples, the oldest first: the whole span is counted from one of them.
    marks: VecDeque<(Millis, Arc<Sample>)>,
}

impl History {
    /// Nothing has come yet.
    pub(super) fn begin(at: Millis, sample: Sample) -> Self {
        let first = (at, Arc::new(sample));
        let level = |span| Level {
            span,
            points: VecDeque::new(),
            dropped: 0,
            from: first.clone(),
            marks: VecDeque::from([first.clone()]),
        };
        Self {
            begun_at: at,
            levels: CacheSpan::ALL.map(level),
            latest: first,
        }
    }

    /// When it began.
    pub(super) fn begun_at(&self) -> Millis {
        self.begun_at
    }

    /// Takes up what is counted now. A clock that was set back is waited for.
    pub(super) fn record(&mut self, at: Millis, sample: Sample) {
        if at <= self.latest.0 {
            return;
        }
        self.latest = (at, Arc::new(sample));
        for level in &mut self.levels {
            level.record(&self.latest);
        }
    }

    /// The points of a span from the one with this number on, and the number behind the
    /// last. The last one may still grow: it is told again under the same number.
    pub(super) fn points(&self, span: CacheSpan, from: u64) -> (Vec<CachePoint>, u64) {
        let level = self.level(span);
        let skip = from.saturating_sub(level.dropped);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let mut points: Vec<_> = level.points.iter().skip(skip).cloned().collect();
        let end = level.dropped + level.points.len() as u64;
        if self.latest.0 > level.from.0 {
            points.push(point(&level.from, &self.latest));
        }
        (points, end)
    }

    /// The number of the oldest point of a span.
    pub(super) fn first(&self, span: CacheSpan) -> u64 {
        self.level(span).dropped
    }

    /// What came in a whole span, or since the beginning where that was later.
    pub(super) fn over(&self, span: CacheSpan) -> Between<'_> {
        self.since(self.level(span), span.millis())
    }

    /// What came in the last minute.
    pub(super) fn minute(&self) -> Between<'_> {
        self.since(self.level(CacheSpan::FiveMinutes), Millis::MINUTE)
    }

    fn since<'a>(&'a self, level: &'a Level, millis: i64) -> Between<'a> {
        let begins = self.latest.0 + -millis;
        let (at, before) = level
            .marks
            .iter()
            .find(|(at, _)| *at >= begins)
            .unwrap_or(&level.from);
        Between {
            before,
            after: &self.latest.1,
            millis: self.latest.0.since(*at),
        }
    }

    fn level(&self, span: CacheSpan) -> &Level {
        &self.levels[span as usize]
    }
}

impl Level {
    fn record(&mut self, latest: &(Millis, Arc<Sample>)) {
        if latest.0.since(self.from.0) >= self.span.step() {
            self.points.push_back(point(&self.from, latest));
            self.from = latest.clone();
        }
        let begins = latest.0 + -self.span.millis();
        while self.points.front().is_some_and(|point| point.at <= begins) {
            self.points.pop_front();
            self.dropped += 1;
        }
        let piece = self.span.millis() / PIECES;
        if self
            .marks
            .back()
            .is_none_or(|(at, _)| latest.0.since(*at) >= piece)
        {
            self.marks.push_back(latest.clone());
        }
        // One of them stays although it is older, so that there is always one.
        while self.marks.len() > 1 && self.marks[0].0 < begins {
            self.marks.pop_front();
        }
    }
}

fn point(from: &(Millis, Arc<Sample>), to: &(Millis, Arc<Sample>)) -> CachePoint {
    let between = Between {
        before: &from.1,
        after: &to.1,
        millis: to.0.since(from.0),
    };
    CachePoint {
        at: to.0,
        millis: u32::try_from(between.millis).unwrap_or(u32::MAX),
        workspace: between.collection(Collection::Workspace),
        automations: between.collection(Collection::Automations),
        user_state: between.collection(Collection::UserState),
        contact: between.collection(Collection::Contact),
        server: between.server(),
    }
}
