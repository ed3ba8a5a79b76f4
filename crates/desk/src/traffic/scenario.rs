//! A delivery as a scenario: a demo, a test and a report of what is wrong, in one file.

use super::keep::file_name;
use super::open::OpenedDelivery;
use super::{Result, TrafficError};
use heliograph_engine::ports::Documents;
use heliograph_engine::route;
use heliograph_model::{
    AccountId, Contact, ContactChange, ContactId, Millis, Reason, WorkspaceFile, limits,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An address that stands for one that somebody gave.
const SOMEBODY: &str = "somebody@example.com";

/// Where a delivery of a connected profile plays: its workspace as it is now, and what was
/// known of whom it concerns before it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The workspace, with the accounts that the delivery concerns and without contacts.
    pub workspace: WorkspaceFile,
    /// Who is in the delivery. An address that they gave is not in it, only that there is
    /// one.
    pub contacts: Vec<Contact>,
}

impl Setting {
    /// Reads it from a profile's documents.
    ///
    /// # Errors
    /// When the delivery concerns no account of the profile, or accounts of several
    /// workspaces; and when the documents cannot be read.
    pub async fn of(documents: &dyn Documents, opened: &OpenedDelivery) -> Result<Self> {
        let invalid = |why: &str| TrafficError::Invalid(why.to_owned());
        let mut accounts = Vec::new();
        for id in account_ids(opened) {
            let found = documents.account(id).await?;
            let account = found.ok_or_else(|| {
                TrafficError::Invalid(format!(
                    "The account {id} is not among this profile’s accounts, so there is no \
                     workspace for a scenario to play in. Save it as a fixture instead."
                ))
            })?;
            if !accounts.contains(&account) {
                accounts.push(account);
            }
        }
        let first = accounts.first().ok_or_else(|| {
            invalid(
                "No account is known of this delivery, so there is no workspace for a scenario \
                 to play in. Save it as a fixture instead.",
            )
        })?;
        let id = first.workspace_id.clone();
        if accounts.iter().any(|account| account.workspace_id != id) {
            return Err(invalid(
                "This delivery concerns accounts of several workspaces, and a scenario plays in \
                 one. Save it as a fixture instead.",
            ));
        }
        let mut workspaces = documents.workspaces().await?.into_iter();
        let workspace = workspaces.find(|one| one.id == id).ok_or_else(|| {
            TrafficError::Invalid(format!(
                "The workspace {id} of its account is not among this profile’s workspaces. Save \
                 it as a fixture instead."
            ))
        })?;
        let mut contacts = Vec::new();
        for (sender, _) in people(opened) {
            for account in &accounts {
                let known = documents.contact(&account.id, sender).await?;
                contacts.extend(known.map(|contact| before(contact, opened)));
            }
        }
        Ok(Self {
            workspace: WorkspaceFile {
                heliograph: WorkspaceFile::VERSION,
                automations: documents.automations(&id).await?,
                workspace,
                accounts,
                contacts: Vec::new(),
            },
            contacts,
        })
    }

    /// The name under which its workspace stands beside the scenarios: one of its own, so
    /// that it takes the place of no other profile's.
    #[must_use]
    pub fn name(&self, profile: &str) -> String {
        file_name(&format!("{profile} {}", self.workspace.workspace.id))
    }
}

/// The accounts that a delivery concerns, in the order of its events.
fn account_ids(opened: &OpenedDelivery) -> Vec<&AccountId> {
    let mut ids: Vec<&AccountId> = Vec::new();
    for record in &opened.decisions {
        if let Some(id) = &record.event.account_id
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// A contact as far as it was known before a delivery changed it.
fn before(contact: Contact, opened: &OpenedDelivery) -> Contact {
    let mut changed = ContactChange::default();
    // What the first change of each was, tells what was before.
    for record in opened.decisions.iter().rev() {
        if record.event.contact_id.as_ref() == Some(&contact.sender_id) {
            changed.then(record.decision.contact.clone());
        }
    }
    let email = contact.email.filter(|_| changed.email.is_none());
    Contact {
        username: None,
        name: None,
        email: email.map(|_| SOMEBODY.to_owned()),
        unsubscribed: changed
            .unsubscribed
            .map_or(contact.unsubscribed, |after| !after),
        ..contact
    }
}

/// A scenario in which this delivery arrives as it did and leads to the same decisions.
/// It plays in the workspace of that name; `known` is what was known of those who are in
/// it. `None` where the body is not known.
#[must_use]
pub fn scenario(
    opened: &OpenedDelivery,
    name: &str,
    workspace: &str,
    known: &[Contact],
) -> Option<String> {
    let body = opened.body.as_deref()?;
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = writeln!(text, "scenario: {}", quoted(name));
    text.push_str("about: A delivery that was saved at the desk.\n");
    let _ = writeln!(text, "workspace: {}", quoted(workspace));
    let _ = writeln!(text, "starts: {}", minute_of(starts(opened, body)));
    // What people receive holds their names, which are others in there.
    text.push_str("unexpected messages: allowed\n");
    let people = people(opened);
    if !people.is_empty() {
        text.push_str("people:\n");
        for (place, (id, handle)) in people.iter().enumerate() {
            let number = place + 1;
            let name = handle.map_or_else(|| format!("Visitor {number}"), str::to_owned);
            let _ = write!(
                text,
                "  visitor{number}: {{ name: {}, id: {}",
                quoted(&name),
                quoted(id.as_str())
            );
            let contact = known.iter().find(|contact| contact.sender_id == **id);
            if contact.is_some_and(|contact| contact.follows == Some(true)) {
                text.push_str(", follows: yes");
            }
            if let Some(email) = contact.and_then(|contact| contact.email.as_deref()) {
                let _ = write!(text, ", email: {}", quoted(email));
            }
            if contact.is_some_and(|contact| contact.unsubscribed) {
                text.push_str(", unsubscribed: yes");
            }
            text.push_str(" }\n");
        }
    }
    text.push_str("\nsteps:\n  - a webhook arrives:\n");
    let _ = writeln!(text, "      body: {}", quoted(body));
    let mut counts: BTreeMap<Reason, u32> = BTreeMap::new();
    for record in &opened.decisions {
        *counts.entry(record.decision.trace.reason).or_default() += 1;
    }
    if !counts.is_empty() {
        let list: Vec<String> = counts
            .iter()
            .map(|(reason, count)| format!("{}: {count}", reason.as_str().replace('_', " ")))
            .collect();
        let _ = writeln!(text, "  - decisions: {{ {} }}", list.join(", "));
    }
    Some(text)
}

/// When it begins: when the delivery arrived, or where it is an old one that was posted by
/// hand, when what it tells of had just happened. Otherwise nobody could be answered.
fn starts(opened: &OpenedDelivery, body: &str) -> Millis {
    let events = route::route(body.as_bytes(), opened.received_at).unwrap_or_default();
    let last = events.iter().filter_map(|event| event.timestamp).max();
    last.filter(|at| opened.received_at.since(*at) > limits::DEDUPLICATION_MS)
        .map_or(opened.received_at, |at| at + 60_000)
}

/// Who is in it, with their handles.
fn people(opened: &OpenedDelivery) -> Vec<(&ContactId, Option<&str>)> {
    let mut people: Vec<(&ContactId, Option<&str>)> = Vec::new();
    for record in &opened.decisions {
        let event = &record.event;
        let Some(id) = &event.contact_id else {
            continue;
        };
        match people.iter_mut().find(|(known, _)| *known == id) {
            Some((_, handle)) => *handle = handle.or(event.username.as_deref()),
            None => people.push((id, event.username.as_deref())),
        }
    }
    people
}

/// A text in quotes that YAML reads as it is; JSON's are.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A time as scenarios write it, such as `2026-09-21 14:14`, in UTC.
fn minute_of(at: Millis) -> String {
    let minutes = at.0.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    // Days since 0000-03-01, in eras of 400 years (Howard Hinnant, "chrono-compatible
    // low-level date algorithms").
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (minute / 60, minute % 60);
    format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_dates() {
        for (at, written) in [
            (0, "1970-01-01 00:00"),
            (1_790_000_000_123, "2026-09-21 14:13"),
            (951_827_640_000, "2000-02-29 12:34"),
            (4_107_542_399_999, "2100-02-28 23:59"),
        ] {
            assert_eq!(minute_of(Millis(at)), written);
        }
    }
}
