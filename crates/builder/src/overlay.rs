//! Where conversations of one automation stand, and which ways they went.

use heliograph_model::{
    AutomationId, Awaiting, DecisionRecord, Millis, Reason, StateChange, UserState,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where conversations of one automation stand now, and which ways they went lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Overlay {
    /// How many stand in each state now; a state in which nobody stands is left out.
    pub standing: Vec<Standing>,
    /// How many went each way in the period.
    pub ways: Vec<Passage>,
    /// How many began in the period.
    pub started: u32,
    /// How many came to the end of it in the period.
    pub finished: u32,
}

/// How many stand in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Standing {
    /// What they are waited for.
    pub awaiting: Awaiting,
    /// How many.
    pub count: u32,
}

/// How many conversations went from one place to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Passage {
    /// From where.
    pub from: WayFrom,
    /// To where.
    pub to: WayTo,
    /// How many.
    pub count: u32,
}

/// From where a conversation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WayFrom {
    /// It began.
    Trigger,
    /// It waited for the button.
    AwaitingOpeningResponse,
    /// It waited for the follow.
    AwaitingFollowConfirmation,
    /// It waited for an address.
    AwaitingEmail,
}

/// To where a conversation went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum WayTo {
    /// It waits for the button.
    AwaitingOpeningResponse,
    /// It waits for the follow.
    AwaitingFollowConfirmation,
    /// It waits for an address.
    AwaitingEmail,
    /// It came to its end.
    Finished,
    /// It had asked often enough.
    GaveUp,
    /// Nobody answered in time.
    Expired,
    /// The person began something else, or unsubscribed.
    Left,
}

/// How far back to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// The last hour.
    Hour,
    /// The last 24 hours.
    #[default]
    Day,
    /// The last seven days.
    Week,
}

impl Period {
    fn millis(self) -> i64 {
        match self {
            Self::Hour => Millis::HOUR,
            Self::Day => Millis::DAY,
            Self::Week => 7 * Millis::DAY,
        }
    }
}

/// Counts the ways of one automation: for each person, what was decided, oldest first, and
/// where they stand now.
#[must_use]
pub fn overlay<'p>(
    automation: &AutomationId,
    people: impl Iterator<Item = (&'p [DecisionRecord], Option<&'p UserState>)>,
    now: Millis,
    period: Period,
) -> Overlay {
    let mut counted = Counted {
        automation,
        since: now + -period.millis(),
        now,
        standing: Vec::new(),
        ways: BTreeMap::new(),
    };
    for (decisions, state) in people {
        counted.person(decisions, state);
    }
    counted.into_overlay()
}

struct Counted<'a> {
    automation: &'a AutomationId,
    since: Millis,
    now: Millis,
    standing: Vec<Standing>,
    ways: BTreeMap<(WayFrom, WayTo), u32>,
}

impl Counted<'_> {
    fn person(&mut self, decisions: &[DecisionRecord], state: Option<&UserState>) {
        let here = state.filter(|state| state.automation_id == *self.automation);
        if let Some(state) = here {
            let awaiting = state.state;
            match self
                .standing
                .iter_mut()
                .find(|one| one.awaiting == awaiting)
            {
                Some(known) => known.count += 1,
                None => self.standing.push(Standing { awaiting, count: 1 }),
            }
        }
        // Where the conversation with this automation stands, as decisions go by.
        let mut at: Option<(Awaiting, Millis)> = None;
        for record in decisions {
            let trace = &record.decision.trace;
            let ours = trace.automation_id.as_ref() == Some(self.automation);
            if let Some((awaiting, expires)) = at
                && expires <= trace.at
            {
                self.went(from(awaiting), WayTo::Expired, expires);
                at = None;
            }
            match &record.decision.state {
                StateChange::Keep => {
                    if ours && trace.reason == Reason::Started && at.is_none() {
                        self.went(WayFrom::Trigger, WayTo::Finished, trace.at);
                    }
                }
                StateChange::Set(state) if state.automation_id == *self.automation => {
                    let began = at.map_or(WayFrom::Trigger, |(awaiting, _)| from(awaiting));
                    let began = if trace.reason == Reason::Started {
                        WayFrom::Trigger
                    } else {
                        began
                    };
                    if began == WayFrom::Trigger || began != from(state.state) {
                        self.went(began, to(state.state), trace.at);
                    }
                    at = Some((state.state, state.expires_at));
                }
                StateChange::Set(_) => {
                    if let Some((awaiting, _)) = at.take() {
                        self.went(from(awaiting), WayTo::Left, trace.at);
                    }
                }
                StateChange::Clear => {
                    let end = match trace.reason {
                        _ if !ours => WayTo::Left,
                        Reason::GaveUp => WayTo::GaveUp,
                        _ => WayTo::Finished,
                    };
                    match at.take() {
                        Some((awaiting, _)) => self.went(from(awaiting), end, trace.at),
                        None if ours => self.went(WayFrom::Trigger, end, trace.at),
                        None => {}
                    }
                }
            }
        }
        if let (Some((awaiting, expires)), None) = (at, here)
            && expires <= self.now
        {
            self.went(from(awaiting), WayTo::Expired, expires);
        }
    }

    fn went(&mut self, from: WayFrom, to: WayTo, when: Millis) {
        if when > self.since {
            *self.ways.entry((from, to)).or_default() += 1;
        }
    }

    fn into_overlay(self) -> Overlay {
        let sum = |wanted: fn(WayFrom, WayTo) -> bool| {
            let counts = self.ways.iter();
            counts
                .filter(|((from, to), _)| wanted(*from, *to))
                .map(|(_, count)| count)
                .sum()
        };
        Overlay {
            started: sum(|from, _| from == WayFrom::Trigger),
            finished: sum(|_, to| to == WayTo::Finished),
            standing: self.standing,
            ways: self
                .ways
                .iter()
                .map(|((from, to), count)| Passage {
                    from: *from,
                    to: *to,
                    count: *count,
                })
                .collect(),
        }
    }
}

fn from(awaiting: Awaiting) -> WayFrom {
    match awaiting {
        Awaiting::AwaitingOpeningResponse => WayFrom::AwaitingOpeningResponse,
        Awaiting::AwaitingFollowConfirmation => WayFrom::AwaitingFollowConfirmation,
        Awaiting::AwaitingEmail => WayFrom::AwaitingEmail,
    }
}

fn to(awaiting: Awaiting) -> WayTo {
    match awaiting {
        Awaiting::AwaitingOpeningResponse => WayTo::AwaitingOpeningResponse,
        Awaiting::AwaitingFollowConfirmation => WayTo::AwaitingFollowConfirmation,
        Awaiting::AwaitingEmail => WayTo::AwaitingEmail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_lab::simulator::{Action, Simulator, SimulatorSettings};

    /// What the first two people of the demo do: one goes through to the email and stops
    /// there, the other takes the first step and lets a day pass.
    #[tokio::test]
    async fn each_way_is_counted_once_and_silence_is_one_too() {
        let start = Millis(1_700_000_000_000);
        let simulator = Simulator::open(SimulatorSettings::demo(start)).await;
        let simulator = simulator.expect("it opens");
        let counted = async |period| {
            let view = simulator.view().await.expect("it is open");
            let menu = AutomationId::from("menu");
            let people = view.people.iter();
            let people = people.map(|one| (one.decisions.as_slice(), one.state.as_ref()));
            overlay(&menu, people, view.now, period)
        };
        let view = simulator.view().await.expect("it is open");
        let ids: Vec<_> = view.people.iter().map(|person| person.id.clone()).collect();
        for id in &ids {
            let (person, text) = (id.clone(), "menu".to_owned());
            let said = simulator.act(Action::Say { person, text }).await;
            said.expect("they write");
            simulator.settle().await.expect("it settles");
        }
        let person = ids[0].clone();
        let text = "Yes, show me".to_owned();
        let said = simulator.act(Action::Say { person, text }).await;
        said.expect("the title is typed");
        simulator.settle().await.expect("it settles");

        let now = counted(Period::Hour).await;
        assert_eq!(now.started, 2);
        let standing = |awaiting| Standing { awaiting, count: 1 };
        assert!(now.standing.contains(&standing(Awaiting::AwaitingEmail)));
        assert!(
            now.standing
                .contains(&standing(Awaiting::AwaitingOpeningResponse))
        );
        let way = |from, to, count| Passage { from, to, count };
        assert_eq!(
            now.ways,
            [
                way(WayFrom::Trigger, WayTo::AwaitingOpeningResponse, 2),
                way(WayFrom::AwaitingOpeningResponse, WayTo::AwaitingEmail, 1),
            ]
        );

        simulator
            .let_pass(30 * Millis::HOUR)
            .await
            .expect("time passes");
        let later = counted(Period::Week).await;
        assert_eq!(later.standing, []);
        let expired = |way: &&Passage| way.to == WayTo::Expired;
        let expired: u32 = later.ways.iter().filter(expired).map(|way| way.count).sum();
        assert_eq!(expired, 2);
        assert_eq!(counted(Period::Hour).await.ways, []);
    }
}
