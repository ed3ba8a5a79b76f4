//! The circuit breaker of the client, in front of a service that is at fault.

use crate::support::{request, shop, text, to_ana, world};
use heliograph_engine::ports::Instagram;
use heliograph_instagram::{
    client::{AccountState, BreakerSettings, BreakerState, GraphClient},
    simulated::{Failure, Fault, GraphError, NewAccount},
};
use heliograph_model::{AccountId, ErrorClass, Millis, SendError};

async fn send_as(client: &GraphClient, account: &AccountId) -> Result<(), SendError> {
    let effect = to_ana(text("Hi"));
    client.send(&request(account, &effect)).await.map(|_| ())
}

fn state(client: &GraphClient) -> AccountState {
    let states = client.account_states();
    states
        .into_iter()
        .find(|state| state.account_id == shop())
        .unwrap()
}

#[tokio::test]
async fn a_service_at_fault_is_left_alone_and_found_well_again_by_one_probe() {
    let world = world().await;
    let client = world.client();
    let least = u64::try_from(BreakerSettings::default().least).unwrap();
    world.core.fail(Fault::always(Failure::Status(503)));
    for _ in 0..least {
        assert_eq!(
            state_of(send_as(&client, &shop()).await),
            (ErrorClass::Retry, None)
        );
    }
    let open_ms = BreakerSettings::default().open_ms;
    let error = send_as(&client, &shop()).await.unwrap_err();
    assert_eq!(error.retry_after_ms, Some(open_ms));
    assert!(error.message.contains("goes on by itself"), "{error}");
    assert!(client.profile(&shop(), &"1".into()).await.is_err());
    assert_eq!(world.core.counters().faulted, least, "no request was made");
    let until = crate::support::START + open_ms;
    assert_eq!(state(&client).breaker, BreakerState::Open { until });
    assert!(!state(&client).is_sending());

    // The probe finds it as it was, and nobody else asks.
    world.clock.advance(open_ms);
    assert!(send_as(&client, &shop()).await.is_err());
    assert!(send_as(&client, &shop()).await.is_err());
    assert_eq!(world.core.counters().faulted, least + 1, "one probe");

    world.core.lift_all();
    world.clock.advance(open_ms);
    assert!(
        send_as(&client, &shop()).await.is_err(),
        "the second wait is longer"
    );
    world.clock.advance(open_ms);
    assert!(send_as(&client, &shop()).await.is_ok());
    assert_eq!(state(&client).breaker, BreakerState::Closed);
    assert!(state(&client).is_sending());
    assert!(send_as(&client, &shop()).await.is_ok());
}

fn state_of(answer: Result<(), SendError>) -> (ErrorClass, Option<i64>) {
    let error = answer.unwrap_err();
    (error.class, error.retry_after_ms)
}

#[tokio::test]
async fn what_instagram_refuses_with_a_reason_is_no_fault_of_the_service() {
    let world = world().await;
    let client = world.client();
    for code in [551, 100, 10] {
        let refusal = GraphError::new(code, None, "refused");
        world.core.fail(Fault::next(50, Failure::Error(refusal)));
        for _ in 0..50 {
            assert_eq!(
                client
                    .send(&request(&shop(), &to_ana(text("Hi"))))
                    .await
                    .unwrap_err()
                    .code,
                Some(code)
            );
        }
    }
    assert_eq!(state(&client).breaker, BreakerState::Closed);
    assert!(send_as(&client, &shop()).await.is_ok());
}

#[tokio::test]
async fn dropped_connections_are_faults_and_those_of_one_account_only() {
    let world = world().await;
    let client = world.client();
    let other = AccountId::from("17841400000000002");
    world
        .core
        .add_account(NewAccount::new(other.clone(), "other.example"));
    world.core.person_wrote(
        &other,
        &crate::support::ANA.into(),
        None,
        crate::support::START,
    );
    world
        .core
        .fail(Fault::always(Failure::DropBefore).of_account(shop()));
    for _ in 0..BreakerSettings::default().least {
        assert!(send_as(&client, &shop()).await.is_err());
    }
    assert!(matches!(state(&client).breaker, BreakerState::Open { .. }));
    assert!(send_as(&client, &other).await.is_ok());
    client.reset(&shop()).await.unwrap();
    world.core.lift_all();
    assert!(
        send_as(&client, &shop()).await.is_ok(),
        "a reset forgets the breaker too"
    );
}

#[tokio::test]
async fn the_state_says_what_an_account_waits_for() {
    let world = world().await;
    let client = world.client();
    world.core.fail(Fault::next(1, Failure::limited(4, 60)));
    assert!(send_as(&client, &shop()).await.is_err());
    let paused = state(&client);
    assert_eq!(
        paused.paused_until,
        Some(crate::support::START + Millis::MINUTE)
    );
    assert!(!paused.is_sending());
    world.clock.advance(Millis::MINUTE);
    assert_eq!(state(&client).paused_until, None);
    world.core.set_token_expired(&shop(), true);
    assert!(send_as(&client, &shop()).await.is_err());
    let refused = state(&client).token_refused.unwrap();
    assert!(refused.contains("Reconnect the account"), "{refused}");
    let json = serde_json::to_value(state(&client)).unwrap();
    assert_eq!(json["breaker"]["state"], "closed");
    assert_eq!(json["accountId"], shop().as_str());
}
