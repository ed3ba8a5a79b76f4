//! Whether what the engine stored and decided is as a scenario expects.

use super::{Run, Stuck, shape};
use crate::scenario::expected::{ContactSpec, DecisionSpec, Seen, SendCount};
use crate::scenario::format::Step;
use crate::scenario::words;
use heliograph_model::{Awaiting, DecisionRecord, Reason};
use std::collections::BTreeMap;

impl Run<'_> {
    pub(super) async fn check_state(
        &mut self,
        step: &Step,
        who: &str,
        awaiting: Option<Awaiting>,
        automation: Option<&str>,
        asked: Option<u32>,
    ) -> Result<(), Stuck> {
        let (store, person) = (self.stage.runtime().store(), self.id(who));
        let account = self.stage.account_id().clone();
        let now = self.stage.now();
        let state = store.user_state(&account, &person, now).await?;
        let mut expected = vec![format!("state: {}", shape::awaiting(awaiting))];
        let got_awaiting = state.as_ref().map(|state| state.state);
        let mut got = vec![format!("state: {}", shape::awaiting(got_awaiting))];
        if let Some(wanted) = automation {
            let id = state.as_ref().map(|state| state.automation_id.clone());
            let name = match &id {
                Some(id) => self.name_of(id.as_str()).await?,
                None => "none".to_owned(),
            };
            let same = words::same_name(&name, wanted);
            expected.push(format!("automation: {}", if same { &name } else { wanted }));
            got.push(format!("automation: {name}"));
        }
        if let Some(asked) = asked {
            let got_asked = state.map_or(0, |state| state.asked);
            expected.push(format!("asked: {asked}"));
            got.push(format!("asked: {got_asked}"));
        }
        if expected != got {
            let message = format!("{who} stands elsewhere");
            self.fail(step, &message, expected, got);
        }
        Ok(())
    }

    /// What an automation is called; one that was deleted by its id.
    async fn name_of(&self, id: &str) -> Result<String, Stuck> {
        let found = self.stage.runtime().store().automation(&id.into()).await?;
        Ok(found.map_or_else(|| id.to_owned(), |automation| automation.name))
    }

    pub(super) async fn check_contact(
        &mut self,
        step: &Step,
        who: &str,
        spec: &ContactSpec,
    ) -> Result<(), Stuck> {
        let store = self.stage.runtime().store();
        let (account, person) = (self.stage.account_id().clone(), self.id(who));
        let contact = store.contact(&account, &person).await?;
        let contact = contact.as_ref();
        let now = self.stage.now();
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        let mut compare = |name: &str, wanted: Option<String>, is: String| {
            if let Some(wanted) = wanted {
                expected.push(format!("{name}: {wanted}"));
                got.push(format!("{name}: {is}"));
            }
        };
        let text = |value: Option<&String>| value.map_or_else(|| "none".into(), Clone::clone);
        let wanted = |value: &Option<Option<String>>| value.as_ref().map(|v| text(v.as_ref()));
        compare(
            "email",
            wanted(&spec.email),
            text(contact.and_then(|contact| contact.email.as_ref())),
        );
        compare(
            "username",
            wanted(&spec.username),
            text(contact.and_then(|contact| contact.username.as_ref())),
        );
        compare(
            "name",
            wanted(&spec.name),
            text(contact.and_then(|contact| contact.name.as_ref())),
        );
        let flag = |value: Option<bool>| value.map(|value| shape::yes(value).to_owned());
        compare(
            "unsubscribed",
            flag(spec.unsubscribed),
            shape::yes(contact.is_some_and(|contact| contact.unsubscribed)).to_owned(),
        );
        compare(
            "silenced",
            flag(spec.silenced),
            shape::yes(
                contact
                    .and_then(|contact| contact.silenced_until)
                    .is_some_and(|until| until > now),
            )
            .to_owned(),
        );
        let follows = |value: Option<bool>| flag(value).unwrap_or_else(|| "unknown".to_owned());
        compare(
            "follows",
            spec.follows.map(follows),
            follows(contact.and_then(|contact| contact.follows)),
        );
        if expected != got {
            let message = format!("something else is stored about {who}");
            self.fail(step, &message, expected, got);
        }
        Ok(())
    }

    pub(super) async fn check_decisions(
        &mut self,
        step: &Step,
        specs: &[DecisionSpec],
    ) -> Result<(), Stuck> {
        let from = self.decisions.len().saturating_sub(specs.len());
        let last: Vec<_> = self.decisions[from..].to_vec();
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        for (place, spec) in specs.iter().enumerate() {
            let (wanted, is) = self.compare_decision(spec, last.get(place)).await?;
            expected.extend(wanted);
            got.extend(is);
        }
        if expected != got {
            self.fail(step, "it was decided otherwise", expected, got);
        }
        Ok(())
    }

    /// What is expected of a decision and what it is, line by line; equal when it fits.
    async fn compare_decision(
        &self,
        spec: &DecisionSpec,
        record: Option<&DecisionRecord>,
    ) -> Result<(Vec<String>, Vec<String>), Stuck> {
        let (mut expected, mut got) = (Vec::new(), Vec::new());
        let trace = record.map(|record| &record.decision.trace);
        if let Some(reason) = spec.reason {
            expected.push(format!("reason: {}", shape::reason(reason)));
            let is = trace.map_or_else(|| "nothing decided".into(), |t| shape::reason(t.reason));
            got.push(format!("reason: {is}"));
        }
        if let Some(wanted) = &spec.automation {
            let id = trace.and_then(|trace| trace.automation_id.as_ref());
            let is = match id {
                Some(id) => self.name_of(id.as_str()).await?,
                None => "none".to_owned(),
            };
            let wanted = wanted.as_deref().unwrap_or("none");
            let same = words::same_name(wanted, &is);
            expected.push(format!("automation: {}", if same { &is } else { wanted }));
            got.push(format!("automation: {is}"));
        }
        if let Some(part) = &spec.says {
            let said = trace.map_or_else(String::new, |trace| {
                let notes = trace.notes.iter().map(String::as_str);
                std::iter::once(trace.summary.as_str())
                    .chain(notes)
                    .collect::<Vec<_>>()
                    .join(" ")
            });
            expected.push(format!("says: {part}"));
            let is = if said.contains(part) { part } else { &said };
            got.push(format!("says: {is}"));
        }
        for (name, seen) in &spec.looked_at {
            let found = trace.and_then(|trace| {
                trace
                    .looked_at
                    .iter()
                    .find(|looked| words::same_name(&looked.name, name))
            });
            let is = found.map_or("not looked at", |found| Seen::of(&found.verdict).as_str());
            expected.push(format!("{name}: {}", seen.as_str()));
            got.push(format!("{name}: {is}"));
        }
        Ok((expected, got))
    }

    pub(super) fn check_reasons(&mut self, step: &Step, counts: &BTreeMap<Reason, u64>) {
        let count = |reason: Reason| {
            let decided = self.decisions.iter();
            decided
                .filter(|record| record.decision.trace.reason == reason)
                .count() as u64
        };
        let line = |reason: &Reason, count: u64| format!("{}: {count}", shape::reason(*reason));
        let expected: Vec<_> = counts.iter().map(|(reason, n)| line(reason, *n)).collect();
        let got: Vec<_> = counts
            .keys()
            .map(|reason| line(reason, count(*reason)))
            .collect();
        if expected != got {
            self.fail(
                step,
                "another number of events was decided so",
                expected,
                got,
            );
        }
    }

    pub(super) fn check_sends(&mut self, step: &Step, counts: &BTreeMap<SendCount, u64>) {
        let count = |wanted: SendCount| {
            let sends = self.sends.values();
            sends
                .filter(|send| match wanted {
                    SendCount::Uncertain => send.uncertain,
                    SendCount::Sent
                    | SendCount::Retrying
                    | SendCount::Failed
                    | SendCount::Unknown
                    | SendCount::Dropped => SendCount::of(send.state) == wanted,
                })
                .count() as u64
        };
        let line = |what: &SendCount, count: u64| format!("{}: {count}", what.as_str());
        let expected: Vec<_> = counts.iter().map(|(what, n)| line(what, *n)).collect();
        let got: Vec<_> = counts.keys().map(|what| line(what, count(*what))).collect();
        if expected != got {
            self.fail(step, "another number of sends stands so", expected, got);
        }
    }
}
