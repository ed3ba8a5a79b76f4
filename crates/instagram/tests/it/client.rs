//! The client against the simulated Instagram: every effect, tokens, and what it must
//! not do.

use crate::support::{ANA, BEN, COMMENT, MID, SHOP, effect, request, shop, text, to_ana, world};
use heliograph_engine::ports::{Instagram, SystemClock};
use heliograph_instagram::{
    client::{Flavour, GraphClient, GraphConfig, Pacing, TokenMap},
    simulated::{Failure, Fault, SentKind},
};
use heliograph_model::{
    Effect, ErrorClass, MediaKind, OutgoingAction, OutgoingButton, OutgoingCard, OutgoingMessage,
    OutgoingQuickReply, Recipient, SendError,
};
use std::sync::Arc;

fn buttons() -> Vec<OutgoingButton> {
    vec![
        OutgoingButton {
            title: "Shop".into(),
            action: OutgoingAction::Url("https://shop.example".into()),
        },
        OutgoingButton {
            title: "Go on".into(),
            action: OutgoingAction::Payload("hg1|d|a1||opening".into()),
        },
    ]
}

fn messages() -> [(OutgoingMessage, SentKind); 5] {
    [
        (text("Hi"), SentKind::Text),
        (
            OutgoingMessage::Text {
                text: "Pick".into(),
                quick_replies: vec![OutgoingQuickReply {
                    title: "Yes".into(),
                    payload: "Y".into(),
                }],
            },
            SentKind::Text,
        ),
        (
            OutgoingMessage::Buttons {
                text: "Next?".into(),
                buttons: buttons(),
            },
            SentKind::Buttons,
        ),
        (
            OutgoingMessage::Carousel {
                cards: vec![OutgoingCard {
                    title: "Hat".into(),
                    subtitle: Some("Blue".into()),
                    image_url: Some("https://shop.example/h.jpg".into()),
                    buttons: buttons(),
                }],
            },
            SentKind::Carousel,
        ),
        (
            OutgoingMessage::Media {
                kind: MediaKind::Image,
                url: "https://shop.example/1.jpg".into(),
            },
            SentKind::Media,
        ),
    ]
}

#[tokio::test]
async fn every_message_arrives_as_it_was_sent_directly_and_as_a_private_reply() {
    let world = world().await;
    let client = world.client();
    for (number, (message, kind)) in messages().into_iter().enumerate() {
        let comment = format!("10{number}");
        world
            .core
            .add_comment(heliograph_instagram::simulated::Comment::of_person(
                comment.as_str(),
                shop(),
                Some(BEN.into()),
                "hi",
                crate::support::START,
            ));
        for (to, person) in [
            (Recipient::Contact(ANA.into()), ANA),
            (Recipient::Comment(comment.as_str().into()), BEN),
        ] {
            let effect = effect(to, message.clone());
            let receipt = client.send(&request(&shop(), &effect)).await.unwrap();
            let sent = world.core.sent();
            let sent = sent.last().unwrap();
            assert_eq!(sent.kind, kind);
            assert_eq!(sent.message().as_ref(), Some(&message));
            assert_eq!(receipt.message_id, sent.message_id);
            assert_eq!(receipt.recipient_id, Some(person.into()));
        }
    }
}

#[tokio::test]
async fn reactions_and_public_replies_arrive() {
    let world = world().await;
    let client = world.client();
    let react = Effect::React {
        contact_id: ANA.into(),
        message_id: MID.into(),
        reaction: "love".into(),
        automation_id: "a1".into(),
    };
    let receipt = client.send(&request(&shop(), &react)).await.unwrap();
    assert_eq!(receipt.message_id, None);
    assert_eq!(receipt.recipient_id, Some(ANA.into()));
    let reply = Effect::ReplyToComment {
        comment_id: COMMENT.into(),
        text: "Sent! 🎉 & more?".into(),
        automation_id: "a1".into(),
    };
    let receipt = client.send(&request(&shop(), &reply)).await.unwrap();
    let sent = world.core.sent();
    assert_eq!(sent[0].reaction(), Some(("love", MID.into())));
    assert_eq!(sent[1].public_text(), Some("Sent! 🎉 & more?"));
    assert_eq!(receipt.message_id, sent[1].message_id);
}

#[tokio::test]
async fn a_profile_is_read() {
    let world = world().await;
    let client = world.client();
    world.core.set_follows(&shop(), &ANA.into(), true);
    let profile = client.profile(&shop(), &ANA.into()).await.unwrap();
    assert_eq!(profile.name.as_deref(), Some("Ana Example"));
    assert_eq!(profile.username.as_deref(), Some("ana.example"));
    assert_eq!(profile.follows, Some(true));
    let error = client.profile(&shop(), &BEN.into()).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Window, Some(230)));
}

#[tokio::test]
async fn both_flavours_find_the_account() {
    let world = world().await;
    for flavour in [Flavour::InstagramLogin, Flavour::FacebookLogin] {
        let client = world.client_with(|config| GraphConfig { flavour, ..config });
        let effect = to_ana(text("Hi"));
        assert!(client.send(&request(&shop(), &effect)).await.is_ok());
    }
    assert_eq!(
        GraphConfig::meta(Flavour::FacebookLogin).base_url,
        "https://graph.facebook.com"
    );
}

#[tokio::test]
async fn refusals_have_their_class_and_say_what_to_do() {
    let world = world().await;
    let client = world.client();
    let unknown = effect(Recipient::Contact("12345".into()), text("Hi"));
    let error = client.send(&request(&shop(), &unknown)).await.unwrap_err();
    assert_eq!(
        (error.class, error.code),
        (ErrorClass::Permanent, Some(100))
    );
    let commenter = effect(Recipient::Contact(BEN.into()), text("Hi"));
    let error = client
        .send(&request(&shop(), &commenter))
        .await
        .unwrap_err();
    assert_eq!(error.class, ErrorClass::Window);
    assert_eq!((error.code, error.subcode), (Some(10), Some(2_534_022)));
    assert!(error.message.contains("has to write first"), "{error}");
}

#[tokio::test]
async fn an_expired_token_stops_the_account_without_a_request_until_it_is_reset() {
    let world = world().await;
    let client = world.client();
    let effect = to_ana(text("Hi"));
    world.core.set_token_expired(&shop(), true);
    let error = client.send(&request(&shop(), &effect)).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Token, Some(190)));
    world.core.set_token_expired(&shop(), false);
    let again = client.send(&request(&shop(), &effect)).await.unwrap_err();
    let remembered = SendError {
        answered: None,
        ..error
    };
    assert_eq!(again, remembered, "and nobody answered it again");
    assert!(client.profile(&shop(), &ANA.into()).await.is_err());
    assert_eq!(world.core.counters().all_sent(), 0, "no request was made");
    client.reset(&shop()).await.unwrap();
    assert!(client.send(&request(&shop(), &effect)).await.is_ok());
}

#[tokio::test]
async fn another_token_opens_the_account_by_itself() {
    let world = world().await;
    let tokens = Arc::new(TokenMap::new());
    let client = GraphClient::new(
        GraphConfig::at(world.server.base_url(), Flavour::InstagramLogin)
            .paced(Pacing::unlimited()),
        Arc::clone(&tokens) as Arc<_>,
        Arc::new(SystemClock),
    )
    .unwrap();
    let effect = to_ana(text("Hi"));
    let error = client.send(&request(&shop(), &effect)).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Token, None));
    tokens.set(shop(), "wrong-secret-token".into());
    let error = client.send(&request(&shop(), &effect)).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Token, Some(190)));
    for text in [format!("{error:?}"), format!("{client:?} {tokens:?}")] {
        assert!(!text.contains("wrong-secret-token"), "{text}");
    }
    world.core.set_token(&shop(), "right-secret-token");
    tokens.set(shop(), "right-secret-token".into());
    assert!(client.send(&request(&shop(), &effect)).await.is_ok());
}

#[tokio::test]
async fn one_accounts_trouble_is_not_anothers() {
    let world = world().await;
    let client = world.client();
    let other = heliograph_model::AccountId::from("17841400000000002");
    world
        .core
        .add_account(heliograph_instagram::simulated::NewAccount::new(
            other.clone(),
            "other.example",
        ));
    world.core.person_wrote(
        &other,
        &"900000000000099".into(),
        None,
        crate::support::START,
    );
    world
        .core
        .fail(Fault::always(Failure::TokenExpired).of_account(shop()));
    let stopped = to_ana(text("Hi"));
    assert!(client.send(&request(&shop(), &stopped)).await.is_err());
    let fine = effect(Recipient::Contact("900000000000099".into()), text("Hi"));
    assert!(client.send(&request(&other, &fine)).await.is_ok());
}

#[test]
fn tokens_never_travel_without_tls_except_to_this_machine() {
    for (url, good) in [
        ("https://graph.instagram.com", true),
        ("http://127.0.0.1:8080", true),
        ("http://[::1]:8080", true),
        ("http://localhost:8080/", true),
        ("http://graph.instagram.com", false),
        ("http://127.0.0.1.example.com", false),
        ("ftp://127.0.0.1", false),
        ("graph.instagram.com", false),
        ("", false),
    ] {
        let client = GraphClient::new(
            GraphConfig::at(url, Flavour::InstagramLogin),
            Arc::new(TokenMap::new()),
            Arc::new(SystemClock),
        );
        assert_eq!(client.is_ok(), good, "{url}");
    }
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_path() {
    let world = world().await;
    let client = world.client();
    let reply = Effect::ReplyToComment {
        comment_id: "me/messages?message=x#".into(),
        text: "Hi".into(),
        automation_id: "a1".into(),
    };
    let error = client.send(&request(&shop(), &reply)).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Permanent, "{error}");
    assert!(world.core.sent().is_empty());
    assert_eq!(SHOP, shop().as_str());
}

#[tokio::test]
async fn an_answer_is_kept_as_it_came() {
    let world = world().await;
    let client = world.client();
    let (shop, send) = (shop(), to_ana(text("Hi")));
    let receipt = client
        .send(&request(&shop, &send))
        .await
        .expect("it is taken");
    let answered = receipt.answered.expect("it came over HTTP");
    assert_eq!((answered.status, answered.trace), (200, None));
    let id = receipt.message_id.expect("Meta gives one");
    assert!(answered.body.contains(id.as_str()), "{}", answered.body);

    world.core.fail(Fault::next(1, Failure::limited(613, 3)));
    let refused = client
        .send(&request(&shop, &send))
        .await
        .expect_err("refused");
    let answered = refused.answered.expect("it came over HTTP");
    assert!((400..500).contains(&answered.status), "{answered:?}");
    let trace = answered.trace.expect("an error object has one");
    assert!(answered.body.contains(&trace), "{}", answered.body);
    assert!(answered.body.contains("\"code\":613"), "{}", answered.body);

    // Before the account's turn nobody is asked, so there is no answer.
    let early = client
        .send(&request(&shop, &send))
        .await
        .expect_err("too soon");
    assert_eq!(early.answered, None, "{early:?}");
}
