//! Sends are retried by what the error means, and given up in the end.

use anyhow::Result;
use heliograph_engine::ports::Instagram;
use heliograph_instagram::simulated::{Failure, Fault, Requests, simulated_token};
use heliograph_model::{ErrorClass, Millis, OutboxState};
use heliograph_tests::rig::{Rig, shop, webhook};

/// How the tries of a person's sends ended, in order.
async fn ends(rig: &Rig, who: &str) -> Result<Vec<OutboxState>> {
    Ok(rig
        .tries(who)
        .await?
        .iter()
        .map(|record| record.state)
        .collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_instagram_refuses_for_now_is_tried_again_until_it_goes() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(2, Failure::Status(500)).on(Requests::Sends));
    rig.say("ana", "hello").await?;
    rig.settle().await?;
    assert!(rig.texts("ana").is_empty());
    rig.pass_slowly(30_000).await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    assert_eq!(
        ends(&rig, "ana").await?,
        [
            OutboxState::Retrying,
            OutboxState::Retrying,
            OutboxState::Sent
        ]
    );
    let work = rig.engine().work();
    assert_eq!((work.retried, work.sent, work.failed), (2, 1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_is_obeyed() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(1, Failure::limited(613, 120)).on(Requests::Sends));
    rig.say("ana", "hello").await?;
    rig.settle().await?;
    rig.pass_slowly(119_000).await?;
    assert!(rig.texts("ana").is_empty(), "not before Instagram said");
    let asked = rig.instagram.counters();
    assert_eq!(
        (asked.faulted, asked.all_sent()),
        (1, 0),
        "nothing was even asked"
    );
    rig.pass_slowly(20_000).await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_token_holds_its_account_and_no_other() -> Result<()> {
    let rig = Rig::start().await?;
    let (one, other) = (shop::account(0), shop::account(1));
    rig.instagram.set_token_expired(&one, true);
    rig.say("ana", "hello").await?;
    rig.say("ben", "hello").await?;
    let item = rig.write_to(&other, "cem", "hello");
    rig.deliver(webhook::messaging(&other, &[item], rig.clock_now()))
        .await?;
    rig.settle().await?;
    assert_eq!(rig.texts("cem"), ["Hello!"]);
    assert!(rig.texts("ana").is_empty() && rig.texts("ben").is_empty());

    // Hours pass; the account asks Instagram once and not for every message.
    rig.pass_slowly(6 * Millis::HOUR).await?;
    assert!(rig.texts("ana").is_empty());
    let tries = rig.tries("ana").await?;
    assert!(
        tries
            .iter()
            .all(|record| record.state == OutboxState::Retrying)
    );
    let error = tries[0].error.as_ref().unwrap();
    assert_eq!(error.class, ErrorClass::Token);

    // Somebody reconnects the account. A small fault then is no reason to give up.
    rig.instagram.set_token(&one, "renewed");
    rig.tokens.set(one.clone(), "renewed".to_owned().into());
    rig.client.reset(&one).await?;
    rig.instagram
        .fail(Fault::next(1, Failure::Status(503)).for_person("ana".into()));
    rig.pass_slowly(2 * Millis::HOUR).await?;
    assert_eq!(rig.texts("ana"), ["Hello!"]);
    assert_eq!(rig.texts("ben"), ["Hello!"]);
    assert_eq!(
        simulated_token(&one),
        format!("IGSIMULATED.{one}"),
        "not the old one"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_never_go_fails_at_once() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(1, Failure::error(551, 1_545_041)).on(Requests::Sends));
    rig.say("ana", "twice").await?;
    rig.settle().await?;
    assert_eq!(
        rig.texts("ana"),
        ["Second."],
        "the next one is another matter"
    );
    assert_eq!(
        ends(&rig, "ana").await?,
        [OutboxState::Failed, OutboxState::Sent]
    );
    assert_eq!(rig.engine().work().failed, 1);
    rig.pass_slowly(Millis::DAY).await?;
    assert_eq!(rig.texts("ana").len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_stops_failing_waits_for_as_long_as_instagram_would_take_it() -> Result<()> {
    let rig = Rig::start().await?;
    let limited = Fault::always(Failure::limited(4, 1)).on(Requests::Sends);
    let fault = rig.instagram.fail(limited.clone());
    rig.say("ana", "hello").await?;
    rig.pass_slowly(20 * Millis::HOUR).await?;
    assert_eq!(
        ends(&rig, "ana").await?.last(),
        Some(&OutboxState::Retrying)
    );
    rig.instagram.lift(fault);
    rig.pass_slowly(3 * Millis::HOUR).await?;
    assert_eq!(
        rig.texts("ana"),
        ["Hello!"],
        "an outage of a day loses nothing"
    );

    rig.instagram.fail(limited);
    rig.say("ben", "hello").await?;
    rig.pass_slowly(26 * Millis::HOUR).await?;
    assert_eq!(ends(&rig, "ben").await?.last(), Some(&OutboxState::Dropped));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_without_a_reason_is_tried_a_few_times_and_marked() -> Result<()> {
    let rig = Rig::start().await?;
    let refused = Fault::always(Failure::error(2, None)).on(Requests::Sends);
    rig.instagram.fail(refused);
    rig.say("ana", "hello").await?;
    rig.pass_slowly(3 * Millis::HOUR).await?;
    let ends = ends(&rig, "ana").await?;
    assert_eq!(ends.last(), Some(&OutboxState::Unknown));
    assert_eq!(ends.len(), 4, "each of them may have arrived");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_may_have_arrived_is_not_sent_again() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(1, Failure::DropAfter).on(Requests::Sends));
    rig.say("ana", "hello").await?;
    rig.settle().await?;
    rig.pass_slowly(Millis::DAY).await?;
    assert_eq!(rig.texts("ana"), ["Hello!"], "it had arrived");
    assert_eq!(ends(&rig, "ana").await?, [OutboxState::Unknown]);
    assert_eq!(rig.engine().work().unknown, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_reply_that_may_have_arrived_is_tried_again_and_arrives_once() -> Result<()> {
    let rig = Rig::start().await?;
    // It arrived, and the connection broke.
    rig.instagram
        .fail(Fault::next(1, Failure::DropAfter).on(Requests::Sends));
    rig.comment("ana", "info").await?;
    rig.pass_slowly(Millis::HOUR).await?;
    assert_eq!(rig.texts("ana"), ["Here is the information."]);
    assert_eq!(
        ends(&rig, "ana").await?,
        [OutboxState::Retrying, OutboxState::Sent]
    );
    let used_up = rig.instagram.counters().refused;
    assert_eq!(
        used_up.get(&(100, Some(2_534_025))),
        Some(&1),
        "asked, and told so"
    );

    // It did not arrive.
    rig.instagram
        .fail(Fault::next(1, Failure::DropBefore).on(Requests::Sends));
    rig.comment("ben", "info").await?;
    rig.pass_slowly(Millis::HOUR).await?;
    assert_eq!(rig.texts("ben"), ["Here is the information."]);
    assert_eq!(rig.engine().work().sent, 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_that_somebody_else_answered_is_a_failure_and_not_ours() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram
        .fail(Fault::next(1, Failure::error(100, 2_534_025)).on(Requests::Sends));
    rig.comment("ana", "info").await?;
    rig.pass_slowly(Millis::HOUR).await?;
    assert_eq!(ends(&rig, "ana").await?, [OutboxState::Failed]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_attempted_after_the_window_has_closed() -> Result<()> {
    let rig = Rig::start().await?;
    rig.instagram.set_token_expired(&rig.account(), true);
    rig.say("ana", "hello").await?;
    rig.pass_slowly(25 * Millis::HOUR).await?;
    let asked = rig.instagram.counters();
    rig.instagram.set_token_expired(&rig.account(), false);
    rig.client.reset(&rig.account()).await?;
    rig.pass_slowly(2 * Millis::HOUR).await?;
    assert_eq!(rig.instagram.counters(), asked, "nothing more was asked");
    assert_eq!(ends(&rig, "ana").await?.last(), Some(&OutboxState::Dropped));
    assert_eq!(rig.engine().work().dropped, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_unsubscribes_while_a_message_waits_does_not_get_it() -> Result<()> {
    let rig = Rig::start().await?;
    rig.say("ana", "later").await?;
    rig.settle().await?;
    rig.say("ana", "stop").await?;
    rig.settle().await?;
    assert!(rig.contact("ana").await?.unwrap().unsubscribed);
    rig.pass(600_000).await?;
    assert!(rig.texts("ana").is_empty());
    assert_eq!(ends(&rig, "ana").await?, [OutboxState::Dropped]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_unsubscribes_while_a_message_stands_behind_another_does_not_get_it() -> Result<()> {
    let rig = Rig::start().await?;
    // The first of two is on its way when the person unsubscribes; the second was never
    // due later and never tried.
    rig.instagram
        .fail(Fault::next(1, Failure::Slow(300)).on(Requests::Sends));
    rig.say("ana", "twice").await?;
    rig.until("the first is on its way", || {
        rig.instagram.counters().faulted == 1
    })
    .await?;
    rig.say("ana", "stop").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["First."]);
    assert_eq!(
        ends(&rig, "ana").await?,
        [OutboxState::Sent, OutboxState::Dropped]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_is_answered_publicly_and_privately() -> Result<()> {
    let rig = Rig::start().await?;
    rig.comment("ana", "both").await?;
    rig.settle().await?;
    let sent = rig.instagram.sent();
    let public: Vec<_> = sent.iter().filter_map(|sent| sent.public_text()).collect();
    assert_eq!(public, ["Look into your messages."]);
    assert_eq!(rig.texts("ana"), ["Here is both."]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_refuses_everything_is_not_asked_every_second() -> Result<()> {
    let rig = Rig::start().await?;
    let fault = Fault::always(Failure::Status(429)).on(Requests::Sends);
    let fault = rig.instagram.fail(fault);
    rig.say("ana", "hello").await?;
    rig.pass_slowly(12 * Millis::HOUR).await?;
    let asked = rig.instagram.counters().faulted;
    assert!((5..40).contains(&asked), "asked {asked} times in 12 hours");
    assert!(rig.tries("ana").await?.len() < 40);
    rig.instagram.lift(fault);
    rig.pass_slowly(3 * Millis::HOUR).await?;
    assert_eq!(
        rig.texts("ana"),
        ["Hello!"],
        "there was time until the window closed"
    );
    Ok(())
}
