//! Prometheus' text format, read strictly: what is not in it is an error that names its line.

use std::borrow::Cow;
use std::collections::HashSet;

/// One series of a page, with its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series<'a> {
    /// The line that it stands in, counted from 1.
    pub line: usize,
    /// The metric's name.
    pub name: &'a str,
    /// Its labels, in the order of the page.
    pub labels: Vec<(&'a str, Cow<'a, str>)>,
    /// Its value.
    pub value: f64,
}

/// Why a page is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Series<'_> {
    /// What a label says; `None` where there is no such label.
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        let found = self.labels.iter().find(|(label, _)| *label == name);
        found.map(|(_, value)| value.as_ref())
    }

    /// Something that is wrong with the line that it stands in.
    pub(super) fn malformed(&self, why: impl Into<String>) -> Malformed {
        Malformed {
            line: self.line,
            why: why.into(),
        }
    }
}

/// Every series of a page.
///
/// # Errors
/// For the first line that is not in the format, and for a series that is there twice.
pub(super) fn read(page: &str) -> Result<Vec<Series<'_>>, Malformed> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    for (at, text) in page.lines().enumerate() {
        let line = at + 1;
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (series, ends) = one(line, text).map_err(|why| Malformed { line, why })?;
        if !seen.insert(&text[..ends]) {
            return Err(series.malformed("the same series is there twice"));
        }
        all.push(series);
    }
    Ok(all)
}

/// One line, and where its name and labels end.
fn one(line: usize, text: &str) -> Result<(Series<'_>, usize), String> {
    let name_ends = text
        .find(|c: char| !is_in_name(c, true))
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(name_ends);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("it begins with no name of a metric".to_owned());
    }
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        (labels, rest) = in_braces(inside)?;
    }
    let ends = text.len() - rest.len();
    let mut words = rest.split_ascii_whitespace();
    let (value, time) = (words.next(), words.next());
    if rest.starts_with(|c: char| !c.is_ascii_whitespace()) || words.next().is_some() {
        return Err("after the name and the labels stand a value and perhaps a time".to_owned());
    }
    let value = value.ok_or("it has no value")?;
    let value = number(value).ok_or_else(|| format!("“{value}” is no number"))?;
    if let Some(time) = time
        && time.parse::<i64>().is_err()
    {
        return Err(format!("“{time}” is no time in milliseconds"));
    }
    let series = Series {
        line,
        name,
        labels,
        value,
    };
    Ok((series, ends))
}

/// A label's name and its value.
type Label<'a> = (&'a str, Cow<'a, str>);

/// The labels behind an opening brace, and what stands behind the closing one.
fn in_braces(mut rest: &str) -> Result<(Vec<Label<'_>>, &str), String> {
    const UNCLOSED: &str = "its labels are not closed";
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok((labels, behind));
        }
        let ends = rest.find(|c: char| !is_in_name(c, false)).ok_or(UNCLOSED)?;
        let (name, behind) = rest.split_at(ends);
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("a label has no name".to_owned());
        }
        let behind = behind
            .trim_start()
            .strip_prefix('=')
            .and_then(|behind| behind.trim_start().strip_prefix('"'))
            .ok_or_else(|| format!("the label {name} has no value in quotation marks"))?;
        let (value, behind) = quoted(behind)?;
        if labels.iter().any(|(known, _)| *known == name) {
            return Err(format!("the label {name} is there twice"));
        }
        labels.push((name, value));
        rest = behind.trim_start();
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None if rest.starts_with('}') => {}
            None => return Err(UNCLOSED.to_owned()),
        }
    }
}

/// A text up to its closing quotation mark, and what stands behind that.
fn quoted(text: &str) -> Result<(Cow<'_, str>, &str), String> {
    let mut plain = String::new();
    let mut from = 0;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let behind = &text[at + 1..];
                let value = if plain.is_empty() {
                    Cow::Borrowed(&text[from..at])
                } else {
                    plain.push_str(&text[from..at]);
                    Cow::Owned(plain)
                };
                return Ok((value, behind));
            }
            '\\' => {
                plain.push_str(&text[from..at]);
                let escaped = match chars.next().map(|(_, c)| c) {
                    Some('n') => '\n',
                    Some(c @ ('\\' | '"')) => c,
                    _ => {
                        return Err(
                            "a backslash stands before something else than n, \\ or \"".into()
                        );
                    }
                };
                plain.push(escaped);
                from = at + 2;
            }
            _ => {}
        }
    }
    Err("a text is not closed by a quotation mark".to_owned())
}

fn is_in_name(c: char, of_metric: bool) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (of_metric && c == ':')
}

/// A number as the format writes it: not everything that Rust reads as one.
fn number(text: &str) -> Option<f64> {
    match text {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ if text.contains(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E')) => None,
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_read_as_prometheus_reads_it() {
        let page = "# HELP a What it is.\n# TYPE a counter\na_total{kind=\"x\",how=\"a \\\"b\\\" \\\\ \\n\",} 3\n\n  b 1.5e-3 1790000000000\nc{} +Inf\nd:e NaN\n# EOF\n";
        let all = read(page).expect("a page");
        let names: Vec<_> = all.iter().map(|series| series.name).collect();
        assert_eq!(names, ["a_total", "b", "c", "d:e"]);
        assert_eq!(all[0].label("kind"), Some("x"));
        assert_eq!(all[0].label("how"), Some("a \"b\" \\ \n"));
        assert_eq!((all[0].label("who"), all[0].value), (None, 3.0));
        assert_eq!((all[1].value, all[1].line), (0.0015, 5));
        assert!(all[2].value.is_infinite() && all[3].value.is_nan());
        assert_eq!(read(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_page_is_refused_with_its_line() {
        for (page, line, says) in [
            ("<!doctype html>\n<p>hello", 1, "no name"),
            ("a 1\n{\"status\":\"ok\"}", 2, "no name"),
            ("a", 1, "no value"),
            ("a{b=\"c\"}", 1, "no value"),
            ("a 1\nb x", 2, "“x” is no number"),
            ("a nan", 1, "is no number"),
            ("a infinity", 1, "is no number"),
            ("a 1 2.5", 1, "no time"),
            ("a 1 2 3", 1, "a value and perhaps a time"),
            ("a{b=\"c\"}1", 1, "a value and perhaps a time"),
            ("a{b=\"c\" 1", 1, "not closed"),
            ("a{b", 1, "not closed"),
            ("a{b=c} 1", 1, "no value in quotation marks"),
            ("a{=\"c\"} 1", 1, "a label has no name"),
            ("a{b=\"c} 1", 1, "not closed by a quotation mark"),
            ("a{b=\"\\t\"} 1", 1, "backslash"),
            ("a{b=\"c\",b=\"d\"} 1", 1, "twice"),
            (
                "a{b=\"c\"} 1\na{b=\"c\"} 2",
                2,
                "the same series is there twice",
            ),
            ("1a 1", 1, "no name"),
        ] {
            let refused = read(page).expect_err(page);
            assert_eq!(refused.line, line, "{page}: {refused:?}");
            assert!(refused.why.contains(says), "{page}: {refused:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_whatever_is_too_much_for_it(page in "(?s).{0,200}") {
            let _ = read(&page);
        }

        #[test]
        fn a_label_says_what_was_written(value in "(?s).{0,40}") {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            // A line ends there for the format, whatever is escaped.
            prop_assume!(!value.contains('\r'));
            let page = format!("a{{b=\"{escaped}\"}} 1");
            let all = read(&page).expect("a page");
            prop_assert_eq!(all[0].label("b"), Some(value.as_str()));
        }
    }
}
