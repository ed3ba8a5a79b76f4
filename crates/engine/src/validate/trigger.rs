//! What sets an automation off.

use super::found::Found;
use crate::matching::{Folded, KeywordSet, KeywordUse};
use heliograph_model::{
    Automation, AutomationType, Keyword, KeywordMatch, ProblemCode as Code, TriggerMode,
};
use std::collections::{HashMap, HashSet};

pub(super) fn check(automation: &Automation, found: &mut Found) {
    let trigger = &automation.trigger;
    if trigger.include_replies && automation.kind != AutomationType::CommentReplyFlow {
        found.warning(
            "trigger.includeReplies",
            Code::NoEffect,
            "Only comments have replies, so this changes nothing here.",
        );
    }
    match trigger.mode {
        TriggerMode::AnyReply if !trigger.keywords.is_empty() => found.warning(
            "trigger.keywords",
            Code::NoEffect,
            "It answers anything, so the keywords change nothing. Choose specific keywords, or \
             take them out.",
        ),
        TriggerMode::AnyReply => {}
        TriggerMode::SpecificKeywords if trigger.keywords.is_empty() => found.error(
            "trigger.keywords",
            Code::NoKeywords,
            "It waits for keywords and has none. Add one, or let it answer anything.",
        ),
        TriggerMode::SpecificKeywords => check_keywords(&trigger.keywords, found),
    }
}

fn check_keywords(keywords: &[Keyword], found: &mut Found) {
    let folded: Vec<_> = keywords
        .iter()
        .map(|keyword| Folded::new(&keyword.text))
        .collect();
    let swallowed = swallowed(keywords, &folded);
    let mut seen: HashSet<(&str, KeywordMatch)> = HashSet::new();
    for (place, (keyword, folded)) in keywords.iter().zip(&folded).enumerate() {
        let path = format!("trigger.keywords.{place}.text");
        if folded.is_empty() {
            found.error(
                &path,
                Code::EmptyKeyword,
                "This keyword holds nothing to look for. Write a word, or take it out.",
            );
        } else if !seen.insert((sought(keyword, folded), keyword.kind)) {
            found.warning(
                &path,
                Code::DuplicateKeyword,
                format!(
                    "“{}” stands there twice; case and accents do not matter. Take one out.",
                    keyword.text
                ),
            );
        } else if let Some(by) = swallowed.get(&place).map(|by| &keywords[*by]) {
            let how = match by.kind {
                KeywordMatch::WholeWord => "as a word",
                KeywordMatch::Anywhere | KeywordMatch::Exactly => "anywhere",
            };
            found.warning(
                &path,
                Code::KeywordSwallowed,
                format!(
                    "“{}” changes nothing: whatever holds it also holds “{}”, which is looked for \
                     {how}. Take one of them out.",
                    keyword.text, by.text
                ),
            );
        }
    }
}

/// What a keyword is compared with.
fn sought<'f>(keyword: &Keyword, folded: &'f Folded) -> &'f str {
    match keyword.kind {
        KeywordMatch::Exactly => folded.exactly(),
        KeywordMatch::WholeWord | KeywordMatch::Anywhere => folded.as_str(),
    }
}

/// Up to how many keywords each is compared with each before a set is compiled.
const COMPARED: usize = 32;

/// The places of keywords that change nothing beside another one of the same automation,
/// with the place of that one. The engine's own matcher decides what is in what.
fn swallowed(keywords: &[Keyword], folded: &[Folded]) -> HashMap<usize, usize> {
    let is_in = |inner: &Folded, outer: &Folded| {
        !inner.is_empty() && outer.as_str().contains(inner.as_str())
    };
    let pairs = (1..keywords.len().min(COMPARED))
        .flat_map(|a| (0..a).map(move |b| (&folded[a], &folded[b])));
    let may_be =
        keywords.len() > COMPARED || pairs.into_iter().any(|(a, b)| is_in(a, b) || is_in(b, a));
    if !may_be {
        return HashMap::new();
    }
    // Whatever swallows is no longer than what it swallows, and looks no less widely.
    let mut order: Vec<usize> = (0..keywords.len()).collect();
    order.sort_by_key(|place| {
        let width = match keywords[*place].kind {
            KeywordMatch::Anywhere => 0,
            KeywordMatch::WholeWord => 1,
            KeywordMatch::Exactly => 2,
        };
        (folded[*place].as_str().len(), width)
    });
    let set = |kinds: &[KeywordMatch]| {
        KeywordSet::compile((0u32..).zip(&order).filter_map(|(rank, place)| {
            let keyword = &keywords[*place];
            kinds.contains(&keyword.kind).then_some(KeywordUse {
                text: &keyword.text,
                kind: keyword.kind,
                rank,
                keyword: 0,
                replies: false,
            })
        }))
    };
    // A word may stand inside another one where it is looked for anywhere, so only what is
    // looked for anywhere too swallows that.
    let of_anywhere = set(&[KeywordMatch::Anywhere]);
    let of_words = set(&[KeywordMatch::Anywhere, KeywordMatch::WholeWord]);
    (0u32..)
        .zip(&order)
        .filter_map(|(rank, place)| {
            let set = match keywords[*place].kind {
                KeywordMatch::Anywhere => &of_anywhere,
                KeywordMatch::WholeWord | KeywordMatch::Exactly => &of_words,
            };
            let hit = set.first(&folded[*place], false)?;
            let by = *order.get(hit.rank as usize)?;
            let same = keywords[by].kind == keywords[*place].kind && folded[by] == folded[*place];
            (hit.rank < rank && !same).then_some((*place, by))
        })
        .collect()
}
