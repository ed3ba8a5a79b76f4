//! What a change to a profile itself leaves in the audit log: a line with what differs,
//! without secrets, of which only the names are in it.

use super::{Connections, ConnectionsError, OFFLINE, Result, Shelf};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_model::GuardLevel;
use heliograph_runtime::audit::{AuditEntry, AuditLog, Change};
use heliograph_runtime::secrets::{SecretError, SecretName, SecretStore, ThisRun};
use heliograph_runtime::settings::ProfileSettings;
use parking_lot::Mutex;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// A line that is on the disk before its change is made, and says then how that ended.
#[derive(Debug)]
pub(super) struct Line<'a> {
    log: &'a AuditLog,
    /// The entry's id, once it was begun.
    begun: Option<String>,
}

/// What there is to be written down.
#[derive(Debug)]
pub(super) struct Note {
    profile: String,
    level: GuardLevel,
    change: Change,
}

/// A profile before or after a change, as it is shown.
#[derive(Debug)]
pub(super) struct Seen {
    name: String,
    level: GuardLevel,
    fields: Map<String, Value>,
}

/// Remembers which secrets somebody typed, and none of them.
#[derive(Debug, Default)]
pub(super) struct Typed {
    kept: Mutex<BTreeSet<SecretName>>,
    forgotten: Mutex<BTreeSet<SecretName>>,
}

impl Line<'_> {
    /// Writes down that a change begins, where there is something to be said of it.
    ///
    /// # Errors
    /// [`ConnectionsError::Unwritten`]; the change must not be made then.
    pub(super) fn begin(&mut self, note: Option<Note>) -> Result<()> {
        let Some(note) = note else { return Ok(()) };
        let now = SystemClock.now();
        let entry = AuditEntry::new(now, &note.profile, note.level, note.change);
        self.log
            .begin(&entry)
            .map_err(|error| ConnectionsError::Unwritten(error.to_string()))?;
        self.begun = Some(entry.id);
        Ok(())
    }

    /// Says how it ended. What was done is done, so a log that cannot be written now is only
    /// warned of.
    pub(super) fn end<T>(self, answer: &Result<T>) {
        let Some(id) = self.begun else { return };
        let failed = answer.as_ref().err().map(ToString::to_string);
        if let Err(error) = self.log.end(&id, failed.as_deref()) {
            tracing::warn!(%error, "how a change of a profile ended is not in the audit log");
        }
    }
}

impl Note {
    /// A profile is made, changed or removed; `None` where it is offline before and after,
    /// and where nothing of it changes.
    pub(super) fn of(what: &str, before: Option<Seen>, after: Option<Seen>) -> Option<Self> {
        let is_offline = |seen: &Seen| seen.level == GuardLevel::Offline;
        let on_line = after.iter().chain(&before).find(|seen| !is_offline(seen))?;
        let level = on_line.level;
        let profile = before.as_ref().or(after.as_ref())?.name.clone();
        let mut change = Change::new(what, "");
        match (before, after) {
            (Some(before), Some(after)) => {
                let (before, after) = differing(&before.fields, &after.fields);
                if before.is_empty() && after.is_empty() {
                    return None;
                }
                change.before = Some(Value::Object(before).to_string());
                change.after = Some(Value::Object(after).to_string());
            }
            (before, after) => {
                let text = |seen: Seen| Value::Object(seen.fields).to_string();
                change.before = before.map(text);
                change.after = after.map(text);
            }
        }
        Some(Self {
            profile,
            level,
            change,
        })
    }
}

impl Seen {
    /// Settings without their passwords, and the names of secrets that are kept beside them.
    pub(super) fn of(
        settings: &ProfileSettings,
        kept: impl IntoIterator<Item = SecretName>,
    ) -> Self {
        let mut shown = settings.clone();
        let fields = match shown.hide(&ThisRun::new()) {
            Ok(()) => serde_json::to_value(&shown).unwrap_or_default(),
            // From an address that cannot be taken apart no password can be taken out.
            Err(_) => Value::Null,
        };
        let mut fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        put_names(&mut fields, "kept", kept);
        Self {
            name: settings.name.clone(),
            level: settings.resting(),
            fields,
        }
    }

    /// The same with what was typed.
    pub(super) fn with(mut self, typed: &Typed) -> Self {
        put_names(&mut self.fields, "kept", typed.kept.lock().iter().copied());
        let forgotten = typed.forgotten.lock().iter().copied().collect::<Vec<_>>();
        put_names(&mut self.fields, "forgotten", forgotten);
        self
    }
}

fn put_names(
    fields: &mut Map<String, Value>,
    field: &str,
    names: impl IntoIterator<Item = SecretName>,
) {
    let names: Vec<Value> = names.into_iter().map(|it| it.as_str().into()).collect();
    if !names.is_empty() {
        fields.insert(field.to_owned(), names.into());
    }
}

/// The fields that are not the same, of each.
fn differing(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> (Map<String, Value>, Map<String, Value>) {
    let (mut was, mut is) = (Map::new(), Map::new());
    for name in before.keys().chain(after.keys()) {
        match (before.get(name), after.get(name)) {
            (Some(old), Some(new)) if old == new => {}
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                let (old, new) = differing(old, new);
                was.insert(name.clone(), old.into());
                is.insert(name.clone(), new.into());
            }
            (old, new) => {
                was.extend(old.map(|old| (name.clone(), old.clone())));
                is.extend(new.map(|new| (name.clone(), new.clone())));
            }
        }
    }
    (was, is)
}

impl SecretStore for Typed {
    fn get(
        &self,
        _: &str,
        _: SecretName,
    ) -> std::result::Result<Option<SecretString>, SecretError> {
        Ok(None)
    }

    fn set(
        &self,
        _: &str,
        name: SecretName,
        _: &SecretString,
    ) -> std::result::Result<(), SecretError> {
        self.kept.lock().insert(name);
        Ok(())
    }

    fn delete(&self, _: &str, name: SecretName) -> std::result::Result<(), SecretError> {
        self.forgotten.lock().insert(name);
        Ok(())
    }

    fn place(&self) -> String {
        "nowhere".to_owned()
    }
}

impl Shelf {
    /// A line that is not begun yet.
    pub(super) fn line(&self) -> Line<'_> {
        Line {
            log: &self.audit,
            begun: None,
        }
    }

    /// What is written down of a change beside a profile's settings; `None` where it is
    /// offline.
    fn note_of(&self, profile: String, change: Change) -> Result<Option<Note>> {
        if profile == OFFLINE {
            return Ok(None);
        }
        let saved = self.load()?;
        let known = saved.profiles.iter().find(|it| it.name == profile);
        // One that is in front and was taken out of the file meanwhile is on line all the same.
        let level = known.map_or(GuardLevel::Observe, ProfileSettings::resting);
        Ok((level != GuardLevel::Offline).then_some(Note {
            profile,
            level,
            change,
        }))
    }
}

impl Connections {
    /// Keeps a secret of the listener before a profile, with a line about it; `None` forgets
    /// the secret.
    ///
    /// # Errors
    /// When the line cannot be written, or the secret not kept.
    pub(super) async fn keep_secret(
        &self,
        profile: String,
        name: SecretName,
        secret: Option<SecretString>,
        change: Change,
    ) -> Result<()> {
        self.on_shelf(move |shelf| {
            let mut line = shelf.line();
            line.begin(shelf.note_of(profile.clone(), change)?)?;
            let kept = match secret {
                Some(secret) => shelf.secrets.set(&profile, name, &secret),
                None => shelf.secrets.delete(&profile, name),
            };
            let kept = kept.map_err(ConnectionsError::from);
            line.end(&kept);
            kept
        })
        .await
    }
}
