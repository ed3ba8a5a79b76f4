//! Contacts, and who stands where, as tables that spreadsheets read.

use super::error::Result;
use super::known::Known;
use super::look::{OnlyCached, PeopleList, PeopleLook, PersonRow};
use super::people::row;
use super::pick::{self, Picked};
use super::standing::{Standing, standing, without_document};
use super::{Conversations, Shared};
use futures::{StreamExt, TryStreamExt, stream};
use heliograph_engine::ports::Page;
use heliograph_model::{AccountId, Contact, ContactId, EventId, Millis};
use heliograph_runtime::Runtime;
use std::sync::Arc;

/// Contacts that are read at once.
const PAGE: u32 = 500;
/// Those who are looked up at the same time.
const AT_ONCE: usize = 64;

/// A table of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleFile {
    /// What is in it, as a file's name says it.
    pub name: &'static str,
    /// How many people there are.
    pub people: usize,
    /// The table: UTF-8, a line for each, fields in quotes where they have to be.
    pub text: String,
}

/// Somebody who stands somewhere, with the event that it began with.
type Stander = (PersonRow, Option<EventId>);

impl Conversations {
    /// All whom a look wants, whichever are in sight, or only these of them: the contacts
    /// with what is known of them, and otherwise who stands where.
    ///
    /// # Errors
    /// When nothing runs, nobody or too many are chosen, or something cannot be read.
    pub async fn export(
        &self,
        look: &PeopleLook,
        chosen: Option<Vec<Picked>>,
    ) -> Result<PeopleFile> {
        if let Some(chosen) = &chosen {
            pick::check(chosen.len())?;
        }
        if look.list == PeopleList::Contacts {
            let contacts = match chosen {
                Some(chosen) => self.shared.chosen_contacts(chosen).await?,
                None => self.shared.all_contacts(look).await?,
            };
            return Ok(PeopleFile {
                name: "contacts",
                people: contacts.len(),
                text: contacts_as_csv(&contacts),
            });
        }
        let standers = match chosen {
            Some(chosen) => self.shared.chosen_standers(look.list, chosen).await?,
            None => self.shared.all_standers(look).await?,
        };
        Ok(PeopleFile {
            name: "conversations",
            people: standers.len(),
            text: standers_as_csv(&standers),
        })
    }
}

impl Shared {
    async fn all_contacts(&self, look: &PeopleLook) -> Result<Vec<Contact>> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        let register = runtime.register();
        let filter = look.contacts(&known.accounts);
        let mut contacts: Vec<Contact> = Vec::new();
        let mut skip = 0;
        loop {
            let page = Page { skip, most: PAGE };
            let found = register.contacts(&filter, now, page).await?;
            let is_last = found.len() < PAGE as usize;
            skip += u64::from(PAGE);
            contacts.extend(found);
            if is_last {
                return Ok(contacts);
            }
        }
    }

    async fn chosen_contacts(&self, chosen: Vec<Picked>) -> Result<Vec<Contact>> {
        let runtime = self.runtime()?;
        let whose = chosen
            .into_iter()
            .map(|one| (one.account_id, one.contact_id));
        let found = contacts(&runtime, whose.collect()).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn all_standers(&self, look: &PeopleLook) -> Result<Vec<Stander>> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        if look.list == PeopleList::OnlyCached {
            return self.all_strays(&runtime, &known, look, now).await;
        }
        let register = runtime.register();
        let filter = look.states(&known.accounts);
        let mut standers: Vec<Stander> = Vec::new();
        let mut skip = 0;
        loop {
            let page = Page { skip, most: PAGE };
            let found = register.states(&filter, now, page).await?;
            let is_last = found.len() < PAGE as usize;
            skip += u64::from(PAGE);
            let whose = found
                .iter()
                .map(|state| (state.account_id.clone(), state.sender_id.clone()));
            let people = contacts(&runtime, whose.collect()).await?;
            for (state, person) in found.into_iter().zip(people) {
                let started_by = state.started_by.clone();
                let (account, contact) = (state.account_id.clone(), state.sender_id.clone());
                let person = person.unwrap_or_else(|| Contact::new(account, contact, Millis(0)));
                standers.push((row(person, Some(state), None, &known, now), started_by));
            }
            if is_last {
                return Ok(standers);
            }
        }
    }

    async fn chosen_standers(&self, list: PeopleList, chosen: Vec<Picked>) -> Result<Vec<Stander>> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        let looks = chosen.into_iter().map(|one| {
            let (runtime, known) = (Arc::clone(&runtime), Arc::clone(&known));
            stander(runtime, known, list, one, now)
        });
        let found: Vec<Option<Stander>> =
            stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// What is stored of these, in their order.
async fn contacts(
    runtime: &Runtime,
    whose: Vec<(AccountId, ContactId)>,
) -> Result<Vec<Option<Contact>>> {
    let looks = whose.into_iter().map(|(account, contact)| {
        let store = runtime.store();
        async move { store.contact(&account, &contact).await }
    });
    let found: Vec<Option<Contact>> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    Ok(found)
}

/// Where somebody who is chosen stands, in the list in which they were chosen.
async fn stander(
    runtime: Arc<Runtime>,
    known: Arc<Known>,
    list: PeopleList,
    one: Picked,
    now: Millis,
) -> Result<Option<Stander>> {
    let (account, contact) = (&one.account_id, &one.contact_id);
    let found = match list {
        PeopleList::OnlyCached => without_document(&runtime, account, contact, now).await?,
        PeopleList::Standing | PeopleList::Contacts => {
            standing(&runtime, account, contact, now).await?
        }
    };
    let Some(Standing { state, only_cached }) = found else {
        return Ok(None);
    };
    let person = runtime.store().contact(account, contact).await?;
    let person =
        person.unwrap_or_else(|| Contact::new(account.clone(), contact.clone(), Millis(0)));
    let started_by = state.started_by.clone();
    let row = PersonRow {
        only_cached,
        ..row(person, Some(state), None, &known, now)
    };
    Ok(Some((row, started_by)))
}

/// The columns of contacts.
const HEAD: [&str; 10] = [
    "accountId",
    "contactId",
    "username",
    "name",
    "email",
    "follows",
    "unsubscribed",
    "silencedUntil",
    "lastMessageAt",
    "firstSeenAt",
];

/// The columns of who stands where.
const STANDING_HEAD: [&str; 13] = [
    "accountId",
    "contactId",
    "username",
    "name",
    "email",
    "state",
    "automationId",
    "automation",
    "asked",
    "startedBy",
    "since",
    "expiresAt",
    "onlyCached",
];

/// Contacts as RFC 4180 has it, times as ISO 8601 in UTC. It begins with the mark by which
/// spreadsheets know UTF-8.
#[must_use]
pub fn contacts_as_csv(contacts: &[Contact]) -> String {
    let mut text = String::from("\u{feff}");
    line(&mut text, &HEAD.map(str::to_owned));
    for contact in contacts {
        line(
            &mut text,
            &[
                contact.account_id.to_string(),
                contact.sender_id.to_string(),
                some(contact.username.as_ref()),
                some(contact.name.as_ref()),
                some(contact.email.as_ref()),
                contact.follows.map_or("", yes_or_no).to_owned(),
                yes_or_no(contact.unsubscribed).to_owned(),
                time(contact.silenced_until),
                time(contact.last_message_at),
                time(Some(contact.created_at).filter(|at| at.0 > 0)),
            ],
        );
    }
    text
}

/// The same of who stands where.
fn standers_as_csv(standers: &[Stander]) -> String {
    let mut text = String::from("\u{feff}");
    line(&mut text, &STANDING_HEAD.map(str::to_owned));
    for (person, started_by) in standers {
        let Some(stands) = &person.stands else {
            continue;
        };
        let only_cached = match person.only_cached {
            None => "",
            Some(OnlyCached::NotYet) => "not written yet",
            Some(OnlyCached::NoDocument) => "no document",
        };
        line(
            &mut text,
            &[
                person.account_id.to_string(),
                person.contact_id.to_string(),
                some(person.username.as_ref()),
                some(person.name.as_ref()),
                some(person.email.as_ref()),
                stands.state.to_string(),
                stands.automation_id.to_string(),
                some(stands.automation.as_ref()),
                stands.asked.to_string(),
                started_by
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                time(Some(stands.since)),
                time(Some(stands.expires_at)),
                only_cached.to_owned(),
            ],
        );
    }
    text
}

fn some(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn yes_or_no(it_is: bool) -> &'static str {
    if it_is { "yes" } else { "no" }
}

fn line(text: &mut String, fields: &[String]) {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
}

/// A field as it may stand between commas. What a spreadsheet would take for a formula,
/// which a person may have written into their name, is made text with an apostrophe.
fn quoted(field: &str) -> String {
    let mut field = field.to_owned();
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        field.insert(0, '\'');
    }
    let is_digits = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits || field.contains([',', '"', '\n', '\r', ';', '\'']) || field.trim() != field {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field
}

/// A point in time such as `2026-11-27T07:30:00.000Z`; empty for none.
fn time(at: Option<Millis>) -> String {
    let Some(at) = at else {
        return String::new();
    };
    let days = at.0.div_euclid(Millis::DAY);
    let rest = at.0.rem_euclid(Millis::DAY);
    let (year, month, day) = date(days);
    let (hours, minutes) = (rest / Millis::HOUR, rest % Millis::HOUR / Millis::MINUTE);
    let (seconds, millis) = (
        rest % Millis::MINUTE / Millis::SECOND,
        rest % Millis::SECOND,
    );
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}

/// The date of a day, counted from 1970-01-01, by the Gregorian calendar. Years are
/// counted from March, so that the day that some of them have more is their last.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_comes_back_as_it_was() {
        let mut contact = Contact::new("17841400000000001".into(), "501".into(), Millis(0));
        contact.name = Some("Öz \"the\" baker, of\nBerlin".to_owned());
        contact.username = Some("=cmd".to_owned());
        contact.email = Some("a@b.c".to_owned());
        contact.follows = Some(true);
        contact.last_message_at = Some(Millis(1_795_478_400_123));
        contact.created_at = Millis(951_782_400_000);
        let text = contacts_as_csv(&[contact]);
        assert!(text.starts_with("\u{feff}accountId,contactId,"), "{text}");
        assert!(
            text.contains("\"Öz \"\"the\"\" baker, of\nBerlin\""),
            "{text}"
        );
        assert!(text.contains("\"'=cmd\""), "no formula: {text}");
        assert!(text.contains("\"17841400000000001\",\"501\""), "{text}");
        let end = ",a@b.c,yes,no,,2026-11-24T00:00:00.123Z,2000-02-29T00:00:00.000Z\r\n";
        assert!(text.ends_with(end), "{text}");
    }

    #[test]
    fn who_stands_where_is_a_table_of_its_own() {
        let state: heliograph_model::UserState = serde_json::from_value(serde_json::json!({
            "accountId": "1784", "senderId": "501", "automationId": "menu",
            "automationType": "dm_automation", "state": "awaiting_email", "asked": 2,
            "eventAt": 0, "updatedAt": 0, "expiresAt": 86_400_000,
        }))
        .expect("a state");
        let person = Contact::new("1784".into(), "501".into(), Millis(0));
        let known = Known::default();
        let person = PersonRow {
            only_cached: Some(OnlyCached::NoDocument),
            ..row(person, Some(state), None, &known, Millis(0))
        };
        let text = standers_as_csv(&[(person, Some("-m=1".into()))]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(
            lines[1],
            "\"1784\",\"501\",,,,awaiting_email,menu,,\"2\",\"'-m=1\",1970-01-01T00:00:00.000Z,1970-01-02T00:00:00.000Z,no document"
        );
    }

    #[test]
    fn dates_are_right_at_the_ends_of_months_and_years() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(time(Some(Millis(millis))), text);
        }
    }
}
