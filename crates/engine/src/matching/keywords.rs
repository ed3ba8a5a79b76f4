//! One automaton for all keywords of a set.

use super::{Folded, words::Boundaries};
use ahash::AHashMap;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use heliograph_model::KeywordMatch;

/// One keyword and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct KeywordUse<'a> {
    /// The keyword as the operator wrote it.
    pub text: &'a str,
    /// How it is looked for.
    pub kind: KeywordMatch,
    /// The place of its automation in the order in which they are tried.
    pub rank: u32,
    /// Its place among the keywords of its automation.
    pub keyword: u32,
    /// Whether its automation also answers replies to comments.
    pub replies: bool,
}

/// The first automation, by rank, of which a keyword is in a text, and the first of its
/// keywords that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The automation's place in the order in which they are tried.
    pub rank: u32,
    /// The keyword's place in the automation.
    pub keyword: u32,
}

impl Hit {
    const NONE: Self = Self {
        rank: u32::MAX,
        keyword: u32::MAX,
    };

    fn found(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// All keywords of a set, compiled. How long a look takes depends on the text, not on
/// how many keywords there are.
///
/// Matching is standard and overlapping, so that no keyword hides another that begins
/// inside it or contains it. What is looked for as the whole text stands in a hash table
/// instead.
#[derive(Debug, Default)]
pub struct KeywordSet {
    automaton: Option<AhoCorasick>,
    owners: Vec<Owners>,
    whole_texts: AHashMap<Box<str>, First>,
}

/// The first automation that has a pattern; the later ones can never come to it.
#[derive(Debug, Clone, Copy)]
struct Owners {
    as_word: First,
    anywhere: First,
}

/// The first automation of all, and the first of those that answer replies.
#[derive(Debug, Clone, Copy)]
struct First {
    of_all: Hit,
    of_replies: Hit,
}

impl First {
    const NONE: Self = Self {
        of_all: Hit::NONE,
        of_replies: Hit::NONE,
    };

    fn add(&mut self, hit: Hit, replies: bool) {
        self.of_all = self.of_all.min(hit);
        if replies {
            self.of_replies = self.of_replies.min(hit);
        }
    }

    fn get(self, is_reply: bool) -> Hit {
        if is_reply {
            self.of_replies
        } else {
            self.of_all
        }
    }
}

impl KeywordSet {
    /// Compiles keywords. Those that fold to nothing match nothing.
    #[must_use]
    pub fn compile<'a>(uses: impl IntoIterator<Item = KeywordUse<'a>>) -> Self {
        let mut places: AHashMap<String, usize> = AHashMap::new();
        let mut owners: Vec<Owners> = Vec::new();
        let mut whole_texts: AHashMap<Box<str>, First> = AHashMap::new();
        for used in uses {
            let folded = Folded::new(used.text);
            if folded.is_empty() {
                continue;
            }
            let hit = Hit {
                rank: used.rank,
                keyword: used.keyword,
            };
            let first = match used.kind {
                KeywordMatch::Exactly => whole_texts
                    .entry(folded.exactly().into())
                    .or_insert(First::NONE),
                KeywordMatch::WholeWord | KeywordMatch::Anywhere => {
                    let place = *places.entry(folded.as_str().into()).or_insert(owners.len());
                    if place == owners.len() {
                        owners.push(Owners {
                            as_word: First::NONE,
                            anywhere: First::NONE,
                        });
                    }
                    let owners = &mut owners[place];
                    if used.kind == KeywordMatch::WholeWord {
                        &mut owners.as_word
                    } else {
                        &mut owners.anywhere
                    }
                }
            };
            first.add(hit, used.replies);
        }
        let mut patterns = vec![String::new(); owners.len()];
        for (pattern, place) in places {
            patterns[place] = pattern;
        }
        Self {
            automaton: (!patterns.is_empty()).then(|| automaton(&patterns)),
            owners,
            whole_texts,
        }
    }

    /// The first automation of which a keyword is in `text`. For a reply to a comment only
    /// those count that answer replies.
    #[must_use]
    pub fn first(&self, text: &Folded, is_reply: bool) -> Option<Hit> {
        let mut best = self
            .whole_texts
            .get(text.exactly())
            .map_or(Hit::NONE, |first| first.get(is_reply));
        let Some(automaton) = &self.automaton else {
            return best.found();
        };
        let text = text.as_str();
        let mut boundaries = None;
        for found in automaton.find_overlapping_iter(text) {
            let owners = &self.owners[found.pattern().as_usize()];
            best = best.min(owners.anywhere.get(is_reply));
            let as_word = owners.as_word.get(is_reply);
            // The boundaries are worth their cost only when they could change the answer.
            if as_word < best
                && boundaries
                    .get_or_insert_with(|| Boundaries::of(text))
                    .are_at(found.start(), found.end())
            {
                best = as_word;
            }
        }
        best.found()
    }

    /// How many different texts are looked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.owners.len() + self.whole_texts.len()
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes on the heap, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage)
            + self.owners.capacity() * size_of::<Owners>()
            + self
                .whole_texts
                .keys()
                .map(|text| text.len() + size_of::<(Box<str>, First)>())
                .sum::<usize>()
    }
}

/// Compiles the automaton. A few keywords become a DFA, which is fastest; many become a
/// contiguous NFA, because a DFA of 100,000 keywords would take hundreds of megabytes.
fn automaton(patterns: &[String]) -> AhoCorasick {
    let kind = if patterns.len() <= 100 {
        AhoCorasickKind::DFA
    } else {
        AhoCorasickKind::ContiguousNFA
    };
    AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(patterns)
        .expect("a set would need 2 GB of keywords to overflow the automaton's 31-bit states")
}
