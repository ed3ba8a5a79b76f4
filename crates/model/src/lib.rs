//! Heliograph's vocabulary as types: what a delivery, an event, an automation, a state,
//! a decision and a trace are.
//!
//! There is no I/O and no rule in here, only the nouns of the design and what they
//! print as. Ids are strings whatever Meta sends, times are UTC milliseconds
//! ([`Millis`]), documents serialise as JSON with camelCase fields so that other
//! applications on the same Redis and MongoDB read them, and closed sets of values
//! serialise in snake_case.

mod account;
mod automation;
mod bulletin;
mod contact;
mod decision;
mod delivery;
mod event;
mod figures;
mod guard;
mod ids;
mod journal;
pub mod limits;
mod message;
mod names;
mod payload;
mod problem;
mod sending;
mod state;
mod time;
mod trace;
mod workspace;

pub use account::{Account, AccountSettings};
pub use automation::{
    Automation, AutomationType, EmailStep, FollowStep, Keyword, KeywordMatch, MainStep,
    OpeningStep, PublicReplyStep, ReactionStep, StepName, Steps, Target, Trigger, TriggerMode,
    WhenExhausted,
};
pub use bulletin::{Bulletin, Told};
pub use contact::{Contact, ContactChange};
pub use decision::{Decision, Effect, Recipient, StateChange};
pub use delivery::{Delivery, DeliverySource, NewDelivery};
pub use event::{Attachment, Event, EventKind, Reaction, Referral};
pub use figures::{CacheFigures, Collection, CollectionFigures, Outcome, Tier};
pub use guard::{GuardLevel, UnknownGuardLevel};
pub use ids::{
    AccountId, AutomationId, CommentId, ContactId, DeliveryId, EmptyId, EventId, JobId, MediaId,
    MessageId, OutboxId, RefusedId, WorkspaceId,
};
pub use journal::{DecisionRecord, DeliveryRecord, Happening, SendRecord};
pub use message::{
    Button, ButtonAction, Card, MediaKind, Message, OutgoingAction, OutgoingButton, OutgoingCard,
    OutgoingMessage, OutgoingQuickReply, QuickReply,
};
pub use payload::ButtonPayload;
pub use problem::{Problem, ProblemCode, Severity};
pub use sending::{ErrorClass, OutboxItem, OutboxState, Receipt, SendAnswer, SendError};
pub use state::{Awaiting, UserState};
pub use time::Millis;
pub use trace::{LookedAt, MatchedBy, Read, Reason, Trace, Verdict};
pub use workspace::{Workspace, WorkspaceFile};
