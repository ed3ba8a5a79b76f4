//! Profiles, the account itself, and subscriptions.

use crate::support::{ANA, BEN, SHOP, ruling, shop, world};
use serde_json::json;

#[tokio::test]
async fn a_profile_says_what_was_asked_and_whether_the_person_follows() {
    let world = world().await;
    let path = format!("/v25.0/{ANA}?fields=name,username,profile_pic,is_user_follow_business");
    let body = ruling(world.get(&path).await).unwrap();
    assert_eq!(
        body,
        json!({
            "id": ANA,
            "name": "Ana Example",
            "username": "ana.example",
            "profile_pic": null,
            "is_user_follow_business": false,
        })
    );
    assert!(world.core.set_follows(&shop(), &ANA.into(), true));
    let body = ruling(world.get(&path).await).unwrap();
    assert_eq!(body["is_user_follow_business"], true);
    assert_eq!(world.core.counters().profiles, 2);
}

#[tokio::test]
async fn without_a_message_there_is_no_consent() {
    let world = world().await;
    assert_eq!(
        ruling(world.get(&format!("/{BEN}")).await),
        Err((230, None))
    );
    world
        .core
        .person_wrote(&shop(), &BEN.into(), None, crate::support::START);
    assert!(ruling(world.get(&format!("/{BEN}")).await).is_ok());
}

#[tokio::test]
async fn unknown_people_and_fields_are_refused_and_a_blocked_profile_is_bare() {
    let world = world().await;
    assert_eq!(
        ruling(world.get("/12345").await),
        Err((100, Some(2_534_014)))
    );
    let shoe_size = format!("/{ANA}?fields=name,shoe_size");
    assert_eq!(ruling(world.get(&shoe_size).await), Err((100, None)));
    assert!(world.core.set_blocked(&shop(), &ANA.into(), true));
    let body = ruling(world.get(&format!("/{ANA}?fields=name")).await).unwrap();
    assert_eq!(body, json!({ "id": ANA }));
}

#[tokio::test]
async fn the_account_has_two_ids() {
    let world = world().await;
    let body = ruling(world.get("/me?fields=id,user_id,username").await).unwrap();
    assert_eq!(body["user_id"], SHOP);
    assert_eq!(body["username"], "shop.example");
    assert_ne!(body["id"], SHOP, "the app-scoped id is another one");
}

#[tokio::test]
async fn subscriptions_are_kept_and_one_wrong_name_fails_the_call() {
    let world = world().await;
    let none = ruling(world.get("/me/subscribed_apps").await).unwrap();
    assert_eq!(none, json!({ "data": [] }));
    let path = "/me/subscribed_apps?subscribed_fields=comments,messages";
    let done = ruling(world.post(path, &json!({})).await).unwrap();
    assert_eq!(done, json!({ "success": true }));
    let wrong = json!({ "subscribed_fields": ["messages", "messaging_dreams"] });
    let refused = world.post("/me/subscribed_apps", &wrong).await;
    assert_eq!(ruling(refused), Err((100, None)));
    let now = ruling(world.get("/me/subscribed_apps").await).unwrap();
    assert_eq!(
        now["data"][0]["subscribed_fields"],
        json!(["comments", "messages"])
    );
}
