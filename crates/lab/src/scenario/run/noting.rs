//! Noting down what came of each step, as what is expected of it.

use super::shape::{self, Shape};
use super::{Run, RunError};
use crate::scenario::format::{Deed, Scenario, Step, StepKind};
use crate::scenario::write::yaml::{Lines, inside, list, value};
use crate::scenario::{Files, SendCount};
use crate::simulator::{Author, Content, SimulatorError};
use heliograph_model::{Contact, ContactId, DecisionRecord, OutboxState, UserState};
use heliograph_runtime::EmbeddedPlace;
use std::collections::{BTreeMap, HashMap};

/// What came of each step.
#[derive(Debug)]
pub(crate) struct Noted {
    /// Behind each step, what is expected.
    pub steps: Vec<Lines>,
    /// What people said and received.
    pub transcript: Vec<String>,
}

/// What was known before a step.
#[derive(Debug, Default)]
struct Before {
    states: HashMap<ContactId, UserState>,
    contacts: HashMap<ContactId, Contact>,
    decisions: usize,
    answers: HashMap<String, usize>,
}

/// Plays a scenario without expectations, and notes down what came of each step.
pub(crate) async fn note_down(scenario: &Scenario, files: &Files) -> Result<Noted, RunError> {
    let place = heliograph_runtime::Place::Embedded(EmbeddedPlace::default());
    let mut run = Run::begin(scenario, files, place).await?;
    let mut before = Before::default();
    let mut steps = Vec::with_capacity(scenario.steps.len());
    for step in &scenario.steps {
        run.step(step).await?;
        steps.push(run.note(step, &mut before).await?);
    }
    if let Some(last) = steps.last_mut() {
        last.extend(run.note_sends());
    }
    let transcript = run.stage.told();
    run.stage.close().await;
    Ok(Noted { steps, transcript })
}

impl Run<'_> {
    async fn note(&mut self, step: &Step, before: &mut Before) -> Result<Lines, SimulatorError> {
        let mut lines = Lines::new();
        let acting = acting(&step.kind);
        for character in &self.scenario.people {
            let (key, id) = (&character.key, self.id(&character.key));
            let messages = self.messages_of(&id);
            let seen = self.looked_at.insert(id.clone(), messages.len());
            let new: Vec<_> = messages
                .iter()
                .skip(seen.unwrap_or(0))
                .map(|sent| Shape::of(sent))
                .collect();
            match new.as_slice() {
                [] if acting.contains(&key.as_str()) => {
                    lines.push(format!("- {key} receives nothing"));
                }
                [] => {}
                new => lines.extend(receives(key, new)),
            }
            lines.extend(self.note_answers(key, &id, before));
        }
        lines.extend(self.note_reaction(step));
        lines.extend(self.note_reasons(before).await?);
        lines.extend(self.note_standings(before).await?);
        Ok(lines)
    }

    /// The public answer to somebody's last comment, where one has come.
    fn note_answers(&self, key: &str, person: &ContactId, before: &mut Before) -> Option<String> {
        let comment = self.last_comment(key).ok()?;
        let answers = self.stage.look(|scene| {
            let actor = scene.person(person)?;
            let of_comment = self.stage.instagram().sent();
            let texts: Vec<_> = of_comment
                .iter()
                .filter(|sent| {
                    let id = sent.comment_id.as_ref();
                    id.is_some_and(|id| id.as_str() == comment.id)
                })
                .filter_map(|sent| sent.public_text().map(str::to_owned))
                .collect();
            actor.bubbles.iter().find(|it| it.id == comment.id)?;
            Some(texts)
        })?;
        let known = before.answers.insert(comment.id, answers.len());
        match (known, answers.as_slice()) {
            (None, []) => Some(format!("- {key}'s comment is not answered")),
            (known, [text]) if known != Some(1) => {
                Some(format!("- {key}'s comment is answered: {}", value(text)))
            }
            (_, _) => None,
        }
    }

    fn note_reaction(&self, step: &Step) -> Option<String> {
        let StepKind::Act(act) = &step.kind else {
            return None;
        };
        if !matches!(act.deed, Deed::ReplyToStory { .. }) {
            return None;
        }
        let message = self.last_direct(&act.who)?.id;
        let sent = self.stage.instagram().sent();
        let reaction = sent.iter().find_map(|sent| {
            let (reaction, on) = sent.reaction()?;
            (on.as_str() == message).then(|| reaction.to_owned())
        });
        Some(match reaction {
            Some(reaction) => format!("- {} gets the reaction: {}", act.who, value(&reaction)),
            None => format!("- {} gets no reaction", act.who),
        })
    }

    async fn note_reasons(&self, before: &mut Before) -> Result<Option<String>, SimulatorError> {
        let new = &self.decisions[before.decisions..];
        before.decisions = self.decisions.len();
        let Some(first) = new.first() else {
            return Ok(None);
        };
        // Those of different people are decided side by side.
        let of_one = new
            .iter()
            .all(|record| record.event.contact_id == first.event.contact_id);
        if !of_one {
            return Ok(None);
        }
        let mut reasons = Vec::with_capacity(new.len());
        for record in new {
            reasons.push(self.reason(record).await?);
        }
        Ok(Some(match reasons.as_slice() {
            [one] => format!("- because: {one}"),
            many => format!("- because: [{}]", many.join(", ")),
        }))
    }

    async fn reason(&self, record: &DecisionRecord) -> Result<String, SimulatorError> {
        let trace = &record.decision.trace;
        let reason = shape::reason(trace.reason);
        let Some(id) = &trace.automation_id else {
            return Ok(format!("{{ reason: {reason} }}"));
        };
        let automation = self.stage.runtime().store().automation(id).await?;
        let name = automation.map_or_else(|| id.to_string(), |it| it.name);
        Ok(format!(
            "{{ reason: {reason}, automation: {} }}",
            inside(&name)
        ))
    }

    async fn note_standings(&self, before: &mut Before) -> Result<Lines, SimulatorError> {
        let mut lines = Lines::new();
        let (store, account) = (self.stage.runtime().store(), self.stage.account_id());
        let now = self.stage.now();
        for character in &self.scenario.people {
            let (key, id) = (&character.key, self.id(&character.key));
            let state = store.user_state(account, &id, now).await?;
            let was = before.states.remove(&id);
            let stands =
                |state: &UserState| (state.automation_id.clone(), state.state, state.asked);
            if state.as_ref().map(stands) != was.as_ref().map(stands) {
                lines.push(match &state {
                    None => format!("- {key} state: none"),
                    Some(state) => {
                        let name = store.automation(&state.automation_id).await?;
                        let name = name.map_or_else(
                            || state.automation_id.to_string(),
                            |automation| automation.name,
                        );
                        let asked = if state.asked > 1 {
                            format!(", asked: {}", state.asked)
                        } else {
                            String::new()
                        };
                        format!(
                            "- {key} state: {{ awaiting: {}, automation: {}{asked} }}",
                            shape::awaiting(Some(state.state)),
                            inside(&name)
                        )
                    }
                });
            }
            if let Some(state) = state {
                before.states.insert(id.clone(), state);
            }
            let contact = store.contact(account, &id).await?;
            let was = before.contacts.remove(&id);
            lines.extend(contact_line(key, was.as_ref(), contact.as_ref(), now));
            if let Some(contact) = contact {
                before.contacts.insert(id, contact);
            }
        }
        Ok(lines)
    }

    /// How the sends stand, where not all of them arrived.
    fn note_sends(&self) -> Option<String> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for send in self.sends.values() {
            *counts
                .entry(SendCount::of(send.state).as_str())
                .or_default() += 1;
        }
        let all_sent = self
            .sends
            .values()
            .all(|send| send.state == OutboxState::Sent);
        if all_sent {
            return None;
        }
        let counts: Vec<_> = counts
            .iter()
            .map(|(state, count)| format!("{state}: {count}"))
            .collect();
        Some(format!("- sends: {{ {} }}", counts.join(", ")))
    }
}

/// Who does something in a step that may be answered.
fn acting(kind: &StepKind) -> Vec<&str> {
    let answerable = |deed: &Deed| {
        !matches!(
            deed,
            Deed::Comment { .. }
                | Deed::ReplyToComment { .. }
                | Deed::OwnComment { .. }
                | Deed::OwnReplyToComment(_)
                | Deed::React { .. }
                | Deed::Read(_)
                | Deed::Echo
        )
    };
    match kind {
        StepKind::Act(act) if answerable(&act.deed) => vec![act.who.as_str()],
        StepKind::Together(acts) => acts
            .iter()
            .filter(|act| answerable(&act.deed))
            .map(|act| act.who.as_str())
            .collect(),
        _ => Vec::new(),
    }
}

/// What somebody has received, as a step.
fn receives(key: &str, messages: &[Shape]) -> Lines {
    if let [one] = messages
        && let (Some(text), true) = (&one.text, one.is_only_text())
    {
        return vec![format!("- {key} receives: {}", value(text))];
    }
    let mut lines = vec![format!("- {key} receives:")];
    for message in messages {
        for (place, field) in fields(message).into_iter().enumerate() {
            let dash = if place == 0 { "- " } else { "  " };
            lines.push(format!("    {dash}{field}"));
        }
    }
    lines
}

fn fields(message: &Shape) -> Lines {
    let mut fields = Lines::new();
    if let Some(text) = &message.text {
        fields.push(format!("text: {}", value(text)));
    }
    if !message.buttons.is_empty() {
        let titles = message.buttons.iter().map(String::as_str);
        fields.push(format!("buttons: {}", list(titles)));
    }
    if !message.quick_replies.is_empty() {
        let titles = message.quick_replies.iter().map(String::as_str);
        fields.push(format!("quick replies: {}", list(titles)));
    }
    if !message.cards.is_empty() {
        let cards: Vec<_> = message
            .cards
            .iter()
            .map(|(title, _, buttons)| {
                let buttons = list(buttons.iter().map(String::as_str));
                format!("{{ title: {}, buttons: {buttons} }}", inside(title))
            })
            .collect();
        fields.push(format!("cards: [{}]", cards.join(", ")));
    }
    if let Some((kind, url)) = &message.media {
        fields.push(format!("media: {}", kind.as_str()));
        fields.push(format!("url: {}", value(url)));
    }
    if message.private_reply {
        fields.push("private reply: yes".to_owned());
    }
    fields
}

/// What is otherwise about a contact, as a step.
fn contact_line(
    key: &str,
    was: Option<&Contact>,
    is: Option<&Contact>,
    now: heliograph_model::Millis,
) -> Option<String> {
    let is = is?;
    let mut fields = Vec::new();
    if was.and_then(|was| was.email.as_ref()) != is.email.as_ref() {
        let email = is
            .email
            .as_deref()
            .map_or_else(|| "none".to_owned(), inside);
        fields.push(format!("email: {email}"));
    }
    if was.is_some_and(|was| was.unsubscribed) != is.unsubscribed {
        fields.push(format!("unsubscribed: {}", shape::yes(is.unsubscribed)));
    }
    let silent = |contact: &Contact| contact.silenced_until.is_some_and(|until| until > now);
    if silent(is) && was.is_none_or(|was| was.silenced_until != is.silenced_until) {
        fields.push("silenced: yes".to_owned());
    }
    (!fields.is_empty()).then(|| format!("- {key} contact: {{ {} }}", fields.join(", ")))
}

impl crate::simulator::Stage {
    /// What people said and received, person by person, without times.
    pub(crate) fn told(&self) -> Vec<String> {
        self.look(|scene| {
            let mut lines = Vec::new();
            for actor in &scene.people {
                for bubble in actor.bubbles.iter().filter(|it| it.from != Author::Note) {
                    let who = match bubble.from {
                        Author::Account => "account",
                        Author::Person | Author::Note => "person",
                    };
                    let what = match &bubble.content {
                        Content::Message { message } => {
                            serde_json::to_string(message).unwrap_or_default()
                        }
                        Content::Text { text }
                        | Content::PublicReply { text }
                        | Content::Note { text } => text.clone(),
                        Content::Tap { title } => title.clone(),
                        Content::Reaction { emoji } => emoji.clone(),
                        Content::Attachment { kind } => kind.clone(),
                        Content::Deleted => "deleted".to_owned(),
                    };
                    let arrived = bubble.from == Author::Person || bubble.arrived;
                    lines.push(format!("{}: {who} {arrived} {what}", actor.username));
                }
            }
            lines.sort();
            lines
        })
    }
}
