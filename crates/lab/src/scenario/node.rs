//! A YAML document as a tree in which everything knows where it stands.
//!
//! Scenarios are written by people who do not program, so a mistake has to be pointed at
//! with its line and column, and a text must stay the text that was written: `says: yes`
//! is the word “yes”, and `says: 007` has its zeros. The tree therefore keeps each
//! scalar's own spelling, beside what YAML takes it for.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};
use std::fmt;

/// Where something stands in a file, both counted from 1.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, Deserialize,
)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Nothing was written.
    Empty,
    /// A scalar: as it is spelt, and as YAML understands it.
    Scalar {
        text: String,
        json: serde_json::Value,
    },
    /// A list.
    List(Vec<Node>),
    /// Fields, in the order in which they are written.
    Map(Vec<(Key, Node)>),
}

/// The name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub place: Place,
    pub text: String,
}

impl Node {
    /// Reads a document.
    pub(crate) fn parse(source: &str) -> Result<Self, (Place, String)> {
        let raw: Spanned<Raw> = serde_saphyr::from_str(source).map_err(|error| {
            let place = error.location().map(place).unwrap_or_default();
            (place, error.without_snippet().to_string())
        })?;
        Ok(from_raw(raw, source))
    }

    /// The scalar's own spelling.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::Empty | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// What it is, for a sentence.
    pub(crate) fn in_words(&self) -> &'static str {
        match self.value {
            Value::Empty => "nothing",
            Value::Scalar { .. } => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a group of fields",
        }
    }

    /// The node as JSON, with YAML's understanding of scalars.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Empty => serde_json::Value::Null,
            Value::Scalar { json, .. } => json.clone(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(fields) => serde_json::Value::Object(
                fields
                    .iter()
                    .map(|(key, node)| (key.text.clone(), node.to_json()))
                    .collect(),
            ),
        }
    }
}

fn place(location: Location) -> Place {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Place {
        line: number(location.line()),
        column: number(location.column()),
    }
}

/// The tree before its scalars have got their spelling back.
enum Raw {
    Null,
    Text(String),
    Other(serde_json::Value),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn from_raw(raw: Spanned<Raw>, source: &str) -> Node {
    let spelling = |location: Location| -> Option<String> {
        let span = location.span();
        let from = usize::try_from(span.byte_offset()?).ok()?;
        let to = from + usize::try_from(span.byte_len()?).ok()?;
        Some(source.get(from..to)?.trim().to_owned())
    };
    let value = match raw.value {
        Raw::Null => Value::Empty,
        Raw::Text(text) => Value::Scalar {
            json: text.clone().into(),
            text,
        },
        Raw::Other(json) => Value::Scalar {
            text: spelling(raw.defined)
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| json.to_string()),
            json,
        },
        Raw::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| from_raw(item, source))
                .collect(),
        ),
        Raw::Map(fields) => Value::Map(
            fields
                .into_iter()
                .map(|(key, node)| {
                    let key = Key {
                        place: place(key.referenced),
                        text: key.value,
                    };
                    (key, from_raw(node, source))
                })
                .collect(),
        ),
    };
    Node {
        place: place(raw.referenced),
        value,
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list or fields")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Other(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Other(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Other(value.into()))
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        serde_json::Number::from_f64(value)
            .map(|number| Raw::Other(number.into()))
            .ok_or_else(|| E::custom("this number is not finite; put it into quotes"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> Result<Raw, E> {
        Err(E::custom("binary values have no place in a scenario"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            fields.push((key, map.next_value()?));
        }
        Ok(Raw::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]
    use super::*;

    fn field<'a>(node: &'a Node, name: &str) -> &'a Node {
        let Value::Map(fields) = &node.value else {
            panic!("not a map: {node:?}")
        };
        &fields.iter().find(|(key, _)| key.text == name).unwrap().1
    }

    #[test]
    fn a_text_stays_what_was_written() {
        let source = "a: yes\nb: 007\nc: 14.50\nd: \"yes\"\ne: Ja — 3 €\nf: [no, 1_000]\ng: |\n  two\n  lines\nh: ~\ni:\nj: 17841400000000000000001\n";
        let node = Node::parse(source).unwrap();
        assert_eq!(field(&node, "a").text(), Some("yes"));
        assert_eq!(field(&node, "b").text(), Some("007"));
        assert_eq!(field(&node, "c").text(), Some("14.50"));
        assert_eq!(field(&node, "d").text(), Some("yes"));
        assert_eq!(field(&node, "e").text(), Some("Ja — 3 €"));
        assert_eq!(field(&node, "g").text(), Some("two\nlines\n"));
        assert_eq!(field(&node, "h").value, Value::Empty);
        assert_eq!(field(&node, "i").value, Value::Empty);
        assert_eq!(field(&node, "j").text(), Some("17841400000000000000001"));
        let Value::List(items) = &field(&node, "f").value else {
            panic!("not a list")
        };
        assert_eq!(items[0].text(), Some("no"));
        assert_eq!(items[1].text(), Some("1_000"));
        assert_eq!(field(&node, "a").to_json(), serde_json::json!(true));
        assert_eq!(field(&node, "d").to_json(), serde_json::json!("yes"));
    }

    #[test]
    fn everything_knows_its_line_and_column() {
        let node = Node::parse("steps:\n  - maya says: 🥐 yes\n  - time passes: 2\n").unwrap();
        let Value::List(steps) = &field(&node, "steps").value else {
            panic!("not a list")
        };
        assert_eq!(steps[1].place, Place { line: 3, column: 5 });
        let Value::Map(fields) = &steps[1].value else {
            panic!("not a map")
        };
        assert_eq!(fields[0].0.place, Place { line: 3, column: 5 });
        assert_eq!(
            fields[0].1.place,
            Place {
                line: 3,
                column: 18
            }
        );
    }

    #[test]
    fn what_is_not_yaml_is_pointed_at() {
        let (place, _) = Node::parse("steps:\n  - a: [1, 2\n  - b\n").unwrap_err();
        assert!(place.line >= 2, "{place}");
        let (place, message) = Node::parse("a: 1\na: 2\n").unwrap_err();
        assert_eq!(place.line, 2, "{message}");
    }
}
