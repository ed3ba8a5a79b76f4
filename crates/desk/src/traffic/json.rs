//! JSON as it is written: its tokens, so that a body can be rewritten without reading a
//! number as a number. Ids have up to twenty digits and more.

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// One of `{}[],:`.
    Sign,
    /// A string, with its quotes.
    Text,
    /// A number, `true`, `false` or `null`.
    Atom,
}

/// The tokens of a text that is JSON. What is not JSON gives tokens too, of some kind.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        let kind = match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {
                at += 1;
                continue;
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                at += 1;
                TokenKind::Sign
            }
            b'"' => {
                at += 1;
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b'\\' => at += 2,
                        b'"' => break,
                        _ => at += 1,
                    }
                }
                at = (at + 1).min(bytes.len());
                TokenKind::Text
            }
            _ => {
                while bytes
                    .get(at)
                    .is_some_and(|byte| !b" \n\r\t{}[],:\"".contains(byte))
                {
                    at += 1;
                }
                TokenKind::Atom
            }
        };
        // Only what is no JSON can be cut inside of a sign.
        let Some(text) = text.get(start..at) else {
            break;
        };
        out.push(Token {
            kind,
            text,
            at: start,
        });
    }
    out
}

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// A space behind `,` and `:`, as Python writes it.
    pub spaced: bool,
    /// What is not ASCII as `\u00e4`.
    pub ascii: bool,
    /// `/` as `\/`.
    pub slashes: bool,
}

/// The same JSON, written in another style.
pub(super) fn rewritten(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len());
    for token in tokens(text) {
        match token.kind {
            TokenKind::Text => match serde_json::from_str::<String>(token.text) {
                Ok(said) => write_text(&mut out, &said, style),
                // Half an emoji is JSON and no text.
                Err(_) => out.push_str(token.text),
            },
            TokenKind::Sign | TokenKind::Atom => {
                out.push_str(token.text);
                if style.spaced && matches!(token.text, "," | ":") {
                    out.push(' ');
                }
            }
        }
    }
    out
}

fn write_text(out: &mut String, said: &str, style: Style) {
    use std::fmt::Write as _;
    out.push('"');
    for sign in said.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '/' if style.slashes => out.push_str("\\/"),
            sign if sign.is_control() && sign.is_ascii() || style.ascii && !sign.is_ascii() => {
                for unit in sign.encode_utf16(&mut [0; 2]) {
                    // Writing into a text cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
}
