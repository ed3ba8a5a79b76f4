//! What one decision costs, without anything around it.

use super::matching::median_nanos;
use anyhow::{Context as _, Result};
use heliograph_bench::workload::{Plan, Workload};
use heliograph_engine::decide::{Addressed, Context, Outcome, ProfileAnswer, decide, needs};
use heliograph_engine::matching::AutomationSet;
use heliograph_engine::ports::Profile;
use heliograph_engine::route::route;
use heliograph_model::{
    Account, AccountId, AutomationType, Contact, ContactId, Event, Millis, StateChange, Target,
    UserState, WorkspaceFile,
};
use serde::Serialize;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const START: Millis = Millis(1_790_000_000_000);

/// What one event costs on its way through the pure parts.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deciding {
    pub(crate) deliveries: usize,
    /// Decisions in the workload that lead to an effect.
    pub(crate) acting: usize,
    /// `decide`, with its trace, in nanoseconds for each event: the mean over the
    /// reference workload, the median of its repetitions.
    pub(crate) nanos_per_decision: f64,
    /// `route`, in nanoseconds for each delivery.
    pub(crate) nanos_per_route: f64,
}

/// An event with all that its decision is made of.
struct Case {
    event: Event,
    place: usize,
    sets: Vec<Arc<AutomationSet>>,
    state: Option<UserState>,
    contact: Option<Contact>,
    addressed: Addressed,
    /// The person's profile, where the decision depends on it.
    profile: Option<ProfileAnswer>,
    now: Millis,
}

/// The automations of one account, compiled.
struct Known {
    account: Account,
    sets: HashMap<(AutomationType, Target), Arc<AutomationSet>>,
}

/// Measures over the reference workload.
pub(crate) fn measure(deliveries: usize, lasting: Duration) -> Result<Deciding> {
    let workload = Workload::new(&Plan::reference(deliveries), START);
    let known: Vec<_> = workload.workspaces.iter().map(Known::new).collect();
    let (cases, acting) = cases(&workload, &known)?;
    let nanos_per_decision = median_nanos(lasting / 2, cases.len(), || {
        for case in &cases {
            black_box(case.decide(&known));
        }
    });
    let nanos_per_route = median_nanos(lasting / 2, workload.deliveries.len(), || {
        for planned in &workload.deliveries {
            let _ = black_box(route(black_box(&planned.body), planned.at));
        }
    });
    Ok(Deciding {
        deliveries: workload.deliveries.len(),
        acting,
        nanos_per_decision,
        nanos_per_route,
    })
}

/// Goes through the workload once, so that every event meets the state that the ones
/// before have led to.
fn cases(workload: &Workload, known: &[Known]) -> Result<(Vec<Case>, usize)> {
    let places: HashMap<&AccountId, usize> = known
        .iter()
        .enumerate()
        .map(|(place, known)| (&known.account.id, place))
        .collect();
    let mut states: HashMap<(usize, ContactId), UserState> = HashMap::new();
    let mut contacts: HashMap<(usize, ContactId), Contact> = HashMap::new();
    let (mut cases, mut acting) = (Vec::with_capacity(workload.deliveries.len()), 0);
    for planned in &workload.deliveries {
        for event in route(&planned.body, planned.at)? {
            let account = event.account_id.as_ref().context("an account")?;
            let place = *places.get(account).context("a known account")?;
            let key = event.contact_id.clone().map(|contact| (place, contact));
            let state = key.as_ref().and_then(|key| states.get(key)).cloned();
            let contact = key.as_ref().and_then(|key| contacts.get(key)).cloned();
            let mut case = Case::new(event, place, &known[place], planned.at);
            case.meet(&known[place], state, contact);
            if let Outcome::Decided(decision) = case.decide_with_profile(known) {
                acting += usize::from(!decision.effects.is_empty());
                if let Some(key) = key.clone().filter(|_| !decision.contact.is_empty()) {
                    let (account, id) = (known[place].account.id.clone(), key.1.clone());
                    let contact = contacts.entry(key);
                    let contact = contact.or_insert_with(|| Contact::new(account, id, planned.at));
                    decision.contact.apply(contact, planned.at);
                }
                match (decision.state, key) {
                    (StateChange::Set(state), Some(key)) => drop(states.insert(key, state)),
                    (StateChange::Clear, Some(key)) => drop(states.remove(&key)),
                    (StateChange::Keep, _) | (_, None) => {}
                }
            }
            cases.push(case);
        }
    }
    Ok((cases, acting))
}

impl Known {
    fn new(file: &WorkspaceFile) -> Self {
        let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
        for automation in &file.automations {
            let key = (automation.kind, automation.target.clone());
            grouped.entry(key).or_default().push(automation.clone());
        }
        let sets = grouped
            .into_iter()
            .map(|(key, automations)| (key, Arc::new(AutomationSet::compile(automations))))
            .collect();
        Self {
            account: file.accounts[0].clone(),
            sets,
        }
    }

    fn set(&self, kind: AutomationType, target: &Target) -> Arc<AutomationSet> {
        let key = (kind, target.clone());
        self.sets.get(&key).cloned().unwrap_or_default()
    }
}

impl Case {
    fn new(event: Event, place: usize, known: &Known, now: Millis) -> Self {
        let sets = needs(&event, None)
            .sets
            .iter()
            .map(|(kind, target)| known.set(*kind, target))
            .collect();
        Self {
            event,
            place,
            sets,
            state: None,
            contact: None,
            addressed: Addressed::None,
            profile: None,
            now,
        }
    }

    /// Sets where the contact stands, and finds the automation that this or a tap names.
    fn meet(&mut self, known: &Known, state: Option<UserState>, contact: Option<Contact>) {
        if let Some(named) = needs(&self.event, state.as_ref()).automation {
            let set = known.set(named.automation_type, &named.target);
            self.addressed = match set.get(&named.id) {
                Some(automation) => Addressed::Active(Arc::clone(automation)),
                None => Addressed::Deleted(named.id),
            };
        }
        self.state = state;
        self.contact = contact;
    }

    /// The decision, after the profile was read where it depends on that.
    fn decide_with_profile(&mut self, known: &[Known]) -> Outcome {
        match self.decide(known) {
            Outcome::NeedsProfile => {
                self.profile = Some(ProfileAnswer::Known(Profile {
                    name: Some("Ana Example".into()),
                    username: Some("ana.example".into()),
                    follows: Some(true),
                }));
                self.decide(known)
            }
            decided @ Outcome::Decided(_) => decided,
        }
    }

    fn decide(&self, known: &[Known]) -> Outcome {
        let context = Context {
            sets: &self.sets,
            state: self.state.as_ref(),
            contact: self.contact.as_ref(),
            addressed: self.addressed.clone(),
            profile: self.profile.as_ref(),
            ..Context::new(&known[self.place].account)
        };
        decide(&self.event, &context, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_what_people_write_in_the_workload_leads_to_something() {
        let measured = measure(5_000, Duration::from_millis(10)).expect("measured");
        assert_eq!(measured.deliveries, 5_000);
        assert!(
            measured.acting * 5 > measured.deliveries * 2,
            "{measured:?}"
        );
        assert!(measured.nanos_per_decision > 0.0 && measured.nanos_per_route > 0.0);
    }
}
