//! Going back and forward, the running clock, what is due, and faults on purpose.

use heliograph_lab::scenario::BadAnswer;
use heliograph_lab::simulator::{
    Action, Author, Bubble, Content, Document, DueKind, Fault, Language, MomentKind, NewPerson,
    Person, Simulator, SimulatorSettings, SimulatorView,
};
use heliograph_model::{Awaiting, ContactId, Millis, OutboxState, OutgoingMessage, Reason};
use std::sync::Arc;
use std::time::Duration;

const START: Millis = Millis(1_772_442_000_000);

async fn open() -> Arc<Simulator> {
    let simulator = Simulator::open(SimulatorSettings::demo(START)).await;
    Arc::new(simulator.unwrap())
}

async fn view(simulator: &Simulator) -> SimulatorView {
    simulator.settle().await.unwrap();
    simulator.view().await.unwrap()
}

async fn act(simulator: &Simulator, action: Action) -> SimulatorView {
    simulator.act(action).await.unwrap();
    view(simulator).await
}

async fn say(simulator: &Simulator, person: &ContactId, text: &str) -> SimulatorView {
    let (person, text) = (person.clone(), text.to_owned());
    act(simulator, Action::Say { person, text }).await
}

/// Taps the first button of the last message that has one.
async fn tap(simulator: &Simulator, person: &ContactId) -> SimulatorView {
    let view = view(simulator).await;
    let bubble = of(&view, person)
        .conversation
        .iter()
        .rev()
        .find(|bubble| {
            matches!(
                bubble.content,
                Content::Message {
                    message: OutgoingMessage::Buttons { .. }
                }
            )
        })
        .unwrap();
    let action = Action::Tap {
        person: person.clone(),
        bubble: bubble.id.clone(),
        card: None,
        button: 0,
    };
    act(simulator, action).await
}

fn of<'a>(view: &'a SimulatorView, person: &ContactId) -> &'a Person {
    view.people.iter().find(|each| each.id == *person).unwrap()
}

fn awaiting(view: &SimulatorView, person: &ContactId) -> Option<Awaiting> {
    of(view, person).state.as_ref().map(|state| state.state)
}

/// The conversation without what differs between two engines that did the same.
fn told(person: &Person) -> Vec<(String, Millis, Content)> {
    let plain = |bubble: &Bubble| (bubble.id.clone(), bubble.at, bubble.content.clone());
    person.conversation.iter().map(plain).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_lets_one_answer_differently_and_going_forward_restores() {
    let simulator = open().await;
    let start = view(&simulator).await;
    let (maya, leo) = (start.people[0].id.clone(), start.people[1].id.clone());
    say(&simulator, &maya, "menu please").await;
    say(&simulator, &leo, "hello").await;
    simulator.let_pass(11 * Millis::MINUTE).await.unwrap();
    tap(&simulator, &maya).await;
    let whole = say(&simulator, &maya, "it is maya@example.com").await;
    assert_eq!(whole.playback.moments.len(), 5);
    assert_eq!(whole.playback.position, 5);
    assert_eq!(awaiting(&whole, &maya), None);
    let first = &whole.playback.moments[0];
    assert_eq!((first.kind, first.number), (MomentKind::Wrote, 1));
    assert_eq!(first.marks[0].reason, Some(Reason::Started));
    assert_eq!(first.marks[0].sent, 1);
    assert!(first.marks[0].moved && first.marks[0].hits + first.marks[0].misses > 0);
    assert_eq!(whole.playback.moments[2].kind, MomentKind::Time);

    // Back to when the button was tapped: the address is awaited again.
    simulator.go_to(4).await.unwrap();
    let back = view(&simulator).await;
    assert_eq!(back.playback.stopped, None);
    assert_eq!(awaiting(&back, &maya), Some(Awaiting::AwaitingEmail));
    assert_eq!(back.now, START + 11 * Millis::MINUTE);
    assert_eq!(back.playback.position, 4);
    assert_eq!(
        back.playback.moments.len(),
        5,
        "the fifth can be done again"
    );
    let same = of(&whole, &maya).conversation.len() - of(&back, &maya).conversation.len();
    assert!(same >= 2, "the address and the answers to it are gone");
    let kept = told(of(&back, &maya));
    assert_eq!(
        kept[..],
        told(of(&whole, &maya))[..kept.len()],
        "bubbles keep their ids"
    );
    assert_eq!(told(of(&back, &leo)), told(of(&whole, &leo)));

    // Forward again, and everything is as it was.
    simulator.go_to(5).await.unwrap();
    let again = view(&simulator).await;
    assert_eq!(told(of(&again, &maya)), told(of(&whole, &maya)));
    assert_eq!(again.playback.position, 5);

    // Back, and another answer: what was undone is gone then.
    simulator.go_to(4).await.unwrap();
    let other = say(&simulator, &maya, "no thanks").await;
    assert_eq!(other.playback.moments.len(), 5);
    assert_eq!(other.playback.position, 5);
    assert_eq!(other.playback.moments[4].label, "no thanks");
    assert_eq!(
        other.playback.moments[4].marks[0].reason,
        Some(Reason::AskedAgain)
    );

    simulator.go_to(0).await.unwrap();
    let nothing = view(&simulator).await;
    assert!(
        nothing
            .people
            .iter()
            .all(|each| each.conversation.is_empty())
    );
    assert_eq!(nothing.now, START);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_tells_what_it_changed() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    say(&simulator, &maya, "menu").await;
    tap(&simulator, &maya).await;
    say(&simulator, &maya, "maya@example.com").await;
    let detail = simulator.moment(2).unwrap();
    let state = detail
        .differences
        .iter()
        .find(|each| each.of == Document::State && each.field == "state")
        .unwrap();
    assert_eq!(state.before.as_deref(), Some("awaiting_opening_response"));
    assert_eq!(state.after.as_deref(), Some("awaiting_email"));
    let detail = simulator.moment(3).unwrap();
    let email = detail
        .differences
        .iter()
        .find(|each| each.field == "email")
        .unwrap();
    assert_eq!(
        (email.before.as_deref(), email.of),
        (None, Document::Contact)
    );
    assert_eq!(email.after.as_deref(), Some("maya@example.com"));
    assert!(simulator.moment(4).is_none() && simulator.moment(0).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_stops_where_an_edit_makes_a_difference_and_says_so() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    say(&simulator, &maya, "hello").await;
    say(&simulator, &maya, "menu").await;
    let whole = tap(&simulator, &maya).await;
    let mut automations = whole.automations.clone().unwrap();
    let menu = automations.iter_mut().find(|each| each.name == "Menu");
    menu.unwrap().is_active = false;
    simulator.follow(automations).await.unwrap();

    simulator.go_to(3).await.unwrap();
    let back = view(&simulator).await;
    let why = back.playback.stopped.as_deref().unwrap();
    assert!(why.contains("menu") && why.contains("changed"), "{why}");
    assert_eq!(
        back.playback.position, 2,
        "it stands where it went otherwise"
    );
    assert_eq!(back.playback.moments.len(), 4);
    assert_eq!(
        back.playback.moments[1].marks[0].reason,
        Some(Reason::NoMatch)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_known_before_and_can_be_jumped_to() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    let asked = say(&simulator, &maya, "menu").await;
    let kinds: Vec<_> = asked.playback.due.iter().map(|due| due.kind).collect();
    assert!(kinds.contains(&DueKind::StateExpires), "{kinds:?}");
    assert!(kinds.contains(&DueKind::WindowCloses), "{kinds:?}");
    let expiry = &asked.playback.due[0];
    assert_eq!(expiry.person.as_ref(), Some(&maya));
    simulator.pass_until(expiry.at).await.unwrap();
    let later = view(&simulator).await;
    assert_eq!(later.now, expiry.at);
    assert_eq!(awaiting(&later, &maya), None);
    let last = later.playback.moments.last().unwrap();
    assert!(last.marks.iter().any(|mark| mark.moved), "the expiry shows");

    // A send that is tried again is due too.
    let times = Some(1);
    let answer = BadAnswer::ServerError;
    simulator
        .go_wrong(Fault::Instagram { answer, times })
        .await
        .unwrap();
    let failed = say(&simulator, &maya, "hours").await;
    let retry = failed
        .playback
        .due
        .iter()
        .find(|due| due.kind == DueKind::Retry)
        .unwrap();
    assert!(retry.text.as_deref().unwrap().starts_with("We are open"));
    simulator.pass_until(retry.at).await.unwrap();
    let sent = view(&simulator).await;
    let last = of(&sent, &maya).conversation.last().unwrap();
    assert_eq!((last.send, last.arrived), (Some(OutboxState::Sent), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_runs_stops_at_what_happens_and_is_one_moment() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    say(&simulator, &maya, "menu").await;
    simulator.run(600);
    assert_eq!(simulator.speed(), 600);
    let moved = async {
        while view(&simulator).await.now < START + 5 * Millis::MINUTE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), moved)
        .await
        .unwrap();
    simulator.stand_still();
    let stopped = view(&simulator).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let still = view(&simulator).await;
    assert_eq!(still.playback.speed, 0);
    assert!(
        still.now.since(stopped.now) <= 2 * Millis::MINUTE,
        "one step at the most"
    );
    assert_eq!(
        still.playback.moments.len(),
        2,
        "however many steps it took"
    );
    assert_eq!(still.playback.moments[1].kind, MomentKind::Time);

    // And it can be done again.
    let at = still.now;
    simulator.go_to(1).await.unwrap();
    assert_eq!(view(&simulator).await.now, START);
    simulator.go_to(2).await.unwrap();
    assert_eq!(view(&simulator).await.now, at);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_twice_is_answered_once() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    simulator
        .go_wrong(Fault::ComesTwice { on: true })
        .await
        .unwrap();
    assert!(view(&simulator).await.playback.faults.comes_twice);
    let after = say(&simulator, &maya, "hours").await;
    assert!(!after.playback.faults.comes_twice, "only the next one");
    let person = of(&after, &maya);
    let reasons: Vec<_> = person
        .decisions
        .iter()
        .map(|record| record.decision.trace.reason)
        .collect();
    assert!(reasons.contains(&Reason::Started), "{reasons:?}");
    let from_account = |bubble: &&Bubble| bubble.from == Author::Account;
    assert_eq!(person.conversation.iter().filter(from_account).count(), 1);

    simulator.go_wrong(Fault::Again).await.unwrap();
    let after = view(&simulator).await;
    let person = of(&after, &maya);
    assert_eq!(person.conversation.iter().filter(from_account).count(), 1);
    assert_eq!(after.figures.deliveries, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_held_back_comes_after_the_next_one() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    say(&simulator, &maya, "menu").await;
    simulator.go_wrong(Fault::HeldBack).await.unwrap();
    let held = say(&simulator, &maya, "hours").await;
    assert!(held.playback.faults.holds && !held.playback.faults.holds_next);
    assert_eq!(of(&held, &maya).decisions.len(), 1, "it has not arrived");
    let after = say(&simulator, &maya, "price").await;
    assert!(!after.playback.faults.holds);
    let texts: Vec<_> = of(&after, &maya)
        .decisions
        .iter()
        .filter_map(|record| record.event.text.clone())
        .collect();
    assert_eq!(texts, ["menu", "price", "hours"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_instagram_took_without_an_answer_is_shown_as_arrived() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    let (answer, times) = (BadAnswer::DropsAfter, Some(1));
    simulator
        .go_wrong(Fault::Instagram { answer, times })
        .await
        .unwrap();
    let active = view(&simulator).await.playback.faults;
    assert_eq!(active.instagram[0].answer, BadAnswer::DropsAfter);
    assert_eq!(active.instagram[0].times, Some(1));
    let after = say(&simulator, &maya, "hours").await;
    assert!(after.playback.faults.instagram.is_empty(), "it is used up");
    let answers: Vec<_> = of(&after, &maya)
        .conversation
        .iter()
        .filter(|bubble| bubble.from == Author::Account)
        .collect();
    assert_eq!(answers.len(), 1, "one message, seen once: {answers:?}");
    assert_eq!(answers[0].send, Some(OutboxState::Unknown));
    assert!(answers[0].arrived && answers[0].error.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_cache_is_refilled_and_an_unreachable_person_gets_nothing() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    say(&simulator, &maya, "hours").await;
    let warm = say(&simulator, &maya, "hours").await;
    assert_eq!(warm.playback.moments[1].marks[0].misses, 0);
    simulator.go_wrong(Fault::CacheLost).await.unwrap();
    let cold = say(&simulator, &maya, "hours").await;
    assert!(cold.playback.moments[3].marks[0].misses > 0);

    let millis = 60;
    simulator
        .go_wrong(Fault::StoreSlow { millis })
        .await
        .unwrap();
    let slow = say(&simulator, &maya, "hours").await;
    assert_eq!(slow.playback.faults.store_slow, 60);
    let reads = &of(&slow, &maya)
        .decisions
        .last()
        .unwrap()
        .decision
        .trace
        .reads;
    assert!(reads.iter().any(|read| read.micros >= 60_000), "{reads:?}");
    simulator
        .go_wrong(Fault::StoreSlow { millis: 0 })
        .await
        .unwrap();

    let (answer, times) = (BadAnswer::Unreachable, None);
    simulator
        .go_wrong(Fault::Instagram { answer, times })
        .await
        .unwrap();
    let refused = say(&simulator, &maya, "hours").await;
    let last = of(&refused, &maya).conversation.last().unwrap();
    assert_eq!(
        (last.send, last.arrived),
        (Some(OutboxState::Failed), false)
    );
    simulator.go_wrong(Fault::Recovers).await.unwrap();
    assert!(view(&simulator).await.playback.faults.instagram.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_put_where_an_operator_wants_them() {
    let simulator = open().await;
    let start = view(&simulator).await;
    let maya = start.people[0].id.clone();
    let menu = start
        .automations
        .iter()
        .flatten()
        .find(|each| each.name == "Menu");
    let standing = (menu.unwrap().id.clone(), Awaiting::AwaitingEmail);
    simulator.put(&maya, Some(standing)).await.unwrap();
    let put = view(&simulator).await;
    assert_eq!(awaiting(&put, &maya), Some(Awaiting::AwaitingEmail));
    let after = say(&simulator, &maya, "maya@example.com").await;
    assert_eq!(awaiting(&after, &maya), None);
    let contact = of(&after, &maya).contact.as_ref().unwrap();
    assert_eq!(contact.email.as_deref(), Some("maya@example.com"));
    simulator.set_email(&maya, None).await.unwrap();
    let after = view(&simulator).await;
    assert_eq!(of(&after, &maya).contact.as_ref().unwrap().email, None);

    // All of it is in the log, and done again when one goes back.
    let told_before = told(of(&after, &maya));
    simulator.go_to(1).await.unwrap();
    assert_eq!(
        awaiting(&view(&simulator).await, &maya),
        Some(Awaiting::AwaitingEmail)
    );
    simulator.go_to(3).await.unwrap();
    let again = view(&simulator).await;
    assert_eq!(told(of(&again, &maya)), told_before);
    assert_eq!(again.playback.stopped, None);
}

fn language(view: &SimulatorView, person: &ContactId) -> Option<String> {
    of(view, person).language.as_ref().map(Language::to_string)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_is_gone_back_from_and_stays_over_a_reset() {
    let simulator = open().await;
    let maya = view(&simulator).await.people[0].id.clone();
    let layla = NewPerson {
        language: Language::parse("AR"),
        ..NewPerson::named("ليلى حسن", false)
    };
    let layla = simulator.add_person(&layla).await.unwrap();
    let arabic = Language::parse("ar-EG");
    simulator.set_language(&maya, arabic.clone()).await.unwrap();
    let now = view(&simulator).await;
    assert_eq!(language(&now, &maya).as_deref(), Some("ar-EG"));
    assert_eq!(language(&now, &layla).as_deref(), Some("ar"));
    assert!(of(&now, &maya).contact.is_none(), "the engine sees nothing");
    let moment = &now.playback.moments[1];
    assert_eq!(moment.label, "language is ar-EG");
    assert!(simulator.moment(2).unwrap().differences.is_empty());

    simulator.go_to(1).await.unwrap();
    let back = view(&simulator).await;
    assert_eq!(language(&back, &maya), None);
    assert_eq!(language(&back, &layla).as_deref(), Some("ar"));
    simulator.reset().await.unwrap();
    assert_eq!(language(&view(&simulator).await, &maya), None);

    simulator.set_language(&maya, arabic).await.unwrap();
    simulator.reset().await.unwrap();
    let anew = view(&simulator).await;
    assert_eq!(language(&anew, &maya).as_deref(), Some("ar-EG"));
    assert!(anew.playback.moments.is_empty());
    simulator.set_language(&maya, None).await.unwrap();
    simulator.reset().await.unwrap();
    assert_eq!(language(&view(&simulator).await, &maya), None);
    let nobody = simulator.set_language(&"1".into(), None).await;
    nobody.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_says_where_everybody_stood_after_it() {
    let simulator = open().await;
    let start = view(&simulator).await;
    let (maya, leo) = (start.people[0].id.clone(), start.people[1].id.clone());
    say(&simulator, &maya, "menu").await;
    say(&simulator, &leo, "menu").await;
    tap(&simulator, &maya).await;
    simulator.put(&leo, None).await.unwrap();
    simulator.let_pass(25 * Millis::HOUR).await.unwrap();
    view(&simulator).await;
    let stood = |number: u32| {
        let all: Vec<_> = simulator
            .moment(number)
            .unwrap()
            .states
            .into_iter()
            .map(|state| (state.sender_id, state.state))
            .collect();
        all
    };
    let opening = Awaiting::AwaitingOpeningResponse;
    let stands = [
        vec![(maya.clone(), opening)],
        vec![(maya.clone(), opening), (leo.clone(), opening)],
        vec![(maya.clone(), Awaiting::AwaitingEmail), (leo, opening)],
        vec![(maya, Awaiting::AwaitingEmail)],
        vec![],
    ];
    for (number, expected) in (1..).zip(&stands) {
        assert_eq!(stood(number), *expected, "after {number}");
    }
    // What was undone knows it still.
    simulator.go_to(1).await.unwrap();
    assert_eq!(stood(3), stands[2]);
    assert!(simulator.moment(6).is_none() && simulator.moment(0).is_none());
}
