//! A JSON document as an index over its bytes.
//!
//! Routing needs three things that `serde_json::Value` does not give: numbers exactly as
//! they were written (ids above 2^64 have no number type), the bytes of any part (what is
//! not understood is kept as it came), and documents nested deeper than the stack. So
//! serde_json checks the grammar, and one pass over the checked text notes where each
//! value begins and ends. Nothing is copied, and there is one allocation per document.

use super::RouteError;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    List,
    /// A text whose bytes stand for themselves.
    Text,
    /// A text with `\` escapes in it.
    EscapedText,
    Number,
    True,
    False,
    Null,
}

/// One value: `start..end` in the text, and the place of what follows it in the index. The
/// members of an object stand after it as key, value, key, value.
#[derive(Debug, Clone, Copy)]
struct Node {
    start: u32,
    end: u32,
    /// While a list or object is still open: the one around it.
    next: u32,
    kind: Kind,
}

/// Marks the outermost list or object while it is open.
const NOTHING_AROUND: u32 = u32::MAX;

/// A checked document.
#[derive(Debug)]
pub(super) struct Document<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

impl<'t> Document<'t> {
    /// Checks that the body is one JSON document and indexes it.
    pub(super) fn parse(body: &'t [u8]) -> Result<Self, RouteError> {
        let text = std::str::from_utf8(body).map_err(|error| RouteError::NotUtf8 {
            position: error.valid_up_to(),
        })?;
        if u32::try_from(text.len()).is_err() {
            return Err(RouteError::TooLarge { bytes: text.len() });
        }
        // A byte order mark is no JSON, but editors put it into files that people replay.
        let document = text.strip_prefix('\u{feff}').unwrap_or(text);
        serde_json::from_str::<IgnoredAny>(document)
            .map_err(|error| RouteError::not_json(&error, document, text.len() - document.len()))?;
        Ok(Self {
            text: document,
            nodes: index(document),
        })
    }

    /// The outermost value.
    pub(super) fn root(&self) -> Json<'_> {
        Json {
            text: self.text,
            nodes: &self.nodes,
            at: 0,
        }
    }
}

/// Indexes a text that is known to be one JSON document. It does not recurse: containers
/// that are still open are linked through [`Node::next`].
#[allow(
    clippy::cast_possible_truncation,
    reason = "the length was checked to fit, and there are fewer values than bytes"
)]
fn index(text: &str) -> Vec<Node> {
    let bytes = text.as_bytes();
    // A webhook has a value or key about every eight bytes.
    let mut nodes: Vec<Node> = Vec::with_capacity(bytes.len() / 8 + 4);
    let mut open = NOTHING_AROUND;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let kind = match byte {
            b'{' | b'[' => {
                nodes.push(Node {
                    start: start as u32,
                    end: 0,
                    next: open,
                    kind: if byte == b'{' {
                        Kind::Object
                    } else {
                        Kind::List
                    },
                });
                open = nodes.len() as u32 - 1;
                at += 1;
                continue;
            }
            b'}' | b']' => {
                at += 1;
                let next = nodes.len() as u32;
                if let Some(container) = nodes.get_mut(open as usize) {
                    container.end = at as u32;
                    open = std::mem::replace(&mut container.next, next);
                }
                continue;
            }
            b'"' => {
                let (end, escaped) = text_end(bytes, start + 1);
                at = end;
                if escaped {
                    Kind::EscapedText
                } else {
                    Kind::Text
                }
            }
            b't' => {
                at += 4;
                Kind::True
            }
            b'f' => {
                at += 5;
                Kind::False
            }
            b'n' => {
                at += 4;
                Kind::Null
            }
            b'-' | b'0'..=b'9' => {
                at += bytes[start..]
                    .iter()
                    .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
                    .count();
                Kind::Number
            }
            // White space, commas and colons.
            _ => {
                at += 1;
                continue;
            }
        };
        nodes.push(Node {
            start: start as u32,
            end: at as u32,
            next: nodes.len() as u32 + 1,
            kind,
        });
    }
    nodes
}

/// Where the text whose content begins at `at` ends, closing quote included, and whether
/// there are escapes in it.
fn text_end(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut escaped = false;
    while let Some(rest) = bytes.get(at..) {
        let Some(distance) = rest.iter().position(|b| matches!(b, b'"' | b'\\')) else {
            break;
        };
        at += distance + 1;
        if rest[distance] == b'"' {
            return (at, escaped);
        }
        // Whatever is escaped is part of the text, a quote too.
        escaped = true;
        at += 1;
    }
    (bytes.len(), escaped)
}

/// A value in a [`Document`]. Reading never fails: what is not there, or is something
/// else, is `None`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json<'d> {
    text: &'d str,
    nodes: &'d [Node],
    at: usize,
}

impl<'d> Json<'d> {
    fn node(self) -> Node {
        self.nodes[self.at]
    }

    /// What it is.
    pub(super) fn kind(self) -> Kind {
        self.node().kind
    }

    /// Whether it is an object.
    pub(super) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// The value as it was written, byte for byte.
    pub(super) fn raw(self) -> &'d str {
        let node = self.node();
        &self.text[node.start as usize..node.end as usize]
    }

    /// The values inside: of a list its items, of an object keys and values in turn.
    fn inside(self) -> impl Iterator<Item = Self> {
        let node = self.node();
        let end = match node.kind {
            Kind::Object | Kind::List => node.next as usize,
            _ => self.at,
        };
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let value = Self { at, ..self };
                at = value.node().next as usize;
                value
            })
        })
    }

    /// The members of an object, in order; none where it is no object.
    pub(super) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let of = if self.is_object() {
            self.at
        } else {
            usize::MAX
        };
        let mut inside = (of == self.at).then(|| self.inside());
        std::iter::from_fn(move || {
            let inside = inside.as_mut()?;
            inside.next().zip(inside.next())
        })
    }

    /// One or many: a list's items, nothing for `null`, and anything else once.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let (many, one) = match self.kind() {
            Kind::List => (Some(self.inside()), None),
            Kind::Null => (None, None),
            _ => (None, Some(self)),
        };
        many.into_iter().flatten().chain(one)
    }

    /// Every member of that name, also `null` ones: a key may stand twice.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Self> {
        self.members()
            .filter(move |(key, _)| key.is_text(name))
            .map(|(_, value)| value)
    }

    /// The first member of that name that is not `null`.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        self.all(name).find(|value| value.kind() != Kind::Null)
    }

    /// The first member of that name, where it is an object.
    pub(super) fn object(self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| value.is_object())
    }

    /// Whether it is this text.
    pub(super) fn is_text(self, expected: &str) -> bool {
        match self.kind() {
            Kind::Text => self.content() == expected,
            Kind::EscapedText => unescape(self.content()) == expected,
            _ => false,
        }
    }

    /// Whether it says yes; flags have been seen as texts and numbers too.
    pub(super) fn is_true(self) -> bool {
        match self.kind() {
            Kind::True => true,
            Kind::Number => self.raw() == "1",
            Kind::Text => matches!(self.content(), "true" | "1"),
            _ => false,
        }
    }

    /// A text, or a number as it was written.
    pub(super) fn text(self) -> Option<Cow<'d, str>> {
        match self.kind() {
            Kind::Text => Some(Cow::Borrowed(self.content())),
            Kind::EscapedText => Some(Cow::Owned(unescape(self.content()))),
            Kind::Number => Some(Cow::Borrowed(self.raw())),
            Kind::Object | Kind::List | Kind::True | Kind::False | Kind::Null => None,
        }
    }

    /// What stands between the quotes of a text.
    fn content(self) -> &'d str {
        let raw = self.raw();
        raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default()
    }
}

/// Resolves the escapes of a checked text. Half of a surrogate pair, which is what is left
/// of an emoji that somebody cut in two, becomes U+FFFD instead of an error.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let (character, length) = match escape.as_bytes().first() {
            Some(b'u') => unicode_escape(escape),
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'"') => ('"', 1),
            Some(b'/') => ('/', 1),
            _ => ('\\', 1),
        };
        plain.push(character);
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// Reads `uXXXX`, and `uXXXX\uXXXX` where that is a surrogate pair: the character, and how
/// many bytes it took.
fn unicode_escape(escape: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(1) else {
        return (char::REPLACEMENT_CHARACTER, escape.len());
    };
    let second = (escape.get(5..7) == Some("\\u")).then(|| unit(7)).flatten();
    let pair = [first, second.unwrap_or(0)];
    match char::decode_utf16(pair).next() {
        Some(Ok(character)) => (character, if character.len_utf16() == 2 { 11 } else { 5 }),
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_part_is_found_as_it_was_written() {
        let text = r#" {"a":[1, 2.50 ,{"b":null}],"c":"x\n","a":true} "#;
        let document = Document::parse(text.as_bytes()).unwrap();
        let root = document.root();
        assert_eq!(root.raw(), text.trim());
        let list = root.get("a").unwrap();
        let items: Vec<_> = list.each().map(Json::raw).collect();
        assert_eq!(items, ["1", "2.50", r#"{"b":null}"#]);
        assert_eq!(root.all("a").count(), 2, "a key may stand twice");
        assert_eq!(root.get("c").unwrap().text().unwrap(), "x\n");
        assert!(list.each().nth(2).unwrap().get("b").is_none());
        assert_eq!(list.members().count(), 0, "a list has no members");
    }

    #[test]
    fn half_an_emoji_is_replaced_and_the_rest_is_kept() {
        let document = Document::parse(br#""a\ud83dz\ude00 \ud83d\u0041 \ud83d\ude00""#).unwrap();
        assert_eq!(
            document.root().text().unwrap(),
            "a\u{fffd}z\u{fffd} \u{fffd}A \u{1f600}"
        );
    }

    #[test]
    fn a_key_may_be_written_with_escapes() {
        let document = Document::parse(br#"{"\u0065ntry":7}"#).unwrap();
        assert_eq!(document.root().get("entry").unwrap().raw(), "7");
    }

    proptest! {
        #[test]
        fn texts_read_as_serde_json_reads_them(text in ".*", ascii in any::<bool>()) {
            let mut json = serde_json::to_string(&text).unwrap();
            if ascii {
                json = json.chars().map(escape_non_ascii).collect();
            }
            let document = Document::parse(json.as_bytes()).unwrap();
            prop_assert_eq!(document.root().text().unwrap(), text);
        }
    }

    fn escape_non_ascii(character: char) -> String {
        if character.is_ascii() {
            return character.into();
        }
        let mut units = [0; 2];
        let units = character.encode_utf16(&mut units);
        units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
    }
}
