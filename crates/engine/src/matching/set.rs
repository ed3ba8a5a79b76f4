//! The active automations of one workspace, type and target, compiled.

use super::{Folded, Hit, KeywordSet, KeywordUse};
use crate::steps;
use ahash::AHashMap;
use heliograph_model::{Automation, AutomationId, LookedAt, MatchedBy, TriggerMode, Verdict};
use std::sync::Arc;

/// How many automations a recorded trace lists that were tried.
const MOST_TRIED: usize = 64;
/// Up to how many entries a recorded trace also lists automations that were not reached:
/// enough to see what stands behind the winner, and cheap for a large set.
const MOST_WITH_NOT_REACHED: usize = 16;

/// The active automations of one workspace, type and target, compiled once and shared:
/// it finds the first automation that matches without walking all of them.
#[derive(Debug, Default)]
pub struct AutomationSet {
    automations: Vec<Arc<Automation>>,
    places: AHashMap<AutomationId, u32>,
    keywords: KeywordSet,
    /// The first that answers anything, of all and of those that answer replies.
    any_reply: Option<u32>,
    any_reply_to_replies: Option<u32>,
}

/// What an event asks of the sets.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The texts to look in: none for an event without text, two for a button of somebody
    /// else (its title and its payload).
    pub texts: &'a [Folded],
    /// Whether the event is a reply to another comment.
    pub is_reply: bool,
}

/// How much a trace lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// As much as the journal keeps of every decision.
    #[default]
    Recorded,
    /// Every automation: for explaining one event to somebody.
    All,
}

/// The automation that matched.
#[derive(Debug, Clone)]
pub struct Winner {
    /// Which.
    pub automation: Arc<Automation>,
    /// What made it match.
    pub by: MatchedBy,
}

/// What a look into the sets found.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// The first automation that matched.
    pub winner: Option<Winner>,
    /// The automations looked at, in the order in which they were tried.
    pub looked_at: Vec<LookedAt>,
    /// How many more were tried than are listed.
    pub not_listed: u32,
}

impl AutomationSet {
    /// Compiles a set. Inactive automations are left out, and the rest is put into the
    /// order in which they are tried: by priority, creation time, id.
    #[must_use]
    pub fn compile(automations: Vec<Automation>) -> Self {
        let mut automations: Vec<Arc<Automation>> = automations
            .into_iter()
            .filter(|automation| automation.is_active)
            .map(Arc::new)
            .collect();
        automations.sort_by(|a, b| a.cmp_tried(b));
        let ranks = || (0u32..).zip(&automations);
        let able = || ranks().filter(|(_, automation)| steps::has_any(automation));
        let keywords = KeywordSet::compile(able().flat_map(|(rank, automation)| {
            let trigger = &automation.trigger;
            let keywords = match trigger.mode {
                TriggerMode::SpecificKeywords => trigger.keywords.as_slice(),
                TriggerMode::AnyReply => &[],
            };
            (0u32..)
                .zip(keywords)
                .map(move |(place, keyword)| KeywordUse {
                    text: &keyword.text,
                    kind: keyword.kind,
                    rank,
                    keyword: place,
                    replies: trigger.include_replies,
                })
        }));
        let first_any = |replies: bool| {
            able()
                .find(|(_, automation)| {
                    automation.trigger.mode == TriggerMode::AnyReply
                        && (!replies || automation.trigger.include_replies)
                })
                .map(|(rank, _)| rank)
        };
        Self {
            any_reply: first_any(false),
            any_reply_to_replies: first_any(true),
            keywords,
            places: ranks()
                .map(|(rank, automation)| (automation.id.clone(), rank))
                .collect(),
            automations,
        }
    }

    /// The automation with this id, where it is in the set.
    #[must_use]
    pub fn get(&self, id: &AutomationId) -> Option<&Arc<Automation>> {
        let place = *self.places.get(id)?;
        self.automations.get(place as usize)
    }

    /// The automations, in the order in which they are tried.
    #[must_use]
    pub fn automations(&self) -> &[Arc<Automation>] {
        &self.automations
    }

    /// How many automations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.automations.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.automations.is_empty()
    }

    /// Bytes that the compiled keywords take on the heap, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.keywords.memory()
    }

    /// The rank of the first automation that matches, and the keyword's place where a
    /// keyword made it match.
    #[must_use]
    pub fn first(&self, question: &Question<'_>) -> Option<(u32, Option<u32>)> {
        let any = if question.is_reply {
            self.any_reply_to_replies
        } else {
            self.any_reply
        };
        let hit = question
            .texts
            .iter()
            .filter_map(|text| self.keywords.first(text, question.is_reply))
            .min();
        match (hit, any) {
            (Some(hit), any) if any.is_none_or(|any| hit.rank < any) => {
                let Hit { rank, keyword } = hit;
                Some((rank, Some(keyword)))
            }
            (_, any) => any.map(|rank| (rank, None)),
        }
    }

    fn winner(&self, rank: u32, keyword: Option<u32>) -> Option<Winner> {
        let automation = Arc::clone(self.automations.get(rank as usize)?);
        let by = match keyword {
            None => MatchedBy::AnyReply,
            Some(place) => {
                let keyword = automation.trigger.keywords.get(place as usize)?;
                MatchedBy::Keyword {
                    keyword: keyword.text.clone(),
                    kind: keyword.kind,
                }
            }
        };
        Some(Winner { automation, by })
    }
}

impl Look {
    /// Looks into the sets one after the other; the first match wins.
    #[must_use]
    pub fn into(sets: &[Arc<AutomationSet>], question: &Question<'_>, detail: Detail) -> Self {
        let has_text = question.texts.iter().any(|text| !text.is_empty());
        let mut look = Self::default();
        for set in sets {
            if look.winner.is_some() {
                look.list_not_reached(set, 0, detail);
                continue;
            }
            let first = set.first(question);
            let tried = first.map_or(set.len(), |(rank, _)| rank as usize);
            let room = match detail {
                Detail::All => tried,
                // One place is kept for the winner.
                Detail::Recorded => (MOST_TRIED - 1).saturating_sub(look.looked_at.len()),
            };
            for automation in set.automations.iter().take(tried.min(room)) {
                look.list(automation, why_not(automation, question, has_text));
            }
            let more = u32::try_from(tried.saturating_sub(room)).unwrap_or(u32::MAX);
            look.not_listed = look.not_listed.saturating_add(more);
            if let Some((rank, keyword)) = first {
                look.winner = set.winner(rank, keyword);
                if let Some(Winner { automation, by }) = look.winner.clone() {
                    look.list(&automation, Verdict::Matched { by });
                }
                look.list_not_reached(set, tried + 1, detail);
            }
        }
        look
    }

    fn list_not_reached(&mut self, set: &AutomationSet, from: usize, detail: Detail) {
        let room = match detail {
            Detail::All => usize::MAX,
            Detail::Recorded => MOST_WITH_NOT_REACHED.saturating_sub(self.looked_at.len()),
        };
        for automation in set.automations.iter().skip(from).take(room) {
            self.list(automation, Verdict::NotReached);
        }
    }

    fn list(&mut self, automation: &Automation, verdict: Verdict) {
        self.looked_at.push(LookedAt {
            automation_id: automation.id.clone(),
            name: automation.name.clone(),
            verdict,
        });
    }
}

/// Why an automation that was tried did not match.
fn why_not(automation: &Automation, question: &Question<'_>, has_text: bool) -> Verdict {
    if !steps::has_any(automation) {
        Verdict::NoSteps
    } else if question.is_reply && !automation.trigger.include_replies {
        Verdict::RepliesNotIncluded
    } else if has_text {
        Verdict::NoKeyword
    } else {
        Verdict::NoText
    }
}
