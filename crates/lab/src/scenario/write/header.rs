//! What stands above the steps.

use super::yaml::{Lines, inside, value};
use super::{Names, Title};
use crate::scenario::words;
use crate::simulator::{MediaSurface, Stage};

pub(super) fn lines(title: &Title<'_>, stage: &Stage, names: &Names) -> Lines {
    let mut lines = vec![format!("scenario: {}", value(title.name))];
    if !title.about.trim().is_empty() {
        lines.push(format!("about: {}", value(title.about.trim())));
    }
    lines.push(format!("workspace: {}", value(title.workspace)));
    let begun = stage.begun();
    if begun.is_other_account {
        lines.push(format!(
            "account: {}",
            super::yaml::quoted(stage.account_id().as_str())
        ));
    }
    // To the millisecond, because ids are made of it, and public answers chosen by ids.
    let starts = words::exact_moment(begun.starts);
    lines.push(format!("starts: {starts}"));
    if !names.people.is_empty() {
        lines.push("people:".to_owned());
    }
    for person in &names.people {
        let mut fields = Vec::new();
        match &person.added {
            Some(new) => {
                fields.push(format!("name: {}", inside(&new.name)));
                fields.push(format!("username: {}", inside(&person.username)));
                if new.follows {
                    fields.push("follows: yes".to_owned());
                }
                if new.hidden {
                    fields.push("profile: none".to_owned());
                }
            }
            None => {
                fields.push(format!("username: {}", inside(&person.username)));
                fields.push("profile: none".to_owned());
            }
        }
        if let Some(language) = &person.language {
            fields.push(format!("language: {}", inside(language.as_str())));
        }
        if names.by_id {
            let id = super::yaml::quoted(person.id.as_str());
            fields.push(format!("id: {id}"));
        }
        lines.push(format!("  {}: {{ {} }}", person.key, fields.join(", ")));
    }
    if !names.media.is_empty() {
        lines.push("media:".to_owned());
    }
    for (id, kind, key) in &names.media {
        let kind = match kind {
            MediaSurface::Post => "post",
            MediaSurface::Story => "story",
            MediaSurface::Live => "live",
        };
        lines.push(format!("  {key}: {kind} {id}"));
    }
    lines.push(String::new());
    lines
}
