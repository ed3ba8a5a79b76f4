//! The profile in front: whether its servers answer, what it may not send, what failed.

use super::{NoticeKind, Sighting, words};
use crate::cache::{CacheAlert, CacheDesk, CacheSpan};
use heliograph_engine::ports::{FailedSends, PortError, PortResult};
use heliograph_model::{AccountId, Collection, ErrorClass, Millis};
use heliograph_runtime::Runtime;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// So many of the latest failed sends are looked at.
const LATEST: usize = 20;
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
    /// The sends that failed for good, of all who work on the profile; `None` where that is
    /// not known.
    pub sends: Option<SendsLook>,
    /// The accounts that have made requests from here, each with why its token is refused,
    /// where it is.
    pub tokens: Vec<(AccountId, Option<String>)>,
    /// How many tries of workers elsewhere found a token or a permission refused since they
    /// are asked; 0 where nobody tells.
    pub tokens_elsewhere: u64,
    /// The hit rates under their target.
    pub alerts: Vec<CacheAlert>,
    /// Why the audit log cannot be written, where that keeps messages back.
    pub unwritten: Option<String>,
}

/// The list of the sends that failed for good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendsLook {
    /// How many there are.
    pub count: u64,
    /// When the latest of them failed, at most [`LATEST`], the latest first.
    pub latest: Vec<Millis>,
}

impl SendsLook {
    async fn at(sends: &dyn FailedSends) -> PortResult<Self> {
        let count = sends.count().await?;
        let latest = match count {
            0 => Vec::new(),
            _ => sends.list(0, LATEST).await?,
        };
        Ok(Self {
            count,
            latest: latest.iter().map(|record| record.at).collect(),
        })
    }
}

impl ProfileLook {
    /// Looks at a profile that reaches servers. Takes some seconds where they do not answer.
    pub async fn at(runtime: &Runtime, cache: &CacheDesk) -> Self {
        let (jobs, store, nobody) = (runtime.jobs(), runtime.store(), AccountId::from(NOBODY));
        let failed_sends = runtime.failed_sends();
        let (figures, account, sends) = tokio::join!(
            answer(jobs.figures()),
            answer(store.account(&nobody)),
            answer(SendsLook::at(&*failed_sends)),
        );
        let states = runtime.account_states().into_iter();
        Self {
            redis: figures.as_ref().err().cloned(),
            mongo: account.err(),
            failed_jobs: figures.ok().flatten().map(|figures| figures.failed),
            sends: sends.ok().flatten(),
            tokens: states
                .map(|state| (state.account_id, state.token_refused))
                .collect(),
            tokens_elsewhere: cache
                .errors_elsewhere(ErrorClass::Token)
                .unwrap_or_default(),
            alerts: cache
                .news(CacheSpan::FiveMinutes)
                .map(|news| news.alerts)
                .unwrap_or_default(),
            unwritten: runtime.guard().unwritten(),
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
    /// The failed sends that are no news: how many, and when the latest of them failed;
    /// `None` until they could be looked at.
    old_sends: Option<(u64, Option<Millis>)>,
    tokens_elsewhere: u64,
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
            old_sends: None,
            tokens_elsewhere: 0,
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
            // Another set of workers begins to count anew.
            if look.tokens_elsewhere > self.tokens_elsewhere {
                let told = words::token_refused_elsewhere(&profile, look.tokens_elsewhere);
                seen.push(Sighting::Happened(told));
            }
            self.tokens_elsewhere = look.tokens_elsewhere;
            seen.extend(self.failed_sends(&profile, look.sends.as_ref()));
            seen.extend(self.rates(&look.alerts));
            seen.push(match &look.unwritten {
                Some(why) => Sighting::Wrong(words::audit_unwritten(&profile, why)),
                None => Sighting::Fine(NoticeKind::Audit, profile),
            });
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

    fn failed_sends(&mut self, profile: &str, look: Option<&SendsLook>) -> Option<Sighting> {
        let look = look?;
        let newest = look.latest.first().copied();
        let (count, old) = *self.old_sends.get_or_insert((look.count, newest));
        let new = look.latest.iter().filter(|at| Some(**at) > old).count() as u64;
        if new == 0 {
            // Somebody has taken some of the old ones off.
            self.old_sends = Some((look.count.min(count), old));
            return Some(Sighting::Fine(NoticeKind::Refused, profile.to_owned()));
        }
        // Where all that were looked at are new, there may be more of them.
        let new = match look.latest.len() as u64 {
            all if new < all => new,
            all => look.count.saturating_sub(count).max(all),
        };
        Some(Sighting::Wrong(words::sends_failed(profile, new)))
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
