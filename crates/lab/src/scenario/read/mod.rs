//! From a file's text to a scenario, with every mistake found at once.

mod act;
mod expect;
mod fields;
mod header;
mod recorded;
mod step;

pub(super) use act::SENDABLE;

use super::error::{Mistake, ScenarioError};
use super::format::Scenario;
use super::node::{Node, Place};
use super::words;

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// [`ScenarioError`] with every mistake, each with its line, its column and what to do.
    pub fn parse(source: &str) -> Result<Self, ScenarioError> {
        let document = Node::parse(source).map_err(|(place, message)| ScenarioError {
            mistakes: vec![Mistake {
                place,
                message: format!(
                    "this is not YAML: {message}. Check the indentation, and put texts that \
                     hold a colon or begin with a special character into quotes"
                ),
            }],
        })?;
        let mut reader = Reader::default();
        let scenario = reader.scenario(&document);
        match scenario {
            Some(scenario) if reader.mistakes.is_empty() => Ok(scenario),
            Some(_) | None => {
                reader.mistakes.sort();
                Err(ScenarioError {
                    mistakes: reader.mistakes,
                })
            }
        }
    }
}

/// Reads, and remembers what is wrong. What could not be read is `None`, and its mistake
/// has been noted.
#[derive(Debug, Default)]
struct Reader {
    mistakes: Vec<Mistake>,
    /// The people by the names that the steps use.
    people: Vec<String>,
    /// The posts and stories by the names that the steps use.
    media: Vec<String>,
}

impl Reader {
    fn wrong(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            place,
            message: message.into(),
        });
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        if let Some(text) = node.text() {
            return Some(text.to_owned());
        }
        self.wrong(
            node.place,
            format!("{what} must be a text here, not {}", node.in_words()),
        );
        None
    }

    fn yes_or_no(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.text().map(str::to_lowercase).as_deref() {
            Some("yes" | "true" | "on") => Some(true),
            Some("no" | "false" | "off") => Some(false),
            Some(_) | None => {
                self.wrong(node.place, format!("{what} must be `yes` or `no`"));
                None
            }
        }
    }

    fn number(&mut self, node: &Node, what: &str) -> Option<u32> {
        let number = node.text().and_then(|text| text.parse().ok());
        if number.is_none() {
            self.wrong(
                node.place,
                format!("{what} must be a whole number such as `3`"),
            );
        }
        number
    }

    fn duration(&mut self, node: &Node, what: &str) -> Option<i64> {
        let text = self.text(node, what)?;
        words::duration(&text)
            .map_err(|message| self.wrong(node.place, message))
            .ok()
    }

    /// A list of texts; a single text is a list of one.
    fn texts(&mut self, node: &Node, what: &str) -> Option<Vec<String>> {
        use super::node::Value;
        match &node.value {
            Value::Empty => Some(Vec::new()),
            Value::Scalar { text, .. } if words::snake(text) == "none" => Some(Vec::new()),
            Value::Scalar { text, .. } => Some(vec![text.clone()]),
            Value::List(items) => items.iter().map(|item| self.text(item, what)).collect(),
            Value::Map(_) => {
                self.wrong(
                    node.place,
                    format!("{what} must be a text or a list of texts"),
                );
                None
            }
        }
    }
}

/// Whether a text says that there is nothing.
fn says_none(node: &Node) -> bool {
    node.text()
        .is_some_and(|text| matches!(words::snake(text).as_str(), "none" | "nothing"))
}

#[cfg(test)]
mod tests;
