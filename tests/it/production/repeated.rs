//! Events that Meta reports again, long after their marks are gone from Redis.

use anyhow::Result;
use bytes::Bytes;
use heliograph_instagram::simulated::Comment;
use heliograph_model::{AccountId, ContactId, Millis, OutboxState};
use heliograph_tests::production::site::Site;
use heliograph_tests::production::{PATIENCE, Servers, clock};
use heliograph_tests::rig::{shop, webhook};
use heliograph_tests::wait;
use serde_json::json;

/// A comment, as it is reported at a time.
fn comment(account: &AccountId, id: &str, who: Option<&str>, at: Millis) -> Bytes {
    let mut value = json!({ "media": { "id": "m1" }, "id": id, "text": "both" });
    if let Some(who) = who {
        value["from"] = json!({ "id": who, "username": who });
    }
    webhook::body(&json!({
        "object": "instagram",
        "entry": [{
            "id": account,
            "time": at.0 / 1000,
            "changes": [{ "field": "comments", "value": value }],
        }],
    }))
}

/// Comments that somebody wrote, and one of which Meta does not say who did.
const COMMENTS: [(&str, Option<&str>); 2] = [("c1", Some("leo")), ("c2", None)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_that_is_reported_again_after_hours_is_answered_once() -> Result<()> {
    let servers = Servers::start()?;
    let site = Site::open(&servers, 1, &shop::automations()).await?;
    let worker = site.worker().await?;
    let (queue, account) = (site.queue().await?, site.account(0));
    let now = clock().now();
    for (id, who) in COMMENTS {
        let from = who.map(ContactId::from);
        let written = Comment::of_person(id, account.clone(), from, "both", now);
        site.instagram.add_comment(written.below("m1".into()));
        queue.push(comment(&account, id, who, now)).await?;
    }
    let sent = || site.instagram.sent().len();
    wait::until_within(PATIENCE, "both are answered, twice each", || async {
        Ok((sent() == 4).then_some(()))
    })
    .await?;
    worker.runtime.flush().await?;

    // Hours later: of the marks in Redis none is left, and those since then are complete.
    let mut redis = site.redis()?;
    let prefix = &site.place.redis.prefix;
    let marks: Vec<String> = redis::cmd("KEYS")
        .arg(format!("{prefix}:*:mark:*"))
        .query(&mut redis)?;
    assert!(marks.len() >= 2, "{marks:?}");
    redis::cmd("DEL").arg(&marks).query::<()>(&mut redis)?;
    redis::cmd("SET")
        .arg(format!("{prefix}:{{0}}:marks-since"))
        .arg(1)
        .query::<()>(&mut redis)?;
    let later = clock().now();
    for (id, who) in COMMENTS {
        // The notice says when it was sent, and not when the comment was written.
        queue.push(comment(&account, id, who, later)).await?;
    }
    wait::until_within(PATIENCE, "they are known", || async {
        let duplicates = worker.runtime.engine().work().duplicates;
        Ok((duplicates == 2).then_some(()))
    })
    .await?;
    let (_, hello) = site.written(&account, "ana", "hello");
    queue.push(hello).await?;
    site.is_sent("ana", "Hello!").await?;
    assert_eq!(sent(), 5, "nothing but the hello was sent since");
    let failed = worker.sends();
    let failed: Vec<_> = failed
        .iter()
        .filter(|record| record.state != OutboxState::Sent)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    worker.stop().await;
    Ok(())
}
