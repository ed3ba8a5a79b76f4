//! What the operator does, and whether somebody follows.

use super::{Run, Stuck, shape};
use crate::scenario::format::{ByHand, Change};
use crate::simulator::{Done, Fact};

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

    /// Sets something of a person.
    pub(super) async fn set(&mut self, who: &str, what: &ByHand) -> Result<(), Stuck> {
        let person = self.id(who);
        let (text, done) = match what {
            ByHand::Unsubscribed(unsubscribed) => {
                let verb = if *unsubscribed {
                    "unsubscribes"
                } else {
                    "subscribes"
                };
                let fact = Fact::Unsubscribed(*unsubscribed);
                (format!("{verb} {who}"), Done::Noted { person, fact })
            }
            ByHand::Email(email) => {
                let shown = email.as_deref().unwrap_or("none");
                let text = format!("sets the email of {who}: {shown}");
                let fact = Fact::Email(email.clone());
                (text, Done::Noted { person, fact })
            }
            ByHand::Standing(None) => {
                if let Some(state) = self.stage.stands(&person).await? {
                    self.taken.insert(person.clone(), state);
                }
                let standing = None;
                let text = format!("puts {who}: nothing is awaited");
                (text, Done::Put { person, standing })
            }
            ByHand::Back => {
                let state = self.taken.remove(&person).ok_or_else(|| {
                    Stuck::Because(format!(
                        "nothing was taken away from {who} that could stand again; say `operator puts {who}: none` before"
                    ))
                })?;
                let state = Box::new(state);
                let text = format!("puts {who} back");
                (text, Done::PutBack { person, state })
            }
            ByHand::Standing(Some((awaiting, name))) => {
                let automation = self.stage.automation(name).await?;
                let words = shape::awaiting(Some(*awaiting));
                let text = format!("puts {who}: {words} in “{}”", automation.name);
                let standing = Some((automation.id, *awaiting));
                (text, Done::Put { person, standing })
            }
        };
        self.world("operator", &text);
        Ok(self.stage.perform(done).await?)
    }

    /// Changes automations or the account.
    pub(super) async fn operate(&mut self, change: &Change) -> Result<(), Stuck> {
        self.world("operator", &change.in_words());
        Ok(self.stage.perform(Done::Operated(change.clone())).await?)
    }
}
