//! The profiles of the user at the live desk: what they point at, how the last test of
//! each ended, and how one is made, changed, removed and opened.
//!
//! The file with the profiles is the command line's too, so it is read each time. Secrets
//! come in and never go out again: what the window is told says only whether there is one.

mod accounts;
mod card;
mod checks;
mod draft;
mod error;
mod importing;
mod listening;
mod metrics;
mod noted;
mod ports;

#[cfg(test)]
mod tests;

pub use accounts::AccountsView;
pub use card::{ConnectionsView, PointsAt, ProfileCard, SecretsPlace};
pub use checks::{CheckReport, IndexesMade, ShownCheck, ShownOutcome};
pub use draft::{DraftFile, DraftGraph, DraftInstagram, DraftPlace, DraftServers, ProfileDraft};
pub use error::{ConnectionsError, Result};
pub use listening::{KnownAppSecret, ListenerSecrets, OFFLINE};
pub use metrics::MetricsTest;
pub use ports::{TakenPort, taken_port};

use crate::cache::{Histories, test_metrics};
use crate::seen::SeenFiles;
use checks::Reports;
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_model::GuardLevel;
use heliograph_runtime::audit::{AuditLog, AuditPart, AuditSearch};
use heliograph_runtime::check::{CheckOptions, check_telling};
use heliograph_runtime::secrets::{Environment, SecretName, SecretStore};
use heliograph_runtime::settings::{
    InstagramSettings, OpenSettings, PlaceSettings, ProfileSettings, ProfilesFile, SavedProfiles,
};
use heliograph_runtime::{Profile, Runtime};
use noted::{Line, Note, Seen, Typed};
use parking_lot::Mutex;
use secrecy::SecretString;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// The profiles of the user, with their secrets and the audit log.
#[derive(Debug)]
pub struct Connections {
    shelf: Arc<Shelf>,
}

/// What calls that block work on. A keyring may ask its owner and take a while.
#[derive(Debug)]
struct Shelf {
    file: ProfilesFile,
    audit: Arc<AuditLog>,
    /// The environment, and then what is kept.
    secrets: Arc<dyn SecretStore>,
    /// Where new ones are kept.
    kept: Arc<dyn SecretStore>,
    reports: Reports,
    /// Where profiles on a file that name none keep it.
    folder: PathBuf,
    /// What is kept of how their caches did.
    histories: Histories,
    /// What was seen of the profiles.
    seen: SeenFiles,
    /// One change of the file at a time.
    changing: Mutex<()>,
    /// What was removed last, to be put back. Held for a moment only.
    removed: Mutex<Option<Removed>>,
    /// The app secret that was removed last from the listener before each profile, for a
    /// while. Held for a moment only.
    removed_secrets: Mutex<HashMap<String, listening::RemovedSecret>>,
}

/// A profile that was removed.
#[derive(Debug)]
struct Removed {
    settings: ProfileSettings,
    place: usize,
    secrets: Vec<(SecretName, SecretString)>,
}

impl Connections {
    /// The profiles in a file. `folder` is the application's own: the audit log and what is
    /// known of tests are there.
    #[must_use]
    pub fn new(file: ProfilesFile, secrets: Arc<dyn SecretStore>, folder: &Path) -> Self {
        let histories = Histories::of(folder);
        // Whoever was removed in an earlier run is not put back.
        histories.forget_removed();
        let seen = SeenFiles::of(folder);
        seen.forget_removed();
        Self {
            shelf: Arc::new(Shelf {
                file,
                audit: Arc::new(AuditLog::at(folder.join("audit.jsonl"))),
                secrets: Arc::new(Environment::before(Arc::clone(&secrets))),
                kept: secrets,
                reports: Reports::at(folder.join("checks.json")),
                folder: folder.to_owned(),
                histories,
                seen,
                changing: Mutex::default(),
                removed: Mutex::default(),
                removed_secrets: Mutex::default(),
            }),
        }
    }

    /// All profiles.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn view(&self) -> Result<ConnectionsView> {
        self.on_shelf(|shelf| shelf.view()).await
    }

    /// A profile as it is edited, without its secrets.
    ///
    /// # Errors
    /// When there is no such profile.
    pub async fn draft(&self, name: String) -> Result<ProfileDraft> {
        self.on_shelf(move |shelf| Ok(ProfileDraft::of(shelf.load()?.named(&name)?)))
            .await
    }

    /// Saves a profile: a new one, or `instead` of the one of that name. What the draft
    /// does not know of it stays.
    ///
    /// # Errors
    /// When the name is taken or cannot be one, an address cannot be used, or a secret or
    /// the file cannot be written.
    pub async fn save(
        &self,
        draft: ProfileDraft,
        instead: Option<String>,
    ) -> Result<ConnectionsView> {
        self.on_shelf(move |shelf| {
            shelf.save(&draft, instead.as_deref(), &[])?;
            shelf.view()
        })
        .await
    }

    /// Makes a copy under a free name, its secrets included; answers with the name.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub async fn duplicate(&self, name: String) -> Result<String> {
        self.on_shelf(move |shelf| shelf.duplicate(&name)).await
    }

    /// Removes a profile and its secrets. The last one that was removed can be put back.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub async fn remove(&self, name: String) -> Result<ConnectionsView> {
        self.on_shelf(move |shelf| {
            shelf.remove(&name)?;
            shelf.view()
        })
        .await
    }

    /// Puts the profile back that was removed last, with its secrets.
    ///
    /// # Errors
    /// When there is none, or its name is taken by now.
    pub async fn put_back(&self) -> Result<ConnectionsView> {
        self.on_shelf(|shelf| {
            shelf.put_back()?;
            shelf.view()
        })
        .await
    }

    /// Looks at everything that a profile names, and keeps what was found. `tell` gets what
    /// was found so far, after each part. With `online`, the Graph API is asked whether it
    /// accepts the tokens. Nothing is written.
    ///
    /// # Errors
    /// When there is no such profile, or a secret of it cannot be had.
    pub async fn check(
        &self,
        name: String,
        online: bool,
        tell: impl Fn(Vec<ShownCheck>) + Send + Sync,
    ) -> Result<CheckReport> {
        let profile = self.profile(name.clone()).await?;
        let options = CheckOptions {
            online,
            ..CheckOptions::default()
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let checks = check_telling(&profile, &options, &clock, &|so_far| {
            tell(ShownCheck::all(so_far, &name));
        })
        .await;
        let report = CheckReport::of(&checks, clock.now(), &name);
        let kept = report.clone();
        self.on_shelf(move |shelf| {
            shelf.reports.keep(&name, kept);
            Ok(())
        })
        .await?;
        Ok(report)
    }

    /// Opens a profile for a person: at the level where it rests, never *live*.
    ///
    /// # Errors
    /// When there is no such profile, a secret cannot be had, or something cannot be
    /// opened; the message says what to do.
    pub async fn open(&self, name: String) -> Result<Runtime> {
        let profile = self.profile(name).await?;
        let audit = Some(Arc::clone(&self.shelf.audit));
        Ok(Runtime::open_at_hand(profile, Arc::new(SystemClock), audit).await?)
    }

    /// Where the metrics of a profile's workers are.
    ///
    /// # Errors
    /// When there is no such profile.
    pub async fn metrics(&self, name: String) -> Result<Vec<String>> {
        self.on_shelf(move |shelf| Ok(shelf.load()?.named(&name)?.metrics.clone()))
            .await
    }

    /// Asks an address for a worker's metrics, and says what is there or what is wrong.
    pub async fn test_metrics(&self, address: &str) -> MetricsTest {
        MetricsTest::of(test_metrics(address).await)
    }

    /// Remembers which profile is in front; `None` for none of these.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn remember(&self, active: Option<String>) -> Result<()> {
        self.on_shelf(move |shelf| {
            shelf.change(|saved, _| {
                saved.active = active;
                Ok(())
            })
        })
        .await
    }

    /// A secret of a profile, where there is one.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn secret(&self, profile: String, name: SecretName) -> Result<Option<SecretString>> {
        self.on_shelf(move |shelf| Ok(shelf.secrets.get(&profile, name)?))
            .await
    }

    /// A page of the lines of a part of the audit log in which every word stands, the newest
    /// first: of all, or of those before the one with this id.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn audit(
        &self,
        part: AuditPart,
        text: String,
        before: Option<String>,
        most: usize,
    ) -> Result<AuditSearch> {
        self.on_shelf(move |shelf| {
            let found = shelf.audit.page(part, &text, before.as_deref(), most);
            found.map_err(ConnectionsError::audit)
        })
        .await
    }

    /// Writes the lines of a part of the audit log in which every word stands as CSV into
    /// the application's folder; answers with where it is.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub async fn export_audit(&self, part: AuditPart, text: String) -> Result<PathBuf> {
        self.on_shelf(move |shelf| {
            let path = shelf.folder.join("audit.csv");
            let written = shelf.audit.export(part, &text, &path);
            written.map_err(ConnectionsError::audit)?;
            Ok(path)
        })
        .await
    }

    async fn profile(&self, name: String) -> Result<Profile> {
        self.on_shelf(move |shelf| shelf.profile(&name)).await
    }

    async fn on_shelf<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Shelf) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shelf = Arc::clone(&self.shelf);
        blocking(move || call(&shelf)).await
    }
}

/// Runs what blocks where that disturbs nobody.
async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match spawn_blocking(call).await {
        Ok(answer) => answer,
        Err(error) => Err(ConnectionsError::Broken(error.to_string())),
    }
}

impl Shelf {
    fn load(&self) -> Result<SavedProfiles> {
        Ok(self.file.load()?)
    }

    /// Changes the file as a whole. What is to be in the audit log, the change begins there
    /// before it does anything.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut SavedProfiles, &mut Line<'_>) -> Result<T>,
    ) -> Result<T> {
        let _one = self.changing.lock();
        let mut saved = self.load()?;
        let mut line = self.line();
        let answer = change(&mut saved, &mut line).and_then(|answer| {
            self.file.save(&saved)?;
            Ok(answer)
        });
        line.end(&answer);
        answer
    }

    fn view(&self) -> Result<ConnectionsView> {
        let saved = self.load()?;
        let reports = self.reports.all();
        Ok(ConnectionsView {
            profiles: saved
                .profiles
                .iter()
                .map(|profile| ProfileCard::of(profile, reports.get(&profile.name)))
                .collect(),
            last: saved.active,
            secrets: SecretsPlace {
                place: self.kept.place(),
            },
            notice: saved.notice,
        })
    }

    fn profile(&self, name: &str) -> Result<Profile> {
        let saved = self.load()?;
        let settings = saved.named(name)?;
        let open = OpenSettings {
            secrets: &*self.secrets,
            guard: settings.resting(),
            usual_file: self.usual_file(name),
            elsewhere: Vec::new(),
        };
        let profile = open.profile(settings)?;
        if let (PlaceSettings::Production(_), GuardLevel::Offline) = (&settings.place, open.guard) {
            return Err(ConnectionsError::Invalid(format!(
                "The profile “{name}” is offline and names servers, so it cannot be opened. Edit it and choose observe, which only reads."
            )));
        }
        Ok(profile)
    }

    /// Where a profile on a file keeps it that names none.
    fn usual_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("profile-{name}.sqlite"))
    }

    /// Saves a profile, with secrets that came along beside what was typed.
    fn save(
        &self,
        draft: &ProfileDraft,
        instead: Option<&str>,
        also: &[(SecretName, SecretString)],
    ) -> Result<()> {
        self.change(|saved, line| {
            let name = draft.name.trim();
            let is_taken = saved.profiles.iter().any(|it| it.name == name);
            if is_taken && instead != Some(name) {
                return Err(ConnectionsError::Taken(name.to_owned()));
            }
            let before = match instead {
                Some(instead) => Some(saved.named(instead)?.clone()),
                None => None,
            };
            let mut settings = draft.settings(before.as_ref())?;
            if let PlaceSettings::Embedded(place) = &mut settings.place {
                // Written down, so that the command line opens the same one, and a profile
                // with another name still does.
                let usual = || self.usual_file(instead.unwrap_or(name));
                place.file.get_or_insert_with(usual);
            }
            let keep = |settings: &mut ProfileSettings, store: &dyn SecretStore| -> Result<()> {
                draft.keep_secrets(settings, store)?;
                settings.hide(store)?;
                for (secret, value) in also {
                    store.set(name, *secret, value)?;
                    if let (SecretName::AccessToken, InstagramSettings::Graph(graph)) =
                        (secret, &mut settings.instagram)
                    {
                        graph.has_token = true;
                    }
                }
                Ok(())
            };
            let (mut as_kept, typed) = (settings.clone(), Typed::default());
            keep(&mut as_kept, &typed)?;
            let what = match instead {
                None => "Making a profile",
                Some(old) if old != name => "Renaming a profile",
                Some(_) => "Changing a profile",
            };
            let seen = before.as_ref().map(|before| Seen::of(before, []));
            let after = Seen::of(&as_kept, []).with(&typed);
            line.begin(Note::of(what, seen, Some(after)))?;
            if let Some(old) = instead
                && old != name
            {
                self.move_secrets(old, name)?;
            }
            keep(&mut settings, &*self.secrets)?;
            match saved
                .profiles
                .iter_mut()
                .find(|it| Some(it.name.as_str()) == instead)
            {
                Some(there) => *there = settings,
                None => saved.profiles.push(settings),
            }
            if let Some(old) = instead {
                if saved.active.as_deref() == Some(old) {
                    saved.active = Some(name.to_owned());
                }
                // What was found of another place says nothing of this one.
                self.reports.forget(old);
            }
            Ok(())
        })?;
        self.keeps_what_it_had(instead, draft.name.trim());
        Ok(())
    }

    /// What is kept of a profile beside its settings goes with it, and one that is new begins
    /// without what a namesake left.
    fn keeps_what_it_had(&self, before: Option<&str>, name: &str) {
        match before {
            None => {
                self.histories.forget(name);
                self.seen.forget(name);
            }
            Some(old) if old != name => {
                self.histories.rename(old, name);
                self.seen.rename(old, name);
                let mut removed = self.removed_secrets.lock();
                if let Some(secret) = removed.remove(old) {
                    removed.insert(name.to_owned(), secret);
                }
            }
            Some(_) => {}
        }
    }

    fn duplicate(&self, name: &str) -> Result<String> {
        self.change(|saved, line| {
            let mut copy = saved.named(name)?.clone();
            copy.name = free_name(saved, name);
            let secrets = self.secrets_of(name)?;
            let made = Seen::of(&copy, names(&secrets));
            line.begin(Note::of("Copying a profile", None, Some(made)))?;
            for (secret, value) in secrets {
                self.secrets.set(&copy.name, secret, &value)?;
            }
            let name = copy.name.clone();
            saved.profiles.push(copy);
            self.keeps_what_it_had(None, &name);
            Ok(name)
        })
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.change(|saved, line| {
            let place = saved.profiles.iter().position(|it| it.name == name);
            let settings = saved.named(name)?.clone();
            let secrets = self.secrets_of(name)?;
            let gone = Seen::of(&settings, names(&secrets));
            line.begin(Note::of("Removing a profile", Some(gone), None))?;
            saved.remove(name);
            *self.removed.lock() = Some(Removed {
                settings,
                place: place.unwrap_or(usize::MAX),
                secrets,
            });
            Ok(())
        })?;
        for secret in SecretName::ALL {
            // One that stands in the environment stays there.
            if let Err(error) = self.secrets.delete(name, secret) {
                tracing::warn!(%error, "a secret of a removed profile stays");
            }
        }
        self.reports.forget(name);
        self.histories.remove(name);
        self.seen.remove(name);
        self.removed_secrets.lock().remove(name);
        Ok(())
    }

    fn put_back(&self) -> Result<()> {
        let removed = self.removed.lock().take();
        let Some(removed) = removed else {
            return Err(ConnectionsError::Invalid(
                "There is no removed profile to be put back.".to_owned(),
            ));
        };
        let put_back = self.change(|saved, line| {
            let name = &removed.settings.name;
            if saved.profiles.iter().any(|it| it.name == *name) {
                return Err(ConnectionsError::Taken(name.clone()));
            }
            let back = Seen::of(&removed.settings, names(&removed.secrets));
            line.begin(Note::of("Putting a profile back", None, Some(back)))?;
            for (secret, value) in &removed.secrets {
                self.secrets.set(name, *secret, value)?;
            }
            let place = removed.place.min(saved.profiles.len());
            saved.profiles.insert(place, removed.settings.clone());
            Ok(())
        });
        match &put_back {
            Ok(()) => {
                self.histories.put_back(&removed.settings.name);
                self.seen.put_back(&removed.settings.name);
            }
            // It can be tried again, once the name is free.
            Err(_) => {
                self.removed.lock().get_or_insert(removed);
            }
        }
        put_back
    }

    /// The secrets of a profile that are kept where they can be moved.
    fn secrets_of(&self, name: &str) -> Result<Vec<(SecretName, SecretString)>> {
        let mut found = Vec::new();
        for secret in SecretName::ALL {
            if let Some(value) = self.secrets.get(name, secret)? {
                found.push((secret, value));
            }
        }
        Ok(found)
    }

    fn move_secrets(&self, from: &str, to: &str) -> Result<()> {
        for (secret, value) in self.secrets_of(from)? {
            self.secrets.set(to, secret, &value)?;
            self.secrets.delete(from, secret)?;
        }
        Ok(())
    }
}

fn names(secrets: &[(SecretName, SecretString)]) -> impl Iterator<Item = SecretName> {
    secrets.iter().map(|(name, _)| *name)
}

/// A name that no profile has, made of another.
fn free_name(saved: &SavedProfiles, name: &str) -> String {
    let is_free = |name: &str| saved.profiles.iter().all(|it| it.name != name);
    // A name has 64 bytes at the most.
    let mut stem = name.to_owned();
    while stem.len() > 54 {
        stem.pop();
    }
    std::iter::once(format!("{stem} copy"))
        .chain((2..).map(|number| format!("{stem} copy {number}")))
        .find(|name| is_free(name))
        .unwrap_or_default()
}
