//! A webhook as new: the same, with ids and times that nobody has seen yet, so that it is
//! no repeat. Everything else stays byte for byte.

use super::json::{Token, TokenKind, tokens};
use heliograph_model::Millis;
use std::collections::HashMap;
use std::ops::Range;

/// A body with fresh ids of its messages and comments, and with `now` as their time. The
/// same id twice becomes the same fresh id twice. What is no JSON stays as it is.
#[must_use]
pub fn refreshed(body: &str, now: Millis, mut random: impl FnMut(Range<u32>) -> u32) -> String {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut out = String::with_capacity(body.len());
    let mut copied = 0;
    let mut path = Path::default();
    for token in tokens(body) {
        if !path.is_value(&token) {
            continue;
        }
        let Some(new) = path.role().and_then(|role| match role {
            Role::Id => Some(
                known
                    .entry(token.text.to_owned())
                    .or_insert_with(|| fresh_id(token.text, &mut random))
                    .clone(),
            ),
            Role::Time => time_like(token.text, now),
        }) else {
            continue;
        };
        out.push_str(&body[copied..token.at]);
        out.push_str(&new);
        copied = token.at + token.text.len();
    }
    out.push_str(&body[copied..]);
    out
}

enum Role {
    Id,
    Time,
}

/// The keys on the way to where the reader is.
#[derive(Debug, Default)]
struct Path<'a> {
    open: Vec<Level<'a>>,
}

#[derive(Debug)]
struct Level<'a> {
    is_object: bool,
    key: Option<&'a str>,
    /// The next text is a key.
    expects_key: bool,
}

impl<'a> Path<'a> {
    /// Goes on by a token; answers whether it is a value that is no object and no list.
    fn is_value(&mut self, token: &Token<'a>) -> bool {
        match (token.kind, token.text) {
            (TokenKind::Sign, "{" | "[") => {
                let is_object = token.text == "{";
                self.open.push(Level {
                    is_object,
                    key: None,
                    expects_key: is_object,
                });
                false
            }
            (TokenKind::Sign, "}" | "]") => {
                self.open.pop();
                false
            }
            (TokenKind::Sign, ",") => {
                if let Some(level) = self.open.last_mut() {
                    level.expects_key = level.is_object;
                }
                false
            }
            (TokenKind::Sign, _) => false,
            (TokenKind::Text, text) => {
                if let Some(level) = self.open.last_mut().filter(|level| level.expects_key) {
                    level.expects_key = false;
                    level.key = Some(text.trim_matches('"'));
                    return false;
                }
                true
            }
            (TokenKind::Atom, _) => true,
        }
    }

    /// What a value here means.
    fn role(&self) -> Option<Role> {
        let mut keys = self.open.iter().rev().filter_map(|level| level.key);
        match (keys.next()?, keys.next()) {
            ("mid", Some("message" | "postback")) | ("id" | "comment_id", Some("value")) => {
                Some(Role::Id)
            }
            ("time" | "timestamp" | "created_time", _) => Some(Role::Time),
            _ => None,
        }
    }
}

/// An id of the same form: digits stay digits, quotes stay quotes.
fn fresh_id(old: &str, random: &mut impl FnMut(Range<u32>) -> u32) -> String {
    let digits_only = old
        .trim_matches('"')
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    let letters = old.bytes().filter(u8::is_ascii_alphanumeric).count();
    // The beginning tells what sort of id it is.
    let kept = if digits_only {
        letters.min(4)
    } else {
        letters.saturating_sub(20)
    };
    let mut seen = 0;
    old.chars()
        .map(|sign| {
            if !sign.is_ascii_alphanumeric() {
                return sign;
            }
            seen += 1;
            if seen <= kept {
                return sign;
            }
            let alphabet: &[u8] = if digits_only {
                b"0123456789"
            } else {
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
            };
            let place = random(0..u32::try_from(alphabet.len()).unwrap_or(1)) as usize;
            char::from(alphabet.get(place).copied().unwrap_or(b'0'))
        })
        .collect()
}

/// `now` in the form of another time; absent where that form is not known.
fn time_like(old: &str, now: Millis) -> Option<String> {
    let plain = old.trim_matches('"');
    let number: i64 = plain.parse().ok()?;
    // Seconds have ten digits until the year 2286.
    let new = if number < 100_000_000_000 {
        now.0 / 1_000
    } else {
        now.0
    };
    Some(if old.starts_with('"') {
        format!("\"{new}\"")
    } else {
        new.to_string()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests: a panic is how they fail")]

    use super::*;
    use crate::traffic::templates;
    use heliograph_engine::route;

    const NOW: Millis = Millis(1_800_000_000_123);

    fn new(body: &str) -> String {
        let mut random = fastrand::Rng::with_seed(7);
        refreshed(body, NOW, |range| random.u32(range))
    }

    #[test]
    fn ids_and_times_are_new_and_everything_else_stays() {
        let body = "{ \"entry\":[{\"time\":1790000020, \"id\":\"17841400000000001\",\"messaging\":[{\
                    \"sender\":{\"id\":\"900000000000011\"},\"timestamp\":\"1790000000123\",\
                    \"message\":{\"mid\":\"aWdfZAG1faXRlbToxabcdefghijklmnop\",\"text\":\"mid \\\"time\\\"\",\
                    \"reply_to\":{\"mid\":\"old\"}}}]}] }\n";
        let fresh = new(body);
        assert_ne!(fresh, body);
        assert_eq!(fresh.len(), body.len());
        assert!(
            fresh.contains("\"time\":1800000000, \"id\":\"17841400000000001\""),
            "{fresh}"
        );
        assert!(fresh.contains("\"timestamp\":\"1800000000123\""), "{fresh}");
        assert!(
            fresh.contains("\"reply_to\":{\"mid\":\"old\"}"),
            "another message's id stays"
        );
        assert!(fresh.contains("\"text\":\"mid \\\"time\\\"\""));
        assert!(!fresh.contains("abcdefghijklmnop") && fresh.contains("aWdfZAG1faXRl"));
    }

    #[test]
    fn a_comment_keeps_its_post_and_its_author() {
        let body = include_str!("../../../../fixtures/instagram/comment.number_ids.json");
        let fresh = new(body);
        let before = route::route(body.as_bytes(), NOW).unwrap();
        let after = route::route(fresh.as_bytes(), NOW).unwrap();
        assert_ne!(before[0].event_id, after[0].event_id);
        let id = after[0].event_id.as_ref().unwrap().as_str();
        assert!(
            id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_digit()),
            "{id}"
        );
        assert_eq!(before[0].media_id, after[0].media_id);
        assert_eq!(before[0].sender_id, after[0].sender_id);
        assert_eq!(before[0].parent_id, after[0].parent_id);
    }

    #[test]
    fn no_template_is_a_repeat_of_itself() {
        for template in templates() {
            let fresh = new(&template.body);
            let before = route::route(template.body.as_bytes(), NOW).unwrap();
            let after = route::route(fresh.as_bytes(), NOW).unwrap();
            assert_eq!(before.len(), after.len(), "{}", template.name);
            for (old, new) in before.iter().zip(&after) {
                assert_eq!(old.kind, new.kind, "{}", template.name);
                assert_eq!(old.text, new.text, "{}", template.name);
                if old.kind.can_trigger() && old.event_id.is_some() {
                    let marks = (route::mark(old), route::mark(new));
                    assert_ne!(marks.0, marks.1, "{}", template.name);
                }
            }
        }
    }

    #[test]
    fn the_same_id_twice_stays_the_same_twice() {
        let body =
            include_str!("../../../../fixtures/instagram/dm_text.twice_in_one_delivery.json");
        let after = route::route(new(body).as_bytes(), NOW).unwrap();
        assert_eq!(route::mark(&after[0]), route::mark(&after[1]));
    }
}
