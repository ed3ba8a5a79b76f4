//! Instagram's limits, for the counters beside the fields.

use heliograph_model::limits;
use serde::Serialize;

/// The numbers of [`heliograph_model::limits`] that an editor needs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    text_bytes: u32,
    button_text_chars: u32,
    buttons: u32,
    button_title_chars: u32,
    quick_replies: u32,
    quick_reply_title_chars: u32,
    cards: u32,
    card_text_chars: u32,
    card_buttons: u32,
    public_reply_chars: u32,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            text_bytes: small(limits::TEXT_BYTES),
            button_text_chars: small(limits::BUTTON_TEXT_CHARS),
            buttons: small(limits::BUTTONS),
            button_title_chars: small(limits::BUTTON_TITLE_CHARS),
            quick_replies: small(limits::QUICK_REPLIES),
            quick_reply_title_chars: small(limits::QUICK_REPLY_TITLE_CHARS),
            cards: small(limits::CARDS),
            card_text_chars: small(limits::CARD_TEXT_CHARS),
            card_buttons: small(limits::CARD_BUTTONS),
            public_reply_chars: small(limits::PUBLIC_REPLY_CHARS),
        }
    }
}
