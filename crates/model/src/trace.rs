//! Why a decision is what it is, in fields for programs and in words for people.

use crate::names::names;
use crate::{
    AutomationId, Awaiting, Collection, EventKind, KeywordMatch, Millis, Outcome, StepName, Tier,
};
use serde::{Deserialize, Serialize};

/// Why: every automation looked at with its verdict, the state before and after, what
/// was read from where, and the one reason for the outcome. Every decision has one, also
/// the decision to do nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The kind of event that was decided.
    pub kind: EventKind,
    /// When it was decided.
    pub at: Millis,
    /// Why the outcome is what it is.
    pub reason: Reason,
    /// The reason in one sentence for people; names the automation and the words.
    pub summary: String,
    /// The automation that acts, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation_id: Option<AutomationId>,
    /// What was awaited before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_before: Option<Awaiting>,
    /// What is awaited now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_after: Option<Awaiting>,
    /// The automations looked at, in the order in which they were tried.
    #[serde(default)]
    pub looked_at: Vec<LookedAt>,
    /// How many more were looked at, did not match and are not listed: the recorded trace
    /// of a large set stays small, and explaining the event again lists them all. Those
    /// that were not reached are not counted.
    #[serde(default)]
    pub not_listed: u32,
    /// Steps that were passed over, and why, such as a follow step for somebody who
    /// follows already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What was read to decide it, in order. Empty where the core was called directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<Read>,
}

impl Trace {
    /// The trace of an event for which no automation was looked at and no state known;
    /// what a decision knows beyond that is set on top of it.
    #[must_use]
    pub fn new(kind: EventKind, at: Millis, reason: Reason, summary: String) -> Self {
        Self {
            kind,
            at,
            reason,
            summary,
            automation_id: None,
            state_before: None,
            state_after: None,
            looked_at: Vec::new(),
            not_listed: 0,
            notes: Vec::new(),
            reads: Vec::new(),
        }
    }
}

/// One automation that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LookedAt {
    /// Which.
    pub automation_id: AutomationId,
    /// Its name at that time.
    pub name: String,
    /// Whether it matched, and why or why not.
    pub verdict: Verdict,
}

/// Whether an automation matched, and why or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It matched and acts.
    Matched {
        /// What made it match.
        by: MatchedBy,
    },
    /// None of its keywords is in the text.
    NoKeyword,
    /// It has keywords and the event has no text to look in.
    NoText,
    /// The comment is a reply, and it does not answer replies.
    RepliesNotIncluded,
    /// It has no step to run.
    NoSteps,
    /// An earlier one had matched, so this one was not tried.
    NotReached,
}

/// What made an automation match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum MatchedBy {
    /// It answers anything.
    AnyReply,
    /// A keyword.
    Keyword {
        /// The keyword as the operator wrote it.
        keyword: String,
        /// How it was looked for.
        kind: KeywordMatch,
    },
}

impl Verdict {
    /// The verdict as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Matched {
                by: MatchedBy::AnyReply,
            } => "matched: it answers anything".into(),
            Self::Matched {
                by: MatchedBy::Keyword { keyword, kind },
            } => {
                let how = match kind {
                    KeywordMatch::WholeWord => "as a word",
                    KeywordMatch::Anywhere => "anywhere in the text",
                    KeywordMatch::Exactly => "as the whole text",
                };
                format!("matched: keyword “{keyword}” {how}")
            }
            Self::NoKeyword => "did not match: none of its keywords is in the text".into(),
            Self::NoText => "did not match: it looks for keywords and there is no text".into(),
            Self::RepliesNotIncluded => {
                "did not match: it does not answer replies to comments".into()
            }
            Self::NoSteps => "did not match: it has no step to run".into(),
            Self::NotReached => "not tried: an earlier one matched first".into(),
        }
    }
}

/// Why the outcome is what it is: one for each thing that can become of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An automation matched and started.
    Started,
    /// The contact answered what was awaited, and the conversation went on.
    Advanced,
    /// The answer was not what was awaited, so it was asked again.
    AskedAgain,
    /// A click on a step that has passed was answered with what is awaited now.
    AnsweredWithAwaited,
    /// It had asked often enough, and the flow went on without.
    Skipped,
    /// It had asked often enough, and the flow ended.
    GaveUp,
    /// No automation matched.
    NoMatch,
    /// The workspace has no active automation for such an event.
    NoAutomations,
    /// Such events never trigger anything.
    NeverTriggers,
    /// The account itself wrote.
    OwnMessage,
    /// A human answered, and automations leave the contact alone for a while.
    HumanSteppedIn,
    /// Automations leave the contact alone because a human answered before.
    Silenced,
    /// The contact unsubscribed with this message.
    Unsubscribed,
    /// The contact subscribed again with this message.
    Resubscribed,
    /// The contact is unsubscribed and gets no message.
    ContactUnsubscribed,
    /// The 24-hour window, or the comment's seven days, had closed when it was handled.
    OutsideWindow,
    /// The clicked button belongs to an automation that is off.
    AutomationDisabled,
    /// The clicked button belongs to an automation that does not exist any more.
    AutomationDeleted,
    /// The clicked button belongs to a step that the automation does not have any more.
    StepRemoved,
    /// No account of any workspace has this Instagram id.
    UnknownAccount,
    /// The account is switched off.
    AccountInactive,
    /// The event was handled before.
    Duplicate,
    /// It is older than what led to the present state.
    OlderThanState,
    /// It does not say whom it concerns.
    NoContact,
    /// The app secret that signed the delivery may not speak for this account.
    ForeignAccount,
}

names! {
    Reason {
        Started => "started",
        Advanced => "advanced",
        AskedAgain => "asked_again",
        AnsweredWithAwaited => "answered_with_awaited",
        Skipped => "skipped",
        GaveUp => "gave_up",
        NoMatch => "no_match",
        NoAutomations => "no_automations",
        NeverTriggers => "never_triggers",
        OwnMessage => "own_message",
        HumanSteppedIn => "human_stepped_in",
        Silenced => "silenced",
        Unsubscribed => "unsubscribed",
        Resubscribed => "resubscribed",
        ContactUnsubscribed => "contact_unsubscribed",
        OutsideWindow => "outside_window",
        AutomationDisabled => "automation_disabled",
        AutomationDeleted => "automation_deleted",
        StepRemoved => "step_removed",
        UnknownAccount => "unknown_account",
        AccountInactive => "account_inactive",
        Duplicate => "duplicate",
        OlderThanState => "older_than_state",
        NoContact => "no_contact",
        ForeignAccount => "foreign_account",
    }
}

/// One read on the way to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Read {
    /// What was read.
    pub collection: Collection,
    /// Who answered.
    pub tier: Tier,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took, in microseconds.
    pub micros: u32,
}

impl StepName {
    /// What the step is called in a sentence.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::PublicReply => "public reply",
            Self::Reaction => "reaction",
            Self::Opening => "opening message",
            Self::Follow => "ask to follow",
            Self::Email => "ask for email",
            Self::Main => "main message",
        }
    }
}
