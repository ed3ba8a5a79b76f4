//! Public and private replies.

use crate::support::{ANA, BEN, COMMENT, LIVE, LIVE_COMMENT, POST, START, shop, world, world_with};
use heliograph_instagram::simulated::{
    Comment, Media, SentKind, SimulatedMedia, SimulatedSettings,
};
use heliograph_model::Millis;
use serde_json::json;

const NOT_VALID: (i64, Option<i64>) = (100, Some(2_534_025));
const GONE: (i64, Option<i64>) = (100, Some(33));

#[tokio::test]
async fn a_private_reply_tells_who_commented_and_there_is_one_for_each_comment() {
    let world = world().await;
    let body = world.private_reply(COMMENT).await.unwrap();
    assert_eq!(body["recipient_id"], BEN);
    let sent = world.core.sent();
    assert!(sent[0].is_private_reply());
    assert_eq!(sent[0].comment_id, Some(COMMENT.into()));
    assert_eq!(sent[0].media_id, Some(POST.into()));
    assert_eq!(world.private_reply(COMMENT).await, Err(NOT_VALID));
    assert_eq!(
        world.text_to(BEN).await,
        Err((10, Some(2_534_022))),
        "a private reply does not open the window"
    );
}

#[tokio::test]
async fn a_refused_private_reply_can_be_corrected() {
    let world = world().await;
    let empty = json!({ "recipient": { "comment_id": COMMENT }, "message": { "text": "" } });
    assert!(world.send(&empty).await.is_err());
    assert!(world.private_reply(COMMENT).await.is_ok());
}

#[tokio::test]
async fn a_private_reply_is_taken_for_seven_days() {
    let world = world().await;
    world.clock.advance(7 * Millis::DAY - 1);
    assert!(world.private_reply(COMMENT).await.is_ok());
    let world = self::world().await;
    world.clock.advance(7 * Millis::DAY);
    assert_eq!(world.private_reply(COMMENT).await, Err(NOT_VALID));
}

#[tokio::test]
async fn no_private_reply_to_what_is_unknown_deleted_or_the_accounts_own() {
    let world = world().await;
    assert_eq!(world.private_reply("1").await, Err(NOT_VALID));
    let answer = world
        .post(&format!("/{COMMENT}/replies?message=Sent!"), &json!({}))
        .await;
    let own = answer.1["id"].as_str().unwrap().to_owned();
    assert_eq!(world.private_reply(&own).await, Err(NOT_VALID));
    assert!(world.core.delete_comment(&COMMENT.into()));
    assert_eq!(world.private_reply(COMMENT).await, Err(NOT_VALID));
}

#[tokio::test]
async fn a_live_comment_is_answered_privately_while_it_is_live_and_never_publicly() {
    let world = world().await;
    let public = format!("/{LIVE_COMMENT}/replies");
    let public = world.post(&public, &json!({ "message": "Sent!" })).await;
    assert_eq!(crate::support::ruling(public), Err(GONE));
    let later = Comment::of_person("18000000000000099", shop(), Some(BEN.into()), "hi", START);
    world.core.add_comment(later.below(LIVE.into()));
    assert!(world.private_reply(LIVE_COMMENT).await.is_ok());
    world.core.add_media(Media {
        id: LIVE.into(),
        account_id: shop(),
        kind: SimulatedMedia::Live {
            broadcasting: false,
        },
    });
    assert_eq!(
        world.private_reply("18000000000000099").await,
        Err(NOT_VALID)
    );
}

#[tokio::test]
async fn nobody_who_blocked_the_account_gets_a_private_reply() {
    let world = world().await;
    assert!(world.core.set_blocked(&shop(), &BEN.into(), true));
    assert_eq!(
        world.private_reply(COMMENT).await,
        Err((551, Some(1_545_041)))
    );
    assert!(world.core.set_blocked(&shop(), &BEN.into(), false));
    assert!(
        world.private_reply(COMMENT).await.is_ok(),
        "it was not used up"
    );
}

#[tokio::test]
async fn a_comment_without_its_author_still_gets_a_private_reply() {
    let world = world().await;
    let comment = Comment::of_person("18000000000000098", shop(), None, "hi", START);
    world.core.add_comment(comment);
    let body = world.private_reply("18000000000000098").await.unwrap();
    assert!(
        body["recipient_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
}

#[tokio::test]
async fn private_replies_may_be_held_to_text_only() {
    let world = world_with(SimulatedSettings {
        private_reply_templates: false,
        ..SimulatedSettings::default()
    })
    .await;
    let template = json!({
        "recipient": { "comment_id": COMMENT },
        "message": { "attachment": { "type": "like_heart" } },
    });
    assert_eq!(world.send(&template).await, Err((100, Some(2_534_015))));
    assert!(world.private_reply(COMMENT).await.is_ok());
}

#[tokio::test]
async fn a_public_reply_is_a_comment_below_the_top_level_one() {
    let world = world().await;
    let reply = |id: String| {
        let world = &world;
        async move {
            let path = format!("/v25.0/{id}/replies");
            let body =
                crate::support::ruling(world.post(&path, &json!({ "message": "Sent!" })).await);
            body.unwrap()["id"].as_str().unwrap().to_owned()
        }
    };
    let first = reply(COMMENT.into()).await;
    let second = reply(first.clone()).await;
    for id in [first, second] {
        let comment = world.core.comment(&id.as_str().into()).unwrap();
        assert_eq!(comment.parent_id, Some(COMMENT.into()));
        assert!(comment.own);
    }
    let sent = world.core.sent();
    assert_eq!(sent[0].kind, SentKind::PublicReply);
    assert_eq!(sent[0].public_text(), Some("Sent!"));
    assert!(!sent[0].is_private_reply());
}

#[tokio::test]
async fn a_public_reply_has_a_text_of_at_most_300_characters() {
    let world = world().await;
    let path = format!("/{COMMENT}/replies");
    for (text, good) in [
        ("ä".repeat(300), true),
        ("ä".repeat(301), false),
        (" ".into(), false),
    ] {
        let ruling = crate::support::ruling(world.post(&path, &json!({ "message": text })).await);
        assert_eq!(ruling.is_ok(), good, "{ruling:?}");
    }
}

#[tokio::test]
async fn hidden_deleted_and_unknown_comments_are_not_answered_publicly() {
    let world = world().await;
    let path = format!("/{COMMENT}/replies?message=Hi");
    assert!(world.core.set_comment_hidden(&COMMENT.into(), true));
    assert_eq!(
        crate::support::ruling(world.post(&path, &json!({})).await),
        Err(GONE)
    );
    assert!(world.core.set_comment_hidden(&COMMENT.into(), false));
    assert!(crate::support::ruling(world.post(&path, &json!({})).await).is_ok());
    assert!(world.core.delete_comment(&COMMENT.into()));
    assert_eq!(
        crate::support::ruling(world.post(&path, &json!({})).await),
        Err(GONE)
    );
    let unknown = world.post("/123/replies?message=Hi", &json!({})).await;
    assert_eq!(crate::support::ruling(unknown), Err(GONE));
    assert_eq!(world.core.sent().len(), 1);
    assert!(world.text_to(ANA).await.is_ok());
}
