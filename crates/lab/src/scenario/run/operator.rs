//! What the operator does, and whether somebody follows.

use super::{Run, Stuck};
use crate::scenario::format::Change;
use crate::simulator::Done;

impl Run<'_> {
    /// Follows or unfollows the account.
    pub(super) async fn follow(&mut self, who: &str, follows: bool) -> Result<(), Stuck> {
        let verb = if follows { "follows" } else { "unfollows" };
        self.world(who, &format!("{verb} the account"));
        let person = self.id(who);
        let followed = Done::Followed { person, follows };
        let outcome = self.stage.perform(followed).await;
        outcome.map_err(|_| Stuck::Because(format!("Instagram does not know {who}")))
    }

    /// Changes automations or the account.
    pub(super) async fn operate(&mut self, change: &Change) -> Result<(), Stuck> {
        self.world("operator", &change.in_words());
        Ok(self.stage.perform(Done::Operated(change.clone())).await?)
    }
}
