//! What came when: the last five minutes, the last hour and the last day, in a bounded
//! number of points.

use super::kept::{Minute, Minutes};
use super::point::{CachePoint, CacheSpan};
use super::sample::{Between, Sample, ServerCounts};
use super::workers::counted::Counted;
use heliograph_model::{Collection, Millis};
use std::collections::VecDeque;
use std::sync::Arc;

/// In so many milliseconds without a look the machine slept, or nobody was there.
const GAP: i64 = 2 * Millis::MINUTE;
/// How many pieces a span is cut into for its beginning to move on.
const PIECES: i64 = 30;

/// The points of all spans since the engine that is looked at came in front.
#[derive(Debug)]
pub(super) struct History {
    begun_at: Millis,
    latest: (Millis, Arc<Sample>),
    levels: [Level; CacheSpan::ALL.len()],
    /// What was counted before the application was started, or the profile came in front.
    before: Option<Before>,
    /// The minutes that are kept over restarts, where they are.
    minutes: Option<Minutes>,
}

/// What was counted before, to which is added what is counted now.
#[derive(Debug)]
struct Before {
    counted: Counted,
    heard: [u64; Collection::ALL.len()],
    /// What had been counted when it began to be looked at again.
    first: Counted,
    first_heard: [u64; Collection::ALL.len()],
    /// What the servers counted while somebody looked,
    server: ServerCounts,
    /// and from where they count on.
    server_first: Option<ServerCounts>,
    server_last: Option<ServerCounts>,
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
            before: None,
            minutes: None,
        }
    }

    /// Goes on after the minutes that were kept, with the time between as a gap, and keeps
    /// what comes.
    pub(super) fn kept(past: Vec<Minute>, at: Millis, first: Sample) -> Self {
        let Some(oldest) = past.first() else {
            let mut history = Self::begin(at, first);
            history.minutes = Some(Minutes::begin(history.latest.clone()));
            return history;
        };
        let mut before = Before::none(&first);
        let server = oldest.server.map(|server| server.since(&server));
        let mut history = Self::begin(oldest.began_at(), before.so_far(server));
        let mut minutes = Minutes::begin(history.latest.clone());
        for minute in past {
            if minute.began_at() > history.latest.0 {
                let so_far = Arc::clone(&history.latest.1);
                history.gap(minute.began_at(), so_far);
            }
            minutes.add(&minute);
            before.add(&minute);
            let server = minute.server.map(|_| before.server);
            history.record_as_is(minute.at, before.so_far(server));
        }
        let so_far = Arc::clone(&history.latest.1);
        history.gap(at, so_far);
        minutes.go_on(&history.latest);
        history.minutes = Some(minutes);
        history.before = Some(before);
        history
    }

    /// The minutes as they are kept.
    pub(super) fn lines(&self) -> Vec<String> {
        let minutes = self.minutes.as_ref();
        minutes.map_or_else(Vec::new, |minutes| minutes.all(&self.latest))
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
        let sample = match &mut self.before {
            Some(before) => before.and(&sample),
            None => sample,
        };
        if at.since(self.latest.0) > GAP {
            self.gap(at, Arc::new(sample));
        } else {
            self.record_as_is(at, sample);
        }
    }

    /// Nobody looked until now: no point goes over this time.
    fn gap(&mut self, at: Millis, sample: Arc<Sample>) {
        let before = std::mem::replace(&mut self.latest, (at, sample));
        for level in &mut self.levels {
            level.gap(&before, &self.latest);
        }
        if let Some(minutes) = &mut self.minutes {
            minutes.gap(&before, &self.latest);
        }
    }

    fn record_as_is(&mut self, at: Millis, sample: Sample) {
        if let (None, Some(server)) = (self.latest.1.server, sample.server) {
            self.begin_server(server);
        }
        self.latest = (at, Arc::new(sample));
        for level in &mut self.levels {
            level.record(&self.latest);
        }
        if let Some(minutes) = &mut self.minutes {
            minutes.record(&self.latest);
        }
    }

    /// The servers answered for the first time. What they had counted by then came before,
    /// and what they count from then on is counted in every span that began earlier.
    fn begin_server(&mut self, server: ServerCounts) {
        for level in &mut self.levels {
            let kept = level.marks.iter_mut().chain([&mut level.from]);
            for (_, sample) in kept.filter(|(_, sample)| sample.server.is_none()) {
                Arc::make_mut(sample).server = Some(server);
            }
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

impl Before {
    fn none(first: &Sample) -> Self {
        Self {
            counted: Counted::none(),
            heard: [0; Collection::ALL.len()],
            first: Counted::of(first),
            first_heard: first.heard,
            server: ServerCounts::default(),
            server_first: first.server,
            server_last: first.server,
        }
    }

    fn add(&mut self, minute: &Minute) {
        self.counted.add(&minute.came);
        for (heard, more) in self.heard.iter_mut().zip(minute.heard) {
            *heard += more;
        }
        if let Some(server) = &minute.server {
            self.server = self.server.then(server);
        }
    }

    /// What was counted so far.
    fn so_far(&self, server: Option<ServerCounts>) -> Sample {
        Sample {
            heard: self.heard,
            ..self.counted.sample(server)
        }
    }

    /// That and what is counted since.
    fn and(&mut self, now: &Sample) -> Sample {
        let mut counted = self.counted.clone();
        counted.add(&Counted::of(now).since(&self.first));
        let mut heard = self.heard;
        for ((heard, now), first) in heard.iter_mut().zip(now.heard).zip(self.first_heard) {
            *heard += now.saturating_sub(first);
        }
        let server = now.server.map(|now| self.and_server(now));
        Sample {
            heard,
            ..counted.sample(server)
        }
    }

    fn and_server(&mut self, now: ServerCounts) -> ServerCounts {
        if let (Some(first), Some(last)) = (self.server_first, self.server_last)
            && now.fell(&last)
        {
            self.server = self.server.then(&last.since(&first));
            self.server_first = Some(ServerCounts::default());
        }
        self.server_last = Some(now);
        let first = *self.server_first.get_or_insert(now);
        self.server.then(&now.since(&first))
    }
}

impl Level {
    /// Ends the point that goes on where somebody last looked, and goes on after the gap.
    fn gap(&mut self, before: &(Millis, Arc<Sample>), latest: &(Millis, Arc<Sample>)) {
        if before.0 > self.from.0 {
            self.points.push_back(point(&self.from, before));
        }
        self.from = latest.clone();
        // A span that begins within the gap is counted from its end.
        self.marks.push_back(latest.clone());
    }

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
