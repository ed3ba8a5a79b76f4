//! The commands of the window: adapters, a file per noun.

pub(crate) mod accounts;
pub(crate) mod builder;
pub(crate) mod cache;
pub(crate) mod connections;
pub(crate) mod conversations;
pub(crate) mod listener;
pub(crate) mod notices;
pub(crate) mod playback;
pub(crate) mod queue;
pub(crate) mod scenarios;
pub(crate) mod settings;
pub(crate) mod simulator;
pub(crate) mod subscriptions;
pub(crate) mod traffic;
pub(crate) mod tunnel;
pub(crate) mod watch;
pub(crate) mod windows;

/// What a command answers.
pub(crate) type Answer<T> = Result<T, crate::error::CommandError>;
