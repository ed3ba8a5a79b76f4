//! What a message may hold.

use crate::support::{ANA, MID, world};
use heliograph_instagram::simulated::SentKind;
use serde_json::{Value, json};

const BAD: (i64, Option<i64>) = (100, Some(2_534_015));

fn button(title: &str) -> Value {
    json!({ "type": "postback", "title": title, "payload": "P" })
}

fn buttons(text: &str, buttons: &[Value]) -> Value {
    json!({ "attachment": { "type": "template", "payload": {
        "template_type": "button", "text": text, "buttons": buttons,
    } } })
}

fn cards(cards: &[Value]) -> Value {
    json!({ "attachment": { "type": "template", "payload": {
        "template_type": "generic", "elements": cards,
    } } })
}

fn card(title: &str) -> Value {
    json!({ "title": title, "subtitle": "Blue" })
}

#[tokio::test]
async fn a_text_is_answered_with_recipient_and_message_id() {
    let world = world().await;
    let body = world.message(json!({ "text": "Hi" })).await.unwrap();
    assert_eq!(body["recipient_id"], ANA);
    let sent = world.core.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].kind, SentKind::Text);
    assert_eq!(
        body["message_id"],
        sent[0].message_id.as_ref().unwrap().as_str()
    );
}

#[tokio::test]
async fn a_text_is_limited_to_a_thousand_bytes_and_not_characters() {
    let world = world().await;
    for (text, good) in [
        ("a".repeat(1000), true),
        ("a".repeat(1001), false),
        ("ä".repeat(500), true),
        ("ä".repeat(501), false),
        (String::new(), false),
        ("  \n".into(), false),
    ] {
        let ruling = world.message(json!({ "text": text })).await;
        assert_eq!(ruling.is_ok(), good, "{} bytes: {ruling:?}", text.len());
        if !good {
            assert_eq!(ruling, Err(BAD));
        }
    }
}

#[tokio::test]
async fn at_most_thirteen_quick_replies_and_long_titles_are_cut() {
    let world = world().await;
    let replies = |count: usize, title: &str| {
        let reply = json!({ "content_type": "text", "title": title, "payload": "P" });
        json!({ "text": "Pick", "quick_replies": vec![reply; count] })
    };
    assert!(world.message(replies(13, "Yes")).await.is_ok());
    assert_eq!(world.message(replies(14, "Yes")).await, Err(BAD));
    let long = "A title of more than twenty characters";
    assert!(world.message(replies(1, long)).await.is_ok());
    let shown = world.core.sent()[1].message().unwrap();
    let shown = serde_json::to_value(shown).unwrap();
    assert_eq!(shown["quickReplies"][0]["title"], "A title of more than");
    let with_media = json!({
        "attachment": { "type": "image", "payload": { "url": "https://shop.example/1.jpg" } },
        "quick_replies": [{ "content_type": "text", "title": "Yes", "payload": "P" }],
    });
    assert_eq!(world.message(with_media).await, Err(BAD));
    let strange = json!({ "text": "Pick", "quick_replies": [{ "content_type": "location" }] });
    assert_eq!(world.message(strange).await, Err(BAD));
    let email = json!({ "text": "Mail?", "quick_replies": [{ "content_type": "user_email" }] });
    assert!(world.message(email).await.is_ok());
}

#[tokio::test]
async fn a_button_template_has_one_to_three_buttons_and_640_characters() {
    let world = world().await;
    let yes = button("Yes");
    for (message, good) in [
        (buttons("Next?", std::slice::from_ref(&yes)), true),
        (
            buttons("Next?", &[yes.clone(), yes.clone(), yes.clone()]),
            true,
        ),
        (buttons("Next?", &[]), false),
        (buttons("Next?", &vec![yes.clone(); 4]), false),
        (buttons(&"ä".repeat(640), std::slice::from_ref(&yes)), true),
        (buttons(&"ä".repeat(641), std::slice::from_ref(&yes)), false),
        (buttons("", std::slice::from_ref(&yes)), false),
        (buttons("Next?", &[button(&"t".repeat(20))]), true),
        (buttons("Next?", &[button(&"t".repeat(21))]), false),
        (buttons("Next?", &[button("")]), false),
    ] {
        let ruling = world.message(message.clone()).await;
        assert_eq!(ruling.is_ok(), good, "{message}: {ruling:?}");
    }
}

#[tokio::test]
async fn a_button_opens_an_https_address_or_sends_a_payload_and_nothing_else() {
    let world = world().await;
    let url = |url: &str| json!({ "type": "web_url", "title": "Shop", "url": url });
    let payload =
        |length: usize| json!({ "type": "postback", "title": "Go", "payload": "p".repeat(length) });
    for (button, good) in [
        (url("https://shop.example/a?b=c"), true),
        (url("http://shop.example"), false),
        (url("shop.example"), false),
        (url("https://"), false),
        (url("https://shop example"), false),
        (payload(1000), true),
        (payload(1001), false),
        (json!({ "type": "postback", "title": "Go" }), false),
        (
            json!({ "type": "phone_number", "title": "Call", "payload": "1" }),
            false,
        ),
    ] {
        let ruling = world
            .message(buttons("Next?", std::slice::from_ref(&button)))
            .await;
        assert_eq!(ruling.is_ok(), good, "{button}: {ruling:?}");
    }
}

#[tokio::test]
async fn a_carousel_has_one_to_ten_cards_with_more_than_a_title() {
    let world = world().await;
    let with = |key: &str, value: Value| {
        let mut card = json!({ "title": "Hat" });
        card[key] = value;
        cards(&[card])
    };
    for (message, good) in [
        (cards(&[card("Hat")]), true),
        (cards(&vec![card("Hat"); 10]), true),
        (cards(&[]), false),
        (cards(&vec![card("Hat"); 11]), false),
        (cards(&[card(&"ä".repeat(80))]), true),
        (cards(&[card(&"ä".repeat(81))]), false),
        (cards(&[card("")]), false),
        (cards(&[json!({ "title": "Hat" })]), false),
        (with("subtitle", "s".repeat(80).into()), true),
        (with("subtitle", "s".repeat(81).into()), false),
        (with("image_url", "https://shop.example/h.jpg".into()), true),
        (with("image_url", "ftp://shop.example/h.jpg".into()), false),
        (
            with(
                "default_action",
                json!({ "type": "web_url", "url": "https://shop.example" }),
            ),
            true,
        ),
        (with("buttons", vec![button("Buy"); 3].into()), true),
        (with("buttons", vec![button("Buy"); 4].into()), false),
        (with("buttons", json!([])), false),
    ] {
        let ruling = world.message(message.clone()).await;
        assert_eq!(ruling.is_ok(), good, "{message}: {ruling:?}");
    }
}

#[tokio::test]
async fn media_goes_by_https_address_alone_or_as_several_pictures() {
    let world = world().await;
    let media = |kind: &str, url: &str| json!({ "type": kind, "payload": { "url": url } });
    let image = media("image", "https://shop.example/1.jpg");
    for (message, good) in [
        (json!({ "attachment": image }), true),
        (
            json!({ "attachment": media("video", "https://shop.example/1.mp4") }),
            true,
        ),
        (
            json!({ "attachment": media("audio", "https://shop.example/1.m4a") }),
            true,
        ),
        (
            json!({ "attachment": media("file", "https://shop.example/1.pdf") }),
            true,
        ),
        (
            json!({ "attachment": media("image", "http://shop.example/1.jpg") }),
            false,
        ),
        (
            json!({ "attachment": media("location", "https://shop.example/1.jpg") }),
            false,
        ),
        (
            json!({ "attachment": { "type": "image", "payload": { "attachment_id": "1" } } }),
            true,
        ),
        (json!({ "attachment": { "type": "like_heart" } }), true),
        (
            json!({ "attachment": { "type": "MEDIA_SHARE", "payload": { "id": "18" } } }),
            true,
        ),
        (json!({ "attachment": { "type": "MEDIA_SHARE" } }), false),
        (json!({ "attachments": image }), true),
        (json!({ "attachments": vec![image.clone(); 10] }), true),
        (json!({ "attachments": vec![image.clone(); 11] }), false),
        (
            json!({ "attachments": [media("video", "https://shop.example/1.mp4")] }),
            false,
        ),
        (json!({ "text": "Hi", "attachment": image }), false),
        (json!({}), false),
    ] {
        let ruling = world.message(message.clone()).await;
        assert_eq!(ruling.is_ok(), good, "{message}: {ruling:?}");
    }
}

#[tokio::test]
async fn a_reaction_stands_alone_and_needs_a_message_that_exists() {
    let world = world().await;
    let react = |mid: &str| {
        json!({
            "recipient": { "id": ANA },
            "sender_action": "react",
            "payload": { "message_id": mid, "reaction": "love" },
        })
    };
    let answer = world.send(&react(MID)).await.unwrap();
    assert_eq!(answer, json!({ "recipient_id": ANA }));
    assert_eq!(world.core.sent()[0].reaction(), Some(("love", MID.into())));
    assert_eq!(world.send(&react("unknown")).await, Err(BAD));
    let mut with_message = react(MID);
    with_message["message"] = json!({ "text": "Hi" });
    assert_eq!(world.send(&with_message).await, Err((100, None)));
    let mut unreact = react(MID);
    unreact["sender_action"] = "unreact".into();
    unreact["payload"] = json!({ "message_id": MID });
    assert!(world.send(&unreact).await.is_ok());
    world.core.delete_message(&MID.into());
    assert_eq!(world.send(&react(MID)).await, Err((9_000_001, None)));
}

#[tokio::test]
async fn typing_and_seen_are_taken_and_other_actions_are_not() {
    let world = world().await;
    for (action, good) in [
        ("typing_on", true),
        ("typing_off", true),
        ("mark_seen", true),
        ("dance", false),
    ] {
        let body = json!({ "recipient": { "id": ANA }, "sender_action": action });
        assert_eq!(world.send(&body).await.is_ok(), good, "{action}");
    }
}

#[tokio::test]
async fn a_reply_to_a_message_needs_one_that_exists() {
    let world = world().await;
    let reply = |mid: &str| {
        json!({
            "recipient": { "id": ANA },
            "message": { "text": "this one" },
            "reply_to": { "mid": mid },
        })
    };
    assert!(world.send(&reply(MID)).await.is_ok());
    assert_eq!(world.send(&reply("unknown")).await, Err(BAD));
}

#[tokio::test]
async fn a_recipient_is_a_person_or_a_comment_and_never_both() {
    let world = world().await;
    for recipient in [
        json!({}),
        json!({ "id": ANA, "comment_id": "1" }),
        json!(ANA),
    ] {
        let body = json!({ "recipient": recipient, "message": { "text": "Hi" } });
        assert_eq!(world.send(&body).await, Err((100, None)), "{recipient}");
    }
    assert_eq!(world.text_to("12345").await, Err((100, Some(2_534_014))));
}

#[tokio::test]
async fn parameters_come_as_json_as_a_form_and_in_the_query() {
    let world = world().await;
    let token = heliograph_instagram::simulated::simulated_token(&crate::support::shop());
    let recipient = json!({ "id": ANA }).to_string();
    let message = json!({ "text": "Hi & bye" }).to_string();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("recipient", &recipient)
        .append_pair("message", &message)
        .append_pair("access_token", &token);
    let form = form.finish();
    let as_form = world
        .request(reqwest::Method::POST, "/me/messages")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.clone());
    assert_eq!(as_form.send().await.unwrap().status(), 200);
    let in_query = world.request(reqwest::Method::POST, &format!("/v25.0/me/messages?{form}"));
    assert_eq!(in_query.send().await.unwrap().status(), 200);
    for sent in world.core.sent() {
        assert_eq!(sent.request["message"]["text"], "Hi & bye");
        assert!(
            !sent.request.to_string().contains(&token),
            "no token is recorded"
        );
    }
    assert_eq!(world.core.sent().len(), 2);
}

#[tokio::test]
async fn every_path_goes_with_and_without_a_version_and_with_every_name_of_the_account() {
    let world = world().await;
    let body = json!({ "recipient": { "id": ANA }, "message": { "text": "Hi" } });
    for path in [
        "/me/messages",
        "/v25.0/me/messages",
        "/v26/17841400000000001/messages",
        "/100000000000001/messages",
    ] {
        assert_eq!(world.post(path, &body).await.0, 200, "{path}");
    }
    let (_, error) = world.post("/v25.0/17841400000000009/messages", &body).await;
    assert_eq!(error["error"]["code"], 100);
    assert_eq!(error["error"]["error_subcode"], 33);
    let (status, error) = world.post("/v25.0/me/nothing/here", &body).await;
    assert_eq!((status, &error["error"]["code"]), (400, &json!(2500)));
}
