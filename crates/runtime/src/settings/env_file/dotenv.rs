//! The syntax of `.env` files, as Node's `dotenv` and `dotenv-expand` read them.

/// A variable as it stands in the file, what it refers to put in.
#[derive(Clone)]
pub(super) struct Variable {
    pub name: String,
    pub value: String,
    /// The line, from 1.
    pub line: u32,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unread {
    pub line: u32,
    pub says: &'static str,
}

/// Reads all variables, in their order; of one that stands there twice the last.
pub(super) fn read(text: &str) -> (Vec<Variable>, Vec<Unread>) {
    let mut variables: Vec<Variable> = Vec::new();
    let mut unread = Vec::new();
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, rest)) = name_of(line) else {
            unread.push(Unread {
                line: number,
                says: "This is not NAME=value.",
            });
            continue;
        };
        let mut rest = rest.to_owned();
        let quote = rest
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\'' | '`'));
        // A value in quotes may go over several lines.
        let value = match quote {
            None => before_comment(&rest).to_owned(),
            Some(quote) => {
                let mut end = closing(&rest, quote);
                while end.is_none() {
                    let Some((more, _)) = lines.next() else { break };
                    rest.push('\n');
                    rest.push_str(more);
                    end = closing(&rest, quote);
                }
                let Some(end) = end else {
                    unread.push(Unread {
                        line: number,
                        says: "The quote that begins here is never closed.",
                    });
                    continue;
                };
                let inside = &rest[1..end];
                if quote == '"' {
                    inside
                        .replace("\\n", "\n")
                        .replace("\\r", "\r")
                        .replace("\\\"", "\"")
                } else {
                    inside.to_owned()
                }
            }
        };
        let value = if quote == Some('\'') {
            value
        } else {
            expand(&value, &variables)
        };
        let variable = Variable {
            name: name.to_owned(),
            value,
            line: number,
        };
        match variables.iter_mut().find(|it| it.name == variable.name) {
            Some(before) => *before = variable,
            None => variables.push(variable),
        }
    }
    (variables, unread)
}

/// The name and what stands behind its equals sign.
fn name_of(line: &str) -> Option<(&str, &str)> {
    let line = match line.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => line,
    };
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))?;
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    // `NAME: value` is read too, as YAML of Docker Compose has it.
    let value = rest.strip_prefix('=').or_else(|| rest.strip_prefix(": "))?;
    (!name.is_empty()).then(|| (name, value.trim()))
}

/// What stands before a comment. As `dotenv` has it, a `#` begins one wherever it stands.
fn before_comment(value: &str) -> &str {
    value.split('#').next().unwrap_or_default().trim()
}

/// Where a quotation that begins the text ends.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\\' => escaped = !escaped,
            c if c == quote && !escaped => return Some(at),
            _ => escaped = false,
        }
    }
    None
}

/// Puts in what other variables of the file hold: `$NAME`, `${NAME}` and
/// `${NAME:-otherwise}`. A dollar sign that leads to none of them stays as it is: a
/// password may hold one.
fn expand(value: &str, known: &[Variable]) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let (before, reference) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('\\') {
            out.push_str(before);
            out.push('$');
            rest = &reference[1..];
            continue;
        }
        out.push_str(before);
        match referred(&reference[1..], known) {
            Some((found, length)) => {
                out.push_str(&found);
                rest = &reference[1 + length..];
            }
            None => {
                out.push('$');
                rest = &reference[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// What a reference stands for, and how long it is without its dollar sign.
fn referred(text: &str, known: &[Variable]) -> Option<(String, usize)> {
    let find = |name: &str| known.iter().find(|it| it.name == name);
    if let Some(inside) = text.strip_prefix('{') {
        let end = inside.find('}')?;
        let (name, otherwise) = match inside[..end].split_once(":-") {
            Some((name, otherwise)) => (name, Some(otherwise)),
            None => (&inside[..end], None),
        };
        let found = find(name)
            .map(|it| it.value.as_str())
            .filter(|value| !value.is_empty() || otherwise.is_none())
            .or(otherwise)?;
        return Some((found.to_owned(), end + 2));
    }
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let found = find(&text[..end])?;
    Some((found.value.clone(), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, name: &str) -> Option<String> {
        let (variables, _) = read(text);
        let found = variables.into_iter().find(|it| it.name == name);
        found.map(|it| it.value)
    }

    #[test]
    fn values_are_read_as_node_reads_them() {
        for (text, expected) in [
            ("A=plain", "plain"),
            ("A = spaced  ", "spaced"),
            ("export A=exported", "exported"),
            ("A=\"quoted # no comment\"", "quoted # no comment"),
            ("A='single $B'", "single $B"),
            ("A=`back 'tick'`", "back 'tick'"),
            ("A=value # a comment", "value"),
            ("A=\"two\\nlines\"", "two\nlines"),
            ("A=\"two\nlines\"", "two\nlines"),
            ("A=", ""),
            ("A=a=b&c=d", "a=b&c=d"),
            ("A: yaml", "yaml"),
            ("\u{feff}A=bom\r\n", "bom"),
            ("A=first\nA=last", "last"),
            ("A=\"say \\\"hi\\\"\"", "say \"hi\""),
            ("B=7\nA=x${B}y$B", "x7y7"),
            ("A=${NONE:-other}", "other"),
            ("A=pa$$word$NONE", "pa$$word$NONE"),
            ("B=7\nA=pa\\$B", "pa$B"),
        ] {
            assert_eq!(value(text, "A").as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        let (variables, unread) = read("A=1\nnonsense here\n# fine\nB=\"never closed\nC=2");
        assert_eq!(variables.len(), 1);
        let lines: Vec<_> = unread.iter().map(|it| it.line).collect();
        assert_eq!(lines, [2, 4]);
    }
}
