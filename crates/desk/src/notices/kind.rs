//! What there are notices of, and where each is mended.

use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The listener does not run though it should.
    Listener,
    /// The tunnel ended, or is away for some time.
    Tunnel,
    /// The tunnel has another public address than before.
    Address,
    /// A profile could not be connected, or one of its servers does not answer.
    Connection,
    /// *Live* ended by itself.
    LiveEnded,
    /// Instagram refuses an account's token, so nothing is sent for it.
    Token,
    /// Messages failed for good, or nobody knows whether they arrived.
    Refused,
    /// Jobs are in the dead letter.
    DeadLetter,
    /// A hit rate has been under its target for long.
    HitRate,
    /// The disk of the application's data is nearly full.
    Disk,
    /// The audit log cannot be written, so nothing is sent.
    Audit,
}

impl NoticeKind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 11] = [
        Self::Listener,
        Self::Tunnel,
        Self::Address,
        Self::Connection,
        Self::LiveEnded,
        Self::Token,
        Self::Refused,
        Self::DeadLetter,
        Self::HitRate,
        Self::Disk,
        Self::Audit,
    ];

    /// Where it is mended.
    #[must_use]
    pub const fn screen(self) -> NoticeScreen {
        match self {
            Self::Listener
            | Self::Tunnel
            | Self::Address
            | Self::Connection
            | Self::LiveEnded
            | Self::Token
            | Self::Disk
            | Self::Audit => NoticeScreen::Connections,
            Self::Refused => NoticeScreen::FailedSends,
            Self::DeadLetter => NoticeScreen::Queue,
            Self::HitRate => NoticeScreen::Cache,
        }
    }

    /// Whether it is about the profile in front, and over when that is another one.
    pub(super) const fn is_of_profile(self) -> bool {
        match self {
            Self::Connection
            | Self::Token
            | Self::Refused
            | Self::DeadLetter
            | Self::HitRate
            | Self::Audit => true,
            Self::Listener | Self::Tunnel | Self::Address | Self::LiveEnded | Self::Disk => false,
        }
    }
}

/// A screen that a notice leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum NoticeScreen {
    /// Cache.
    Cache,
    /// Queue.
    Queue,
    /// Queue, with the failed sends.
    FailedSends,
    /// Connections.
    Connections,
}
