//! What a scenario calls people and posts: one word each.

use crate::simulator::{Done, Language, MediaSurface, NewPerson, Stage, What, Writing};
use heliograph_model::{ContactId, MediaId};
use std::collections::HashSet;

/// What a scenario calls people and posts.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub people: Vec<Named>,
    pub media: Vec<(MediaId, MediaSurface, String)>,
    /// Whether webhooks that came from outside name people by their ids.
    pub by_id: bool,
}

/// One of the people.
#[derive(Debug)]
pub(crate) struct Named {
    pub id: ContactId,
    pub key: String,
    pub username: String,
    pub language: Option<Language>,
    /// As whom they were added; nobody added who only wrote from outside.
    pub added: Option<NewPerson>,
}

/// With these a step could begin that is about nobody.
const TAKEN: [&str; 12] = [
    "the",
    "a",
    "operator",
    "instagram",
    "each",
    "time",
    "in",
    "because",
    "decisions",
    "sends",
    "none",
    "nothing",
];

impl Names {
    pub(super) fn of(stage: &Stage) -> Self {
        let begun = stage.begun();
        let (people, media, by_id, joined) = {
            let seen = stage.seen();
            let entries = seen.log.entries();
            let mut took_part: HashSet<ContactId> = HashSet::new();
            let mut joined = Vec::new();
            let mut media: Vec<MediaId> = Vec::new();
            let mut by_id = false;
            for entry in entries {
                took_part.extend(entry.done.person().cloned());
                took_part.extend(entry.people().cloned());
                match &entry.done {
                    Done::Joined(new) => joined.push(new.clone()),
                    Done::Arrived { .. } => by_id = true,
                    Done::Played(moves) => {
                        for one in moves {
                            took_part.insert(one.person.clone());
                            let of = match &one.what {
                                What::Comment(comment) => Some(&comment.media),
                                What::Write(Writing::StoryReply { story, .. }) => Some(story),
                                What::Write(_) | What::Touch { .. } => None,
                            };
                            media.extend(
                                of.filter(|id| !media.contains(id))
                                    .cloned()
                                    .into_iter()
                                    .collect::<Vec<_>>(),
                            );
                        }
                    }
                    _ => {}
                }
            }
            let people: Vec<_> = seen
                .scene
                .people
                .iter()
                .filter(|actor| took_part.contains(&actor.id))
                .map(|actor| {
                    let (id, name) = (actor.id.clone(), actor.name.clone());
                    (id, name, actor.username.clone(), actor.language.clone())
                })
                .collect();
            let media: Vec<_> = media
                .iter()
                .filter_map(|id| seen.scene.media(id).cloned())
                .collect();
            (people, media, by_id, joined)
        };
        let mut keys: HashSet<String> = TAKEN.iter().map(|word| (*word).to_owned()).collect();
        let mut names = Self {
            by_id,
            ..Self::default()
        };
        for (id, name, username, language) in people {
            let added = begun
                .people
                .iter()
                .chain(&joined)
                .find(|new| new.id.as_ref() == Some(&id))
                .cloned();
            let first = name.split_whitespace().next().unwrap_or_default();
            let key = free(&mut keys, first, "person");
            names.people.push(Named {
                id,
                key,
                username,
                language,
                added,
            });
        }
        let mut keys = HashSet::new();
        for one in media {
            let first = one.title.split_whitespace().next().unwrap_or_default();
            let kind = match one.kind {
                MediaSurface::Post => "post",
                MediaSurface::Story => "story",
                MediaSurface::Live => "live",
            };
            names
                .media
                .push((one.id, one.kind, free(&mut keys, first, kind)));
        }
        names
    }

    pub(super) fn person(&self, id: &ContactId) -> Option<&str> {
        let found = self.people.iter().find(|person| person.id == *id)?;
        Some(&found.key)
    }

    pub(super) fn media(&self, id: &MediaId) -> Option<&str> {
        let found = self.media.iter().find(|(known, ..)| known == id)?;
        Some(&found.2)
    }
}

/// A word that is not taken yet.
fn free(taken: &mut HashSet<String>, wanted: &str, otherwise: &str) -> String {
    let mut word: String = wanted
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || *letter == '-')
        .collect();
    if word.is_empty() || word.starts_with(|first: char| first.is_numeric()) {
        otherwise.clone_into(&mut word);
    }
    let mut key = word.clone();
    let mut number = 2;
    while taken.contains(&key) {
        key = format!("{word}{number}");
        number += 1;
    }
    taken.insert(key.clone());
    key
}
