//! Whatever `model::limits` lets through, Instagram takes, and it comes back as it went.

use crate::support::{ANA, shop};
use heliograph_engine::ports::{Instagram, SystemClock};
use heliograph_instagram::{
    simulated::{DirectInstagram, NewAccount, SimulatedInstagram, SimulatedSettings},
    wire,
};
use heliograph_model::{
    Effect, MediaKind, Millis, OutgoingAction, OutgoingButton, OutgoingCard, OutgoingMessage,
    OutgoingQuickReply, Recipient, StepName, limits,
};
use proptest::{collection::vec, option, prelude::*};
use std::sync::Arc;

/// A text with something in it, of at most so many characters, of any script.
fn words(most_chars: usize) -> impl Strategy<Value = String> {
    ("[a-z]", vec(any::<char>(), 0..most_chars))
        .prop_map(|(first, rest)| first.chars().chain(rest).collect())
}

fn body_text() -> impl Strategy<Value = String> {
    words(limits::TEXT_BYTES).prop_map(|mut text| {
        while text.len() > limits::TEXT_BYTES {
            text.pop();
        }
        text
    })
}

fn url() -> impl Strategy<Value = String> {
    "https://[a-z]{1,12}\\.example(/[a-z0-9%&=?+.-]{0,40})?"
}

fn button() -> impl Strategy<Value = OutgoingButton> {
    let action = prop_oneof![
        url().prop_map(OutgoingAction::Url),
        words(limits::PAYLOAD_CHARS).prop_map(OutgoingAction::Payload),
    ];
    (words(limits::BUTTON_TITLE_CHARS), action)
        .prop_map(|(title, action)| OutgoingButton { title, action })
}

fn card() -> impl Strategy<Value = OutgoingCard> {
    (
        words(limits::CARD_TEXT_CHARS),
        option::of(words(limits::CARD_TEXT_CHARS)),
        option::of(url()),
        vec(button(), 0..=limits::CARD_BUTTONS),
    )
        .prop_map(|(title, subtitle, image_url, buttons)| OutgoingCard {
            title,
            subtitle,
            image_url,
            buttons,
        })
        .prop_filter("a card needs more than its title", |card| {
            card.subtitle.is_some() || card.image_url.is_some() || !card.buttons.is_empty()
        })
}

fn message() -> impl Strategy<Value = OutgoingMessage> {
    let reply = (
        words(limits::QUICK_REPLY_TITLE_CHARS),
        words(limits::PAYLOAD_CHARS),
    )
        .prop_map(|(title, payload)| OutgoingQuickReply { title, payload });
    let kind = prop_oneof![
        Just(MediaKind::Image),
        Just(MediaKind::Video),
        Just(MediaKind::Audio),
        Just(MediaKind::File),
    ];
    prop_oneof![
        (body_text(), vec(reply, 0..=limits::QUICK_REPLIES)).prop_map(|(text, quick_replies)| {
            OutgoingMessage::Text {
                text,
                quick_replies,
            }
        }),
        (
            words(limits::BUTTON_TEXT_CHARS),
            vec(button(), 1..=limits::BUTTONS)
        )
            .prop_map(|(text, buttons)| OutgoingMessage::Buttons { text, buttons }),
        vec(card(), 1..=limits::CARDS).prop_map(|cards| OutgoingMessage::Carousel { cards }),
        (kind, url()).prop_map(|(kind, url)| OutgoingMessage::Media { kind, url }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(message in message()) {
        let written = wire::write_message(&message);
        prop_assert_eq!(wire::read_message(&written), Some(message));
    }

    #[test]
    fn what_is_within_the_limits_is_accepted(message in message()) {
        let core = Arc::new(SimulatedInstagram::new(
            Arc::new(SystemClock),
            SimulatedSettings::strict_and_unpaced(),
        ));
        core.add_account(NewAccount::new(shop(), "shop.example"));
        core.person_wrote(&shop(), &ANA.into(), None, Millis(i64::MAX / 2));
        let effect = Effect::Send {
            to: Recipient::Contact(ANA.into()),
            message: message.clone(),
            automation_id: "a1".into(),
            step: StepName::Main,
            delay_ms: 0,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let direct = DirectInstagram::new(Arc::clone(&core));
        let account = shop();
        let sent = runtime.block_on(direct.send(&crate::support::request(&account, &effect)));
        prop_assert!(sent.is_ok(), "{:?}", sent);
        prop_assert_eq!(core.sent()[0].message(), Some(message));
    }
}
