//! The profile in front: whether its servers answer, what it may not send, what failed.

use super::{NoticeKind, Sighting, words};
use crate::cache::{CacheAlert, CacheDesk, CacheSpan};
use heliograph_engine::ports::{PortError, PortResult};
use heliograph_model::{AccountId, Collection};
use heliograph_runtime::Runtime;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// An account that nobody has: what is asked for to see whether the documents can be read.
const NOBODY: &str = "0";

/// One look at a profile.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileLook {
    /// Why Redis does not answer; `None` while it does.
    pub redis: Option<String>,
    /// Why MongoDB does not answer; `None` while it does.
    pub mongo: Option<String>,
    /// The jobs in the dead letter; `None` where that is not known.
    pub failed_jobs: Option<u64>,
    /// How many messages were refused for good since the profile is connected.
    pub refused: u64,
    /// The accounts that have made requests, each with why its token is refused, where it
    /// is.
    pub tokens: Vec<(AccountId, Option<String>)>,
    /// The hit rates under their target.
    pub alerts: Vec<CacheAlert>,
}

impl ProfileLook {
    /// Looks at a profile that reaches servers. Takes some seconds where they do not answer.
    pub async fn at(runtime: &Runtime, cache: &CacheDesk) -> Self {
        let (jobs, store, nobody) = (runtime.jobs(), runtime.store(), AccountId::from(NOBODY));
        let (figures, account) =
            tokio::join!(answer(jobs.figures()), answer(store.account(&nobody)));
        let states = runtime.account_states().into_iter();
        Self {
            redis: figures.as_ref().err().cloned(),
            mongo: account.err(),
            failed_jobs: figures.ok().flatten().map(|figures| figures.failed),
            refused: runtime.engine().work().failed,
            tokens: states
                .map(|state| (state.account_id, state.token_refused))
                .collect(),
            alerts: cache
                .news(CacheSpan::FiveMinutes)
                .map(|news| news.alerts)
                .unwrap_or_default(),
        }
    }

    /// Looks at the offline profile, which reaches nothing: what its simulated Instagram
    /// refuses is a person's play, and only what the engine gave up counts.
    pub async fn at_offline(runtime: &Runtime) -> Self {
        let mut look = Self::default();
        // Nothing is asked while nothing has failed.
        if runtime.engine().work().dead > 0 {
            let figures = answer(runtime.jobs().figures()).await;
            look.failed_jobs = figures.ok().flatten().map(|figures| figures.failed);
        }
        look
    }
}

/// What a server answers, or why none came. One that answers that something else is wrong
/// is there.
async fn answer<T>(asked: impl Future<Output = PortResult<T>>) -> Result<Option<T>, String> {
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => Ok(Some(answer)),
        Ok(Err(PortError::Unavailable(why))) => Err(sentence(&why)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a server was asked whether it is there");
            Ok(None)
        }
        Err(_) => Err("There was no answer for some seconds.".to_owned()),
    }
}

/// With a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{text}.")
}

/// Compares the looks at one profile. What was so before the first look is no news.
#[derive(Debug)]
pub struct ProfileEye {
    /// Its name; `None` for the offline one.
    profile: Option<String>,
    /// The jobs in the dead letter that are no news; `None` until they could be counted.
    old_jobs: Option<u64>,
    refused: u64,
    /// The collections whose rate was under its target the last time.
    low: BTreeSet<&'static str>,
}

impl ProfileEye {
    /// An eye on the profile of this name; `None` for the offline one.
    #[must_use]
    pub fn on(profile: Option<String>) -> Self {
        Self {
            // The offline profile begins with every start of the application.
            old_jobs: profile.is_none().then_some(0),
            profile,
            refused: 0,
            low: BTreeSet::new(),
        }
    }

    /// The profile's name; `None` for the offline one.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// What is new since the look before.
    pub fn see(&mut self, look: &ProfileLook) -> Vec<Sighting> {
        let mut seen = Vec::new();
        if let Some(profile) = self.profile.clone() {
            seen.push(server(&profile, "Redis", look.redis.as_deref()));
            seen.push(server(&profile, "MongoDB", look.mongo.as_deref()));
            seen.extend(look.tokens.iter().map(|(account, refused)| match refused {
                Some(why) => {
                    let account = account.to_string();
                    Sighting::Wrong(words::token_refused(&profile, &account, &sentence(why)))
                }
                None => Sighting::Fine(NoticeKind::Token, account.to_string()),
            }));
            if look.refused > self.refused {
                let refused = words::refused(&profile, look.refused);
                seen.push(Sighting::Happened(refused));
            }
            self.refused = look.refused;
            seen.extend(self.rates(&look.alerts));
        }
        seen.extend(self.dead_letter(look.failed_jobs));
        seen
    }

    fn dead_letter(&mut self, failed: Option<u64>) -> Option<Sighting> {
        let failed = failed?;
        let old = *self.old_jobs.get_or_insert(failed);
        let name = self.profile.as_deref();
        if failed > old {
            return Some(Sighting::Wrong(words::dead_letter(name, failed - old)));
        }
        // Somebody has taken some of the old ones out, and what comes counts from there.
        self.old_jobs = Some(failed);
        let about = name.unwrap_or_default().to_owned();
        Some(Sighting::Fine(NoticeKind::DeadLetter, about))
    }

    fn rates(&mut self, alerts: &[CacheAlert]) -> Vec<Sighting> {
        let name = |alert: &CacheAlert| alert.collection.map(words::collection_name);
        let low: BTreeSet<_> = alerts.iter().filter_map(name).collect();
        let well = Collection::ALL
            .into_iter()
            .map(words::collection_name)
            .filter(|name| self.low.contains(name) && !low.contains(name))
            .map(|name| Sighting::Fine(NoticeKind::HitRate, name.to_owned()));
        let wrong = alerts
            .iter()
            .filter_map(words::hit_rate)
            .map(Sighting::Wrong);
        let seen = well.chain(wrong).collect();
        self.low = low;
        seen
    }
}

fn server(profile: &str, server: &str, why: Option<&str>) -> Sighting {
    match why {
        Some(why) => Sighting::Wrong(words::server_away(profile, server, why)),
        None => Sighting::Fine(NoticeKind::Connection, format!("{server} of {profile}")),
    }
}
