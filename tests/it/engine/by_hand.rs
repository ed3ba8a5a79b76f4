//! What somebody sets by hand takes its turn behind the contact's events.

use anyhow::{Context, Result};
use heliograph_engine::process::{ByHand, HandChange, HandError, NO_DELIVERY};
use heliograph_model::Awaiting;
use heliograph_tests::rig::{Rig, shop};
use std::sync::Arc;
use tokio::sync::Notify;

fn hand(rig: &Rig, change: HandChange) -> ByHand {
    ByHand {
        account_id: rig.account(),
        contact_id: "ana".into(),
        change,
        seen: None,
    }
}

/// Holds the next commit until it is let go; says when it is there.
fn held_commit(rig: &Rig) -> (Arc<Notify>, Arc<Notify>) {
    let (there, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    rig.store.hooks.set({
        let (there, go) = (Arc::clone(&there), Arc::clone(&go));
        move |call| {
            let (there, go) = (Arc::clone(&there), Arc::clone(&go));
            async move {
                if call.name == "commit" && !call.done {
                    there.notify_one();
                    go.notified().await;
                }
                Ok(())
            }
        }
    });
    (there, go)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_comes_behind_the_event_that_is_under_way() -> Result<()> {
    let rig = Rig::start().await?;
    let (there, go) = held_commit(&rig);
    rig.say("ana", "price").await?;
    there.notified().await;
    // The event has decided, and not committed: a release that did not wait would be
    // written over.
    let release = rig.engine().by_hand(hand(&rig, HandChange::Release));
    let let_go = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        rig.store.hooks.clear();
        go.notify_one();
    };
    let (record, ()) = tokio::join!(release, let_go);
    let record = record?;
    assert_eq!(record.delivery_id, NO_DELIVERY);
    let trace = &record.decision.trace;
    assert_eq!(
        (trace.state_before, trace.state_after),
        (Some(Awaiting::AwaitingOpeningResponse), None),
        "it has seen what the event committed"
    );
    rig.settle().await?;
    assert_eq!(rig.state("ana").await?, None);
    // The cache knows it too: the same word starts anew.
    rig.say("ana", "price").await?;
    rig.settle().await?;
    assert!(rig.state("ana").await?.is_some());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_get_its_turn_is_not_done_later_either() -> Result<()> {
    let rig = Rig::start().await?;
    rig.say("ana", "price").await?;
    rig.settle().await?;
    let (there, go) = held_commit(&rig);
    rig.say("ana", "hello").await?;
    there.notified().await;
    let unsubscribe = hand(&rig, HandChange::Subscribed(false));
    let error = rig.engine().by_hand(unsubscribe).await;
    assert!(matches!(error, Err(HandError::Busy)), "{error:?}");
    rig.store.hooks.clear();
    go.notify_one();
    rig.settle().await?;
    let ana = rig.contact("ana").await?.context("ana has written")?;
    assert!(!ana.unsubscribed, "nobody waits for it any more");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_the_automation_does_not_have_is_refused() -> Result<()> {
    let rig = Rig::start().await?;
    let to = |name: &str, state| HandChange::Move {
        automation_id: shop::id(name),
        state,
    };
    let opening = Awaiting::AwaitingOpeningResponse;
    for (change, why) in [
        (to("hello", opening), "has no step"),
        (to("price", Awaiting::AwaitingEmail), "has no step"),
        (to("nobody", opening), "does not exist any more"),
    ] {
        let error = rig.engine().by_hand(hand(&rig, change)).await;
        let error = error.expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    }
    let moved = rig
        .engine()
        .by_hand(hand(&rig, to("price", opening)))
        .await?;
    assert_eq!(moved.decision.trace.state_after, Some(opening));
    let state = rig.state("ana").await?.context("ana stands there")?;
    assert_eq!(
        state.expires_at,
        state.updated_at + rig.engine().state_life_ms()
    );
    Ok(())
}
