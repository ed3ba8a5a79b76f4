//! Releasing or clearing many conversations, one after the other, and putting back what was
//! taken away last.
//!
//! Each is set on its own, as [`Conversations::set`] sets one, in the profile that was in
//! front when it began, and in no other. Who has moved on since they were chosen is left
//! alone. What the last release or clear took away is kept until another one, so that it can
//! be put back.

use super::error::{ConversationsError, Result};
use super::hand::{ChangeKind, PersonChange, other_in_front};
use super::pick::{self, Picked};
use super::standing::{is_held, standing};
use super::{Conversations, Shared};
use heliograph_model::{AccountId, ContactId, GuardLevel, UserState};
use heliograph_runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;

/// What is done for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum BulkChange {
    /// Nothing is awaited any more.
    Release,
    /// What is held of their state goes altogether.
    Clear,
    /// What the last release or clear took away stands again.
    PutBack,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum BulkState {
    /// It goes on.
    Running,
    /// Everybody's turn has come.
    Finished,
    /// It ended before that: somebody stopped it, or it is not allowed any more.
    Stopped,
}

/// How something that is done for many stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BulkNews {
    /// Another number is another one.
    pub number: u32,
    /// What is done.
    pub change: BulkChange,
    /// How far it is.
    pub state: BulkState,
    /// Why it ended before everybody's turn; absent where somebody stopped it.
    pub failure: Option<String>,
    /// How many were chosen.
    pub total: u32,
    /// For how many it is done,
    pub done: u32,
    /// for how many there was nothing to do,
    pub nothing: u32,
    /// how many have moved on since they were chosen and were left alone,
    pub moved_on: u32,
    /// and for how many it was not done because something failed.
    pub failed: u32,
    /// How many can be put back with its number: what it took away of them is kept.
    pub kept: u32,
}

/// What came of it for one contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BulkOutcome {
    /// The account.
    pub account_id: AccountId,
    /// The contact.
    pub contact_id: ContactId,
    /// What they are called.
    pub name: String,
    /// What came of it.
    pub result: BulkResult,
    /// Why it was not done, for people.
    pub why: Option<String>,
}

/// What came of it for one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum BulkResult {
    /// Their turn has not come.
    Waits,
    /// It is done.
    Done,
    /// There was nothing to do.
    Nothing,
    /// They do not stand where they stood when they were chosen.
    MovedOn,
    /// Something failed.
    Failed,
}

/// The last one, with what came of it.
#[derive(Debug)]
pub(super) struct Bulk {
    pub(super) news: BulkNews,
    outcomes: Vec<BulkOutcome>,
    /// Nobody's turn comes any more.
    is_stopped: bool,
}

/// What the last release or clear took away.
#[derive(Debug, Default)]
pub(super) struct Taken {
    number: u32,
    people: Vec<(Picked, UserState)>,
}

impl Taken {
    /// How many are kept of the one with this number; none where another one came since.
    fn of(&self, number: u32) -> u32 {
        match self.number == number {
            true => u32::try_from(self.people.len()).unwrap_or(u32::MAX),
            false => 0,
        }
    }
}

/// One contact's turn.
#[derive(Debug)]
struct Turn {
    picked: Picked,
    /// What is put back.
    state: Option<UserState>,
}

impl Conversations {
    /// Begins to do something for these people, one after the other, each with `set` in the
    /// profile that is in front now; a contact that is named twice has one turn.
    ///
    /// # Errors
    /// When nothing runs, another one is under way, or nobody or too many are chosen.
    pub fn begin<F>(
        &self,
        change: BulkChange,
        people: Vec<Picked>,
        set: impl Fn(Arc<Runtime>, PersonChange) -> F + Send + Sync + 'static,
    ) -> Result<BulkNews>
    where
        F: Future<Output = Result<()>> + Send,
    {
        if change == BulkChange::PutBack {
            return Err(ConversationsError::Refused(
                "Only what was released or cleared last can be put back.".to_owned(),
            ));
        }
        let mut seen = HashSet::new();
        let turns: Vec<Turn> = people
            .into_iter()
            .filter(|one| seen.insert((one.account_id.clone(), one.contact_id.clone())))
            .map(|picked| Turn {
                picked,
                state: None,
            })
            .collect();
        let runtime = self.shared.runtime()?;
        self.begin_turns(runtime, change, turns, set)
    }

    /// Puts back what the release or clear with this number took away.
    ///
    /// # Errors
    /// [`ConversationsError::Changed`] where something else was released or cleared since,
    /// and as [`Self::begin`].
    pub fn undo<F>(
        &self,
        number: u32,
        set: impl Fn(Arc<Runtime>, PersonChange) -> F + Send + Sync + 'static,
    ) -> Result<BulkNews>
    where
        F: Future<Output = Result<()>> + Send,
    {
        self.shared.may_begin()?;
        let runtime = self.shared.runtime()?;
        let people = {
            let taken = self.shared.taken.lock();
            let is_theirs = self.shared.is_in_front(&runtime);
            if !is_theirs || taken.number != number || taken.people.is_empty() {
                return Err(ConversationsError::Changed(
                    "Something else was released or cleared since, or it was put back already, so this cannot be undone any more."
                        .to_owned(),
                ));
            }
            taken.people.clone()
        };
        // Each is kept until it stands again: who was not reached can be put back later.
        let turns = people.into_iter().map(|(picked, state)| Turn {
            picked,
            state: Some(state),
        });
        self.begin_turns(runtime, BulkChange::PutBack, turns.collect(), set)
    }

    /// Ends it after the contact whose turn it is. Does nothing where none is under way.
    pub fn stop_bulk(&self) {
        if let Some(bulk) = &mut *self.shared.bulk.lock() {
            bulk.is_stopped = true;
        }
    }

    /// Forgets what came of the last one, where it has ended.
    pub fn close_bulk(&self) {
        let mut bulk = self.shared.bulk.lock();
        let is_over = |bulk: &Bulk| bulk.news.state != BulkState::Running;
        if bulk.as_ref().is_some_and(is_over) {
            *bulk = None;
        }
        drop(bulk);
        self.shared.changed.send_replace(());
    }

    /// What came of the last one, contact by contact, in the order of their turns.
    #[must_use]
    pub fn bulk_outcomes(&self) -> Vec<BulkOutcome> {
        let bulk = self.shared.bulk.lock();
        bulk.as_ref()
            .map_or_else(Vec::new, |it| it.outcomes.clone())
    }

    /// Sets something for one contact with `set`, in the profile that is in front now. Where
    /// that takes a state away, it is kept, and the answer is the number with which
    /// [`Self::undo`] puts it back; none where another profile has come in front meanwhile.
    ///
    /// # Errors
    /// As `set`.
    pub async fn set_by<F>(
        &self,
        asked: PersonChange,
        set: impl FnOnce(Arc<Runtime>, PersonChange) -> F,
    ) -> Result<Option<u32>>
    where
        F: Future<Output = Result<()>>,
    {
        let runtime = self.shared.runtime()?;
        let takes = matches!(asked.change, ChangeKind::Release | ChangeKind::Clear);
        if !takes {
            set(runtime, asked).await?;
            return Ok(None);
        }
        let (account, contact) = (asked.account_id.clone(), asked.contact_id.clone());
        let now = runtime.clock().now();
        let before = standing(&runtime, &account, &contact, now).await?;
        let person = runtime.store().contact(&account, &contact).await?;
        set(Arc::clone(&runtime), asked).await?;
        let Some(before) = before else {
            return Ok(None);
        };
        let picked = Picked {
            name: person
                .and_then(|person| person.name.or(person.username))
                .unwrap_or_else(|| contact.to_string()),
            account_id: account,
            contact_id: contact,
            seen: None,
        };
        Ok(self.shared.take(&runtime, vec![(picked, before.state)]))
    }

    fn begin_turns<F>(
        &self,
        runtime: Arc<Runtime>,
        change: BulkChange,
        turns: Vec<Turn>,
        set: impl Fn(Arc<Runtime>, PersonChange) -> F + Send + Sync + 'static,
    ) -> Result<BulkNews>
    where
        F: Future<Output = Result<()>> + Send,
    {
        pick::check(turns.len())?;
        // Each would be refused by the ports; this says it once.
        if runtime.guard().level() == GuardLevel::Observe {
            return Err(ConversationsError::Refused(format!(
                "The profile “{}” is at the guard level observe, which only reads. Arm live for it to change something by hand.",
                runtime.guard().profile()
            )));
        }
        let news = self.shared.begin_bulk(&runtime, change, &turns)?;
        let (shared, number) = (Arc::clone(&self.shared), news.number);
        tokio::spawn(async move {
            shared
                .take_turns(&runtime, number, change, turns, set)
                .await;
        });
        self.shared.changed.send_replace(());
        Ok(news)
    }
}

impl Shared {
    /// How the last one stands.
    pub(super) fn bulk_news(&self) -> Option<BulkNews> {
        let mut news = self.bulk.lock().as_ref().map(|bulk| bulk.news.clone())?;
        news.kept = self.taken.lock().of(news.number);
        Some(news)
    }

    fn may_begin(&self) -> Result<()> {
        let bulk = self.bulk.lock();
        let runs = |bulk: &Bulk| bulk.news.state == BulkState::Running;
        match bulk.as_ref().is_some_and(runs) {
            true => Err(ConversationsError::Refused(
                "Something is being done for several contacts already. Wait for its end, or stop it."
                    .to_owned(),
            )),
            false => Ok(()),
        }
    }

    fn begin_bulk(
        &self,
        runtime: &Arc<Runtime>,
        change: BulkChange,
        turns: &[Turn],
    ) -> Result<BulkNews> {
        self.may_begin()?;
        let number = self.next_number();
        let news = BulkNews {
            number,
            change,
            state: BulkState::Running,
            failure: None,
            total: u32::try_from(turns.len()).unwrap_or(u32::MAX),
            done: 0,
            nothing: 0,
            moved_on: 0,
            failed: 0,
            kept: 0,
        };
        let outcomes = turns.iter().map(|turn| BulkOutcome {
            account_id: turn.picked.account_id.clone(),
            contact_id: turn.picked.contact_id.clone(),
            name: turn.picked.name.clone(),
            result: BulkResult::Waits,
            why: None,
        });
        let mut bulk = self.bulk.lock();
        if !self.is_in_front(runtime) {
            return Err(other_in_front());
        }
        *bulk = Some(Bulk {
            news: news.clone(),
            outcomes: outcomes.collect(),
            is_stopped: false,
        });
        drop(bulk);
        let mut taken = self.taken.lock();
        taken.number = number;
        // What was taken away before cannot be told apart from this any more.
        if change != BulkChange::PutBack {
            taken.people.clear();
        }
        let kept = taken.of(number);
        drop(taken);
        Ok(BulkNews { kept, ..news })
    }

    async fn take_turns<F>(
        &self,
        runtime: &Arc<Runtime>,
        number: u32,
        change: BulkChange,
        turns: Vec<Turn>,
        set: impl Fn(Arc<Runtime>, PersonChange) -> F + Send + Sync,
    ) where
        F: Future<Output = Result<()>> + Send,
    {
        for (index, turn) in turns.into_iter().enumerate() {
            if !self.goes_on(number) {
                break;
            }
            let picked = turn.picked.clone();
            let (ended, taken) = match take_turn(runtime, change, turn, &set).await {
                Ok(ended) => ended,
                Err(ConversationsError::Changed(_)) => (BulkResult::MovedOn, None),
                Err(error) => {
                    let is_refused = matches!(error, ConversationsError::Refused(_));
                    self.bulk(number, |bulk| {
                        bulk.ended(index, BulkResult::Failed, Some(error.to_string()));
                        if is_refused {
                            // Nobody else's would be allowed either.
                            bulk.is_stopped = true;
                            bulk.news.failure = Some(error.to_string());
                        }
                    });
                    continue;
                }
            };
            if change != BulkChange::PutBack && ended != BulkResult::MovedOn {
                self.forget_stray(&picked.account_id, &picked.contact_id);
            }
            self.bulk(number, |bulk| bulk.ended(index, ended, None));
            let mut all = self.taken.lock();
            if all.number != number {
                // Something was released or cleared by itself meanwhile, and is kept instead.
                continue;
            }
            if change == BulkChange::PutBack {
                let is_other = |one: &Picked| {
                    (&one.account_id, &one.contact_id) != (&picked.account_id, &picked.contact_id)
                };
                all.people.retain(|(one, _)| is_other(one));
            } else if let Some(state) = taken {
                all.people.push((picked, state));
            }
        }
        self.bulk(number, Bulk::end);
    }

    /// Whether the next one's turn comes.
    fn goes_on(&self, number: u32) -> bool {
        let bulk = self.bulk.lock();
        bulk.as_ref()
            .is_some_and(|bulk| bulk.news.number == number && !bulk.is_stopped)
    }

    /// Changes the one with this number, where it is still the last.
    fn bulk(&self, number: u32, change: impl FnOnce(&mut Bulk)) {
        if let Some(bulk) = &mut *self.bulk.lock()
            && bulk.news.number == number
        {
            change(bulk);
        }
        self.changed.send_replace(());
    }

    /// Keeps what was taken away in a profile, in place of what was before, and answers with
    /// its number; not where another profile has come in front.
    fn take(&self, runtime: &Arc<Runtime>, people: Vec<(Picked, UserState)>) -> Option<u32> {
        // Held while that is asked: who comes in front forgets what is kept by then.
        let mut taken = self.taken.lock();
        if !self.is_in_front(runtime) {
            return None;
        }
        let number = self.next_number();
        *taken = Taken { number, people };
        drop(taken);
        // What was released or cleared for many can be put back no more.
        self.changed.send_replace(());
        Some(number)
    }

    /// Another profile is in front: nothing that was chosen has to do with it.
    pub(super) fn forget_bulk(&self) {
        *self.bulk.lock() = None;
        *self.taken.lock() = Taken::default();
    }
}

impl Bulk {
    fn ended(&mut self, index: usize, result: BulkResult, why: Option<String>) {
        let Some(outcome) = self.outcomes.get_mut(index) else {
            return;
        };
        outcome.result = result;
        outcome.why = why;
        match result {
            BulkResult::Waits => {}
            BulkResult::Done => self.news.done += 1,
            BulkResult::Nothing => self.news.nothing += 1,
            BulkResult::MovedOn => self.news.moved_on += 1,
            BulkResult::Failed => self.news.failed += 1,
        }
    }

    fn end(&mut self) {
        let BulkNews {
            done,
            nothing,
            moved_on,
            failed,
            total,
            ..
        } = self.news;
        self.news.state = match done + nothing + moved_on + failed == total {
            true => BulkState::Finished,
            false => BulkState::Stopped,
        };
    }
}

/// Does it for one contact: what came of it, and the state that it took away.
async fn take_turn<F>(
    runtime: &Arc<Runtime>,
    change: BulkChange,
    turn: Turn,
    set: &(impl Fn(Arc<Runtime>, PersonChange) -> F + Send + Sync),
) -> Result<(BulkResult, Option<UserState>)>
where
    F: Future<Output = Result<()>> + Send,
{
    let Turn { picked, state } = turn;
    let (account, contact) = (&picked.account_id, &picked.contact_id);
    let now = runtime.clock().now();
    let before = standing(runtime, account, contact, now).await?;
    let before = before.map(|before| before.state);
    let change = match (change, state) {
        (BulkChange::PutBack, Some(state)) => ChangeKind::PutBack {
            state: Box::new(state),
        },
        (BulkChange::PutBack, None) => return Ok((BulkResult::Nothing, None)),
        (BulkChange::Release, _) if before.is_none() => return Ok((BulkResult::Nothing, None)),
        (BulkChange::Clear, _)
            if before.is_none() && !is_held(runtime, account, contact).await? =>
        {
            return Ok((BulkResult::Nothing, None));
        }
        (BulkChange::Release, _) => ChangeKind::Release,
        (BulkChange::Clear, _) => ChangeKind::Clear,
    };
    let takes = !matches!(change, ChangeKind::PutBack { .. });
    let stands_since = before.as_ref().map(|state| state.updated_at);
    // What has expired since is not somebody who has moved on.
    if takes && before.is_some() && stands_since != picked.seen {
        return Ok((BulkResult::MovedOn, None));
    }
    let asked = PersonChange {
        account_id: account.clone(),
        contact_id: contact.clone(),
        change,
        seen: stands_since,
    };
    set(Arc::clone(runtime), asked).await?;
    Ok((BulkResult::Done, before.filter(|_| takes)))
}
