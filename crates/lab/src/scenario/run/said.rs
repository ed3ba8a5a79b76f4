//! Taking in what happened since the last step: for the transcript and the expectations.

use super::{Run, shape};
use crate::scenario::report::{Line, Voice};
use heliograph_instagram::simulated::Sent;
use heliograph_model::{ContactId, Happening, OutboxState};
use std::sync::Arc;

impl Run<'_> {
    /// Takes in what the engine and the simulated Instagram have told since the last call.
    pub(super) fn take_in(&mut self) {
        let happened = self.stage.happened();
        let mut lines = Vec::new();
        for happening in &happened {
            match &**happening {
                Happening::Decided(record) => {
                    let trace = &record.decision.trace;
                    let who = self.name(record.event.contact_id.as_ref());
                    lines.push((
                        trace.at,
                        Voice::Decision,
                        who,
                        format!("{} ({})", trace.summary, shape::reason(trace.reason)),
                    ));
                    self.decisions.push((**record).clone());
                }
                Happening::Sent(record) => {
                    if record.state != OutboxState::Sent {
                        let who = self.name(record.contact_id.as_ref());
                        let why = record
                            .error
                            .as_ref()
                            .map_or("nothing was said", |error| error.message.as_str());
                        let text = format!("{}: {why}", shape::send_state(record.state));
                        lines.push((record.at, Voice::Trouble, who, text));
                    }
                    self.sends.insert(record.outbox_id, (**record).clone());
                }
                Happening::DeadLetter { id, error } => {
                    let text = format!("delivery {id} went to the dead letter: {error}");
                    let now = self.stage.now();
                    lines.push((now, Voice::Trouble, "engine".into(), text));
                }
                Happening::Delivery { .. }
                | Happening::ByHand(_)
                | Happening::Removed { .. }
                | Happening::PutBack { .. }
                | Happening::AutomationChanged { .. } => {}
            }
        }
        for sent in self.stage.instagram().sent_after(self.told) {
            self.told = self.told.max(sent.id);
            let who = self.name(self.receiver(&sent).as_ref());
            lines.push((sent.at, Voice::Account, who, shape::sent(&sent)));
        }
        lines.sort_by_key(|(at, ..)| *at);
        self.transcript
            .extend(lines.into_iter().map(|(at, voice, who, text)| Line {
                at,
                voice,
                who,
                text,
            }));
    }

    /// Whom a send reached, where that is known.
    pub(super) fn receiver(&self, sent: &Sent) -> Option<ContactId> {
        sent.contact_id.clone().or_else(|| {
            let comment = sent.comment_id.as_ref()?;
            self.stage
                .look(|scene| scene.comment(comment).map(|comment| comment.person.clone()))
        })
    }

    /// The messages that a person has received, oldest first.
    pub(super) fn messages_of(&self, person: &ContactId) -> Vec<Arc<Sent>> {
        self.stage
            .instagram()
            .sent()
            .into_iter()
            .filter(|sent| sent.kind.is_message())
            .filter(|sent| self.receiver(sent).as_ref() == Some(person))
            .collect()
    }
}
