//! The connection test: what is wrong with a profile, and what to do about it.
//!
//! Nothing is written, except the indexes where somebody asks for them.

mod agreement;
mod instagram;
mod mongo;
mod queue;
mod redis;

use crate::{DatabasePlace, InstagramPlace, Place, Profile};
use heliograph_engine::ports::Clock;
use heliograph_model::GuardLevel;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was looked at, such as `redis.eviction`. It stays the same for programs.
    pub name: &'static str,
    /// How it stands.
    pub outcome: CheckOutcome,
    /// What was found, for people.
    pub says: String,
    /// What to do about it; `None` where nothing need be done.
    #[serde(rename = "do")]
    pub to_do: Option<String>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// As it should be.
    Ok,
    /// It works, and somebody should know of it.
    Warning,
    /// It does not work, or loses something.
    Failed,
}

impl Check {
    pub(crate) fn ok(name: &'static str, says: impl Into<String>) -> Self {
        Self {
            name,
            outcome: CheckOutcome::Ok,
            says: says.into(),
            to_do: None,
        }
    }

    pub(crate) fn warning(
        name: &'static str,
        says: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Self {
        Self {
            name,
            outcome: CheckOutcome::Warning,
            says: says.into(),
            to_do: Some(to_do.into()),
        }
    }

    pub(crate) fn failed(
        name: &'static str,
        says: impl Into<String>,
        to_do: impl Into<String>,
    ) -> Self {
        Self {
            outcome: CheckOutcome::Failed,
            ..Self::warning(name, says, to_do)
        }
    }
}

/// What is looked at beside the connections.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions {
    /// Create the indexes that are missing.
    pub create_indexes: bool,
    /// Ask the Graph API whether it accepts the tokens.
    pub online: bool,
    /// How many cached user states are compared with the documents.
    pub sample: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            create_indexes: false,
            online: false,
            sample: 200,
        }
    }
}

/// Looks at everything that a profile names, and says how it stands. What cannot be
/// reached does not keep the rest from being looked at.
pub async fn check(
    profile: &Profile,
    options: &CheckOptions,
    clock: &Arc<dyn Clock>,
) -> Vec<Check> {
    check_telling(profile, options, clock, &|_| ()).await
}

/// The same for somebody who watches: `tell` gets what was found so far, after each part.
pub async fn check_telling(
    profile: &Profile,
    options: &CheckOptions,
    clock: &Arc<dyn Clock>,
    tell: &(dyn Fn(&[Check]) + Send + Sync),
) -> Vec<Check> {
    let mut checks = vec![guard(profile)];
    tell(&checks);
    let mut documents = None;
    match &profile.place {
        Place::Embedded(place) => checks.push(embedded(&place.database)),
        Place::Production(place) => {
            let (redis, cache) = redis::check(&place.redis).await;
            checks.extend(redis);
            tell(&checks);
            let (mongo, store) = mongo::check(&place.mongo, options.create_indexes).await;
            checks.extend(mongo);
            tell(&checks);
            checks.extend(queue::check(place, cache.as_ref(), clock).await);
            tell(&checks);
            if let Some(cache) = &cache {
                checks.push(mongo::refused(cache.redis()).await);
            }
            if let (Some(cache), Some(store)) = (&cache, &store) {
                checks.push(agreement::check(cache, store, options.sample, clock).await);
            }
            documents = store;
        }
    }
    tell(&checks);
    match &profile.instagram {
        InstagramPlace::Simulated { .. } => checks.push(simulated(&profile.place)),
        InstagramPlace::Graph(place) => {
            checks.extend(instagram::check(place, documents.as_ref(), options.online, clock).await);
        }
    }
    checks
}

/// The worst of the checks.
#[must_use]
pub fn worst(checks: &[Check]) -> CheckOutcome {
    checks
        .iter()
        .map(|check| check.outcome)
        .max()
        .unwrap_or(CheckOutcome::Ok)
}

fn simulated(place: &Place) -> Check {
    const NAME: &str = "instagram";
    match place {
        Place::Embedded(_) => Check::ok(NAME, "Sends go to a simulated Instagram in this process."),
        Place::Production(_) => Check::warning(
            NAME,
            "Sends go to a simulated Instagram in this process: whoever wrote gets nothing.",
            "Before deliveries are handled live, name the Graph API with --graph https://graph.instagram.com.",
        ),
    }
}

fn guard(profile: &Profile) -> Check {
    const NAME: &str = "guard";
    let name = &profile.name;
    match (profile.guard, &profile.place) {
        (GuardLevel::Offline, Place::Production(_)) => Check::failed(
            NAME,
            format!("The profile “{name}” is offline and names servers, so it cannot be opened."),
            "Choose --guard observe, which only reads.",
        ),
        (GuardLevel::DryRun, Place::Embedded(_)) => Check::failed(
            NAME,
            format!("The profile “{name}” is on a database file, which has no dry run."),
            "Use the simulated Instagram, or --guard observe.",
        ),
        (level, _) => Check::ok(
            NAME,
            format!("The profile “{name}” is at the guard level {level}."),
        ),
    }
}

fn embedded(place: &DatabasePlace) -> Check {
    const NAME: &str = "database";
    match place {
        DatabasePlace::Temporary => Check::ok(NAME, "The database is a temporary file."),
        DatabasePlace::File(path) if !path.exists() => Check::warning(
            NAME,
            format!("There is no database {} yet.", path.display()),
            "It is made by the first import or serve.",
        ),
        DatabasePlace::File(path) => readable(path),
    }
}

/// Whether the file begins as one of SQLite does; a process that has it open is not
/// disturbed.
fn readable(path: &Path) -> Check {
    const NAME: &str = "database";
    const BEGINNING: &[u8] = b"SQLite format 3\0";
    let read = || -> std::io::Result<bool> {
        use std::io::Read;
        let mut beginning = Vec::new();
        std::fs::File::open(path)?
            .take(BEGINNING.len() as u64)
            .read_to_end(&mut beginning)?;
        Ok(beginning.is_empty() || beginning == BEGINNING)
    };
    let shown = path.display();
    match read() {
        Ok(true) => Check::ok(NAME, format!("The database is {shown}.")),
        Ok(false) => Check::failed(
            NAME,
            format!("{shown} is no database of ours."),
            "Name another file with --database; the next start would set this one aside.",
        ),
        Err(error) => Check::failed(
            NAME,
            format!("{shown} cannot be read: {error}."),
            "Check who owns the file.",
        ),
    }
}

#[cfg(test)]
mod tests;
