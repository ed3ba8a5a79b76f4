//! Telling the simulated Instagram to fail, and what the client makes of it.

use crate::support::{ANA, BEN, COMMENT, effect, request, shop, text, to_ana, world};
use heliograph_engine::ports::Instagram;
use heliograph_instagram::{
    client::{GraphClient, Pacing},
    simulated::{Failure, Fault, Requests, SimulatedSettings, serve},
};
use heliograph_model::{ErrorClass, Millis, Recipient, SendError};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

async fn send(client: &GraphClient) -> Result<(), SendError> {
    let effect = to_ana(text("Hi"));
    let sent = client.send(&request(&shop(), &effect)).await;
    sent.map(|_| ())
}

async fn reply_privately(client: &GraphClient) -> Result<(), SendError> {
    let effect = effect(Recipient::Comment(COMMENT.into()), text("Hi"));
    let sent = client.send(&request(&shop(), &effect)).await;
    sent.map(|_| ())
}

#[tokio::test]
async fn the_next_requests_fail_and_then_no_more() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(2, Failure::Status(500)));
    for _ in 0..2 {
        let error = send(&client).await.unwrap_err();
        assert_eq!((error.class, error.code), (ErrorClass::Retry, None));
    }
    assert!(send(&client).await.is_ok());
    assert!(world.core.faults().is_empty());
    assert_eq!(world.core.counters().faulted, 2);
    assert_eq!(
        world.core.sent().len(),
        1,
        "what failed before took no effect"
    );
}

#[tokio::test]
async fn a_fault_stays_until_it_is_lifted() {
    let world = world().await;
    let client = world.client();
    let fault = world.core.fail(Fault::always(Failure::Status(503)));
    for _ in 0..3 {
        assert!(send(&client).await.is_err());
    }
    assert!(world.core.lift(fault));
    assert!(!world.core.lift(fault), "it is lifted once");
    assert!(send(&client).await.is_ok());
}

#[tokio::test]
async fn a_fault_may_be_for_one_person_one_account_or_one_kind_of_request() {
    let world = world().await;
    let client = world.client();
    world
        .core
        .fail(Fault::always(Failure::Status(500)).for_person(BEN.into()));
    assert!(send(&client).await.is_ok(), "Ana is somebody else");
    assert!(
        reply_privately(&client).await.is_err(),
        "Ben wrote the comment"
    );
    world.core.lift_all();
    world
        .core
        .fail(Fault::always(Failure::Status(500)).of_account("17841400000000009".into()));
    assert!(send(&client).await.is_ok(), "it is another account");
    world.core.lift_all();
    world
        .core
        .fail(Fault::always(Failure::Status(500)).on(Requests::Profiles));
    assert!(send(&client).await.is_ok(), "a send is no profile");
    assert!(client.profile(&shop(), &ANA.into()).await.is_err());
}

#[tokio::test]
async fn retry_after_pauses_the_account() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(1, Failure::limited(613, 30)));
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Retry, Some(613)));
    assert_eq!(error.retry_after_ms, Some(30_000));
    world.clock.advance(10_000);
    let error = send(&client).await.unwrap_err();
    assert_eq!(error.retry_after_ms, Some(20_000), "the rest of the pause");
    assert_eq!(world.core.counters().all_sent(), 0);
    world.clock.advance(20_000);
    assert!(send(&client).await.is_ok());
}

#[tokio::test]
async fn the_usage_header_pauses_the_account_too() {
    let world = crate::support::world_with(SimulatedSettings {
        private_replies_per_hour: Some(0),
        ..SimulatedSettings::default()
    })
    .await;
    let client = world.client();
    let error = reply_privately(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Retry, Some(80_002)));
    assert_eq!(error.retry_after_ms, Some(Millis::HOUR));
    let error = reply_privately(&client).await.unwrap_err();
    assert_eq!(
        (error.code, error.retry_after_ms),
        (None, Some(Millis::HOUR))
    );
    assert_eq!(world.core.counters().all_refused(), 1, "it asked once only");
    assert!(
        send(&client).await.is_ok(),
        "messages have a limit of their own"
    );
}

#[tokio::test]
async fn the_apps_limit_pauses_everything() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(1, Failure::limited(4, 60)));
    assert!(reply_privately(&client).await.is_err());
    assert!(send(&client).await.is_err());
    assert!(client.profile(&shop(), &ANA.into()).await.is_err());
    world.clock.advance(60_000);
    assert!(send(&client).await.is_ok());
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_is_no_unknown_outcome() {
    let world = world().await;
    let client = world.client();
    assert!(send(&client).await.is_ok());
    let address = world.server.address();
    world.server.stop().await;
    let listener = TcpListener::bind(address).await.unwrap();
    let core = Arc::clone(&world.core);
    let _server = serve(listener, core, std::future::pending()).unwrap();
    for _ in 0..5 {
        match send(&client).await {
            Ok(()) => return,
            Err(error) => assert_eq!(error.class, ErrorClass::Retry, "{error}"),
        }
    }
    panic!("it did not find the server again");
}

#[tokio::test]
async fn the_server_stops_although_a_request_is_never_answered() {
    let world = world().await;
    let client = Arc::new(world.client());
    world.core.fail(Fault::next(1, Failure::NeverAnswers));
    let sending = tokio::spawn({
        let client = Arc::clone(&client);
        async move { send(&client).await }
    });
    crate::support::until("the request is there", || {
        world.core.counters().faulted == 1
    })
    .await;
    let stopping = tokio::time::timeout(Duration::from_secs(5), world.server.stop());
    assert!(stopping.await.is_ok());
    let error = sending.await.unwrap().unwrap_err();
    assert_eq!(error.class, ErrorClass::Unknown);
}

#[tokio::test]
async fn a_missing_permission_does_not_stop_the_account() {
    let world = world().await;
    let client = world.client();
    world
        .core
        .fail(Fault::next(1, Failure::error(10, None)).on(Requests::Profiles));
    let error = client.profile(&shop(), &ANA.into()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Token);
    assert!(send(&client).await.is_ok());
}

#[tokio::test]
async fn a_connection_that_is_dropped_leaves_the_outcome_unknown() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(1, Failure::DropBefore));
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Unknown, None));
    assert_eq!(world.core.sent().len(), 0);
    world.core.fail(Fault::next(1, Failure::DropAfter));
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Unknown, None));
    assert_eq!(world.core.sent().len(), 1, "it arrived, and nobody said so");
}

#[tokio::test]
async fn no_answer_in_time_leaves_the_outcome_unknown_for_a_send_and_not_for_a_look() {
    let world = world().await;
    let client = world.client_with(|config| {
        let mut config = config.paced(Pacing::unlimited());
        config.request_timeout = Duration::from_millis(100);
        config
    });
    world.core.fail(Fault::next(2, Failure::NeverAnswers));
    let error = reply_privately(&client).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Unknown);
    let error = client.profile(&shop(), &ANA.into()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Retry);
    assert_eq!(world.core.sent().len(), 0);
}

#[tokio::test]
async fn a_slow_answer_is_an_answer_unless_the_time_is_up() {
    let world = world().await;
    let client = world.client_with(|config| {
        let mut config = config.paced(Pacing::unlimited());
        config.request_timeout = Duration::from_millis(400);
        config
    });
    world.core.fail(Fault::next(1, Failure::Slow(50)));
    let began = Instant::now();
    assert!(send(&client).await.is_ok());
    assert!(began.elapsed() >= Duration::from_millis(50));
    world.core.fail(Fault::next(1, Failure::Slow(60_000)));
    assert_eq!(send(&client).await.unwrap_err().class, ErrorClass::Unknown);
    assert_eq!(world.core.sent().len(), 2, "both took effect");
}

#[tokio::test]
async fn nobody_listening_is_tried_again() {
    let world = world().await;
    let client = world.client();
    world.server.stop().await;
    let effect = effect(Recipient::Comment(COMMENT.into()), text("Hi"));
    let error = client.send(&request(&shop(), &effect)).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Retry, "nothing can have arrived");
    assert!(error.message.contains("network"), "{error}");
}

#[tokio::test]
async fn an_unknown_error_after_the_effect_is_uncertain_only_where_one_is_allowed() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(2, Failure::UnknownErrorAfter));
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Retry, Some(1)));
    let error = reply_privately(&client).await.unwrap_err();
    assert_eq!((error.class, error.code), (ErrorClass::Unknown, Some(1)));
    let error = reply_privately(&client).await.unwrap_err();
    assert_eq!(
        (error.class, error.subcode),
        (ErrorClass::Permanent, Some(2_534_025)),
        "it had arrived"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_json_may_have_been_a_success() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(1, Failure::GarbledAfter));
    assert_eq!(send(&client).await.unwrap_err().class, ErrorClass::Unknown);
    assert_eq!(world.core.sent().len(), 1);
}

#[tokio::test]
async fn any_code_can_be_had() {
    let world = world().await;
    let client = world.client();
    world
        .core
        .fail(Fault::next(1, Failure::error(10, 1_893_063)));
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.code, error.subcode), (Some(10), Some(1_893_063)));
    assert_eq!(error.class, ErrorClass::Retry);
    assert_eq!(error.retry_after_ms, Some(Millis::HOUR));
}
