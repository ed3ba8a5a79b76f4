//! Reasons of a kind: the same words, whatever the numbers and ids in them.

/// The longest folded reason, in characters.
const LONGEST: usize = 200;
/// What stands for a number or an id.
const FOLD: char = '…';
/// A number of at most so many digits stays behind a word that says that it is a code.
const CODE: usize = 3;
/// A mixed word of at least so many letters and digits is an id.
const ID: usize = 8;

/// A reason without what is different each time: the first line, its numbers and ids
/// folded. A short number behind `code`, `status`, `HTTP`, `error` or `#` is kept, because
/// 429 and 500 are not of a kind.
#[must_use]
pub fn folded(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default().trim();
    let mut out = String::with_capacity(line.len());
    let mut word = String::new();
    for sign in line.chars().chain(['\n']) {
        if sign.is_alphanumeric() || (is_joint(sign) && !word.is_empty()) {
            word.push(sign);
            continue;
        }
        put(&mut out, &word);
        word.clear();
        if sign != '\n' {
            out.push(sign);
        }
    }
    match out.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &out[..end]),
        None => out,
    }
}

/// Signs inside an address, a time, a uuid or a decimal.
fn is_joint(sign: char) -> bool {
    matches!(sign, '.' | ':' | '-' | '_')
}

/// Puts a word, or what it folds to. Signs at its end are not its own.
fn put(out: &mut String, word: &str) {
    let core = word.trim_end_matches(is_joint);
    let tail = &word[core.len()..];
    if is_folded(core) && !is_code(out, core) {
        if !out.ends_with(FOLD) {
            out.push(FOLD);
        }
    } else {
        out.push_str(core);
    }
    out.push_str(tail);
}

fn is_folded(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(|sign| sign.is_alphabetic()).count();
    if digits == 0 {
        return false;
    }
    // 12, 127.0.0.1:6379, 12ms, then 17841400000000001, mid-17, 3f2a…-….
    letters <= 2 && word.starts_with(|sign: char| sign.is_ascii_digit())
        || word.contains(['-', '_'])
        || digits + letters >= ID && digits >= 2
}

fn is_code(before: &str, word: &str) -> bool {
    if word.len() > CODE || !word.chars().all(|sign| sign.is_ascii_digit()) {
        return false;
    }
    let before = before.trim_end_matches([' ', ':', '=', '(']);
    let last: String = before
        .chars()
        .rev()
        .take_while(|sign| sign.is_alphanumeric() || *sign == '#')
        .collect();
    let last: String = last.chars().rev().collect();
    matches!(
        last.to_lowercase().as_str(),
        "code" | "status" | "http" | "error" | "subcode" | "#"
    ) || last.ends_with('#')
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn numbers_and_ids_are_folded() {
        for (reason, kind) in [
            ("number 2 is unreadable", "number … is unreadable"),
            ("no account 17841400000000001 here", "no account … here"),
            (
                "connect ECONNREFUSED 127.0.0.1:6379",
                "connect ECONNREFUSED …",
            ),
            ("timed out after 1500ms.", "timed out after …."),
            (
                "job 3f2a6c1e-9b1d-4a5e-8f00-1234567890ab stalled",
                "job … stalled",
            ),
            ("mid-17 was handled", "… was handled"),
            (
                "Unexpected token } in JSON at position 12",
                "Unexpected token } in JSON at position …",
            ),
            ("no such luck\n    at work.mjs:20", "no such luck"),
        ] {
            assert_eq!(folded(reason), kind, "{reason}");
        }
    }

    #[test]
    fn codes_are_kept() {
        for reason in [
            "HTTP 429",
            "Request failed with status code 500",
            "(#10) the window is closed",
            "error code: 190",
            "plain words stay as they are: all of them",
            "OAuth2 is off, use IPv6",
        ] {
            assert_eq!(folded(reason), reason);
        }
        assert_eq!(folded("error 4711 came"), "error … came");
    }
}
