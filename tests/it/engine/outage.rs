//! A store that is away for a while, deliveries that are none, and bugs.

use anyhow::Result;
use bytes::Bytes;
use heliograph_model::Happening;
use heliograph_tests::rig::Rig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_for_minutes_costs_nothing_but_time() -> Result<()> {
    let rig = Rig::parrot().await?;
    rig.say("ana", "1").await?;
    rig.settle().await?;
    rig.store.hooks.fail(|_| true);
    for number in 2..=6 {
        rig.say("ana", &number.to_string()).await?;
        rig.say("ben", &number.to_string()).await?;
    }
    // Longer than the waits between tries in all.
    rig.pass_slowly(10 * 60_000).await?;
    assert_eq!(rig.texts("ana"), ["You wrote 1"]);
    rig.store.hooks.clear();
    // New ones come while the old ones still wait for their next try.
    rig.say("ana", "7").await?;
    rig.say("ben", "7").await?;
    rig.pass_slowly(60_000).await?;
    let of = |from: i32| {
        (from..=7)
            .map(|n| format!("You wrote {n}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rig.texts("ana"),
        of(1),
        "in order, nothing lost, nothing twice"
    );
    assert_eq!(rig.texts("ben"), of(2));
    let depth = rig.engine().depth().await?;
    assert_eq!(
        (depth.active, depth.dead, depth.waiting, depth.delayed),
        (0, 0, 0, 0)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_fails_at_every_step_now_and_then_loses_and_repeats_nothing() -> Result<()> {
    let rig = Rig::parrot().await?;
    rig.store
        .hooks
        .fail(|call| !call.done && fastrand::u8(..) < 50);
    for round in 0..10 {
        for who in 0..20 {
            rig.say(&format!("c{who}"), &round.to_string()).await?;
        }
        rig.pass_slowly(5_000).await?;
    }
    rig.store.hooks.clear();
    rig.pass_slowly(60_000).await?;
    let expected: Vec<_> = (0..10).map(|n| format!("You wrote {n}")).collect();
    for who in 0..20 {
        assert_eq!(rig.texts(&format!("c{who}")), expected);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_was_lost_still_takes_effect_once() -> Result<()> {
    let rig = Rig::start().await?;
    // The commit is made and the answer is lost, as on a connection that breaks.
    let first = std::sync::atomic::AtomicBool::new(true);
    rig.store.hooks.fail(move |call| {
        call.name == "commit" && call.done && first.swap(false, std::sync::atomic::Ordering::SeqCst)
    });
    rig.say("ana", "price").await?;
    rig.pass_slowly(10_000).await?;
    assert_eq!(
        rig.texts("ana").len(),
        1,
        "what was committed is sent, once"
    );
    rig.tap("ana").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana").last().unwrap(), "It is 10 euros.");
    assert!(rig.state("ana").await?.is_none());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_json_goes_to_the_dead_letter_and_holds_up_nothing() -> Result<()> {
    let rig = Rig::start().await?;
    let mut watch = rig.engine().happenings().watch();
    rig.deliver(Bytes::from_static(b"{\"object\":")).await?;
    rig.deliver(Bytes::from_static(b"\xff\xfe")).await?;
    rig.say("ana", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    assert_eq!(rig.engine().depth().await?.dead, 2);
    assert_eq!(rig.engine().work().dead, 2);
    let letters = rig.database.dead_letters(10).await?;
    assert_eq!(letters.len(), 2);
    assert!(!letters[0].error.is_empty());
    let mut told = 0;
    while let Ok(happening) = watch.try_recv() {
        told += u64::from(matches!(*happening, Happening::DeadLetter { .. }));
    }
    assert_eq!(told, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_costs_its_own_delivery_and_not_the_contact() -> Result<()> {
    let rig = Rig::parrot().await?;
    let first = std::sync::atomic::AtomicBool::new(true);
    rig.store.hooks.set(move |call| {
        let panics = call.name == "commit"
            && call.subject == "ana"
            && first.swap(false, std::sync::atomic::Ordering::SeqCst);
        async move {
            assert!(!panics, "a bug that the test has put in");
            Ok(())
        }
    });
    rig.say("ana", "1").await?;
    rig.say("ana", "2").await?;
    rig.say("ben", "1").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["You wrote 2"]);
    assert_eq!(rig.texts("ben"), ["You wrote 1"]);
    assert_eq!(rig.engine().depth().await?.dead, 1);
    assert!(
        rig.database.dead_letters(1).await?[0]
            .error
            .contains("panic")
    );
    Ok(())
}
