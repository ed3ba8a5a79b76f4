//! From a delivery to typed events.
//!
//! Nothing that is JSON is refused: Meta sends the same thing in several shapes, its
//! dashboard sends others, and a shape that nobody has seen yet must cost neither its
//! neighbours nor itself. What cannot be typed becomes an `other` event with its JSON
//! kept. The shapes are those of the design ("Event kinds").

mod attachment;
mod changes;
mod document;
mod error;
mod ids;
mod mark;
mod messaging;
mod timestamp;

#[cfg(test)]
mod tests;

pub use error::RouteError;
pub use mark::{has_own_time, mark};

use document::{Document, Json, Kind};
use heliograph_model::{AccountId, Event, Millis};
use messaging::Channel;

/// Turns the body of a delivery into its events: entry by entry, within one in the order
/// `messaging[]`, `standby[]`, `changes[]`, then the flat `field` and `value`.
///
/// `received_at` stands in for a time that Meta sent and nobody can read. The same message
/// twice in one body is two events; [`mark`] tells that they are the same.
///
/// # Errors
/// [`RouteError`] for a body that is not one JSON document.
pub fn route(body: &[u8], received_at: Millis) -> Result<Vec<Event>, RouteError> {
    let document = Document::parse(body)?;
    let mut events = Vec::new();
    let root = document.root();
    if root.kind() == Kind::List {
        for delivery in root.each() {
            route_delivery(delivery, received_at, &mut events);
        }
    } else {
        route_delivery(root, received_at, &mut events);
    }
    Ok(events)
}

/// One delivery: entries, or, as test captures have it, an entry's content without an
/// envelope.
fn route_delivery(delivery: Json<'_>, received_at: Millis, events: &mut Vec<Event>) {
    let mut has_entries = false;
    for entries in delivery.all("entry") {
        has_entries = true;
        for entry in entries.each() {
            Entry::new(entry, received_at).route(events);
        }
    }
    let bare = Entry::new(delivery, received_at);
    if has_entries {
        bare.route_items(events);
    } else {
        bare.route(events);
    }
}

/// An entry: what happened on one account.
#[derive(Debug, Clone, Copy)]
struct Entry<'d> {
    json: Json<'d>,
    received_at: Millis,
}

/// The members of an entry or envelope that are about it and not in it.
const ABOUT: [&str; 3] = ["id", "time", "object"];

impl<'d> Entry<'d> {
    fn new(json: Json<'d>, received_at: Millis) -> Self {
        Self { json, received_at }
    }

    /// The account by the entry's own word.
    fn account(&self) -> Option<AccountId> {
        ids::id(self.json.get("id")?)
    }

    /// When the entry was sent.
    fn time(&self) -> Option<Json<'d>> {
        self.json.get("time")
    }

    /// Everything that is in it; something that is in it and in no list that routing knows
    /// is one event.
    fn route(&self, events: &mut Vec<Event>) {
        let before = events.len();
        self.route_items(events);
        if events.len() == before && self.holds_anything() {
            events.push(messaging::element(
                self.json,
                self.json,
                self,
                Channel::Messaging,
            ));
        }
    }

    fn route_items(&self, events: &mut Vec<Event>) {
        for (name, channel) in [
            ("messaging", Channel::Messaging),
            ("standby", Channel::Standby),
        ] {
            for item in self.json.all(name).flat_map(Json::each) {
                events.push(messaging::element(item, item, self, channel));
            }
        }
        for item in self.json.all("changes").flat_map(Json::each) {
            events.push(changes::change(item, self));
        }
        if self.json.get("field").is_some() || self.json.get("value").is_some() {
            events.push(changes::change(self.json, self));
        }
        // The dashboard's documentation shows a change as `{"sample": {field, value}}`.
        for sample in self.json.all("sample").flat_map(Json::each) {
            events.push(changes::change(sample, self));
        }
        // With "include values" switched off, only the names of the fields come.
        let names = self.json.all("changed_fields").flat_map(Json::each).next();
        if names.is_some() {
            events.push(messaging::element(
                self.json,
                self.json,
                self,
                Channel::Messaging,
            ));
        }
    }

    fn holds_anything(&self) -> bool {
        match self.json.kind() {
            Kind::Null => false,
            Kind::Object => self.json.members().any(|(key, value)| {
                let is_empty_list = value.kind() == Kind::List && value.each().next().is_none();
                value.kind() != Kind::Null
                    && !is_empty_list
                    && !ABOUT.iter().any(|about| key.is_text(about))
            }),
            _ => true,
        }
    }
}
