//! What routing promises, on the shipped fixtures, on odd input and on any JSON at all.

#![allow(clippy::unwrap_used, reason = "a test")]

mod fixtures;
mod marks;
mod odd_input;
mod properties;

use super::{mark, route};
use heliograph_model::{Event, EventKind, Millis};

/// The time of arrival in these tests: 2026-09-21T14:13:25Z.
const ARRIVAL: Millis = Millis(1_790_000_005_000);

/// Routes a body that is JSON.
fn events(body: &str) -> Vec<Event> {
    route(body.as_bytes(), ARRIVAL).unwrap()
}

/// Routes a body that holds one event.
fn event(body: &str) -> Event {
    let mut events = events(body);
    assert_eq!(events.len(), 1, "one event is expected: {events:#?}");
    events.remove(0)
}

/// One messaging element in an ordinary delivery for the account `1`.
fn element(element: &str) -> Event {
    event(&format!(
        r#"{{"object":"instagram","entry":[{{"id":"1","time":1790000000500,"messaging":[{element}]}}]}}"#
    ))
}

/// One message of the person `2` to the account `1`.
fn message(message: &str) -> Event {
    element(&format!(
        r#"{{"sender":{{"id":"2"}},"recipient":{{"id":"1"}},"timestamp":1790000000123,"message":{message}}}"#
    ))
}

/// One change on the account `1`.
fn change(field: &str, value: &str) -> Event {
    event(&format!(
        r#"{{"object":"instagram","entry":[{{"id":"1","time":1790000020,"changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
    ))
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(|event| event.kind).collect()
}
