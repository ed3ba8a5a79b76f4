//! Automations that can never fire because an earlier one always wins.
//!
//! A keyword is taken when every text that holds it also sets off an earlier automation:
//!
//! - One that answers anything takes every keyword.
//! - A keyword looked for *anywhere* takes every keyword that contains it.
//! - A keyword looked for as a *whole word* takes those that contain it as a word, unless
//!   they are looked for anywhere: “open” as a word does not stand in “reopened”.
//! - A keyword that must be *exactly* the text takes the same keyword looked for exactly.
//!
//! The engine's own matcher decides what contains what, so that folding and boundaries are
//! those of real messages.

use super::{Finding, FindingCode};
use heliograph_engine::matching::{Folded, KeywordSet, KeywordUse};
use heliograph_engine::steps;
use heliograph_model::{
    Automation, AutomationId, AutomationType, Keyword, KeywordMatch, Severity, TriggerMode,
};
use std::collections::BTreeMap;

/// Looks at automations that are tried in this order.
pub(super) fn look(group: &[&Automation]) -> BTreeMap<AutomationId, Vec<Finding>> {
    let tried: Vec<_> = group
        .iter()
        .copied()
        .filter(|automation| automation.is_active && steps::has_any(automation))
        .collect();
    let takers = Takers::new(&tried);
    let mut found = BTreeMap::new();
    for (rank, automation) in (0..).zip(&tried) {
        let findings = takers.findings(&tried, rank, automation);
        if !findings.is_empty() {
            found.insert(automation.id.clone(), findings);
        }
    }
    found
}

/// Who takes what.
struct Takers {
    /// The first that answers anything, and the first that also answers any reply to a
    /// comment.
    any: [Option<u32>; 2],
    /// What takes a keyword that is looked for anywhere.
    of_anywhere: KeywordSet,
    /// What takes a keyword that is looked for as a word.
    of_words: KeywordSet,
    /// What takes a keyword that must be the whole text.
    of_texts: KeywordSet,
}

impl Takers {
    fn new(tried: &[&Automation]) -> Self {
        let first = |replies: bool| {
            (0..)
                .zip(tried)
                .find(|(_, automation)| {
                    automation.trigger.mode == TriggerMode::AnyReply
                        && (!replies || automation.trigger.include_replies)
                })
                .map(|(rank, _)| rank)
        };
        let set = |kinds: &[KeywordMatch]| {
            KeywordSet::compile((0u32..).zip(tried).flat_map(|(rank, automation)| {
                (0u32..)
                    .zip(keywords(automation))
                    .filter(|(_, keyword)| kinds.contains(&keyword.kind))
                    .map(move |(place, keyword)| KeywordUse {
                        text: &keyword.text,
                        kind: keyword.kind,
                        rank,
                        keyword: place,
                        replies: automation.trigger.include_replies,
                    })
            }))
        };
        use KeywordMatch::{Anywhere, Exactly, WholeWord};
        Self {
            any: [first(false), first(true)],
            of_anywhere: set(&[Anywhere]),
            of_words: set(&[Anywhere, WholeWord]),
            of_texts: set(&[Anywhere, WholeWord, Exactly]),
        }
    }

    fn findings(&self, tried: &[&Automation], rank: u32, automation: &Automation) -> Vec<Finding> {
        // An automation that answers replies to comments too is hidden only by those that
        // do as well.
        let replies = automation.kind == AutomationType::CommentReplyFlow
            && automation.trigger.include_replies;
        if let Some(taker) = self.any[usize::from(replies)].filter(|taker| *taker < rank) {
            let taker = tried[taker as usize];
            let message = format!(
                "“{}” never fires: “{}” is tried before it and answers anything. Move it before \
                 “{}”, or give that one keywords.",
                automation.name, taker.name, taker.name
            );
            return vec![never_fires(automation, &[taker], message)];
        }
        let taken: Vec<_> = keywords(automation)
            .iter()
            .zip(0..)
            .filter_map(|(keyword, place)| {
                let taker = self.taker(keyword, replies).filter(|taker| *taker < rank)?;
                Some((keyword, place, tried[taker as usize]))
            })
            .collect();
        if taken.is_empty() {
            return Vec::new();
        }
        if taken.len() == keywords(automation).len() {
            let mut takers: Vec<&Automation> = Vec::new();
            for (_, _, taker) in &taken {
                if !takers.iter().any(|known| known.id == taker.id) {
                    takers.push(taker);
                }
            }
            let names: Vec<_> = takers
                .iter()
                .map(|taker| format!("“{}”", taker.name))
                .collect();
            let message = format!(
                "“{}” never fires: whatever holds one of its keywords sets off {} first. Move it \
                 up, or change its keywords.",
                automation.name,
                names.join(" or ")
            );
            return vec![never_fires(automation, &takers, message)];
        }
        taken
            .into_iter()
            .map(|(keyword, place, taker)| Finding {
                severity: Severity::Warning,
                code: FindingCode::KeywordTaken,
                automation_id: automation.id.clone(),
                name: automation.name.clone(),
                because_of: vec![taker.id.clone()],
                path: Some(format!("trigger.keywords.{place}")),
                message: format!(
                    "The keyword “{}” never sets off “{}”: whatever holds it sets off “{}” first. \
                     Remove it, or move “{}” up.",
                    keyword.text, automation.name, taker.name, automation.name
                ),
            })
            .collect()
    }

    /// The first that takes a keyword; perhaps its own automation.
    fn taker(&self, keyword: &Keyword, replies: bool) -> Option<u32> {
        let set = match keyword.kind {
            KeywordMatch::Anywhere => &self.of_anywhere,
            KeywordMatch::WholeWord => &self.of_words,
            KeywordMatch::Exactly => &self.of_texts,
        };
        set.first(&Folded::new(&keyword.text), replies)
            .map(|hit| hit.rank)
    }
}

fn keywords(automation: &Automation) -> &[Keyword] {
    match automation.trigger.mode {
        TriggerMode::SpecificKeywords => &automation.trigger.keywords,
        TriggerMode::AnyReply => &[],
    }
}

fn never_fires(automation: &Automation, takers: &[&Automation], message: String) -> Finding {
    Finding {
        severity: Severity::Error,
        code: FindingCode::NeverFires,
        automation_id: automation.id.clone(),
        name: automation.name.clone(),
        because_of: takers.iter().map(|taker| taker.id.clone()).collect(),
        path: None,
        message,
    }
}
