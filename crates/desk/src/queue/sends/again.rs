//! Sending failed sends again: what that would do is told first, and what Instagram would
//! surely refuse is left out and stays on the list.

use super::super::QueueDesk;
use super::super::error::{QueueError, Result};
use super::super::moving::JobsMoved;
use super::super::number::number;
use super::kept::may_have_arrived;
use super::{MOST, SendChoice, SendRow, kind};
use futures::future::try_join_all;
use heliograph_engine::ports::{Documents, PortResult, SendAgain, Senders};
use heliograph_engine::process::accepted_until;
use heliograph_model::{Automation, Contact, Millis, OutboxId, SendRecord, UserState};
use heliograph_runtime::Runtime;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// So many are shown whole in the question.
const SHOWN: usize = 50;
/// So many are looked up at a time.
const AT_A_TIME: usize = 200;

/// What sending again would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendAgainQuestion {
    /// Those that would be sent, in their order.
    pub ids: Vec<OutboxId>,
    /// The first of these: who gets what.
    pub rows: Vec<AgainRow>,
    /// What there is to know of some of them.
    pub doubts: Vec<AgainDoubts>,
    /// Those that are left out, and why.
    pub left_out: Vec<AgainLeftOut>,
    /// How many workers would take them up now; with none they wait.
    pub senders: u32,
    /// Whether it is this application alone that sends them.
    pub only_here: bool,
}

/// One that would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AgainRow {
    /// Which, for whom, and what it says.
    pub send: SendRow,
    /// Why one might rather not.
    pub doubts: Vec<AgainDoubt>,
}

/// Why somebody might rather not send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum AgainDoubt {
    /// It may have arrived, and would then come twice.
    MayArriveTwice,
    /// The person has written or clicked since.
    WroteSince,
    /// Their conversation has gone on: another step awaits an answer now.
    MovedOn,
    /// A human has stepped in, and automations leave them alone.
    HumanSteppedIn,
    /// The automation that wanted it is off, or not there any more.
    AutomationOff,
}

/// How many there is the same doubt about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AgainDoubts {
    /// Which doubt.
    pub doubt: AgainDoubt,
    /// About how many.
    pub count: u32,
}

/// Why one is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum NotAgain {
    /// The time in which Instagram accepts it has passed: 24 hours after the person last
    /// wrote, seven days after their comment.
    TooLate,
    /// The person has unsubscribed.
    Unsubscribed,
    /// It is not on the list any more.
    Gone,
}

/// How many are left out for the same reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AgainLeftOut {
    /// Why.
    pub why: NotAgain,
    /// How many.
    pub count: u32,
}

impl QueueDesk {
    /// What sending these again would do. Nothing is changed.
    ///
    /// # Errors
    /// When they, or what is known of those they are for, cannot be read.
    pub async fn ask_again(&self, choice: &SendChoice) -> Result<SendAgainQuestion> {
        let runtime = self.runtime()?;
        let mut records = runtime.failed_sends().list(0, MOST).await?;
        let mut left_out = BTreeMap::new();
        match choice {
            SendChoice::Some { ids } => {
                let ids: HashSet<_> = ids.iter().copied().collect();
                records.retain(|record| ids.contains(&record.outbox_id));
                add(&mut left_out, NotAgain::Gone, ids.len() - records.len());
            }
            SendChoice::Reason { reason } => records.retain(|record| kind(record) == *reason),
            SendChoice::All => {}
        }
        let weighed = weighed(&runtime, records).await?;
        let mut doubts = BTreeMap::new();
        let mut again = Vec::new();
        for (record, weighed) in weighed {
            match weighed {
                Ok(Again { doubts: about, .. }) => {
                    for doubt in &about {
                        add(&mut doubts, *doubt, 1);
                    }
                    again.push((record, about));
                }
                Err(why) => add(&mut left_out, why, 1),
            }
        }
        let ids: Vec<_> = again.iter().map(|(record, _)| record.outbox_id).collect();
        self.state.lock().asked.extend(&ids);
        again.truncate(SHOWN);
        let shown: Vec<_> = again.iter().map(|(record, _)| record.clone()).collect();
        let names = Arc::clone(&self.state.lock().names);
        names.learn(&runtime, &shown).await;
        let rows = again
            .into_iter()
            .map(|(record, doubts)| AgainRow {
                send: names.row(&runtime, record),
                doubts,
            })
            .collect();
        let (senders, only_here) = match runtime.failed_sends().senders().await? {
            Senders::ThisProcess => (u64::from(runtime.guard().works_here()), true),
            Senders::Workers(count) => (count, false),
        };
        let counted = |(doubt, count): (AgainDoubt, usize)| AgainDoubts {
            doubt,
            count: number(count as u64),
        };
        let out = |(why, count): (NotAgain, usize)| AgainLeftOut {
            why,
            count: number(count as u64),
        };
        Ok(SendAgainQuestion {
            ids,
            rows,
            doubts: doubts.into_iter().map(counted).collect(),
            left_out: left_out.into_iter().map(out).collect(),
            senders: number(senders),
            only_here,
        })
    }

    /// Puts failed sends back into the outbox, for whoever sends; without those that would
    /// surely be refused by now.
    ///
    /// # Errors
    /// When the guard level does not allow it, or they cannot be read or put back.
    pub async fn send_again(&self, ids: &[OutboxId]) -> Result<JobsMoved> {
        let runtime = self.runtime()?;
        let sends = runtime.failed_sends();
        let wanted: HashSet<_> = ids.iter().copied().collect();
        // Another profile counts its sends from one as well: whoever was asked about those of
        // one profile has not said yes to those of another.
        if !wanted.is_subset(&self.state.lock().asked) {
            return Err(QueueError::NotAsked);
        }
        let mut records = sends.list(0, MOST).await?;
        records.retain(|record| wanted.contains(&record.outbox_id));
        let again: Vec<SendAgain> = weighed(&runtime, records)
            .await?
            .into_iter()
            .filter_map(|(record, weighed)| {
                weighed.ok().map(|again| SendAgain {
                    id: record.outbox_id,
                    send_before: again.until,
                })
            })
            .collect();
        let moved = sends.send_again(&again, runtime.clock().now()).await?;
        let gone: Vec<_> = again.iter().map(|send| send.id).collect();
        {
            let mut state = self.state.lock();
            state.sends = Arc::new(state.sends.without(&gone));
        }
        self.told_changed();
        Ok(JobsMoved {
            moved: number(moved),
            of: number(ids.len() as u64),
        })
    }
}

/// One that can be sent again.
#[derive(Debug, PartialEq, Eq)]
struct Again {
    until: Millis,
    doubts: Vec<AgainDoubt>,
}

/// What is known of the one whom a send is for, and of the automation that wanted it.
#[derive(Debug, Default)]
struct Known {
    contact: Option<Contact>,
    state: Option<UserState>,
    automation: Option<Automation>,
}

impl Known {
    async fn of(record: &SendRecord, documents: &dyn Documents, now: Millis) -> PortResult<Self> {
        let automation = documents.automation(record.effect.automation_id()).await?;
        let Some(contact) = &record.contact_id else {
            return Ok(Self {
                automation,
                ..Self::default()
            });
        };
        let account = &record.account_id;
        let state = documents.user_state(account, contact, now);
        let contact = documents.contact(account, contact);
        let (contact, state) = tokio::try_join!(contact, state)?;
        Ok(Self {
            contact,
            state,
            automation,
        })
    }
}

/// Each with what sending it again would do, in the order in which they were to be sent.
async fn weighed(
    runtime: &Runtime,
    mut records: Vec<SendRecord>,
) -> Result<Vec<(SendRecord, std::result::Result<Again, NotAgain>)>> {
    let documents = runtime.documents();
    let now = runtime.clock().now();
    records.sort_by_key(|record| record.outbox_id);
    let mut all = Vec::with_capacity(records.len());
    for some in records.chunks(AT_A_TIME) {
        // At once, so that a store can gather them.
        let mut known = Vec::with_capacity(some.len());
        for record in some {
            known.push(Known::of(record, &*documents, now));
        }
        let known = try_join_all(known).await?;
        let some = some.iter().zip(&known);
        all.extend(some.map(|(record, known)| (record.clone(), weigh(record, known, now))));
    }
    Ok(all)
}

fn weigh(record: &SendRecord, known: &Known, now: Millis) -> std::result::Result<Again, NotAgain> {
    let contact = known.contact.as_ref();
    if contact.is_some_and(|contact| contact.unsubscribed) {
        return Err(NotAgain::Unsubscribed);
    }
    let until = accepted_until(record, contact);
    if until <= now {
        return Err(NotAgain::TooLate);
    }
    let wrote = contact.and_then(|contact| contact.last_message_at);
    let silenced = contact.and_then(|contact| contact.silenced_until);
    let moved_on = known.state.as_ref().is_some_and(|state| {
        state.updated_at > record.at || state.automation_id != *record.effect.automation_id()
    });
    let is_off = known.automation.as_ref().is_none_or(|it| !it.is_active);
    let doubts = [
        (AgainDoubt::MayArriveTwice, may_have_arrived(record)),
        (AgainDoubt::WroteSince, wrote > Some(record.at)),
        (AgainDoubt::MovedOn, moved_on),
        (AgainDoubt::HumanSteppedIn, silenced > Some(now)),
        (AgainDoubt::AutomationOff, is_off),
    ];
    let doubts = doubts.into_iter().filter(|(_, holds)| *holds);
    Ok(Again {
        until,
        doubts: doubts.map(|(doubt, _)| doubt).collect(),
    })
}

fn add<K: Ord>(counts: &mut BTreeMap<K, usize>, what: K, count: usize) {
    if count > 0 {
        *counts.entry(what).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_engine::conformance::samples;
    use heliograph_model::{OutboxItem, OutboxState};

    const AT: Millis = samples::START;

    fn record(state: OutboxState) -> SendRecord {
        let item = OutboxItem {
            id: OutboxId(1),
            delivery_id: heliograph_model::DeliveryId(1),
            account_id: "1".into(),
            contact_id: Some("2".into()),
            effect: samples::text("2", "hi"),
            send_before: AT + Millis::DAY,
            due_at: AT,
            attempts: 1,
            uncertain: false,
        };
        samples::ended(&item, state, None).record
    }

    fn known() -> Known {
        Known {
            contact: Some(samples::contact("1", "2", AT - 1)),
            state: None,
            automation: Some(samples::automation("a1", "w1", 1)),
        }
    }

    fn doubts(record: &SendRecord, known: &Known) -> Vec<AgainDoubt> {
        weigh(record, known, AT + 5).expect("it can be sent").doubts
    }

    #[test]
    fn what_would_be_refused_is_left_out() {
        let failed = record(OutboxState::Failed);
        let late = weigh(&failed, &known(), AT + Millis::DAY);
        assert_eq!(late, Err(NotAgain::TooLate));
        let mut wrote = known();
        wrote.contact = Some(samples::contact("1", "2", AT + Millis::HOUR));
        let again = weigh(&failed, &wrote, AT + Millis::DAY).expect("they wrote since");
        assert_eq!(again.until, AT + Millis::DAY + Millis::HOUR);
        assert_eq!(again.doubts, [AgainDoubt::WroteSince]);
        let mut gone = known();
        gone.contact.as_mut().expect("known").unsubscribed = true;
        assert_eq!(weigh(&failed, &gone, AT + 5), Err(NotAgain::Unsubscribed));
    }

    #[test]
    fn every_doubt_has_its_cause() {
        let failed = record(OutboxState::Failed);
        assert_eq!(doubts(&failed, &known()), []);
        let unknown = record(OutboxState::Unknown);
        assert_eq!(doubts(&unknown, &known()), [AgainDoubt::MayArriveTwice]);
        let mut other = known();
        let mut state = samples::user_state("1", "2", AT + Millis::DAY);
        state.automation_id = "a1".into();
        state.updated_at = AT - 1;
        other.state = Some(state.clone());
        assert_eq!(doubts(&failed, &other), [], "it waits for the answer still");
        state.updated_at = AT + 1;
        other.state = Some(state.clone());
        assert_eq!(doubts(&failed, &other), [AgainDoubt::MovedOn]);
        state.updated_at = AT - 1;
        state.automation_id = "a2".into();
        other.state = Some(state);
        assert_eq!(doubts(&failed, &other), [AgainDoubt::MovedOn]);
        let mut silenced = known();
        let contact = silenced.contact.as_mut().expect("known");
        contact.silenced_until = Some(AT + Millis::HOUR);
        assert_eq!(doubts(&failed, &silenced), [AgainDoubt::HumanSteppedIn]);
        let mut off = known();
        off.automation.as_mut().expect("known").is_active = false;
        assert_eq!(doubts(&failed, &off), [AgainDoubt::AutomationOff]);
        off.automation = None;
        assert_eq!(doubts(&failed, &off), [AgainDoubt::AutomationOff]);
    }
}
