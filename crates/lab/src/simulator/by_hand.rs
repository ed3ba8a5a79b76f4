//! What an operator sets by hand: what is stored of a contact, and where they stand.

use super::stage::Stage;
use super::{Result, SimulatorError};
use heliograph_engine::cache::key;
use heliograph_engine::ports::Commit;
use heliograph_model::{
    AutomationId, AutomationType, Awaiting, Contact, ContactChange, ContactId, Decision,
    DecisionRecord, DeliveryId, Event, EventKind, Reason, StateChange, Target, Trace, UserState,
};

impl Stage {
    /// Changes the stored contact, which is created where there is none, and what the
    /// cache holds of it.
    pub(super) async fn change_contact(
        &self,
        person: &ContactId,
        change: impl FnOnce(&mut Contact),
    ) -> Result<()> {
        if self.look(|scene| scene.person(person).is_none()) {
            return Err(SimulatorError::NoPerson(person.to_string()));
        }
        let (store, now) = (self.runtime().store(), self.now());
        let mut contact = store
            .contact(self.account_id(), person)
            .await?
            .unwrap_or_else(|| Contact::new(self.account_id().clone(), person.clone(), now));
        change(&mut contact);
        contact.updated_at = now;
        store.put_contact(&contact).await?;
        self.runtime().engine().cached().put_contact(&contact).await;
        Ok(())
    }

    /// Puts somebody where they stand, as if the automation had just asked.
    pub(super) async fn put(
        &self,
        person: &ContactId,
        standing: Option<&(AutomationId, Awaiting)>,
    ) -> Result<()> {
        let (store, now) = (self.runtime().store(), self.now());
        let account = self.account_id();
        let state = match standing {
            None => StateChange::Clear,
            Some((automation, awaiting)) => {
                let automation = store.automation(automation).await?.ok_or_else(|| {
                    SimulatorError::Impossible(
                        "this automation does not exist any more; choose another".into(),
                    )
                })?;
                StateChange::Set(UserState {
                    account_id: account.clone(),
                    sender_id: person.clone(),
                    automation_id: automation.id,
                    automation_type: automation.kind,
                    target: automation.target,
                    state: *awaiting,
                    asked: 1,
                    started_by: None,
                    event_at: now,
                    updated_at: now,
                    expires_at: now + self.state_ms(),
                })
            }
        };
        let number = self.seen().log.len();
        let event = Event {
            account_id: Some(account.clone()),
            contact_id: Some(person.clone()),
            ..Event::new(EventKind::Other)
        };
        let trace = Trace::new(
            EventKind::Other,
            now,
            Reason::NeverTriggers,
            "The operator has set by hand where the contact stands.".into(),
        );
        store
            .commit(Commit {
                mark: format!("by-hand:{number}:{now}"),
                now,
                account_id: Some(account.clone()),
                contact_id: Some(person.clone()),
                state: state.clone(),
                contact: None,
                outbox: Vec::new(),
                record: DecisionRecord {
                    delivery_id: DeliveryId(0),
                    index: u32::try_from(number).unwrap_or(u32::MAX),
                    event,
                    decision: Decision {
                        state,
                        contact: ContactChange::default(),
                        effects: Vec::new(),
                        trace,
                    },
                },
                hold: None,
            })
            .await?;
        let cached = self.runtime().engine().cached();
        cached.forget_contact(account, person).await;
        Ok(())
    }

    /// Removes everything that could be in the cache: its keys from the shared tier, and
    /// the process' own copies.
    pub(super) async fn lose_cache(&self) -> Result<()> {
        let mut keys = Vec::new();
        let (store, workspace) = (self.runtime().store(), self.workspace_id());
        for account in store.accounts(workspace).await? {
            keys.extend(account.aliases.iter().map(key::workspace));
            keys.push(key::workspace(&account.id));
        }
        for kind in AutomationType::ALL {
            keys.push(key::automations(workspace, kind, &Target::All));
        }
        for automation in store.automations(workspace).await? {
            let (kind, target) = (automation.kind, &automation.target);
            keys.push(key::automations(workspace, kind, target));
        }
        self.look(|scene| {
            for actor in &scene.people {
                keys.push(key::user_state(self.account_id(), &actor.id));
                keys.push(key::contact(self.account_id(), &actor.id));
            }
        });
        self.runtime().cache().remove(&keys).await?;
        let cached = self.runtime().engine().cached();
        cached.bypass_near(true);
        cached.bypass_near(false);
        Ok(())
    }
}
