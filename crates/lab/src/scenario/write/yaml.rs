//! Texts as YAML.

/// Lines of a file, without the space in front of all of them.
pub(crate) type Lines = Vec<String>;

/// A text as a value: as it is where YAML takes it for that text, in quotes otherwise.
pub(crate) fn value(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text as a value inside of `{ }` and `[ ]`.
pub(crate) fn inside(text: &str) -> String {
    if is_plain(text) && !text.contains([',', '[', ']', '{', '}', ':']) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// Texts as a list in one line.
pub(crate) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(inside).collect();
    format!("[{}]", texts.join(", "))
}

/// In quotes; what JSON writes is YAML too.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let last = text.chars().next_back().unwrap_or(first);
    let means_nothing = matches!(
        text,
        "~" | "null" | "Null" | "NULL" | "none" | "None" | "nothing"
    );
    !means_nothing
        && (first.is_alphanumeric())
        && !last.is_whitespace()
        && last != ':'
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}', '\u{85}'])
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_would_take_for_something_else_is_quoted() {
        for plain in ["menu", "What's on the MENU?", "007", "yes", "a, b"] {
            assert_eq!(value(plain), plain);
        }
        for odd in [
            "",
            "- a",
            "a: b",
            "a #b",
            "null",
            "two\nlines",
            "❤️",
            "{a}",
            " a",
            "a:",
        ] {
            assert_eq!(value(odd), quoted(odd), "{odd}");
        }
        assert_eq!(list(["Yes, show me", "No"]), r#"["Yes, show me", No]"#);
    }
}
