//! What Instagram accepts, by Meta's pages as of November 2026.
//!
//! The validation of automations and the simulated Instagram read the same numbers, so
//! that what the one lets through the other does not refuse.

/// A text message, in UTF-8 **bytes** (Messaging API, "text").
pub const TEXT_BYTES: usize = 1000;
/// The text above buttons, in characters (button template).
pub const BUTTON_TEXT_CHARS: usize = 640;
/// Buttons under one text (button template).
pub const BUTTONS: usize = 3;
/// A button's title, in characters (Messenger's rule, which Instagram applies).
pub const BUTTON_TITLE_CHARS: usize = 20;
/// Quick replies under one text.
pub const QUICK_REPLIES: usize = 13;
/// A quick reply's title, in characters; Instagram cuts what is longer.
pub const QUICK_REPLY_TITLE_CHARS: usize = 20;
/// Cards of one carousel (generic template).
pub const CARDS: usize = 10;
/// A card's title and its subtitle, in characters each (generic template).
pub const CARD_TEXT_CHARS: usize = 80;
/// Buttons of one card (generic template).
pub const CARD_BUTTONS: usize = 3;
/// A payload, in characters (Messenger's rule).
pub const PAYLOAD_CHARS: usize = 1000;
/// A public reply to a comment, in characters: the strictest figure that is reported.
pub const PUBLIC_REPLY_CHARS: usize = 300;
/// How long after a person's last message they may be written to, in milliseconds.
pub const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// How long after a comment a private reply is accepted, in milliseconds.
pub const PRIVATE_REPLY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Text messages per second and account (the lower of the two published figures).
pub const SENDS_PER_SECOND: u32 = 100;
/// Private replies per hour and account on posts and reels.
pub const PRIVATE_REPLIES_PER_HOUR: u32 = 750;
/// How long the mark of a handled event is kept: Meta repeats a delivery for 36 hours.
pub const DEDUPLICATION_MS: i64 = 48 * 60 * 60 * 1000;
