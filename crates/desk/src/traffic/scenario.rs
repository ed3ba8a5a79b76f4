//! A delivery as a scenario: a demo, a test and a report of what is wrong, in one file.

use super::open::OpenedDelivery;
use heliograph_engine::route;
use heliograph_model::{ContactId, Millis, Reason, limits};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A scenario in which this delivery arrives as it did and leads to the same decisions.
/// It plays in the workspace of that name. `None` where the body is not known.
#[must_use]
pub fn scenario(opened: &OpenedDelivery, name: &str, workspace: &str) -> Option<String> {
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
            let _ = writeln!(
                text,
                "  visitor{number}: {{ name: {}, id: {} }}",
                quoted(&name),
                quoted(id.as_str())
            );
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
