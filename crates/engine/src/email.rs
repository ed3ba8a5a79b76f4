//! Finding an email address in what a person wrote.

use email_address::{EmailAddress, Options};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Endings that nobody has registered and many have typed: what is meant is `com`, `net`.
/// Asking again is better than writing to nobody.
const SLIPS: [&str; 11] = [
    "con", "cmo", "ocm", "cpm", "xom", "vom", "comm", "coom", "ccom", "nte", "ney",
];

/// The first valid address in a text, normalised: the domain in lower case, the part
/// before the `@` as it was written, internationalised names as they are.
///
/// It may stand in a sentence, in brackets or quotes, behind `mailto:`, and in front of
/// punctuation. Addresses that are valid by the letter and absurd in practice (quoted
/// parts, IP addresses, no top-level domain) are not accepted.
#[must_use]
pub fn find(text: &str) -> Option<String> {
    let text = if text.contains(['＠', '．']) {
        Cow::Owned(text.nfkc().collect())
    } else {
        Cow::Borrowed(text)
    };
    text.match_indices('@')
        .find_map(|(at, _)| around(&text, at))
}

/// The address around the `@` at `at`.
fn around(text: &str, at: usize) -> Option<String> {
    let (before, after) = (&text[..at], &text[at + 1..]);
    // `https://user:password@host` is no address.
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    if word.contains("://") {
        return None;
    }
    // A sentence in a script without spaces runs right into the address, so Latin letters
    // are tried alone before all of them are.
    [is_latin as fn(char) -> bool, char::is_alphanumeric]
        .into_iter()
        .find_map(|is_letter| {
            let local = local_part(before, is_letter);
            let domain = domain(after, is_letter);
            check(local, domain)
        })
}

fn local_part(before: &str, is_letter: fn(char) -> bool) -> &str {
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_letter(*c) || ".!#$%&'*+?^_`{|}~-".contains(*c))
        .last()
        .map_or(before.len(), |(start, _)| start);
    // `a@b.com@c.com` is not two addresses but a slip; `@anna@b.com` is one of habit.
    let ahead = before[..start].strip_suffix('@').unwrap_or_default();
    if ahead.ends_with(char::is_alphanumeric) {
        return "";
    }
    before[start..].trim_start_matches(|c: char| ".!#$%&'*+?^`{|}~-".contains(c))
}

fn domain(after: &str, is_letter: fn(char) -> bool) -> &str {
    let end = after
        .char_indices()
        .find(|(_, c)| !(is_letter(*c) || matches!(c, '.' | '-')))
        .map_or(after.len(), |(end, _)| end);
    if after[end..].starts_with('@') {
        return "";
    }
    after[..end].trim_end_matches(['.', '-'])
}

fn check(local: &str, domain: &str) -> Option<String> {
    let (_, top) = domain.rsplit_once('.')?;
    if !is_top_level(top) {
        return None;
    }
    let address = format!("{local}@{}", domain.to_lowercase());
    // Meta's and everybody's limit (RFC 5321): 64 and 254.
    if local.len() > 64 || address.len() > 254 {
        return None;
    }
    let options = Options::default()
        .with_minimum_sub_domains(2)
        .without_domain_literal()
        .without_display_text();
    EmailAddress::parse_with_options(&address, options)
        .ok()
        .map(|_| address)
}

fn is_top_level(top: &str) -> bool {
    let top = top.to_lowercase();
    let letters = top.chars().count();
    let ascii = top.bytes().all(|byte| byte.is_ascii_lowercase());
    // `comです` is a sentence that runs on, so letters of both kinds are none.
    let foreign = top.chars().all(|c| !c.is_ascii() && c.is_alphabetic());
    let punycode = top.starts_with("xn--") && letters > 4;
    (2..=24).contains(&letters) && (ascii || foreign || punycode) && !SLIPS.contains(&top.as_str())
        || punycode && letters <= 63
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphabetic() && c < '\u{250}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn found(text: &str, address: &str) {
        assert_eq!(find(text).as_deref(), Some(address), "in {text:?}");
    }

    #[track_caller]
    fn none(text: &str) {
        assert_eq!(find(text), None, "in {text:?}");
    }

    #[test]
    fn an_address_is_found_inside_a_sentence() {
        found("anna@example.com", "anna@example.com");
        found("sure, it's anna@example.com!", "anna@example.com");
        found("Mine is anna@example.com.", "anna@example.com");
        found("(anna@example.com)", "anna@example.com");
        found("Anna <anna@example.com>", "anna@example.com");
        found("“anna@example.com”", "anna@example.com");
        found("'anna@example.com'", "anna@example.com");
        found("*anna@example.com*", "anna@example.com");
        found("mailto:anna@example.com?subject=hi", "anna@example.com");
        found("email=anna@example.com", "anna@example.com");
        found("anna@example.com,or bob@example.org", "anna@example.com");
        found("line one\nanna@example.com\nbye", "anna@example.com");
        found("メールはtaro@example.comです", "taro@example.com");
        found("anna＠example．com", "anna@example.com");
        found("hi @anna@example.com", "anna@example.com");
        found("@shop here: anna@example.com", "anna@example.com");
    }

    #[test]
    fn the_domain_is_lower_case_and_the_rest_as_written() {
        found("Anna.Maria+Shop@Example.COM", "Anna.Maria+Shop@example.com");
        found("o'neill@example.ie", "o'neill@example.ie");
        found("anna@bücher.de", "anna@bücher.de");
        found("anna@BÜCHER.de", "anna@bücher.de");
        found("用户@例子.公司", "用户@例子.公司");
        found("anna@xn--bcher-kva.xn--p1ai", "anna@xn--bcher-kva.xn--p1ai");
        found(
            "anna_b-c%d@mail.shop.example.co.uk",
            "anna_b-c%d@mail.shop.example.co.uk",
        );
    }

    #[test]
    fn what_is_no_address_is_not_accepted() {
        none("");
        none("no thanks");
        none("@anna");
        none("anna@");
        none("anna@example");
        none("anna@localhost");
        none("anna@192.168.0.1");
        none("anna@[127.0.0.1]");
        none("anna@example.c");
        none("anna@example.123");
        none("anna@example..com");
        none("anna..b@example.com");
        none("anna.@example.com");
        none("anna@-example.com");
        none("anna@gmail.con");
        none("anna@gmail,com");
        none("anna @ example.com");
        none("anna@bob@example.com@x.com");
        none("https://user:secret@example.com");
        none(&format!("{}@example.com", "a".repeat(65)));
        none(&format!("a@{}.com", "b".repeat(64)));
    }

    proptest! {
        #[test]
        fn any_text_can_be_looked_at(text: String) {
            let _ = find(&text);
        }

        #[test]
        fn what_was_found_is_found_again(text in "\\PC{0,20}[a-z@.]{3,20}\\PC{0,8}") {
            if let Some(address) = find(&text) {
                let again = find(&address);
                prop_assert_eq!(again, Some(address));
            }
        }

        #[test]
        fn ordinary_addresses_survive_ordinary_sentences(
            local in "[a-z][a-z0-9]{0,10}([._+-][a-z0-9]{1,8})?",
            host in "[a-z][a-z0-9]{0,12}",
            end in prop::sample::select(vec!["com", "de", "co.uk", "museum", "shop"]),
            before in prop::sample::select(vec!["", "it is ", "hi! (", "mail: ", "→", "<"]),
            after in prop::sample::select(vec!["", ".", "!", ")", ", thanks", " 🙂", "🙂", ">"]),
        ) {
            let address = format!("{local}@{host}.{end}");
            prop_assert_eq!(find(&format!("{before}{address}{after}")), Some(address));
        }
    }
}
