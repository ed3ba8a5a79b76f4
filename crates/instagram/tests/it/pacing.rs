//! How fast an account may send.

use crate::support::{ANA, BEN, START, request, shop, text, to_ana, world, world_with};
use heliograph_engine::ports::{Clock, Instagram};
use heliograph_instagram::{
    client::Pacing,
    simulated::{Comment, Media, SimulatedMedia, SimulatedSettings},
};
use heliograph_model::{ErrorClass, Millis};
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn a_hundred_sends_a_second_and_then_613_until_time_passes() {
    let world = world().await;
    for _ in 0..100 {
        assert!(world.text_to(ANA).await.is_ok());
    }
    assert_eq!(world.text_to(ANA).await, Err((613, Some(2_534_040))));
    world.clock.advance(10);
    assert!(
        world.text_to(ANA).await.is_ok(),
        "a hundredth of a second is one send"
    );
    assert_eq!(world.text_to(ANA).await, Err((613, Some(2_534_040))));
    assert_eq!(world.core.counters().refused[&(613, Some(2_534_040))], 2);
}

#[tokio::test]
async fn private_replies_have_a_limit_by_the_hour_and_live_ones_do_not() {
    let world = world_with(SimulatedSettings {
        private_replies_per_hour: Some(2),
        ..SimulatedSettings::default()
    })
    .await;
    for number in 0..4 {
        let id = format!("1{number}");
        world.core.add_comment(Comment::of_person(
            id,
            shop(),
            Some(BEN.into()),
            "hi",
            START,
        ));
    }
    assert!(world.private_reply("10").await.is_ok());
    assert!(world.private_reply("11").await.is_ok());
    assert_eq!(world.private_reply("12").await, Err((80_002, None)));
    world.core.add_media(Media {
        id: "77".into(),
        account_id: shop(),
        kind: SimulatedMedia::Live { broadcasting: true },
    });
    let live = Comment::of_person("20", shop(), Some(BEN.into()), "hi", START);
    world.core.add_comment(live.below("77".into()));
    assert!(world.private_reply("20").await.is_ok());
    world.clock.advance(Millis::HOUR);
    assert!(
        world.private_reply("12").await.is_ok(),
        "the refused one is not used up"
    );
}

#[tokio::test]
async fn the_headers_say_what_is_used_up_and_when_it_is_free_again() {
    let world = world_with(SimulatedSettings {
        private_replies_per_hour: Some(1),
        ..SimulatedSettings::default()
    })
    .await;
    for id in ["10", "11"] {
        world.core.add_comment(Comment::of_person(
            id,
            shop(),
            Some(BEN.into()),
            "hi",
            START,
        ));
    }
    assert!(world.private_reply("10").await.is_ok());
    world.clock.advance(20 * Millis::MINUTE);
    let response = world
        .request(reqwest::Method::POST, "/me/messages")
        .bearer_auth(heliograph_instagram::simulated::simulated_token(&shop()))
        .json(&json!({ "recipient": { "comment_id": "11" }, "message": { "text": "Hi" } }))
        .send()
        .await
        .unwrap();
    let header = response.headers()["x-business-use-case-usage"]
        .to_str()
        .unwrap();
    let usage: serde_json::Value = serde_json::from_str(header).unwrap();
    let usage = &usage[shop().as_str()][0];
    assert_eq!(usage["call_count"], 100);
    assert_eq!(usage["estimated_time_to_regain_access"], 40);
    assert!(response.headers().contains_key("x-app-usage"));
    let refused = response.json::<serde_json::Value>().await.unwrap();
    assert_eq!(refused["error"]["code"], 80_002);
}

#[tokio::test]
async fn without_limits_a_burst_is_taken_while_the_clock_stands_still() {
    let world = world_with(SimulatedSettings::strict_and_unpaced()).await;
    for _ in 0..300 {
        assert!(world.text_to(ANA).await.is_ok());
    }
}

#[tokio::test]
async fn the_client_waits_for_its_turn_and_never_runs_into_the_limit() {
    let world = world().await;
    let client = Arc::new(world.client_with(|config| {
        config.paced(Pacing {
            most_wait_ms: 60_000,
            ..Pacing::default()
        })
    }));
    let sends: Vec<_> = (0..200)
        .map(|_| {
            let client = Arc::clone(&client);
            tokio::spawn(async move {
                let effect = to_ana(text("Hi"));
                client.send(&request(&shop(), &effect)).await
            })
        })
        .collect();
    // 45 go at once, the others at 90 a second of the virtual clock.
    crate::support::until("the first burst", || world.core.sent().len() == 45).await;
    for _ in 0..400 {
        if world.core.sent().len() == 200 {
            break;
        }
        world.clock.advance(10);
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    for send in sends {
        send.await.unwrap().unwrap();
    }
    let passed = world.clock.now().since(START);
    assert!(
        passed >= 155 * 1000 / 90,
        "155 sends at 90 a second took {passed} ms"
    );
    assert_eq!(world.core.counters().all_refused(), 0);
}

#[tokio::test]
async fn what_would_wait_too_long_is_told_when_to_come_back() {
    let world = world().await;
    let client = world.client_with(|config| {
        config.paced(Pacing {
            sends_per_second: Some(2),
            private_replies_per_hour: Some(1),
            most_wait_ms: 0,
        })
    });
    let effect = to_ana(text("Hi"));
    assert!(client.send(&request(&shop(), &effect)).await.is_ok());
    let error = client.send(&request(&shop(), &effect)).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Retry);
    assert_eq!(error.retry_after_ms, Some(500));
    assert_eq!(world.core.sent().len(), 1, "it made no request");
    world.clock.advance(500);
    assert!(client.send(&request(&shop(), &effect)).await.is_ok());
}

#[tokio::test]
async fn those_who_were_sent_away_come_back_one_by_one_and_each_finds_room() {
    let world = world().await;
    let client = world.client_with(|config| config.paced(Pacing::without_waiting()));
    let effect = to_ana(text("Hi"));
    let mut back = Vec::new();
    for _ in 0..500 {
        if let Err(error) = client.send(&request(&shop(), &effect)).await {
            back.push(world.clock.now() + error.retry_after_ms.unwrap());
        }
    }
    assert_eq!(world.core.sent().len(), 45, "the burst");
    assert!(back.is_sorted());
    for at in back {
        world.clock.advance_to(at);
        client.send(&request(&shop(), &effect)).await.unwrap();
    }
    assert_eq!(
        world.core.sent().len(),
        500,
        "the second try was enough for all"
    );
    let passed = world.clock.now().since(START);
    assert!(passed < 6_000, "455 sends at 90 a second took {passed} ms");
}

#[tokio::test]
async fn an_account_slows_down_before_the_limit_is_used_up() {
    let world = world_with(SimulatedSettings {
        sends_per_second: Some(10),
        ..SimulatedSettings::default()
    })
    .await;
    let client = world.client_with(|config| config.paced(Pacing::without_waiting()));
    let effect = to_ana(text("Hi"));
    let mut rates = Vec::new();
    for _ in 0..10 {
        client.send(&request(&shop(), &effect)).await.unwrap();
        let states = client.account_states();
        rates.push((states[0].used_percent, states[0].sends_per_second.unwrap()));
    }
    assert_eq!(
        rates[6..],
        [(70, 90.0), (80, 45.0), (90, 22.5), (100, 9.0)],
        "the fuller, the slower"
    );
    // What was left of the burst went with it: the limit is not run into ten times over.
    let mut left = 0;
    let refused = loop {
        match client.send(&request(&shop(), &effect)).await {
            Err(error) if error.code.is_none() => break error,
            Err(_) => left += 1,
            Ok(_) => panic!("the limit is used up"),
        }
    };
    assert!(left <= 4, "{left}");
    assert!(refused.message.contains("sending limit"), "{refused}");
    world.clock.advance(10_000);
    client.send(&request(&shop(), &effect)).await.unwrap();
    let rate = client.account_states()[0].sends_per_second;
    assert_eq!(rate, Some(90.0), "it goes on as fast as before");
}
