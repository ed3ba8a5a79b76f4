//! Quick replies that lead to no step: a tap says the title, and something must answer it.

use super::{Finding, FindingCode, consent::Words};
use heliograph_engine::matching::{Folded, KeywordSet, KeywordUse};
use heliograph_engine::steps;
use heliograph_model::{Automation, AutomationType, MainStep, Message, TriggerMode};

/// What answers a title that is said.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    consent: &'a Words,
    /// The active automations for direct messages, and for automations that are off, all:
    /// whoever builds several switches them on together.
    active: Said,
    all: Said,
}

/// What sets off one of some automations.
#[derive(Debug, Default)]
struct Said {
    anything: bool,
    keywords: KeywordSet,
}

impl<'a> Answers<'a> {
    pub(super) fn new(automations: &[Automation], consent: &'a Words) -> Self {
        let asks = |is_active: bool| {
            automations.iter().any(|automation| {
                automation.is_active == is_active && titles(automation).next().is_some()
            })
        };
        let direct = || {
            automations.iter().filter(|automation| {
                automation.kind == AutomationType::DmAutomation && steps::has_any(automation)
            })
        };
        Self {
            consent,
            active: if asks(true) {
                Said::to(direct().filter(|automation| automation.is_active))
            } else {
                Said::default()
            },
            all: if asks(false) {
                Said::to(direct())
            } else {
                Said::default()
            },
        }
    }

    pub(super) fn look(&self, automation: &Automation, findings: &mut Vec<Finding>) {
        let (said, which) = if automation.is_active {
            (&self.active, "active automation")
        } else {
            (&self.all, "automation")
        };
        for (path, title) in titles(automation) {
            let folded = Folded::new(title);
            if title.contains("{{")
                || folded.is_empty()
                || said.sets_off(&folded)
                || self.consent.are(&folded)
            {
                continue;
            }
            let message = format!(
                "Whoever taps “{title}” gets no answer: it leads to no step, and no {which} for \
                 direct messages has a keyword that is in it. Choose a step, or make it a keyword."
            );
            let code = FindingCode::LeadsNowhere;
            findings.push(Finding::warning(automation, code, path, message));
        }
    }
}

impl Said {
    fn to<'a>(automations: impl Iterator<Item = &'a Automation>) -> Self {
        let mut anything = false;
        let keywords = KeywordSet::compile(automations.flat_map(|automation| {
            let trigger = &automation.trigger;
            let keywords = match trigger.mode {
                TriggerMode::SpecificKeywords => trigger.keywords.as_slice(),
                TriggerMode::AnyReply => {
                    anything = true;
                    &[]
                }
            };
            keywords.iter().map(|keyword| KeywordUse {
                text: &keyword.text,
                kind: keyword.kind,
                rank: 0,
                keyword: 0,
                replies: false,
            })
        }));
        Self { anything, keywords }
    }

    fn sets_off(&self, title: &Folded) -> bool {
        self.anything || self.keywords.first(title, false).is_some()
    }
}

/// The titles that are said, with their paths.
fn titles(automation: &Automation) -> impl Iterator<Item = (String, &str)> {
    let messages = automation.steps.main.as_ref().filter(|main| main.enabled);
    let messages: &[Message] = messages.map_or(&[], |main: &MainStep| &main.messages);
    messages.iter().enumerate().flat_map(|(number, message)| {
        let replies = match message {
            Message::Text { quick_replies, .. } => quick_replies.as_slice(),
            Message::Buttons { .. } | Message::Carousel { .. } | Message::Media { .. } => &[],
        };
        replies
            .iter()
            .enumerate()
            .filter(|(_, reply)| reply.step.is_none())
            .map(move |(place, reply)| {
                let path = format!("steps.main.messages.{number}.quickReplies.{place}");
                (path, reply.title.as_str())
            })
    })
}
