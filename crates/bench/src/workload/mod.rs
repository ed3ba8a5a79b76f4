//! The reference workload: what the benchmark's figures are figures of.

mod automations;
mod bodies;
mod visits;

use bytes::Bytes;
use heliograph_model::{
    AccountId, Automation, AutomationId, AutomationType, Millis, WorkspaceFile,
};

/// The reference workload, from its numbers. The same plan gives the same workload, up to
/// the time at which it starts.
///
/// **Accounts.** Each account has a workspace of its own with 15 automations: 12 for
/// direct messages with 4 keywords each, a story flow, a comment flow for one post, and a
/// comment flow for all posts. Every step of the design is in use somewhere. Accounts are
/// not equally busy: the busiest tenth has about a third of the visits.
///
/// **Visits.** Contacts come by in visits, which start evenly over the span:
///
/// | share | visit | events of it that are posted |
/// | --- | --- | --- |
/// | 40 % | a direct message with a keyword, gone through to the end | the message; then a tap; then, where it asks for one, an address |
/// | 15 % | small talk that no automation answers | one to three messages |
/// | 20 % | a comment with a keyword, answered publicly and privately | the comment; in two of three cases a tap on the private reply's button |
/// | 5 % | a comment without a keyword | the comment |
/// | 12 % | a reply to a story | the reply, then a tap |
/// | 8 % | what triggers nothing | a reaction, a picture, or an echo of a message written by hand |
///
/// Every second answer is followed by a `read`. A person takes 5 to 95 seconds for a step.
/// A delivery carries one event, which is Meta's habit outside of floods.
///
/// **Contacts.** Each account has a circle of people who come by again and again.
/// `new_per_thousand` visits of a thousand are by somebody who was never seen. Nobody is in
/// two visits at a time, or comes back within a minute. How often people come back is what decides on the hit rate of the
/// user state, whatever the cache does: it cannot be better than one miss for everybody
/// who was not there for a day.
///
/// **Edits.** Now and then an operator edits an automation: one edit in every
/// `deliveries_per_edit` deliveries, of a random automation.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many accounts there are, each with a workspace of its own.
    pub accounts: usize,
    /// Automations of each workspace, at least four. Beyond the 15 of the reference
    /// there are such as nobody sets off: half of them are tried before, half behind.
    pub automations: usize,
    /// How many deliveries there are.
    pub deliveries: usize,
    /// Within how long the visits start, in milliseconds of the people who write. The
    /// last ones go on for [`VISIT_MOST_MS`] at the most.
    pub span_ms: i64,
    /// The circle of each account.
    pub people_per_account: usize,
    /// Visits of a thousand that are by somebody who was never seen.
    pub new_per_thousand: u32,
    /// An operator edits once in so many deliveries.
    pub deliveries_per_edit: usize,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Plan {
    /// The reference workload of so many deliveries, at 1,000,000 an hour: 200,000 people
    /// who are about.
    pub fn reference(deliveries: usize) -> Self {
        let deliveries_in_ms = i64::try_from(deliveries).unwrap_or(i64::MAX);
        Self {
            accounts: 100,
            automations: 15,
            deliveries,
            span_ms: deliveries_in_ms.saturating_mul(Millis::HOUR) / 1_000_000,
            people_per_account: 2_000,
            new_per_thousand: 10,
            deliveries_per_edit: 2_000,
            seed: 20_261_124,
        }
    }

    /// The same in a small installation, over half a day: 5,000 people who are about. Times
    /// to live run out in between, which a million an hour would hide.
    pub fn half_a_day(deliveries: usize) -> Self {
        Self {
            span_ms: 12 * Millis::HOUR,
            people_per_account: 50,
            ..Self::reference(deliveries)
        }
    }
}

/// No visit takes longer.
pub const VISIT_MOST_MS: i64 = 6 * Millis::MINUTE;

/// One delivery to come.
#[derive(Debug, Clone)]
pub struct Planned {
    /// When it arrives.
    pub at: Millis,
    /// Tells contacts apart: what has the same lane must stay in order.
    pub lane: u64,
    /// The body, as Meta writes it.
    pub body: Bytes,
}

/// A workload, ready to be posted.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The accounts with their automations.
    pub workspaces: Vec<WorkspaceFile>,
    /// In the order of their arrival.
    pub deliveries: Vec<Planned>,
}

impl Workload {
    /// Makes the workload of a plan all of which has just happened at `now`.
    pub fn until(plan: &Plan, now: Millis) -> Self {
        // The visits may start a little later than the span says.
        Self::new(plan, now - plan.span_ms - plan.span_ms / 10 - VISIT_MOST_MS)
    }

    /// Makes the workload of a plan that starts at `start`.
    pub fn new(plan: &Plan, start: Millis) -> Self {
        let workspaces: Vec<_> = (0..plan.accounts)
            .map(|account| automations::workspace(account, plan.automations))
            .collect();
        let deliveries = visits::deliveries(plan, &workspaces, start);
        Self {
            workspaces,
            deliveries,
        }
    }

    /// The bodies alone.
    pub fn bodies(&self) -> impl Iterator<Item = &Bytes> {
        self.deliveries.iter().map(|planned| &planned.body)
    }

    /// The deliveries shared out over so many lanes, each in its order and with every
    /// contact in one lane.
    pub fn in_lanes(&self, lanes: usize) -> Vec<Vec<Planned>> {
        let mut shared = vec![Vec::new(); lanes.max(1)];
        for planned in &self.deliveries {
            let lane = usize::try_from(planned.lane).unwrap_or(usize::MAX) % shared.len();
            shared[lane].push(planned.clone());
        }
        shared
    }
}

/// The handle of a contact of the workload.
#[must_use]
pub fn username(contact: &str) -> String {
    visits::username(contact)
}

/// The only account of a workspace of the workload.
fn account_of(file: &WorkspaceFile) -> &AccountId {
    &file.accounts[0].id
}

/// The automation of a workspace of the workload with this place.
fn automation_id(account: usize, place: usize) -> AutomationId {
    format!("bench-{account:04}-{place:02}").into()
}

/// The automations of a type.
fn of_type(file: &WorkspaceFile, kind: AutomationType) -> impl Iterator<Item = &Automation> {
    file.automations.iter().filter(move |one| one.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_engine::route::route;
    use heliograph_model::EventKind;
    use std::collections::{BTreeMap, HashSet};

    const START: Millis = Millis(1_790_000_000_000);

    #[test]
    fn a_plan_gives_the_same_workload_again() {
        let plan = Plan::reference(2_000);
        let (one, two) = (Workload::new(&plan, START), Workload::new(&plan, START));
        assert_eq!(one.deliveries.len(), 2_000);
        assert!(one.bodies().eq(two.bodies()));
        let other = Plan { seed: 1, ..plan };
        assert!(!one.bodies().eq(Workload::new(&other, START).bodies()));
    }

    #[test]
    fn every_delivery_is_one_event_of_a_known_kind_and_no_id_comes_twice() {
        let workload = Workload::new(&Plan::reference(20_000), START);
        let mut kinds: BTreeMap<EventKind, usize> = BTreeMap::new();
        let mut ids = HashSet::new();
        for planned in &workload.deliveries {
            let events = route(&planned.body, planned.at).expect("JSON");
            assert_eq!(events.len(), 1);
            *kinds.entry(events[0].kind).or_default() += 1;
            assert_ne!(events[0].kind, EventKind::Other);
            if events[0].kind.can_trigger() {
                assert!(ids.insert(events[0].event_id.clone()), "{:?}", events[0]);
                let late = planned.at.since(events[0].timestamp.expect("a timestamp"));
                assert!((0..2_000).contains(&late), "{late} ms");
            }
        }
        for kind in [
            EventKind::DmText,
            EventKind::Postback,
            EventKind::Comment,
            EventKind::StoryReply,
            EventKind::Read,
            EventKind::Echo,
        ] {
            assert!(kinds.contains_key(&kind), "{kind} is missing: {kinds:?}");
        }
        assert!(workload.deliveries.is_sorted_by_key(|planned| planned.at));
        let last = workload.deliveries.last().expect("there are some").at;
        let span = Plan::reference(20_000).span_ms;
        assert!(last.since(START) < span + span / 10 + VISIT_MOST_MS);
    }

    #[test]
    fn lanes_keep_the_order_of_every_contact() {
        let workload = Workload::new(&Plan::reference(5_000), START);
        let lanes = workload.in_lanes(7);
        assert_eq!(lanes.iter().map(Vec::len).sum::<usize>(), 5_000);
        let mut seen = HashSet::new();
        for lane in &lanes {
            assert!(lane.is_sorted_by_key(|planned| planned.at));
            let contacts: HashSet<_> = lane.iter().map(|planned| planned.lane).collect();
            for contact in contacts {
                assert!(seen.insert(contact), "a contact is in two lanes");
            }
        }
    }
}
