//! What a button sends back when it is clicked.

use crate::{AutomationId, AutomationType, StepName, Target};

/// A button carries its automation and step in its payload, so that a click finds its
/// way even when the state is gone (the design, "What the automations do").
///
/// Written `hg1|type|automation|target|step`, with `%`, `|` inside an id escaped. `type` is
/// `d`, `s` or `c`; `target` is empty for all posts or stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonPayload {
    /// The automation whose button it is.
    pub automation_id: AutomationId,
    /// Its type.
    pub automation_type: AutomationType,
    /// The post or story it is for.
    pub target: Target,
    /// For the opening and follow steps: the step that asked. For a button of the main
    /// message: the step that it leads to.
    pub step: StepName,
    /// Whether the button stands in the main message and leads to `step`, rather than
    /// answering it.
    pub leads: bool,
}

const MARK: &str = "hg1";

impl ButtonPayload {
    /// The payload as text.
    #[must_use]
    pub fn encode(&self) -> String {
        let kind = match self.automation_type {
            AutomationType::DmAutomation => "d",
            AutomationType::StoryReplyFlow => "s",
            AutomationType::CommentReplyFlow => "c",
        };
        format!(
            "{MARK}|{kind}|{}|{}|{}{}",
            escape(self.automation_id.as_str()),
            self.target
                .media()
                .map_or_else(String::new, |media| escape(media.as_str())),
            if self.leads { ">" } else { "" },
            self.step.as_str(),
        )
    }

    /// Reads a payload; `None` when it is not one of ours (an ice breaker, a menu item,
    /// another application's button).
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        if parts.next()? != MARK {
            return None;
        }
        let automation_type = match parts.next()? {
            "d" => AutomationType::DmAutomation,
            "s" => AutomationType::StoryReplyFlow,
            "c" => AutomationType::CommentReplyFlow,
            _ => return None,
        };
        let automation_id = AutomationId::parse(&unescape(parts.next()?)).ok()?;
        let target = match parts.next()? {
            "" => Target::All,
            media => Target::Media(unescape(media).into()),
        };
        let step = parts.next()?;
        let (leads, step) = step
            .strip_prefix('>')
            .map_or((false, step), |step| (true, step));
        let step = StepName::from_name(step)?;
        parts.next().is_none().then_some(Self {
            automation_id,
            automation_type,
            target,
            step,
            leads,
        })
    }
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('|', "%7C")
}

fn unescape(text: &str) -> String {
    text.replace("%7C", "|").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_payload_comes_back_as_it_went(id in "[^\\s]{1,40}", media in "\\PC{0,30}", leads: bool) {
            let payload = ButtonPayload {
                automation_id: id.as_str().into(),
                automation_type: AutomationType::CommentReplyFlow,
                target: if media.is_empty() { Target::All } else { Target::Media(media.as_str().into()) },
                step: StepName::Follow,
                leads,
            };
            prop_assert_eq!(ButtonPayload::decode(&payload.encode()), Some(payload));
        }

        #[test]
        fn anything_else_is_not_ours(text in "\\PC{0,60}") {
            prop_assume!(!text.starts_with("hg1|"));
            prop_assert_eq!(ButtonPayload::decode(&text), None);
        }
    }
}
