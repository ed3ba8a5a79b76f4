//! JSON line by line, with the lines marked that differ.

use serde::Serialize;
use serde_json::Value;

/// One line of JSON as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JsonLine {
    /// How deep it stands.
    pub depth: u32,
    /// What stands there.
    pub text: String,
    /// Whether the other side says something else here.
    pub differs: bool,
}

impl JsonLine {
    /// A line of something that is no JSON.
    pub(super) fn plain(text: &str) -> Self {
        Self {
            depth: 0,
            text: text.to_owned(),
            differs: false,
        }
    }
}

/// What names of fields hold whose values nobody needs to see.
const SECRET: [&str; 4] = ["token", "secret", "password", "authorization"];

/// Another application may cache an account with its token: what is secret is not shown.
pub(super) fn without_secrets(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_lowercase();
                if SECRET.iter().any(|secret| name.contains(secret)) && !value.is_null() {
                    *value = Value::from("(not shown)");
                } else {
                    without_secrets(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_secrets),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The lines of a value; those at or below one of the places, which are JSON pointers, are
/// marked.
pub(super) fn lines(value: &Value, places: &[&str]) -> Vec<JsonLine> {
    let mut lines = Vec::new();
    let mut writer = Writer {
        lines: &mut lines,
        places,
    };
    writer.write(value, Line::default());
    lines
}

struct Writer<'a> {
    lines: &'a mut Vec<JsonLine>,
    places: &'a [&'a str],
}

/// The line that is being written.
#[derive(Debug, Clone, Default)]
struct Line {
    depth: u32,
    /// The name before the value, with its colon.
    name: String,
    path: String,
    /// What follows the value.
    end: &'static str,
    is_marked: bool,
}

impl Writer<'_> {
    fn write(&mut self, value: &Value, mut line: Line) {
        line.is_marked = line.is_marked || self.places.contains(&line.path.as_str());
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                self.push(&line, "{", "");
                let last = fields.len() - 1;
                for (at, (name, value)) in fields.iter().enumerate() {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    let name = format!("{}: ", Value::from(name.as_str()));
                    self.write(value, line.below(name, &step, at < last));
                }
                self.push(&line.without_name(), "}", line.end);
            }
            Value::Array(items) if !items.is_empty() => {
                self.push(&line, "[", "");
                let last = items.len() - 1;
                for (at, value) in items.iter().enumerate() {
                    self.write(value, line.below(String::new(), &at.to_string(), at < last));
                }
                self.push(&line.without_name(), "]", line.end);
            }
            value => self.push(&line, &value.to_string(), line.end),
        }
    }

    fn push(&mut self, line: &Line, text: &str, end: &str) {
        self.lines.push(JsonLine {
            depth: line.depth,
            text: format!("{}{text}{end}", line.name),
            differs: line.is_marked,
        });
    }
}

impl Line {
    fn below(&self, name: String, step: &str, more_follow: bool) -> Self {
        Self {
            depth: self.depth + 1,
            name,
            path: format!("{}/{step}", self.path),
            end: if more_follow { "," } else { "" },
            is_marked: self.is_marked,
        }
    }

    fn without_name(&self) -> Self {
        Self {
            name: String::new(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_not_shown() {
        let mut value = json!([{
            "username": "bakery", "accessToken": "IGAAhunter2", "nested": {"appSecret": ["x"]},
            "refresh_token": null,
        }]);
        without_secrets(&mut value);
        let shown = value.to_string();
        assert!(
            !shown.contains("hunter2") && !shown.contains('x'),
            "{shown}"
        );
        assert_eq!(value[0]["username"], "bakery");
        assert_eq!(value[0]["refresh_token"], Value::Null);
    }

    #[test]
    fn it_is_the_same_json_and_what_differs_is_marked() {
        let value = json!({"a/b": [1, {"c": "x"}], "d": {}, "e": null});
        let lines = lines(&value, &["/a~1b/1", "/e"]);
        let text: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            text,
            [
                "{",
                "\"a/b\": [",
                "1,",
                "{",
                "\"c\": \"x\"",
                "}",
                "],",
                "\"d\": {},",
                "\"e\": null",
                "}"
            ]
        );
        let read: Value = serde_json::from_str(&text.concat()).expect("it is JSON");
        assert_eq!(read, value);
        let marked: Vec<_> = lines.iter().filter(|line| line.differs).collect();
        assert_eq!(marked.len(), 4, "{marked:?}");
        assert_eq!(lines[4].depth, 3);
    }
}
