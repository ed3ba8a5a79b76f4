//! The rows in sight, read from the register.

use super::error::Result;
use super::follow::SLOW;
use super::known::Known;
use super::look::{Funnel, Origin, PeopleList, PeopleLook, PeopleNews, PersonRow, StandsAt};
use super::standing::Standing;
use super::{Shared, open};
use heliograph_engine::ports::{ContactFilter, Register};
use heliograph_model::{Contact, EventId, Millis, UserState};
use heliograph_runtime::Runtime;
use std::time::{Duration, Instant};

/// A slow count is good for so many times as long as it took.
const GOOD_FOR: u32 = 50;
/// The most beginnings of conversations that are remembered.
const ORIGINS: usize = 10_000;

/// How many contacts there were.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    of: ContactFilter,
    at: Instant,
    took: Duration,
    count: u64,
}

impl Shared {
    /// What a look shows now; `beat` is how far it had counted before.
    pub(super) async fn news(&self, look: PeopleLook, beat: u32) -> Result<PeopleNews> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        let register = runtime.register();
        let states = look.states(&known.accounts);
        let contacts = look.contacts(&known.accounts);
        let everybody = ContactFilter {
            kind: None,
            ..contacts.clone()
        };
        let funnel = Funnel::from(register.count_states(&states, now).await?);
        let all = self.count_all(&*register, everybody, now).await?;
        let walk = self.strays.lock().as_ref().map(|it| it.news.clone());
        let (total, rows) = match look.list {
            PeopleList::Standing => {
                let rows = self.rows(&runtime, &known, &look, now).await?;
                (funnel.of(look.state), rows)
            }
            PeopleList::Contacts => {
                let total = match contacts.kind {
                    None => all,
                    Some(_) => register.count_contacts(&contacts, now).await?,
                };
                (total, self.rows(&runtime, &known, &look, now).await?)
            }
            PeopleList::OnlyCached => self.stray_rows(&runtime, &known, &look, now).await?,
        };
        let mut strays = self.strays.lock().as_ref().map(|it| it.news.clone());
        // What is said to be finished has found no more than the rows show.
        if let (Some(strays), Some(walk)) = (&mut strays, walk)
            && strays.number == walk.number
        {
            strays.state = walk.state;
        }
        let bulk = self.bulk_news();
        Ok(PeopleNews {
            look,
            beat,
            now,
            profile: runtime.guard().profile().to_owned(),
            guard: Some(runtime.guard().level()),
            state_life: runtime.engine().state_life_ms(),
            funnel,
            contacts: all,
            total,
            rows,
            accounts: known.accounts.clone(),
            automations: known.automations.clone(),
            has_cache: runtime.backlog().is_some(),
            strays,
            bulk,
            failure: None,
        })
    }

    /// The rows of a page of a list.
    pub(super) async fn rows(
        &self,
        runtime: &Runtime,
        known: &Known,
        look: &PeopleLook,
        now: Millis,
    ) -> Result<Vec<PersonRow>> {
        let register = runtime.register();
        match look.list {
            PeopleList::Standing => {
                let states = look.states(&known.accounts);
                let page = register.states(&states, now, look.page()).await?;
                self.of_states(runtime, known, page, now).await
            }
            PeopleList::Contacts => {
                let contacts = look.contacts(&known.accounts);
                let page = register.contacts(&contacts, now, look.page()).await?;
                self.of_contacts(runtime, known, page, now).await
            }
            PeopleList::OnlyCached => {
                let (_, rows) = self.stray_rows(runtime, known, look, now).await?;
                Ok(rows)
            }
        }
    }

    /// How many contacts there are. Where counting takes long, the number is good for a
    /// while.
    async fn count_all(
        &self,
        register: &dyn Register,
        filter: ContactFilter,
        now: Millis,
    ) -> Result<u64> {
        let known = self.counted.lock().clone();
        if let Some(Counted {
            of,
            at,
            took,
            count,
        }) = known
            && of == filter
            && took >= SLOW
            && at.elapsed() < took * GOOD_FOR
        {
            return Ok(count);
        }
        let at = Instant::now();
        let count = register.count_contacts(&filter, now).await?;
        *self.counted.lock() = Some(Counted {
            of: filter,
            at,
            took: at.elapsed(),
            count,
        });
        Ok(count)
    }

    /// The first contacts of all accounts who have a text in a name, an address or an id.
    pub(super) async fn found(&self, text: &str, most: u32) -> Result<Vec<PersonRow>> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        let look = PeopleLook {
            text: text.to_owned(),
            count: most,
            ..PeopleLook::default()
        };
        let contacts = look.contacts(&known.accounts);
        let register = runtime.register();
        let people = register.contacts(&contacts, now, look.page()).await?;
        self.of_contacts(&runtime, &known, people, now).await
    }

    async fn of_states(
        &self,
        runtime: &Runtime,
        known: &Known,
        states: Vec<UserState>,
        now: Millis,
    ) -> Result<Vec<PersonRow>> {
        let store = runtime.store();
        let people = states
            .iter()
            .map(|state| store.contact(&state.account_id, &state.sender_id));
        let people = futures::future::try_join_all(people).await?;
        let mut rows = Vec::with_capacity(states.len());
        for (state, person) in states.into_iter().zip(people) {
            let origin = self.origin(runtime, &state).await?;
            let person = person.unwrap_or_else(|| unknown(&state));
            rows.push(row(person, Some(state), origin, known, now));
        }
        Ok(rows)
    }

    async fn of_contacts(
        &self,
        runtime: &Runtime,
        known: &Known,
        people: Vec<Contact>,
        now: Millis,
    ) -> Result<Vec<PersonRow>> {
        let store = runtime.store();
        let states = people
            .iter()
            .map(|person| store.user_state(&person.account_id, &person.sender_id, now));
        let states = futures::future::try_join_all(states).await?;
        let mut rows = Vec::with_capacity(people.len());
        for (person, state) in people.into_iter().zip(states) {
            let origin = match &state {
                Some(state) => self.origin(runtime, state).await?,
                None => None,
            };
            rows.push(row(person, state, origin, known, now));
        }
        Ok(rows)
    }

    /// One person, whatever is stored of them.
    pub(super) async fn person(
        &self,
        runtime: &Runtime,
        known: &Known,
        person: Option<Contact>,
        standing: Option<Standing>,
        (account, contact): (&heliograph_model::AccountId, &heliograph_model::ContactId),
        now: Millis,
    ) -> Result<PersonRow> {
        let origin = match &standing {
            Some(standing) => self.origin(runtime, &standing.state).await?,
            None => None,
        };
        let person =
            person.unwrap_or_else(|| Contact::new(account.clone(), contact.clone(), Millis(0)));
        let only_cached = standing.as_ref().and_then(|standing| standing.only_cached);
        let state = standing.map(|standing| standing.state);
        Ok(PersonRow {
            only_cached,
            ..row(person, state, origin, known, now)
        })
    }

    /// The event that a conversation began with. What the journal knows of it is looked
    /// for once.
    async fn origin(&self, runtime: &Runtime, state: &UserState) -> Result<Option<Origin>> {
        let Some(id) = &state.started_by else {
            return Ok(None);
        };
        if let Some(origin) = self.origins.lock().get(id) {
            return Ok(Some(origin.clone()));
        }
        let journal = self.journal(runtime)?;
        let origin = open::find_event(&*journal, state, id).await?;
        let origin = origin.unwrap_or_else(|| nobody_knows(id));
        let mut origins = self.origins.lock();
        if origins.len() >= ORIGINS {
            origins.clear();
        }
        origins.insert(id.clone(), origin.clone());
        Ok(Some(origin))
    }
}

fn nobody_knows(id: &EventId) -> Origin {
    Origin {
        event_id: id.clone(),
        kind: None,
        text: None,
    }
}

/// Somebody who stands somewhere and of whom no contact is stored.
fn unknown(state: &UserState) -> Contact {
    Contact::new(state.account_id.clone(), state.sender_id.clone(), Millis(0))
}

pub(super) fn row(
    person: Contact,
    state: Option<UserState>,
    origin: Option<Origin>,
    known: &Known,
    now: Millis,
) -> PersonRow {
    PersonRow {
        account_id: person.account_id,
        contact_id: person.sender_id,
        username: person.username,
        name: person.name,
        email: person.email,
        follows: person.follows,
        unsubscribed: person.unsubscribed,
        silenced_until: person.silenced_until.filter(|until| *until > now),
        last_message_at: person.last_message_at,
        first_seen_at: Some(person.created_at).filter(|at| at.0 > 0),
        stands: state.map(|state| StandsAt {
            automation: known.name(&state.automation_id),
            automation_id: state.automation_id,
            state: state.state,
            asked: state.asked,
            since: state.updated_at,
            expires_at: state.expires_at,
            origin,
        }),
        only_cached: None,
    }
}
