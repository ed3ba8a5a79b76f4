//! What is wrong with an automation, before Instagram or a customer finds out.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with an automation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Whether it must be put right before the automation can be stored as active.
    pub severity: Severity,
    /// Where it is: the field's path in the automation's JSON, with places in lists
    /// counted from 0, such as `steps.main.messages.0.buttons.1.title`.
    pub path: String,
    /// What it is, for programs.
    pub code: ProblemCode,
    /// What it is and what to do about it, for people.
    pub message: String,
}

impl Problem {
    /// Whether it must be put right.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It would not work.
    Error,
    /// It works, though perhaps not as meant.
    Warning,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// A text, title or name is empty.
    EmptyText,
    /// A text is longer than Instagram accepts.
    TooLong,
    /// A text may be longer than Instagram accepts once its variables are filled in.
    MayBeCut,
    /// More of something than Instagram accepts.
    TooMany,
    /// A list is empty that must not be.
    NothingInList,
    /// A trigger by keywords has none.
    NoKeywords,
    /// A keyword holds nothing that could be looked for.
    EmptyKeyword,
    /// The same keyword stands there twice.
    DuplicateKeyword,
    /// A keyword changes nothing, because whatever holds it holds another one of the same
    /// automation too.
    KeywordSwallowed,
    /// Two buttons of one step cannot be told apart by their title.
    DuplicateTitle,
    /// An address is missing.
    NoAddress,
    /// An address is not one that Instagram opens: it must begin with `https://`.
    BadAddress,
    /// A button leads to a step that the automation does not have, or that is off.
    NoSuchStep,
    /// A step that this type of automation cannot have.
    WrongType,
    /// Direct messages have no post or story.
    TargetOnDm,
    /// A step that asks 0 times.
    NeverAsks,
    /// No step is on, so it would do nothing.
    NoSteps,
    /// A variable that does not exist.
    UnknownVariable,
    /// A `{{` without its `}}`.
    UnclosedVariable,
    /// A variable without a text for the case that it is not known.
    NoFallback,
    /// Instagram lets only the first message through as the private reply to a comment.
    OnlyFirstIsSent,
    /// A setting that has no effect beside the others.
    NoEffect,
    /// A reaction that Instagram does not know.
    BadReaction,
    /// A delay that ends after Instagram's window has closed.
    TooLate,
    /// A step that waits for an answer, and nothing comes after it.
    DeadEnd,
    /// A step takes whatever a person writes as its answer, and asks so often that hardly
    /// anybody gets out of it.
    CannotBeLeft,
}
