//! What happens when time passes, known before it does.

use super::playback::{Due, DueKind};
use super::stage::Stage;
use super::standing::Standings;
use super::{Result, SimulatorError};
use heliograph_model::{Effect, Millis, OutgoingMessage};

/// So many are told.
const MOST: usize = 40;

impl Stage {
    /// What is due, the next first.
    pub(super) async fn due(&self, standings: &Standings) -> Result<Vec<Due>> {
        let now = self.now();
        let mut due = Vec::new();
        for (person, standing) in standings.iter() {
            let mut add = |at: Option<Millis>, kind, awaiting| {
                let Some(at) = at.filter(|at| *at > now) else {
                    return;
                };
                due.push(Due {
                    at,
                    kind,
                    person: Some(person.clone()),
                    awaiting,
                    text: None,
                });
            };
            let state = standing.state.as_ref();
            add(
                state.map(|state| state.expires_at),
                DueKind::StateExpires,
                state.map(|state| state.state),
            );
            let contact = standing.contact.as_ref();
            add(
                contact.and_then(|contact| contact.silenced_until),
                DueKind::SilenceEnds,
                None,
            );
            add(standing.window(now), DueKind::WindowCloses, None);
        }
        let outbox = self.runtime().store().outbox().await;
        for item in outbox.map_err(SimulatorError::from)? {
            if item.due_at <= now {
                continue;
            }
            due.push(Due {
                at: item.due_at,
                kind: if item.attempts == 0 {
                    DueKind::Send
                } else {
                    DueKind::Retry
                },
                person: item.contact_id.clone(),
                awaiting: None,
                text: Some(preview(&item.effect)),
            });
        }
        due.sort_by(|a, b| (a.at, a.kind, &a.person).cmp(&(b.at, b.kind, &b.person)));
        due.truncate(MOST);
        Ok(due)
    }
}

/// What is sent, in a few words.
fn preview(effect: &Effect) -> String {
    let text = match effect {
        Effect::ReplyToComment { text, .. } => text.clone(),
        Effect::React { reaction, .. } => reaction.clone(),
        Effect::Send { message, .. } => match message {
            OutgoingMessage::Text { text, .. } | OutgoingMessage::Buttons { text, .. } => {
                text.clone()
            }
            OutgoingMessage::Carousel { cards } => cards
                .first()
                .map_or_else(String::new, |card| card.title.clone()),
            OutgoingMessage::Media { kind, .. } => kind.as_str().to_owned(),
        },
    };
    if text.chars().count() > 80 {
        text.chars().take(79).chain(['…']).collect()
    } else {
        text
    }
}
