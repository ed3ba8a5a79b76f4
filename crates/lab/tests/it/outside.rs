//! What a listener takes in by the thousand stays within its bounds in the simulator.

use heliograph_lab::simulator::{Action, Simulator, SimulatorSettings, SimulatorView};
use heliograph_model::{DeliverySource, Millis, NewDelivery};

const START: Millis = Millis(1_772_442_000_000);
const DELIVERIES: usize = 2_600;
const VISITORS: usize = 700;

/// A webhook of somebody who is not simulated.
async fn arrive(simulator: &Simulator, begun: &SimulatorView, number: usize) {
    let account = &begun.account.id;
    let visitor = 900_000 + number % VISITORS;
    let body = format!(
        r#"{{"object":"instagram","entry":[{{"id":"{account}","time":1,"messaging":[{{
        "sender":{{"id":"{visitor}"}},"recipient":{{"id":"{account}"}},
        "timestamp":1,"message":{{"mid":"outside.{number}","text":"hours"}}}}]}}]}}"#
    );
    let delivery = NewDelivery {
        received_at: START,
        source: DeliverySource::Listener,
        body: body.into(),
        secret: None,
        accounts: Vec::new(),
    };
    simulator.runtime().queue().push(delivery).await.unwrap();
}

#[tokio::test]
async fn thousands_of_webhooks_from_outside_are_bounded_and_going_back_is_refused_with_the_reason()
{
    let simulator = Simulator::open(SimulatorSettings {
        open_to_others: true,
        ..SimulatorSettings::demo(START)
    })
    .await
    .unwrap();
    let begun = simulator.view().await.unwrap();
    for number in 0..DELIVERIES {
        arrive(&simulator, &begun, number).await;
        if number % 200 == 199 {
            simulator.settle().await.unwrap();
            // Behind the traffic the window asks for figures alone.
            simulator.figures().await.unwrap();
        }
    }
    simulator.settle().await.unwrap();
    let view = simulator.view().await.unwrap();
    assert_eq!(view.figures.deliveries as usize, DELIVERIES);
    let visitors = view.people.len() - begun.people.len();
    assert!((200..=300).contains(&visitors), "{visitors} visitors");
    assert!(
        begun
            .people
            .iter()
            .all(|one| view.people.iter().any(|it| it.id == one.id))
    );
    assert!(view.playback.moments.len() <= 300);

    // What comes of webhooks that are not in the log is not told as somebody else's doing.
    let maya = begun.people[0].id.clone();
    let (person, text) = (maya.clone(), "menu".to_owned());
    simulator.act(Action::Say { person, text }).await.unwrap();
    simulator.settle().await.unwrap();
    for number in 0..50 {
        arrive(&simulator, &begun, DELIVERIES + number).await;
    }
    simulator.settle().await.unwrap();
    let moments = simulator.view().await.unwrap().playback.moments;
    let marks = &moments.last().unwrap().marks;
    let reached: Vec<_> = marks.iter().map(|mark| &mark.person).collect();
    assert_eq!(reached, [&maya]);

    let refused = simulator.go_to(1).await.unwrap_err().to_string();
    assert!(refused.contains("came in from outside"), "{refused}");
    let refused = simulator.write_scenario("Crowd", "", "bakery").await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("came in from outside")
    );

    simulator.reset().await.unwrap();
    assert_eq!(
        simulator.view().await.unwrap().people.len(),
        begun.people.len()
    );
    assert!(!simulator.go_to(0).await.unwrap());
}
