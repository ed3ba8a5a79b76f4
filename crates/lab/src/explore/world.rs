//! The rules of a workspace, asked what an answer leads to.

use super::place::Place;
use heliograph_engine::decide::{
    self, Addressed, Context, Named, Outcome, ProfileAnswer, STATE_TTL_MS,
};
use heliograph_engine::matching::AutomationSet;
use heliograph_engine::ports::Profile;
use heliograph_model::{
    Account, Automation, AutomationId, AutomationType, Contact, ContactId, Decision, Event,
    MediaId, Millis, StateChange, Target,
};
use std::collections::HashMap;
use std::sync::Arc;

/// When everything happens: nothing that is decided depends on how late it is, so time
/// stands still. It is when scenarios start.
pub(super) const NOW: Millis = crate::scenario::Scenario::STARTS;
/// Who the person is.
pub(super) const PERSON: &str = "990000000000000001";
/// What the person is called.
pub(super) const NAME: &str = "Maya Lindqvist";
/// The person's handle.
pub(super) const USERNAME: &str = "maya.example";

/// A workspace with one automation that is explored.
#[derive(Debug)]
pub(super) struct World {
    pub(super) account: Account,
    /// The automation that is explored, as if it were on.
    pub(super) automation: Automation,
    /// The post or story that people say something about.
    pub(super) media: MediaId,
    sets: HashMap<(AutomationType, Target), Arc<AutomationSet>>,
    off: HashMap<AutomationId, Automation>,
}

impl World {
    pub(super) fn new(automation: &Automation, all: &[Automation], account: &Account) -> Self {
        let automation = Automation {
            is_active: true,
            workspace_id: account.workspace_id.clone(),
            ..automation.clone()
        };
        let mut active: HashMap<_, Vec<Automation>> = HashMap::new();
        let mut off = HashMap::new();
        let others = all.iter().filter(|other| other.id != automation.id);
        for other in others.chain([&automation]) {
            if other.is_active {
                active
                    .entry((other.kind, other.target.clone()))
                    .or_default()
                    .push(other.clone());
            } else {
                off.insert(other.id.clone(), other.clone());
            }
        }
        let media = automation.target.media().cloned().unwrap_or_else(|| {
            // Any that no automation is for.
            let taken = |id: &MediaId| all.iter().any(|other| other.target.media() == Some(id));
            (1..)
                .map(|number| MediaId::from(format!("180000000000{number:05}")))
                .find(|id| !taken(id))
                .unwrap_or_else(|| "18000000000000000".into())
        });
        Self {
            account: Account {
                is_active: true,
                ..account.clone()
            },
            automation,
            media,
            sets: active
                .into_iter()
                .map(|(key, automations)| (key, Arc::new(AutomationSet::compile(automations))))
                .collect(),
            off,
        }
    }

    /// Decides what an event leads to for somebody in `place`, with what the engine would
    /// have loaded, and moves them on. What is sent is not taken in here.
    pub(super) fn decide(&self, event: &Event, place: &mut Place) -> Decision {
        let needs = decide::needs(event, place.state.as_ref());
        let sets: Vec<_> = needs.sets.into_iter().map(|key| self.set(&key)).collect();
        let addressed = needs
            .automation
            .map_or(Addressed::None, |named| self.address(named));
        let profile = ProfileAnswer::Known(Profile {
            name: Some(NAME.to_owned()),
            username: Some(USERNAME.to_owned()),
            follows: Some(place.follows),
        });
        let mut context = Context {
            sets: &sets,
            state: place.state.as_ref(),
            addressed,
            contact: place.contact.as_ref(),
            state_ttl_ms: STATE_TTL_MS,
            ..Context::new(&self.account)
        };
        let mut outcome = decide::decide(event, &context, NOW);
        if outcome == Outcome::NeedsProfile {
            context.profile = Some(&profile);
            outcome = decide::decide(event, &context, NOW);
        }
        let decision = match outcome {
            Outcome::Decided(decision) => decision,
            Outcome::NeedsProfile => {
                unreachable!("a decision that has the profile does not ask for it")
            }
        };
        match &decision.state {
            StateChange::Keep => {}
            StateChange::Set(state) => place.state = Some(state.clone()),
            StateChange::Clear => place.state = None,
        }
        let contact = place.contact.get_or_insert_with(|| self.new_contact());
        decision.contact.apply(contact, NOW);
        decision
    }

    /// Somebody whom the account has not heard of.
    pub(super) fn new_contact(&self) -> Contact {
        Contact::new(self.account.id.clone(), ContactId::from(PERSON), NOW)
    }

    /// Whether an active automation for direct messages has a keyword in this text.
    pub(super) fn is_keyword(&self, text: &str) -> bool {
        use heliograph_engine::matching::{Folded, Question};
        let texts = [Folded::new(text)];
        let question = Question {
            texts: &texts,
            is_reply: false,
        };
        let first = |kind| {
            self.sets
                .iter()
                .filter(move |((of, _), _)| *of == kind)
                .filter_map(|(_, set)| set.first(&question))
        };
        AutomationType::ALL
            .into_iter()
            .any(|kind| first(kind).any(|(_, keyword)| keyword.is_some()))
    }

    fn set(&self, key: &(AutomationType, Target)) -> Arc<AutomationSet> {
        self.sets.get(key).cloned().unwrap_or_default()
    }

    fn address(&self, named: Named) -> Addressed {
        let set = self.set(&(named.automation_type, named.target));
        if let Some(automation) = set.get(&named.id) {
            return Addressed::Active(Arc::clone(automation));
        }
        match self.off.get(&named.id) {
            Some(automation) => Addressed::Disabled(Box::new(automation.clone())),
            None => Addressed::Deleted(named.id),
        }
    }
}
