//! Whether a signed body can be taken apart later, without taking it apart now.

use serde::de::IgnoredAny;

/// Deeper than this is nothing that Meta sends (its own nest about ten levels), and a
/// recursive reader further on may refuse it.
pub(crate) const DEEPEST: usize = 100;

/// What is wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// It is not JSON in UTF-8.
    NotJson,
    /// It is nested deeper than [`DEEPEST`].
    TooDeep,
}

/// Looks through a body once, without building anything.
pub(crate) fn check(body: &[u8]) -> Result<(), NotTaken> {
    // Skipping over a value neither checks the encoding of its strings nor counts its
    // depth, so both are looked at here.
    let text = std::str::from_utf8(body).map_err(|_| NotTaken::NotJson)?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| NotTaken::NotJson)?;
    // Most bodies do not hold as many brackets as would be needed.
    let opened = body.iter().filter(|&&byte| opens(byte)).count();
    if opened > DEEPEST && depth(body) > DEEPEST {
        return Err(NotTaken::TooDeep);
    }
    Ok(())
}

fn opens(byte: u8) -> bool {
    matches!(byte, b'{' | b'[')
}

/// How deep a valid JSON text is nested.
fn depth(json: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for &byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else if byte == b'"' {
            in_string = true;
        } else if opens(byte) {
            now += 1;
            most = most.max(now);
        } else if matches!(byte, b'}' | b']') {
            now = now.saturating_sub(1);
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_from_what_is_not() {
        for good in [
            "{}",
            " [] \r\n",
            "1",
            "null",
            r#"{"a":"\u00e4 \ud83d\ude00"}"#,
            r#"{"a":"ä"}"#,
        ] {
            assert_eq!(check(good.as_bytes()), Ok(()), "{good}");
        }
        let bad: [&[u8]; 8] = [
            b"",
            b"{",
            b"{}{}",
            b"a=b",
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            b"{'a':1}",
            b"NaN",
        ];
        for bad in bad {
            assert_eq!(check(bad), Err(NotTaken::NotJson), "{bad:?}");
        }
    }

    #[test]
    fn depth_counts_nesting_and_neither_width_nor_brackets_in_strings() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(check(nested(DEEPEST).as_bytes()), Ok(()));
        assert_eq!(
            check(nested(DEEPEST + 1).as_bytes()),
            Err(NotTaken::TooDeep)
        );
        assert_eq!(
            check(nested(1_000_000).as_bytes()),
            Err(NotTaken::TooDeep),
            "a million levels must not overflow the stack"
        );
        let wide = format!("[{}[]]", "[],".repeat(5_000));
        assert_eq!(check(wide.as_bytes()), Ok(()));
        let quoted = format!(r#"["\"{}\\"]"#, "[{".repeat(5_000));
        assert_eq!(check(quoted.as_bytes()), Ok(()));
    }
}
