//! The simulator as a window uses it, from open to reset.

use heliograph_lab::simulator::{
    Action, Author, Bubble, Content, MediaSurface, Simulator, SimulatorSettings, SimulatorView,
    Surface,
};
use heliograph_model::{Awaiting, Millis, OutboxState, OutgoingMessage, Reason};

const START: Millis = Millis(1_772_442_000_000);

async fn open() -> Simulator {
    Simulator::open(SimulatorSettings::demo(START))
        .await
        .unwrap()
}

async fn after(simulator: &Simulator, action: Action) -> SimulatorView {
    simulator.act(action).await.unwrap();
    simulator.settle().await.unwrap();
    simulator.view().await.unwrap()
}

fn last(view: &SimulatorView) -> &Bubble {
    view.people[0].conversation.last().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_walks_through_the_menu_and_everything_is_seen() {
    let simulator = open().await;
    let changes = simulator.changes();
    let view = simulator.view().await.unwrap();
    assert_eq!(view.people.len(), 2);
    assert!(view.people[1].follows && view.people[0].contact.is_none());
    let maya = view.people[0].id.clone();

    let view = after(
        &simulator,
        Action::Say {
            person: maya.clone(),
            text: "What is on the menu?".into(),
        },
    )
    .await;
    let opening = last(&view).clone();
    assert_eq!(opening.from, Author::Account);
    assert_eq!(opening.send, Some(OutboxState::Sent));
    let Content::Message {
        message: OutgoingMessage::Buttons { buttons, text },
    } = &opening.content
    else {
        panic!("{opening:?}")
    };
    assert_eq!(buttons[0].title, "Yes, show me");
    assert!(text.starts_with("Hi Maya!"), "{text}");
    let person = &view.people[0];
    assert_eq!(
        person.state.as_ref().unwrap().state,
        Awaiting::AwaitingOpeningResponse
    );
    assert_eq!(person.decisions.len(), 1);
    assert_eq!(person.decisions[0].decision.trace.reason, Reason::Started);
    assert_eq!(person.window_closes_at, Some(START + Millis::DAY));
    assert_eq!(person.unread, 1);
    let said = &person.conversation[0];
    let delivery = said.delivery_id.unwrap();
    assert_eq!(delivery, person.decisions[0].delivery_id);
    let body = simulator.last_webhook(delivery).await.unwrap().unwrap();
    assert!(body.contains("What is on the menu?"), "{body}");
    assert!(changes.has_changed().unwrap());

    let view = after(
        &simulator,
        Action::Tap {
            person: maya.clone(),
            bubble: opening.id,
            card: None,
            button: 0,
        },
    )
    .await;
    assert_eq!(
        view.people[0].state.as_ref().unwrap().state,
        Awaiting::AwaitingEmail
    );
    let view = after(
        &simulator,
        Action::Say {
            person: maya.clone(),
            text: "it is maya@example.com".into(),
        },
    )
    .await;
    let person = &view.people[0];
    assert_eq!(person.state, None);
    assert_eq!(
        person.contact.as_ref().unwrap().email.as_deref(),
        Some("maya@example.com")
    );
    assert_eq!(view.figures.deliveries, 3);
    assert_eq!(view.figures.sent, 4, "opening, question, buttons, carousel");
    assert_eq!(view.figures.failed, 0);

    simulator.let_pass(Millis::DAY).await.unwrap();
    let view = simulator.view().await.unwrap();
    assert_eq!(view.now, START + Millis::DAY);
    assert_eq!(view.people[0].window_closes_at, None);
    assert_eq!(
        last(&view).content,
        Content::Note {
            text: "1 day passes".into()
        }
    );

    simulator.reset().await.unwrap();
    let view = simulator.view().await.unwrap();
    assert_eq!(view.now, START);
    assert_eq!(view.people.len(), 2);
    assert!(view.people[0].conversation.is_empty() && view.people[0].contact.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_answered_publicly_and_privately_and_a_button_leads_on() {
    let simulator = open().await;
    let view = simulator.view().await.unwrap();
    let (maya, leo) = (view.people[0].id.clone(), view.people[1].id.clone());
    let post = view
        .media
        .iter()
        .find(|media| media.kind == MediaSurface::Post)
        .unwrap()
        .id
        .clone();
    let view = after(
        &simulator,
        Action::Comment {
            person: maya.clone(),
            media: post.clone(),
            text: "the recipe please".into(),
            parent: None,
        },
    )
    .await;
    let conversation = &view.people[0].conversation;
    assert_eq!(conversation.len(), 3, "{conversation:#?}");
    assert_eq!(conversation[0].surface, Surface::Comment);
    let public = conversation
        .iter()
        .find(|bubble| matches!(bubble.content, Content::PublicReply { .. }))
        .unwrap();
    assert_eq!(public.surface, Surface::Comment);
    assert_eq!(public.media_id, Some(post));
    let private = conversation
        .iter()
        .find(|bubble| bubble.private_reply)
        .unwrap();
    let view = after(
        &simulator,
        Action::Tap {
            person: maya,
            bubble: private.id.clone(),
            card: None,
            button: 0,
        },
    )
    .await;
    assert_eq!(
        view.people[0].state.as_ref().unwrap().state,
        Awaiting::AwaitingFollowConfirmation
    );
    assert!(view.people[1].conversation.is_empty());

    simulator.set_unsubscribed(&leo, true).await.unwrap();
    let view = after(
        &simulator,
        Action::Say {
            person: leo,
            text: "menu".into(),
        },
    )
    .await;
    assert_eq!(view.people[1].conversation.len(), 1);
    assert_eq!(
        view.people[1].decisions[0].decision.trace.reason,
        Reason::ContactUnsubscribed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_refused_with_a_sentence() {
    let simulator = open().await;
    let maya = simulator.view().await.unwrap().people[0].id.clone();
    let nobody = simulator
        .act(Action::Say {
            person: "1".into(),
            text: "hello".into(),
        })
        .await
        .unwrap_err()
        .to_string();
    assert!(nobody.contains("no person"), "{nobody}");
    let nothing = simulator
        .act(Action::Tap {
            person: maya,
            bubble: "x".into(),
            card: None,
            button: 0,
        })
        .await
        .unwrap_err()
        .to_string();
    assert!(nothing.contains("no message x"), "{nothing}");
}
