//! One contact's events in order and never at the same time; different contacts side by
//! side.

use anyhow::Result;
use heliograph_engine::process::EngineSettings;
use heliograph_tests::rig::{Rig, shop, webhook};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const CONTACTS: usize = 200;
const MESSAGES: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_contact_is_answered_in_order_and_nothing_overlaps() -> Result<()> {
    let rig = Rig::parrot().await?;
    // Who is between the load and the commit at the moment: never anybody twice.
    let inside = Arc::new(parking_lot::Mutex::new(HashMap::<String, bool>::new()));
    let overlaps = Arc::new(std::sync::atomic::AtomicU64::new(0));
    rig.store.hooks.set({
        let (inside, overlaps) = (Arc::clone(&inside), Arc::clone(&overlaps));
        move |call| {
            let (inside, overlaps) = (Arc::clone(&inside), Arc::clone(&overlaps));
            async move {
                match (call.name, call.done) {
                    ("contact", false) => {
                        if inside.lock().insert(call.subject, true) == Some(true) {
                            overlaps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                        // Others get a chance to come in between.
                        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..300))).await;
                    }
                    ("commit", true) => {
                        inside.lock().insert(call.subject, false);
                    }
                    _ => {}
                }
                Ok(())
            }
        }
    });

    // Deliveries of several items, people mixed at random, each person's in order.
    let account = rig.account();
    let mut said = vec![0; CONTACTS];
    let mut open: Vec<usize> = (0..CONTACTS).collect();
    while !open.is_empty() {
        let items: Vec<_> = (0..fastrand::usize(1..6))
            .filter_map(|_| {
                let place = fastrand::usize(..open.len().max(1));
                let who = *open.get(place)?;
                said[who] += 1;
                if said[who] == MESSAGES {
                    open.swap_remove(place);
                }
                Some(rig.write_to(&account, &format!("c{who}"), &format!("{:02}", said[who])))
            })
            .collect();
        rig.deliver(webhook::messaging(&account, &items, rig.clock_now()))
            .await?;
    }
    rig.settle().await?;

    assert_eq!(overlaps.load(std::sync::atomic::Ordering::Relaxed), 0);
    let mut answers: HashMap<String, Vec<String>> = HashMap::new();
    for sent in rig.instagram.sent() {
        let who = sent.contact_id.as_ref().unwrap().to_string();
        let text = heliograph_tests::rig::text_of(&sent).unwrap();
        answers.entry(who).or_default().push(text);
    }
    let expected: Vec<_> = (1..=MESSAGES)
        .map(|n| format!("You wrote {n:02}"))
        .collect();
    assert_eq!(answers.len(), CONTACTS);
    for (who, texts) in answers {
        assert_eq!(
            texts, expected,
            "{who} must be answered in order, each message once"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_messages_of_one_step_arrive_in_order_also_when_the_first_is_tried_again() -> Result<()>
{
    use heliograph_instagram::simulated::{Failure, Fault};
    let rig = Rig::start().await?;
    rig.instagram.fail(Fault::next(1, Failure::limited(613, 2)));
    rig.say("ana", "twice").await?;
    rig.settle().await?;
    assert!(
        rig.texts("ana").is_empty(),
        "the second waits behind the first"
    );
    rig.pass_slowly(10_000).await?;
    assert_eq!(rig.texts("ana"), ["First.", "Second."]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_contact_that_waits_holds_up_nobody_else() -> Result<()> {
    let rig = Rig::start().await?;
    rig.store.hooks.fail(|call| call.subject == "slow");
    rig.say("slow", "hello").await?;
    rig.say("ana", "hello").await?;
    rig.until("ana is answered", || !rig.texts("ana").is_empty())
        .await?;
    assert!(rig.texts("slow").is_empty());
    rig.store.hooks.clear();
    rig.pass_slowly(60_000).await?;
    assert_eq!(rig.texts("slow"), ["Hello!"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_delayed_sends_do_not_hold_up_anybody() -> Result<()> {
    let settings = EngineSettings {
        under_way: 64,
        sends_at_once: 8,
        ..EngineSettings::default()
    };
    let rig = Rig::with(&shop::file(1, &shop::automations()), settings).await?;
    for number in 0..2_000 {
        rig.say(&format!("w{number}"), "later").await?;
    }
    rig.settle().await?;
    assert!(rig.instagram.sent().is_empty());
    assert_eq!(rig.engine().work().decisions, 2_000);
    rig.say("ana", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    rig.pass(600_000).await?;
    assert_eq!(rig.instagram.sent().len(), 2_001);
    assert_eq!(rig.texts("w1999"), ["Ten minutes have passed."]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_on_its_way_to_its_lane_is_not_settled() -> Result<()> {
    let settings = EngineSettings {
        // The machine is busy between the ticket and the lane.
        observe: Some(Arc::new(|_| std::thread::sleep(Duration::from_millis(30)))),
        ..EngineSettings::default()
    };
    let rig = Rig::with(&shop::file(1, &shop::automations()), settings).await?;
    for number in 0..10 {
        let who = format!("w{number}");
        rig.say(&who, "hello").await?;
        rig.settle().await?;
        assert_eq!(rig.texts(&who), ["Hello!"]);
    }
    Ok(())
}
