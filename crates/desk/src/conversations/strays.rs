//! User states that only the cache has: committed and not in the documents yet, or a copy
//! that outlived its document. No register lists them, so the cache is looked through in
//! the background.

use super::error::Result;
use super::hand::other_in_front;
use super::known::Known;
use super::look::{OnlyCached, PeopleLook, PeopleOrder, PersonRow};
use super::standing::{Standing, without_document};
use super::{Conversations, Shared, people};
use futures::{StreamExt, TryStreamExt, stream};
use heliograph_engine::cache::key::{self, Named};
use heliograph_engine::ports::Cursor;
use heliograph_model::{AccountId, Collection, Contact, ContactId, EventId, Millis, UserState};
use heliograph_runtime::Runtime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Keys that the server looks at in one step.
const STEP: u32 = 500;
/// Keys and documents that are asked for at the same time.
const AT_ONCE: usize = 64;
/// The most that are listed; the rest is counted.
const MOST_LISTED: usize = 5_000;

/// How looking through the cache stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StraysNews {
    /// Another number is another walk.
    pub number: u32,
    /// How far it is.
    pub state: StraysState,
    /// Why it ended before the end, for people.
    pub failure: Option<String>,
    /// About how many keys of all kinds were looked at,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub looked_at: u64,
    /// of how many that there were at the beginning.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub total: u64,
    /// How many states only the cache has,
    pub found: u32,
    /// and how many more are not listed.
    pub not_listed: u32,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum StraysState {
    /// It walks.
    #[default]
    Running,
    /// It saw everything.
    Finished,
    /// Somebody stopped it.
    Stopped,
    /// The cache or the documents did not answer.
    Failed,
}

/// How often those in sight are looked at once more: others write meanwhile.
const LOOKS: u32 = 4;

/// A walk with what it found.
#[derive(Debug, Default)]
pub(super) struct Strays {
    pub(super) news: StraysNews,
    found: BTreeMap<(AccountId, ContactId), Stray>,
}

/// A state that only the cache has.
#[derive(Debug, Clone)]
struct Stray {
    state: UserState,
    only: OnlyCached,
    /// What is stored of the contact.
    person: Contact,
}

impl Conversations {
    /// Begins to look through the cache for states of which there is no document, in place
    /// of a walk that is under way. It changes nothing.
    ///
    /// # Errors
    /// When nothing runs, or the cache does not answer.
    pub async fn find_strays(&self) -> Result<StraysNews> {
        let runtime = self.shared.runtime()?;
        let servers = runtime.keys().servers().await?;
        if !self.shared.is_in_front(&runtime) {
            return Err(other_in_front());
        }
        self.stop_strays();
        let number = self.shared.next_number();
        let news = StraysNews {
            number,
            total: servers.iter().map(|server| server.keys).sum(),
            ..StraysNews::default()
        };
        *self.shared.strays.lock() = Some(Strays {
            news: news.clone(),
            ..Strays::default()
        });
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let ended = walk(&shared, &runtime, number).await;
            shared.strays(number, |strays| match ended {
                Ok(()) => strays.end(StraysState::Finished),
                Err(error) => {
                    strays.news.failure = Some(error.to_string());
                    strays.end(StraysState::Failed);
                }
            });
        });
        *self.walking.lock() = Some(task.abort_handle());
        self.shared.changed.send_replace(());
        Ok(news)
    }

    /// Ends the walk where it stands; what it found stays. Does nothing where none walks.
    pub fn stop_strays(&self) {
        if let Some(task) = self.walking.lock().take() {
            task.abort();
        }
        if let Some(strays) = &mut *self.shared.strays.lock() {
            strays.end(StraysState::Stopped);
        }
        self.shared.changed.send_replace(());
    }
}

impl Shared {
    /// Changes the walk with this number, where it is still the one that counts.
    fn strays(&self, number: u32, change: impl FnOnce(&mut Strays)) {
        if let Some(strays) = &mut *self.strays.lock()
            && strays.news.number == number
        {
            change(strays);
        }
        self.changed.send_replace(());
    }

    /// Somebody of them stands nowhere any more.
    pub(super) fn forget_stray(&self, account: &AccountId, contact: &ContactId) {
        if let Some(strays) = &mut *self.strays.lock() {
            strays.found.remove(&(account.clone(), contact.clone()));
            strays.count();
        }
    }

    /// How many of them a look wants, and those in sight. Those in sight are looked at
    /// once more: who has a document by now, or stands nowhere, is taken off the list.
    pub(super) async fn stray_rows(
        &self,
        runtime: &Runtime,
        known: &Known,
        look: &PeopleLook,
        now: Millis,
    ) -> Result<(u64, Vec<PersonRow>)> {
        let mut tries = LOOKS;
        loop {
            let wanted = self.wanted_strays(look, now);
            let total = wanted.len() as u64;
            let page = look.page();
            let skip = usize::try_from(page.skip).unwrap_or(usize::MAX);
            let in_sight: Vec<Stray> = wanted
                .into_iter()
                .skip(skip)
                .take(page.most as usize)
                .collect();
            let still = look_again(runtime, &in_sight, now).await?;
            tries -= 1;
            if !self.changed_strays(&in_sight, &still, now) || tries == 0 {
                let rows = in_sight
                    .into_iter()
                    .map(|stray| stray.row(known, now))
                    .collect();
                return Ok((total, rows));
            }
        }
    }

    /// Everybody of them whom a look wants, with the event that it began with. All are
    /// looked at once more, and the list is of that look from then on: who has a document
    /// by now, or stands nowhere, is on neither.
    pub(super) async fn all_strays(
        &self,
        runtime: &Runtime,
        known: &Known,
        look: &PeopleLook,
        now: Millis,
    ) -> Result<Vec<(PersonRow, Option<EventId>)>> {
        let listed = self.wanted_strays(look, now);
        let still = look_again(runtime, &listed, now).await?;
        if self.changed_strays(&listed, &still, now) {
            self.changed.send_replace(());
        }
        let wanted = self.wanted_strays(look, now).into_iter();
        let with_begin = wanted.map(|stray| {
            let started_by = stray.state.started_by.clone();
            (stray.row(known, now), started_by)
        });
        Ok(with_begin.collect())
    }

    /// Those that a look wants, in its order.
    fn wanted_strays(&self, look: &PeopleLook, now: Millis) -> Vec<Stray> {
        let words = look.words().map(|words| words.to_lowercase());
        let is_wanted = |stray: &&Stray| {
            let state = &stray.state;
            state.expires_at > now
                && look
                    .account_id
                    .as_ref()
                    .is_none_or(|id| *id == state.account_id)
                && look
                    .automation_id
                    .as_ref()
                    .is_none_or(|id| *id == state.automation_id)
                && look.state.is_none_or(|wanted| wanted == state.state)
                && words.as_ref().is_none_or(|words| stray.has(words))
        };
        let mut wanted: Vec<Stray> = match &*self.strays.lock() {
            Some(strays) => strays.found.values().filter(is_wanted).cloned().collect(),
            None => Vec::new(),
        };
        match look.order {
            PeopleOrder::Oldest => wanted.sort_by_key(|stray| stray.state.updated_at),
            PeopleOrder::Newest => {
                wanted.sort_by_key(|stray| std::cmp::Reverse(stray.state.updated_at));
            }
            PeopleOrder::Expiring => wanted.sort_by_key(|stray| stray.state.expires_at),
        }
        wanted
    }

    /// Takes up how those that were looked at stand now, and takes off whose time is over;
    /// whether anything is otherwise.
    fn changed_strays(&self, seen: &[Stray], still: &[Option<Standing>], now: Millis) -> bool {
        let mut all = self.strays.lock();
        let Some(strays) = all.as_mut() else {
            return false;
        };
        let mut is_changed = false;
        for (stray, still) in seen.iter().zip(still) {
            let whose = stray.whose();
            match still {
                None => {
                    strays.found.remove(&whose);
                }
                Some(still) => {
                    let only = still.only_cached.unwrap_or(stray.only);
                    if still.state == stray.state && only == stray.only {
                        continue;
                    }
                    if let Some(known) = strays.found.get_mut(&whose) {
                        known.state = still.state.clone();
                        known.only = only;
                    }
                }
            }
            is_changed = true;
        }
        strays.found.retain(|_, stray| stray.state.expires_at > now);
        strays.count();
        is_changed
    }
}

impl Strays {
    fn add(&mut self, stray: Stray) {
        let whose = stray.whose();
        if self.found.len() >= MOST_LISTED && !self.found.contains_key(&whose) {
            self.news.not_listed += 1;
            return;
        }
        self.found.insert(whose, stray);
        self.count();
    }

    fn count(&mut self) {
        self.news.found = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
    }

    fn end(&mut self, state: StraysState) {
        if self.news.state == StraysState::Running {
            self.news.state = state;
        }
    }
}

impl Stray {
    fn whose(&self) -> (AccountId, ContactId) {
        (self.state.account_id.clone(), self.state.sender_id.clone())
    }

    /// Whether this is in a name, a handle, an address or an id, all in lower case.
    fn has(&self, words: &str) -> bool {
        let Contact {
            username,
            name,
            email,
            sender_id,
            ..
        } = &self.person;
        let texts = [username.as_deref(), name.as_deref(), email.as_deref()];
        sender_id.as_str().to_lowercase().contains(words)
            || texts
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(words))
    }

    fn row(self, known: &Known, now: Millis) -> PersonRow {
        PersonRow {
            only_cached: Some(self.only),
            ..people::row(self.person, Some(self.state), None, known, now)
        }
    }
}

async fn walk(shared: &Arc<Shared>, runtime: &Arc<Runtime>, number: u32) -> Result<()> {
    let pattern = format!("{}*", key::beginning(Collection::UserState));
    let mut from: Option<Cursor> = None;
    loop {
        let page = runtime.keys().keys(&pattern, from.as_ref(), STEP).await?;
        let looks = page.keys.into_iter().filter_map(|found| {
            let Named::UserState(account, contact) = key::read(&found.key)? else {
                return None;
            };
            Some(look(runtime, account, contact))
        });
        // Each is asked for by itself, and MongoDB gathers what comes at the same time.
        let found: Vec<Option<Stray>> = stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        shared.strays(number, |strays| {
            for stray in found.into_iter().flatten() {
                strays.add(stray);
            }
            strays.news.looked_at += page.looked_at;
        });
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// How these stand now, in their order; `None` where there is a document by now, or nothing
/// is awaited.
async fn look_again(
    runtime: &Runtime,
    strays: &[Stray],
    now: Millis,
) -> Result<Vec<Option<Standing>>> {
    // Collected, for the compiler cannot tell of futures that borrow one by one that they
    // may go to another thread.
    let looks: Vec<_> = strays
        .iter()
        .map(|stray| {
            let UserState {
                account_id,
                sender_id,
                ..
            } = &stray.state;
            without_document(runtime, account_id, sender_id, now)
        })
        .collect();
    stream::iter(looks).buffered(AT_ONCE).try_collect().await
}

/// The state of a key, where there is no document of it.
async fn look(
    runtime: &Arc<Runtime>,
    account: AccountId,
    contact: ContactId,
) -> Result<Option<Stray>> {
    let now = runtime.clock().now();
    let Some(found) = without_document(runtime, &account, &contact, now).await? else {
        return Ok(None);
    };
    let person = runtime.store().contact(&account, &contact).await?;
    Ok(Some(Stray {
        state: found.state,
        only: found.only_cached.unwrap_or(OnlyCached::NoDocument),
        person: person.unwrap_or_else(|| Contact::new(account, contact, Millis(0))),
    }))
}
