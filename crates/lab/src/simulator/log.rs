//! What was done to a stage, in order, with what came of each.

use super::done::Done;
use super::playback::{Mark, Moment, MomentDetail};
use super::scene::Scene;
use super::standing::{Standings, Turn};
use heliograph_model::{
    Awaiting, ContactId, DecisionRecord, DeliveryId, Millis, OutboxState, Outcome, Reason,
    SendRecord, UserState,
};
use std::collections::BTreeMap;

/// Moments that a view lists.
const LISTED: usize = 300;
/// Deliveries from outside that are kept to be done again. Those behind them are in the
/// traffic; a listener takes in thousands in a minute.
pub(crate) const ARRIVED: usize = 2_000;
/// People whom one entry tells of.
const TOLD_OF: usize = 200;

/// Everything that was done to a stage.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Vec<Entry>,
    arrived: usize,
    /// Where everybody stood when it was last looked.
    standings: Standings,
}

/// One thing that was done, with what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub done: Done,
    pub at: Millis,
    marks: Vec<Mark>,
    turns: Vec<Turn>,
}

/// What came of an entry, as far as it must be so again when it is played again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcomes(Vec<(ContactId, Option<Reason>, u32, Option<Awaiting>)>);

impl Log {
    /// Whether it is an entry of its own, and not told with the one before.
    pub(crate) fn begin(&mut self, done: Done, at: Millis) -> bool {
        if let Some(last) = self.entries.last_mut()
            && last.marks.is_empty()
            && done.joins(&mut last.done)
        {
            return false;
        }
        self.entries.push(Entry {
            done,
            at,
            marks: Vec::new(),
            turns: Vec::new(),
        });
        true
    }

    /// Begins with a delivery from outside, as long as there is room for one: whether there
    /// was.
    pub(crate) fn begin_arrived(&mut self, delivery: DeliveryId, at: Millis) -> bool {
        let has_room = self.arrived < ARRIVED;
        if has_room {
            let body = String::new();
            let delivery = Some(delivery);
            self.begin(Done::Arrived { body, delivery }, at);
        }
        // One more says that something is missing.
        self.arrived = (self.arrived + 1).min(ARRIVED + 1);
        has_room
    }

    /// Whether everything that was done is there, to be done again.
    pub(crate) fn is_whole(&self) -> bool {
        self.arrived <= ARRIVED
    }

    /// What was begun last was refused: it was not done.
    pub(crate) fn take_back(&mut self) {
        self.entries.pop();
    }

    /// Says what a delivery from outside was.
    pub(crate) fn arrived(&mut self, id: DeliveryId, what: &str) {
        for entry in &mut self.entries {
            if let Done::Arrived { body, delivery } = &mut entry.done
                && *delivery == Some(id)
            {
                what.clone_into(body);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was decided came of what was done last.
    pub(crate) fn decided(&mut self, record: &DecisionRecord, scene: &Scene) {
        let Some(mark) = self.mark(record.event.contact_id.as_ref(), scene) else {
            return;
        };
        let trace = &record.decision.trace;
        // That it came again says less than what became of it the first time.
        if trace.reason != Reason::Duplicate || mark.reason.is_none() {
            mark.delivery_id = Some(record.delivery_id);
            mark.reason = Some(trace.reason);
        }
        for read in &trace.reads {
            match read.outcome {
                Outcome::Hit | Outcome::NegativeHit => mark.hits += 1,
                Outcome::Miss | Outcome::Stale | Outcome::Error => mark.misses += 1,
                // What is never cached says nothing about the cache.
                Outcome::Bypass => {}
            }
        }
    }

    /// How a send ended came of what was done last.
    pub(crate) fn sent(&mut self, person: Option<&ContactId>, record: &SendRecord, scene: &Scene) {
        let Some(mark) = self.mark(person, scene) else {
            return;
        };
        match record.state {
            OutboxState::Sent => mark.sent += 1,
            OutboxState::Retrying => mark.waiting += 1,
            OutboxState::Failed | OutboxState::Unknown | OutboxState::Dropped => mark.failed += 1,
        }
    }

    /// Where everybody stands now came of what was done last, as far as it tells of them.
    pub(crate) fn stand(&mut self, standings: Standings, scene: &Scene) {
        let mut turns = standings.turns_since(&self.standings);
        if turns.is_empty() {
            return;
        }
        self.standings = standings;
        turns.retain(|turn| self.tells_of(&turn.person, scene));
        if let Some(last) = self.entries.last_mut() {
            for turn in turns {
                if last.tells_of(&turn.person) {
                    last.turn(turn);
                }
            }
        }
    }

    /// Whether it tells what becomes of somebody: of people outside only while each of
    /// their webhooks is in it. What came of those that are not would stand under what
    /// somebody else did.
    fn tells_of(&self, person: &ContactId, scene: &Scene) -> bool {
        self.is_whole() || !scene.is_outside(person)
    }

    fn mark(&mut self, person: Option<&ContactId>, scene: &Scene) -> Option<&mut Mark> {
        let person = person.filter(|person| self.tells_of(person, scene))?;
        let last = self.entries.last_mut()?;
        last.tells_of(person).then(|| last.mark(person))
    }
}

impl Entry {
    fn mark(&mut self, person: &ContactId) -> &mut Mark {
        let known = self.marks.iter().position(|mark| mark.person == *person);
        let place = known.unwrap_or_else(|| {
            self.marks.push(Mark::of(person.clone()));
            self.marks.len() - 1
        });
        &mut self.marks[place]
    }

    fn tells_of(&self, person: &ContactId) -> bool {
        self.marks.len() < TOLD_OF || self.marks.iter().any(|mark| mark.person == *person)
    }

    fn turn(&mut self, turn: Turn) {
        let known = self
            .turns
            .iter()
            .position(|each| each.person == turn.person);
        let turn = match known {
            Some(place) => {
                let first = self.turns.remove(place);
                Turn {
                    before: first.before,
                    ..turn
                }
            }
            None => turn,
        };
        let awaits = |state: &Option<heliograph_model::UserState>| {
            let state = state.as_ref()?;
            Some((state.automation_id.clone(), state.state))
        };
        let (was, is) = (awaits(&turn.before.state), awaits(&turn.after.state));
        if was != is || known.is_some() {
            let mark = self.mark(&turn.person);
            mark.moved = was != is;
            mark.awaiting = is.map(|(_, awaiting)| awaiting);
        }
        self.turns.push(turn);
    }

    fn leaves<'a>(&'a self, states: &mut BTreeMap<&'a ContactId, Option<&'a UserState>>) {
        for turn in &self.turns {
            states.insert(&turn.person, turn.after.state.as_ref());
        }
    }

    /// Whom it reached.
    pub(crate) fn people(&self) -> impl Iterator<Item = &ContactId> {
        self.marks.iter().map(|mark| &mark.person)
    }

    /// What must be so again when it is played again.
    pub(crate) fn outcomes(&self) -> Outcomes {
        let mut all: Vec<_> = self
            .marks
            .iter()
            .map(|mark| (mark.person.clone(), mark.reason, mark.sent, mark.awaiting))
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Outcomes(all)
    }

    pub(crate) fn moment(&self, number: usize) -> Moment {
        Moment {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            at: self.at,
            kind: self.done.kind(),
            person: self.done.person().cloned(),
            label: self.done.label(),
            marks: self.marks.clone(),
        }
    }

    fn detail(&self, number: usize, states: Vec<UserState>) -> MomentDetail {
        MomentDetail {
            moment: self.moment(number),
            differences: self.turns.iter().flat_map(Turn::differences).collect(),
            states,
        }
    }
}

/// A moment of a view with what it changed, and where everybody stood then.
pub(crate) fn detail(done: &[Entry], undone: &[Entry], number: usize) -> Option<MomentDetail> {
    let mut states: BTreeMap<&ContactId, Option<&UserState>> = BTreeMap::new();
    let mut all = done.iter().chain(undone);
    let before = number.checked_sub(1)?;
    for entry in all.by_ref().take(before) {
        entry.leaves(&mut states);
    }
    let entry = all.next()?;
    entry.leaves(&mut states);
    let states = states.into_values().flatten().cloned().collect();
    Some(entry.detail(number, states))
}

/// The moments of a view: the last of what was done, and what was undone behind them.
pub(crate) fn moments(done: &[Entry], undone: &[Entry]) -> Vec<Moment> {
    let all = done.len() + undone.len();
    let skipped = all.saturating_sub(LISTED);
    done.iter()
        .chain(undone)
        .enumerate()
        .skip(skipped)
        .map(|(place, entry)| entry.moment(place + 1))
        .collect()
}
