//! What an operator sets by hand: what is stored of a contact, and where they stand.

use super::stage::Stage;
use super::{Result, SimulatorError};
use heliograph_engine::cache::key;
use heliograph_engine::process::{ByHand, HandChange, HandError};
use heliograph_model::{
    AutomationId, AutomationType, Awaiting, Contact, ContactId, Target, UserState,
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

    /// Where somebody stands; `None` where nothing is awaited of them.
    pub(crate) async fn stands(&self, person: &ContactId) -> Result<Option<UserState>> {
        let store = self.runtime().store();
        let state = store.user_state(self.account_id(), person, self.now());
        Ok(state.await?)
    }

    /// Puts somebody where they stand, as if the automation had just asked.
    pub(super) async fn put(
        &self,
        person: &ContactId,
        standing: Option<&(AutomationId, Awaiting)>,
    ) -> Result<()> {
        let change = match standing {
            None => HandChange::Release,
            Some((automation, state)) => HandChange::Move {
                automation_id: automation.clone(),
                state: *state,
            },
        };
        self.set_by_hand(person, change).await
    }

    /// Lets a state that was taken away by hand stand again as it was, with what is left of
    /// its time, where nothing stands now.
    pub(super) async fn put_back(&self, person: &ContactId, state: &UserState) -> Result<()> {
        let change = HandChange::PutBack(Box::new(state.clone()));
        self.set_by_hand(person, change).await
    }

    async fn set_by_hand(&self, person: &ContactId, change: HandChange) -> Result<()> {
        let hand = ByHand {
            account_id: self.account_id().clone(),
            contact_id: person.clone(),
            change,
            seen: None,
        };
        let set = self.runtime().engine().by_hand(hand).await;
        set.map(drop).map_err(|error| match error {
            HandError::Port(error) => error.into(),
            HandError::MovedOn => SimulatorError::MovedOn(error.to_string()),
            other => SimulatorError::Impossible(other.to_string()),
        })
    }

    /// Removes everything that could be in the cache: its keys from the shared tier, and
    /// the process' own copies.
    pub(super) async fn lose_cache(&self) -> Result<()> {
        let mut keys = Vec::new();
        let (store, workspace) = (self.runtime().store(), self.workspace_id());
        for account in store.accounts(workspace).await? {
            keys.extend(account.ids().map(key::workspace));
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
