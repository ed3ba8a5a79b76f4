//! Contacts as a table that spreadsheets read.

use super::error::Result;
use super::look::{PeopleList, PeopleLook};
use super::{Conversations, Shared};
use heliograph_engine::ports::Page;
use heliograph_model::{Contact, Millis};

/// Contacts that are read at once.
const PAGE: u32 = 500;

/// A table of contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactsFile {
    /// How many there are.
    pub contacts: usize,
    /// The table: UTF-8, a line for each, fields in quotes where they have to be.
    pub text: String,
}

impl Conversations {
    /// All contacts that a look wants, whichever are in sight.
    ///
    /// # Errors
    /// When nothing runs, or the contacts cannot be read.
    pub async fn export(&self, look: &PeopleLook) -> Result<ContactsFile> {
        let contacts = self.shared.all_contacts(look).await?;
        Ok(ContactsFile {
            contacts: contacts.len(),
            text: written(&contacts),
        })
    }
}

impl Shared {
    async fn all_contacts(&self, look: &PeopleLook) -> Result<Vec<Contact>> {
        let runtime = self.runtime()?;
        let now = runtime.clock().now();
        let known = self.known(&runtime).await?;
        let register = runtime.register();
        let look = PeopleLook {
            list: PeopleList::Contacts,
            ..look.clone()
        };
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
}

/// The columns.
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

/// Contacts as RFC 4180 has it, times as ISO 8601 in UTC. It begins with the mark by which
/// spreadsheets know UTF-8.
#[must_use]
pub fn written(contacts: &[Contact]) -> String {
    let mut text = String::from("\u{feff}");
    line(&mut text, HEAD.map(str::to_owned));
    for contact in contacts {
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        line(
            &mut text,
            [
                contact.account_id.to_string(),
                contact.sender_id.to_string(),
                some(&contact.username),
                some(&contact.name),
                some(&contact.email),
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

fn yes_or_no(it_is: bool) -> &'static str {
    if it_is { "yes" } else { "no" }
}

fn line(text: &mut String, fields: [String; HEAD.len()]) {
    let fields = fields.map(|field| quoted(&field));
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
        let text = written(&[contact]);
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
