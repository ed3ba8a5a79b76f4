//! Going back to a moment and forward again.

use super::log::Entry;
use super::session::Turn;
use super::stage::Stage;
use super::{Result, Simulator};
use crate::scenario::words;
use heliograph_model::ContactId;

/// What was undone, and can be done again until something else is done.
#[derive(Debug, Default)]
pub(crate) struct Rewound {
    pub undone: Vec<Entry>,
    /// Why the last move stopped before it was where it should go.
    pub stopped: Option<String>,
}

impl Rewound {
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// What was done again: as it was before, or why it went otherwise.
pub(super) enum Again {
    Alike,
    Otherwise(String),
    Refused(String),
}

impl Simulator {
    /// Goes to the end of the moment with this number, back or forward; 0 is the start.
    /// Another engine begins, and everything up to there is done again on it. Where that
    /// comes out otherwise, because automations were edited since, it stops there and the
    /// view says so. Whether another engine runs since then.
    ///
    /// # Errors
    /// When a new engine does not start; the old one is still there then.
    pub async fn go_to(&self, number: u32) -> Result<bool> {
        self.stand_still();
        let turn = self.turn().await;
        turn.stage.look_around().await?;
        let done = turn.stage.whole_log()?;
        let target = number as usize;
        if target == done.len() {
            return Ok(false);
        }
        if target > done.len() {
            self.forward(&turn, target - done.len()).await;
            return Ok(false);
        }
        let mut all = done;
        all.extend_from_slice(&self.rewound.lock().undone);
        let stage = self.anew(&turn.stage).await?;
        let mut stopped = None;
        let mut reached = 0;
        for entry in &all[..target] {
            match redo(&stage, entry, Some(&turn.stage)).await {
                Again::Alike => reached += 1,
                Again::Otherwise(why) => {
                    reached += 1;
                    stopped = Some(why);
                    break;
                }
                Again::Refused(why) => {
                    stopped = Some(why);
                    break;
                }
            }
        }
        *self.rewound.lock() = Rewound {
            undone: all.split_off(reached),
            stopped,
        };
        self.enter(stage);
        Ok(true)
    }

    /// A stage that begins as this one did, with the automations of now.
    pub(super) async fn anew(&self, like: &Stage) -> Result<Stage> {
        let mut settings = self.settings.read().clone();
        let begun = like.begun();
        settings.starts = begun.starts;
        settings.people.clone_from(&begun.people);
        settings.account = Some(like.account_id().clone());
        for media in &begun.media {
            if settings.media.iter().all(|known| known.id != media.id) {
                settings.media.push(media.clone());
            }
        }
        Stage::open(&settings).await
    }

    async fn forward(&self, turn: &Turn<'_>, most: usize) {
        for _ in 0..most {
            let Some(entry) = self.rewound.lock().undone.first().cloned() else {
                break;
            };
            let again = redo(&turn.stage, &entry, None).await;
            let mut rewound = self.rewound.lock();
            rewound.stopped = match again {
                Again::Alike => {
                    rewound.undone.remove(0);
                    None
                }
                Again::Otherwise(why) => {
                    rewound.undone.remove(0);
                    Some(why)
                }
                Again::Refused(why) => Some(why),
            };
            if rewound.stopped.is_some() {
                break;
            }
        }
        self.changed();
    }
}

/// Does something again; `before` knows the ids that messages had then.
pub(super) async fn redo(
    stage: &Stage,
    entry: &Entry,
    before: Option<&std::sync::Arc<Stage>>,
) -> Again {
    let done = entry.done.with_messages(|id| {
        let person = entry.done.person()?;
        if has(stage, person, id) {
            return None;
        }
        let place = before.and_then(|before| place_of(before, person, id))?;
        stage.look(|scene| Some(scene.person(person)?.bubbles.get(place)?.id.clone()))
    });
    if let super::Done::Passed { millis, .. } = &done {
        stage.note_line(&words::passing(*millis));
    }
    let label = entry.done.label();
    if let Err(error) = stage.perform(done).await {
        return Again::Refused(format!(
            "It stopped before “{label}”, which cannot be done any more: {error}"
        ));
    }
    if let Err(error) = stage.look_around().await {
        return Again::Refused(error.to_string());
    }
    let outcomes = {
        let seen = stage.seen();
        seen.log.entries().last().map(Entry::outcomes)
    };
    if outcomes.as_ref() == Some(&entry.outcomes()) {
        Again::Alike
    } else {
        Again::Otherwise(format!(
            "It stopped after “{label}”, which is answered otherwise than before, because the automations were changed since."
        ))
    }
}

fn has(stage: &Stage, person: &ContactId, bubble: &str) -> bool {
    place_of(stage, person, bubble).is_some()
}

fn place_of(stage: &Stage, person: &ContactId, bubble: &str) -> Option<usize> {
    stage.look(|scene| {
        let mut bubbles = scene.person(person)?.bubbles.iter();
        bubbles.position(|known| known.id == bubble)
    })
}
