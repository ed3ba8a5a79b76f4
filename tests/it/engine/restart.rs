//! The end of a process, in good order or not, and the next start.

use anyhow::Result;
use heliograph_instagram::simulated::{Failure, Fault, Requests};
use heliograph_model::{Effect, OutboxState, OutgoingMessage};
use heliograph_tests::rig::Rig;
use std::collections::HashSet;

fn words(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Send {
            message: OutgoingMessage::Text { text, .. },
            ..
        } => Some(text.clone()),
        Effect::Send { .. } | Effect::ReplyToComment { .. } | Effect::React { .. } => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_in_the_outbox_is_sent_once_after_a_restart() -> Result<()> {
    let mut rig = Rig::start().await?;
    rig.say("ana", "later").await?;
    rig.instagram
        .fail(Fault::next(1, Failure::limited(613, 60)).for_person("ben".into()));
    rig.say("ben", "hello").await?;
    rig.settle().await?;
    rig.stop().await;
    rig.restart().await?;
    rig.pass_slowly(3_600_000).await?;
    assert_eq!(rig.texts("ana"), ["Ten minutes have passed."]);
    assert_eq!(rig.texts("ben"), ["Hello!"]);
    let tries = rig.tries("ben").await?;
    assert!(tries.iter().all(|record| !record.uncertain));
    assert_eq!(
        tries.last().map(|record| record.attempt),
        Some(2),
        "counted on"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_was_under_way_at_the_end_of_a_process_is_marked() -> Result<()> {
    let mut rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(1, Failure::NeverAnswers).on(Requests::Sends));
    rig.say("ana", "hello").await?;
    rig.say("ben", "later").await?;
    rig.until("the request is out", || {
        rig.instagram.counters().faulted == 1
    })
    .await?;
    rig.cut_off();
    rig.restart().await?;
    rig.pass_slowly(3_600_000).await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    let tries = rig.tries("ana").await?;
    assert_eq!(tries.len(), 1);
    assert!(
        tries[0].uncertain,
        "nobody knows whether the first one arrived"
    );
    assert_eq!(tries[0].state, OutboxState::Sent);
    let other = rig.tries("ben").await?;
    assert!(!other[0].uncertain, "it was not under way");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_was_stopped_sends_nothing_more() -> Result<()> {
    let mut rig = Rig::start().await?;
    rig.say("ana", "later").await?;
    rig.settle().await?;
    rig.stop().await;
    let calls = rig.store.hooks.calls("begin_sends");
    let old = std::sync::Arc::clone(&rig.store);
    rig.restart().await?;
    rig.pass_slowly(3_600_000).await?;
    assert_eq!(
        rig.texts("ana"),
        ["Ten minutes have passed."],
        "by the new engine alone"
    );
    assert_eq!(
        old.hooks.calls("begin_sends"),
        calls,
        "the old one is at rest"
    );
    assert_eq!(
        std::sync::Arc::strong_count(&old),
        1,
        "and holds nothing open"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_was_taken() -> Result<()> {
    let mut rig = Rig::parrot().await?;
    for who in 0..200 {
        rig.say(&format!("c{who}"), "x").await?;
    }
    rig.stop().await;
    let handled = rig.instagram.sent().len();
    let waiting = {
        use heliograph_engine::ports::Queue;
        let depth = rig.database.depth().await?;
        assert_eq!(depth.active, 0, "nothing is left half done");
        usize::try_from(depth.waiting)?
    };
    assert_eq!(handled + waiting, 200);
    rig.restart().await?;
    rig.settle().await?;
    assert_eq!(rig.instagram.sent().len(), 200);
    assert_eq!(rig.engine().work().duplicates, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_of_the_process_at_any_moment_lose_nothing() -> Result<()> {
    let mut rig = Rig::parrot().await?;
    for round in 0..12 {
        for who in 0..30 {
            rig.say(&format!("c{who}"), &format!("{round:02}")).await?;
        }
        tokio::time::sleep(std::time::Duration::from_millis(fastrand::u64(0..25))).await;
        rig.cut_off();
        rig.restart().await?;
    }
    rig.settle().await?;
    rig.pass_slowly(60_000).await?;
    let expected: Vec<_> = (0..12)
        .map(|round| format!("You wrote {round:02}"))
        .collect();
    let mut repeats = 0;
    for who in 0..30 {
        let who = format!("c{who}");
        let mut texts = rig.texts(&who);
        let marked: HashSet<_> = rig
            .tries(&who)
            .await?
            .iter()
            .filter(|record| record.uncertain)
            .filter_map(|record| words(&record.effect))
            .collect();
        for (text, next) in texts.iter().zip(&texts[1..]) {
            if text == next {
                repeats += 1;
                assert!(
                    marked.contains(text),
                    "{who}: “{text}” is a repeat and not marked"
                );
            }
        }
        texts.dedup();
        assert_eq!(texts, expected, "{who}: in order, nothing lost");
    }
    println!("{repeats} repeats in 12 ends of the process, all marked");
    Ok(())
}
