//! What is to be said to an automation, and unsubscribes whoever says it.

use super::{FieldEdit, Finding, FindingCode, Fix};
use heliograph_engine::matching::Folded;
use heliograph_model::{Account, Automation, AutomationType, TriggerMode};
use std::collections::HashMap;

/// The words of a workspace's accounts that concern consent. They come before everything
/// else (`decide::consent`), where a direct message is nothing but such a word.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Folded, with the handle of an account where it unsubscribes.
    unsubscribe: HashMap<String, String>,
    /// Folded: those that subscribe again, and those above.
    all: Vec<String>,
}

impl Words {
    pub(super) fn of(accounts: &[Account]) -> Self {
        let mut words = Self::default();
        for account in accounts {
            let settings = &account.settings;
            for word in &settings.unsubscribe_keywords {
                let word = Folded::new(word).exactly().to_owned();
                words.all.push(word.clone());
                words
                    .unsubscribe
                    .entry(word)
                    .or_insert_with(|| account.username.clone());
            }
            for word in &settings.resubscribe_keywords {
                words.all.push(Folded::new(word).exactly().to_owned());
            }
        }
        words
    }

    /// Whether a text is such a word and nothing else.
    pub(super) fn are(&self, text: &Folded) -> bool {
        self.all.iter().any(|word| word == text.exactly())
    }

    pub(super) fn look(&self, automation: &Automation, findings: &mut Vec<Finding>) {
        if self.unsubscribe.is_empty() {
            return;
        }
        let by = |text: &str| {
            let folded = Folded::new(text);
            (!folded.is_empty())
                .then(|| self.unsubscribe.get(folded.exactly()))
                .flatten()
        };
        // A comment is said in public, and unsubscribes nobody.
        let keywords = match automation.trigger.mode {
            TriggerMode::SpecificKeywords
                if automation.kind != AutomationType::CommentReplyFlow =>
            {
                automation.trigger.keywords.as_slice()
            }
            TriggerMode::SpecificKeywords | TriggerMode::AnyReply => &[],
        };
        for (place, keyword) in keywords.iter().enumerate() {
            if let Some(username) = by(&keyword.text) {
                let path = format!("trigger.keywords.{place}");
                let fix = (keywords.len() > 1).then(|| {
                    let title = format!("Remove “{}”", keyword.text);
                    Fix::edit(title, vec![FieldEdit::remove(&path)])
                });
                let message = format!(
                    "Whoever writes just “{}” to @{username} is unsubscribed and gets no answer. \
                     Take this keyword out, or change the words that unsubscribe.",
                    keyword.text
                );
                let finding =
                    Finding::warning(automation, FindingCode::Unsubscribes, path, message);
                findings.push(Finding { fix, ..finding });
            }
        }
        let steps = &automation.steps;
        let opening = steps.opening.as_ref().filter(|step| step.enabled);
        let follow = steps.follow.as_ref().filter(|step| step.enabled);
        let titles = [
            ("opening", opening.map(|step| &step.button)),
            ("follow", follow.map(|step| &step.button)),
        ];
        for (step, title) in titles {
            let Some((title, username)) = title.and_then(|title| Some((title, by(title)?))) else {
                continue;
            };
            let message = format!(
                "Whoever types “{title}” to @{username} instead of tapping it is unsubscribed. \
                 Give the button another title, or change the words that unsubscribe."
            );
            let path = format!("steps.{step}.button");
            findings.push(Finding::warning(
                automation,
                FindingCode::Unsubscribes,
                path,
                message,
            ));
        }
    }
}
