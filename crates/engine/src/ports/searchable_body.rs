//! What a search of raw bodies looks at: the same for a journal and for whoever filters what
//! is on the screen, so that nothing is found by one and not by the other.

/// A body of JSON, or a part of one, as it is searched: in lower case, and each escape as the
/// sign that it stands for, so that `K\u00c4se 1\/2 \"fresh\"` holds `käse 1/2 "fresh"`. What
/// is no escape stays as it is, and so does half an emoji.
#[must_use]
pub fn searchable_body(body: &str) -> String {
    match body.contains('\\') {
        true => unescaped(body).to_lowercase(),
        false => body.to_lowercase(),
    }
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, behind) = rest.split_at(at);
        let (sign, length) = escape(behind);
        out.push_str(before);
        out.push(sign);
        rest = &behind[length..];
    }
    out.push_str(rest);
    out
}

/// What the escape at the beginning of a text stands for, and its length in bytes.
fn escape(text: &str) -> (char, usize) {
    let sign = match text.as_bytes().get(1) {
        Some(b'u') => return unicode(text).unwrap_or(('\\', 1)),
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(sign @ (b'"' | b'\\' | b'/')) => char::from(*sign),
        _ => return ('\\', 1),
    };
    (sign, 2)
}

/// The sign of `\u00e4`, or of two of these, which stand for one beyond the first 65,536.
fn unicode(text: &str) -> Option<(char, usize)> {
    let first = unit(text)?;
    if let Some(sign) = char::from_u32(first.into()) {
        return Some((sign, 6));
    }
    let both = [first, unit(&text[6..])?];
    let sign = char::decode_utf16(both).next()?.ok()?;
    Some((sign, 12))
}

fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let are_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    are_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_what_they_stand_for() {
        for (body, searched) in [
            (r#"{"a":"Gr\u00d6\u00dfE 1\/2"}"#, "{\"a\":\"größe 1/2\"}"),
            (r#""\"hi\" C:\\New\tx""#, "\"\"hi\" c:\\new\tx\""),
            (r"\uD83D\ude00 \u00C4", "😀 ä"),
            ("Plain ÄÖ", "plain äö"),
            (r"\ud83d alone, \u12 \x \", "\\ud83d alone, \\u12 \\x \\"),
            (r"\ud83d\u0041 \u+123 \uüüü", "\\ud83da \\u+123 \\uüüü"),
        ] {
            assert_eq!(searchable_body(body), searched, "{body}");
        }
    }

    proptest! {
        #[test]
        fn whatever_json_says_is_found_in_it(said in "(?s).{0,30}") {
            let json = serde_json::to_string(&said).expect("a text");
            let ascii: String = json.encode_utf16().map(|unit| match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                _ => format!("\\u{unit:04X}"),
            }).collect();
            for body in [json, ascii] {
                prop_assert!(searchable_body(&body).contains(&said.to_lowercase()), "{}", body);
            }
        }
    }
}
