//! Walking over the keys of a server, a few at a time.

use crate::primaries::Node;
use crate::{CACHED, RedisError};
use redis::{FromRedisValue, Pipeline, cmd};
use std::time::Duration;

/// Keys that the server looks at in one step: well under a millisecond of its time.
const STEP: u32 = 1_000;
/// The pause between two steps, in which others are served.
const PAUSE: Duration = Duration::from_millis(1);

/// A walk over one server's keys with `SCAN`, which unlike `KEYS` keeps nobody waiting.
/// What is there from its beginning to its end is found, some of it perhaps twice.
#[derive(Debug)]
pub(crate) struct Scan {
    primary: Node,
    glob: String,
    /// `None` before the first step.
    cursor: Option<u64>,
    /// Keys that the server looks at in one step.
    step: u32,
}

impl Scan {
    /// A walk over the keys that match a pattern in Redis' own notation.
    pub(crate) fn new(primary: Node, glob: String) -> Self {
        Self::from(primary, glob, None, STEP)
    }

    /// A walk that goes on where another one stood, in steps of so many keys.
    pub(crate) fn from(primary: Node, glob: String, cursor: Option<u64>, step: u32) -> Self {
        Self {
            primary,
            glob,
            cursor,
            step,
        }
    }

    /// Where it stands; `None` before the beginning and at the end.
    pub(crate) fn cursor(&self) -> Option<u64> {
        self.cursor.filter(|cursor| *cursor != 0)
    }

    /// The next keys, of which there may be none; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Vec<u8>>>, RedisError> {
        let from = match self.cursor {
            Some(0) => return Ok(None),
            Some(cursor) => {
                tokio::time::sleep(PAUSE).await;
                cursor
            }
            None => 0,
        };
        let (cursor, keys) = cmd("SCAN")
            .arg(from)
            .arg("MATCH")
            .arg(&self.glob)
            .arg("COUNT")
            .arg(self.step)
            .query_async(&mut self.primary)
            .await?;
        self.cursor = Some(cursor);
        Ok(Some(keys))
    }

    /// Runs commands on the server that is walked over, whose keys they may name.
    pub(crate) async fn run<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<Vec<T>, RedisError> {
        if pipeline.is_empty() {
            return Ok(Vec::new());
        }
        Ok(pipeline.query_async(&mut self.primary).await?)
    }
}

/// A pattern in which `*` stands for any characters and everything else for itself, below
/// a fixed beginning.
#[derive(Debug)]
pub(crate) struct Pattern<'a> {
    beginning: &'a str,
    pattern: &'a str,
}

impl<'a> Pattern<'a> {
    pub(crate) fn within(beginning: &'a str, pattern: &'a str) -> Self {
        Self { beginning, pattern }
    }

    /// The same in Redis' notation, where more characters have a meaning.
    pub(crate) fn glob(&self) -> String {
        let mut glob = String::new();
        let mut add = |text: &str, special: &[char]| {
            for character in text.chars() {
                if special.contains(&character) {
                    glob.push('\\');
                }
                glob.push(character);
            }
        };
        add(self.beginning, &['\\', '?', '[', ']', '*']);
        add(self.pattern, &['\\', '?', '[', ']']);
        glob
    }

    /// Whether a name below the beginning is that of something cached.
    pub(crate) fn is_cached(&self, name: &[u8]) -> bool {
        let Some(rest) = name.strip_prefix(self.beginning.as_bytes()) else {
            return false;
        };
        let mut kinds = CACHED.iter().map(|kind| kind.trim_end_matches('*'));
        kinds.any(|kind| rest.starts_with(kind.as_bytes()))
    }

    pub(crate) fn matches(&self, name: &[u8]) -> bool {
        let Some(rest) = name.strip_prefix(self.beginning.as_bytes()) else {
            return false;
        };
        let mut parts = self.pattern.as_bytes().split(|byte| *byte == b'*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = rest.strip_prefix(first) else {
            return false;
        };
        let Some(last) = parts.next_back() else {
            return rest.is_empty();
        };
        for part in parts {
            match find(rest, part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_star_has_a_meaning() {
        let pattern = Pattern::within("dry[1]*:", "a:*:[b]?\\");
        assert_eq!(pattern.glob(), "dry\\[1\\]\\*:a:*:\\[b\\]\\?\\\\");
        assert!(pattern.matches(b"dry[1]*:a:anything:at all:[b]?\\"));
        assert!(!pattern.matches(b"dry1x:a:x:b?\\"));
        assert!(!pattern.matches(b"a:x:[b]?\\"));
    }

    #[test]
    fn stars_match_any_characters() {
        for (pattern, name, is_match) in [
            ("shelf:*:all", "shelf:1:all", true),
            ("shelf:*:all", "shelf::all", true),
            ("shelf:*:all", "shelf:all", false),
            ("shelf:*:all", "bookshelf:1:all", false),
            ("shelf:2", "shelf:2", true),
            ("shelf:2", "shelf:2:all", false),
            ("*", "", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("a*", "a", true),
        ] {
            let found = Pattern::within("", pattern).matches(name.as_bytes());
            assert_eq!(found, is_match, "{pattern} on {name}");
        }
    }
}
