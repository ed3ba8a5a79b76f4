//! Matching one text, with few keywords and with very many.

use heliograph_bench::figures::rounded;
use heliograph_engine::matching::{AutomationSet, Folded, Question};
use heliograph_model::{
    Automation, AutomationType, Keyword, KeywordMatch, MainStep, Message, Millis, Steps, Target,
    Trigger, TriggerMode,
};
use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Keywords of each automation (the design's table).
const KEYWORDS_EACH: usize = 10;

/// What matching one text costs with so many keywords.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Matching {
    pub(crate) automations: usize,
    pub(crate) keywords: usize,
    /// Folding the text and looking for every keyword, in nanoseconds. The median over
    /// texts with and without a keyword in them.
    pub(crate) nanos_per_text: f64,
    /// Of that, looking for the keywords alone.
    pub(crate) nanos_without_folding: f64,
    /// How long compiling the set took: once for each edit.
    pub(crate) compile_millis: f64,
    /// Heap of the compiled keywords, roughly.
    pub(crate) memory_kib: usize,
}

/// Measures for 10, 1,000 and 100,000 keywords.
pub(crate) fn measure(lasting: Duration) -> Vec<Matching> {
    [10, 1_000, 100_000]
        .into_iter()
        .map(|keywords| with_keywords(keywords, lasting / 3))
        .collect()
}

fn with_keywords(keywords: usize, lasting: Duration) -> Matching {
    let automations: Vec<_> = (0..keywords.div_ceil(KEYWORDS_EACH))
        .map(automation)
        .collect();
    let since = Instant::now();
    let set = AutomationSet::compile(automations);
    let compile_millis = rounded(since.elapsed().as_secs_f64() * 1e3);
    // Half of the texts hold a keyword, the last one of the set, so that nothing can stop
    // early; the others hold none.
    let last = word(keywords.saturating_sub(1));
    let texts: Vec<String> = (0..64)
        .map(|n| match n % 2 {
            0 => format!("hey there, could you send me the {last} please? number {n}"),
            _ => format!("Größe 38 in blue, and when does it arrive in Köln? number {n}"),
        })
        .collect();
    let folded: Vec<_> = texts.iter().map(|text| [Folded::new(text)]).collect();
    assert!(
        look(&set, &folded[0]) && !look(&set, &folded[1]),
        "every second text matches"
    );
    let nanos_per_text = median_nanos(lasting / 2, texts.len(), || {
        for text in &texts {
            black_box(look(&set, &[Folded::new(black_box(text))]));
        }
    });
    let nanos_without_folding = median_nanos(lasting / 2, texts.len(), || {
        for text in &folded {
            black_box(look(&set, black_box(text)));
        }
    });
    Matching {
        automations: set.len(),
        keywords,
        nanos_per_text,
        nanos_without_folding,
        compile_millis,
        memory_kib: set.memory() / 1024,
    }
}

fn look(set: &AutomationSet, texts: &[Folded]) -> bool {
    let question = Question {
        texts,
        is_reply: false,
    };
    set.first(&question).is_some()
}

/// Runs `work`, which does `items` at a time, over and over for the time, and tells the
/// median time of one item.
pub(crate) fn median_nanos(lasting: Duration, items: usize, mut work: impl FnMut()) -> f64 {
    let until = Instant::now() + lasting;
    let mut rounds = Vec::new();
    while Instant::now() < until || rounds.len() < 5 {
        let since = Instant::now();
        work();
        rounds.push(since.elapsed());
    }
    rounds.sort();
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let items = items.max(1) as f64;
    rounded(rounds[rounds.len() / 2].as_secs_f64() * 1e9 / items)
}

fn automation(place: usize) -> Automation {
    let keywords = (0..KEYWORDS_EACH)
        .map(|number| Keyword {
            text: word(place * KEYWORDS_EACH + number),
            kind: KeywordMatch::WholeWord,
        })
        .collect();
    Automation {
        id: format!("match-{place:06}").into(),
        workspace_id: "match".into(),
        kind: AutomationType::DmAutomation,
        name: format!("Match {place}"),
        is_active: true,
        priority: i32::try_from(place).unwrap_or(i32::MAX),
        target: Target::All,
        trigger: Trigger {
            mode: TriggerMode::SpecificKeywords,
            keywords,
            include_replies: false,
        },
        steps: Steps {
            main: Some(MainStep {
                enabled: true,
                messages: vec![Message::Text {
                    text: "Here it is.".into(),
                    quick_replies: Vec::new(),
                }],
                delay_seconds: 0,
            }),
            ..Steps::default()
        },
        version: 1,
        created_at: Millis(0),
        updated_at: Millis(0),
    }
}

/// The keyword of a number: made of syllables, so that keywords share beginnings as words
/// do.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let mut word = String::new();
    let mut rest = number;
    for _ in 0..5 {
        word.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_keywords_are_the_same() {
        let words: HashSet<_> = (0..100_000).map(word).collect();
        assert_eq!(words.len(), 100_000);
    }

    #[test]
    fn every_size_is_measured() {
        let sizes: Vec<_> = [10, 1_000]
            .map(|keywords| with_keywords(keywords, Duration::from_millis(2)))
            .into_iter()
            .map(|one| (one.automations, one.keywords, one.nanos_per_text > 0.0))
            .collect();
        assert_eq!(sizes, [(1, 10, true), (100, 1_000, true)]);
    }
}
