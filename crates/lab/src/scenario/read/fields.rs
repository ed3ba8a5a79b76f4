//! The fields of a group, each taken once; what is left over is a mistake.

use super::Reader;
use crate::scenario::node::{Key, Node, Value};
use crate::scenario::words;

/// The fields of one group.
pub(super) struct Fields<'a> {
    left: Vec<&'a (Key, Node)>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of a group; anything else has none, and is noted as a mistake.
    pub(super) fn of(reader: &mut Reader, node: &'a Node, what: &str) -> Option<Self> {
        match &node.value {
            Value::Map(fields) => Some(Self {
                left: fields.iter().collect(),
                known: Vec::new(),
            }),
            Value::Empty | Value::Scalar { .. } | Value::List(_) => {
                reader.wrong(
                    node.place,
                    format!(
                        "{what} must have fields (`name: value`), not be {}",
                        node.in_words()
                    ),
                );
                None
            }
        }
    }

    /// Takes a field; `_`, `-` and spaces in its name are the same.
    pub(super) fn take(&mut self, name: &'static str) -> Option<&'a Node> {
        self.known.push(name);
        let wanted = words::snake(name);
        let place = self
            .left
            .iter()
            .position(|(key, _)| words::snake(&key.text) == wanted)?;
        Some(&self.left.remove(place).1)
    }

    /// Notes what was not taken.
    pub(super) fn finish(self, reader: &mut Reader, what: &str) {
        for (key, _) in self.left {
            let hint = words::nearest(&key.text, self.known.iter().copied()).map_or_else(
                || format!("it can have: {}", self.known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            reader.wrong(
                key.place,
                format!("{what} has no field `{}`; {hint}", key.text),
            );
        }
    }
}
