//! A body that somebody writes: whether it is JSON, and what it would be.

use super::{Result, TrafficError};
use heliograph_engine::route;
use heliograph_model::{EventKind, Millis};
use serde::{Deserialize, Serialize};

/// What a body is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Why it is not JSON.
    pub problem: Option<JsonProblem>,
    /// The kinds of the events that it would be routed into.
    pub events: Vec<EventKind>,
}

/// Where a text stops being JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JsonProblem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong there.
    pub message: String,
}

/// Says what a body is.
#[must_use]
pub fn check(body: &str) -> Checked {
    let plain = body.trim_start_matches('\u{feff}');
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(plain) {
        return Checked {
            problem: Some(problem(plain, &error)),
            events: Vec::new(),
        };
    }
    let events = route::route(body.as_bytes(), Millis(0)).unwrap_or_default();
    Checked {
        problem: None,
        events: events.into_iter().map(|event| event.kind).collect(),
    }
}

/// Lets through what is JSON.
///
/// # Errors
/// Where it stops being JSON.
pub(super) fn must_be_json(body: &str) -> Result<()> {
    match check(body).problem {
        None => Ok(()),
        Some(JsonProblem {
            line,
            column,
            message,
        }) => Err(TrafficError::Json {
            line,
            column,
            message,
        }),
    }
}

fn problem(text: &str, error: &serde_json::Error) -> JsonProblem {
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let bytes = error.column().saturating_sub(1).min(line.len());
    let before = line.as_bytes().get(..bytes).unwrap_or_default();
    let column = String::from_utf8_lossy(before).chars().count() + 1;
    let told = error.to_string();
    let message = told.split(" at line ").next().unwrap_or(&told);
    JsonProblem {
        line: u32::try_from(error.line().max(1)).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
        message: format!("{message}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_shown_with_its_place() {
        let problem = |text: &str| check(text).problem.expect("it is no JSON");
        let first = problem("{\n  \"ä\": 1,\n  \"b\" 2\n}");
        assert_eq!((first.line, first.column), (3, 7), "{}", first.message);
        let umlauts = problem("{\"äöü\": nul}");
        assert_eq!(
            (umlauts.line, umlauts.column),
            (1, 12),
            "{}",
            umlauts.message
        );
        assert_eq!(problem("").line, 1);
        assert!(!first.message.contains("line"), "{}", first.message);
    }

    #[test]
    fn what_would_come_of_it_is_said() {
        let body = include_str!("../../../../fixtures/instagram/dm_text.batch.json");
        let events = check(body).events;
        assert!(events.len() > 2 && events.iter().all(|kind| *kind == EventKind::DmText));
        assert_eq!(check("[]").events, []);
    }
}
