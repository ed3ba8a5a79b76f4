//! Conversations become scenarios that pass, and scenarios become conversations.

use heliograph_lab::demo_workspace;
use heliograph_lab::scenario::{BadAnswer, Files, Scenario, Shelf, ShelfError, run};
use heliograph_lab::simulator::{
    Action, Author, Content, Fault, Language, MediaSurface, NewPerson, Sendable, Simulator,
    SimulatorError, SimulatorSettings, SimulatorView,
};
use heliograph_model::{
    Awaiting, ContactId, DeliverySource, Millis, NewDelivery, OutgoingMessage, UserState,
};

/// Not a whole minute, as it is in the window.
const START: Millis = Millis(1_772_442_012_345);

struct Talk {
    simulator: Simulator,
    maya: ContactId,
    leo: ContactId,
}

impl Talk {
    async fn begin() -> Self {
        let settings = SimulatorSettings {
            open_to_others: true,
            ..SimulatorSettings::demo(START)
        };
        let simulator = Simulator::open(settings).await.unwrap();
        let people = simulator.view().await.unwrap().people;
        Self {
            maya: people[0].id.clone(),
            leo: people[1].id.clone(),
            simulator,
        }
    }

    async fn view(&self) -> SimulatorView {
        self.simulator.settle().await.unwrap();
        self.simulator.view().await.unwrap()
    }

    async fn act(&self, action: Action) -> SimulatorView {
        self.simulator.act(action).await.unwrap();
        self.view().await
    }

    async fn say(&self, person: &ContactId, text: &str) -> SimulatorView {
        let (person, text) = (person.clone(), text.to_owned());
        self.act(Action::Say { person, text }).await
    }

    async fn fault(&self, fault: Fault) {
        self.simulator.go_wrong(fault).await.unwrap();
        self.simulator.settle().await.unwrap();
    }

    async fn pass(&self, millis: i64) {
        self.simulator.let_pass(millis).await.unwrap();
    }

    /// The last message of the account to somebody that is of this sort.
    async fn message(&self, person: &ContactId, fits: impl Fn(&OutgoingMessage) -> bool) -> String {
        let view = self.view().await;
        let person = view.people.iter().find(|it| it.id == *person).unwrap();
        let mut bubbles = person.conversation.iter().rev();
        let found = bubbles.find(|bubble| match &bubble.content {
            Content::Message { message } => fits(message),
            _ => false,
        });
        found.unwrap().id.clone()
    }

    async fn tap(&self, person: &ContactId) -> SimulatorView {
        let fits = |message: &OutgoingMessage| matches!(message, OutgoingMessage::Buttons { .. });
        let action = Action::Tap {
            person: person.clone(),
            bubble: self.message(person, fits).await,
            card: None,
            button: 0,
        };
        self.act(action).await
    }

    /// Writes it down, runs what is written, and gives the text.
    async fn saved(&self) -> String {
        let written = self
            .simulator
            .write_scenario("Saved", "What was said.", "bakery")
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let text = &written.written.text;
        let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let report = run(&scenario, &Files::default()).await.unwrap();
        assert!(report.passed, "{text}\n{}", report.text());
        assert_eq!(scenario.steps.len(), written.written.steps);
        assert!(!written.differs, "it goes otherwise:\n{text}");
        text.clone()
    }
}

fn media(view: &SimulatorView, kind: MediaSurface) -> heliograph_model::MediaId {
    let found = view.media.iter().find(|media| media.kind == kind);
    found.unwrap().id.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_through_an_automation() {
    let talk = Talk::begin().await;
    talk.say(&talk.maya, "What's on the menu: today?").await;
    talk.pass(11 * Millis::MINUTE).await;
    talk.tap(&talk.maya).await;
    talk.say(&talk.maya, "no idea").await;
    talk.say(&talk.leo, "hello").await;
    talk.say(&talk.maya, "Sure, it's maya@example.com!").await;
    let text = talk.saved().await;
    for part in [
        "scenario: Saved\n",
        "  maya: { name: Maya Lindqvist, username: maya.lindqvist }\n",
        "follows: yes",
        "- maya says: \"What's on the menu: today?\"\n",
        "- time passes: 11 minutes\n",
        "- maya taps: Yes, show me\n",
        "- because: { reason: asked again, automation: Menu }\n",
        "- maya state: { awaiting: awaiting email, automation: Menu, asked: 2 }\n",
        "- maya contact: { email: maya@example.com }\n",
        "- maya state: none\n",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_action() {
    let talk = Talk::begin().await;
    let (maya, leo) = (talk.maya.clone(), talk.leo.clone());
    let start = talk.view().await;
    let (post, story, live) = (
        media(&start, MediaSurface::Post),
        media(&start, MediaSurface::Story),
        media(&start, MediaSurface::Live),
    );
    for what in [
        Sendable::Image,
        Sendable::Audio,
        Sendable::IgReel,
        Sendable::Unsupported,
    ] {
        let person = maya.clone();
        talk.act(Action::Send { person, what }).await;
    }
    let person = maya.clone();
    talk.act(Action::MentionInStory { person }).await;
    let (person, text) = (maya.clone(), "wow".into());
    talk.act(Action::ReplyToStory {
        person,
        story,
        text,
    })
    .await;
    talk.say(&maya, "hi").await;
    let replies = |message: &OutgoingMessage| matches!(message, OutgoingMessage::Text { quick_replies, .. } if !quick_replies.is_empty());
    let bubble = talk.message(&maya, replies).await;
    let person = maya.clone();
    talk.act(Action::TapQuickReply {
        person,
        bubble: bubble.clone(),
        reply: 1,
    })
    .await;
    let (person, emoji) = (maya.clone(), "❤️".to_owned());
    // Not the last message any more.
    talk.act(Action::React {
        person: person.clone(),
        bubble: bubble.clone(),
        emoji,
    })
    .await;
    talk.act(Action::Unreact {
        person: person.clone(),
        bubble: bubble.clone(),
    })
    .await;
    talk.act(Action::Read { person, bubble }).await;
    let first = talk.say(&maya, "first of two").await;
    let first = first.people[0]
        .conversation
        .iter()
        .rev()
        .find(|it| it.from == Author::Person)
        .unwrap()
        .id
        .clone();
    talk.say(&maya, "second of two").await;
    let person = maya.clone();
    talk.act(Action::EditMessage {
        person: person.clone(),
        bubble: first.clone(),
        text: "first, changed".into(),
    })
    .await;
    let bubble = first;
    talk.act(Action::DeleteMessage { person, bubble }).await;
    let comment = |person: &ContactId, media: &heliograph_model::MediaId, text: &str, parent| {
        Action::Comment {
            person: person.clone(),
            media: media.clone(),
            text: text.into(),
            parent,
        }
    };
    let view = talk.act(comment(&leo, &post, "recipe?", None)).await;
    let mut bubbles = view.people[1].conversation.iter();
    let parent = bubbles.find(|it| it.from == Author::Person).unwrap();
    let parent = Some(parent.id.clone());
    talk.act(comment(&leo, &post, "another one", None)).await;
    talk.act(comment(&maya, &post, "me too", parent)).await;
    talk.act(comment(&maya, &live, "hello from the live", None))
        .await;
    let (person, text) = (leo.clone(), "I answer myself".into());
    talk.act(Action::HumanReply { person, text }).await;
    let (person, reference) = (maya.clone(), "spring".into());
    talk.act(Action::OpenLink { person, reference }).await;
    let text = talk.saved().await;
    for part in [
        "- maya sends: a voice message\n",
        "- maya sends: something unsupported\n",
        "- maya mentions the account in a story\n",
        "- maya replies to story",
        "- maya chooses: Opening hours\n",
        "on the message: \"Hello",
        "- maya takes the reaction back: ",
        "- maya edits the message: { message: first of two, text: \"first, changed\" }\n",
        "- maya deletes the message: ",
        "to the comment: recipe?",
        "- a human answers leo: I answer myself\n",
        "- leo contact: { silenced: yes }",
        "- maya opens a link: spring\n",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_fault() {
    let talk = Talk::begin().await;
    let maya = talk.maya.clone();
    talk.fault(Fault::ComesTwice { on: true }).await;
    talk.fault(Fault::ComesTwice { on: false }).await;
    talk.fault(Fault::ComesTwice { on: true }).await;
    talk.say(&maya, "hours").await;
    talk.fault(Fault::Again).await;
    talk.fault(Fault::HeldBack).await;
    talk.say(&maya, "menu").await;
    talk.say(&maya, "price").await;
    talk.fault(Fault::HeldBack).await;
    talk.say(&maya, "hours").await;
    talk.fault(Fault::Arrives).await;
    talk.fault(Fault::CacheLost).await;
    talk.fault(Fault::StoreSlow { millis: 20 }).await;
    talk.say(&maya, "hours").await;
    talk.fault(Fault::StoreSlow { millis: 0 }).await;
    for (answer, times) in [
        (BadAnswer::ServerError, Some(2)),
        (BadAnswer::TooMany, Some(1)),
        (BadAnswer::DropsBefore, Some(1)),
        (BadAnswer::DropsAfter, Some(1)),
        (BadAnswer::Refuses, Some(1)),
        (BadAnswer::OutsideWindow, Some(1)),
        (BadAnswer::Unreachable, Some(1)),
    ] {
        talk.fault(Fault::Instagram { answer, times }).await;
        talk.say(&maya, "hours").await;
        talk.pass(3 * Millis::MINUTE).await;
    }
    let answer = BadAnswer::TokenExpired;
    talk.fault(Fault::Instagram {
        answer,
        times: None,
    })
    .await;
    talk.say(&maya, "hours").await;
    talk.fault(Fault::Recovers).await;
    talk.pass(Millis::HOUR).await;
    let text = talk.saved().await;
    assert_eq!(
        text.matches("the next delivery comes twice").count(),
        1,
        "{text}"
    );
    for part in [
        "- the next delivery is held back\n",
        "- the held delivery arrives\n",
        "- instagram answers: server error, twice\n",
        "- instagram answers: unreachable, once\n",
        "- instagram answers: token expired\n",
        "- instagram recovers\n",
        "- the cache is lost\n",
        "- the store is slow by: 20 milliseconds\n",
        "- the store is fast again\n",
        "reason: duplicate",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(text.contains("- sends: { failed: "), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_operators_set_people_who_come_later_and_webhooks_from_outside() {
    let talk = Talk::begin().await;
    let maya = talk.maya.clone();
    let nora = talk
        .simulator
        .add_person(&NewPerson::named("Nora", true))
        .await
        .unwrap();
    talk.simulator.set_follows(&maya, true).await.unwrap();
    let menu = talk.view().await.automations.unwrap();
    let menu = menu.iter().find(|each| each.name == "Menu").unwrap();
    let standing = (menu.id.clone(), Awaiting::AwaitingEmail);
    talk.simulator.put(&nora, Some(standing)).await.unwrap();
    talk.say(&nora, "nora@example.com").await;
    talk.simulator
        .set_email(&maya, Some("maya@example.com".into()))
        .await
        .unwrap();
    talk.simulator.set_unsubscribed(&maya, true).await.unwrap();
    talk.say(&maya, "hours").await;
    let account = talk.view().await.account.id;
    let body = format!(
        r#"{{"object":"instagram","entry":[{{"id":"{account}","time":1,"messaging":[{{
        "sender":{{"id":"900000000004711"}},"recipient":{{"id":"{account}"}},
        "timestamp":1,"message":{{"mid":"from.the.world","text":"hours"}}}}]}}]}}"#
    );
    let delivery = NewDelivery {
        received_at: talk.view().await.now,
        source: DeliverySource::Listener,
        body: body.into(),
        secret: None,
        accounts: Vec::new(),
    };
    talk.simulator
        .runtime()
        .queue()
        .push(delivery)
        .await
        .unwrap();
    let view = talk.view().await;
    assert_eq!(view.people.len(), 4);
    assert_eq!(view.playback.moments.len(), 8, "{:?}", view.playback);
    let written = talk
        .simulator
        .write_scenario("Outside", "", "bakery")
        .await
        .unwrap();
    let text = written.written.text;
    for part in [
        "- maya follows the account\n",
        "- operator puts nora: { awaiting: awaiting email, automation: menu }\n",
        "- operator sets the email of maya: maya@example.com\n",
        "- operator unsubscribes maya\n",
        "- a webhook arrives:\n",
        "profile: none, id: \"900000000004711\"",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_operator_took_away_stands_again_as_it_was_where_nothing_stands() {
    let talk = Talk::begin().await;
    let maya = talk.maya.clone();
    let account = talk.view().await.account.id;
    let stands = || async {
        let (store, now) = (talk.simulator.runtime().store(), talk.view().await.now);
        store.user_state(&account, &maya, now).await.unwrap()
    };
    talk.say(&maya, "menu").await;
    let before = stands().await.unwrap();
    talk.pass(11 * Millis::MINUTE).await;
    talk.simulator.put(&maya, None).await.unwrap();
    assert_eq!(stands().await, None);
    talk.pass(5 * Millis::MINUTE).await;
    talk.simulator.put_back(&maya, &before).await.unwrap();
    let after = stands().await.unwrap();
    assert!(after.updated_at > before.updated_at, "it is newer");
    let as_before = UserState {
        updated_at: before.updated_at,
        ..after.clone()
    };
    assert_eq!(as_before, before, "with what is left of its time");
    // Something stands there by now, which stays, and nothing is to be played again.
    let moments = talk.view().await.playback.moments.len();
    let again = talk.simulator.put_back(&maya, &before).await;
    assert!(
        matches!(again, Err(SimulatorError::MovedOn(_))),
        "{again:?}"
    );
    assert_eq!(stands().await, Some(after));
    assert_eq!(talk.view().await.playback.moments.len(), moments);

    talk.tap(&maya).await;
    talk.simulator.go_to(1).await.unwrap();
    talk.simulator.go_to(6).await.unwrap();
    assert_eq!(talk.view().await.playback.stopped, None);
    let text = talk.saved().await;
    for part in [
        "- operator puts maya: none\n",
        "- operator puts maya back\n",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    // What was awaited is over after a day.
    talk.simulator.put(&maya, None).await.unwrap();
    talk.pass(2 * Millis::DAY).await;
    let late = talk.simulator.put_back(&maya, &before).await.unwrap_err();
    assert!(late.to_string().contains("expired"), "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_opened_and_gone_on_from() {
    let talk = Talk::begin().await;
    talk.say(&talk.maya, "menu").await;
    talk.tap(&talk.maya).await;
    let text = talk.saved().await;
    let told = talk.view().await.people[0].conversation.len();
    talk.simulator.reset().await.unwrap();

    let scenario = Scenario::parse(&text).unwrap();
    let opened = talk.simulator.open_scenario(&scenario).await.unwrap();
    assert_eq!((opened.failures, opened.stopped), (0, None));
    let view = talk.view().await;
    assert_eq!(view.people.len(), 1, "those of the scenario");
    assert_eq!(view.people[0].conversation.len(), told);
    assert_eq!(view.playback.moments.len(), 2);
    let maya = view.people[0].id.clone();
    let after = talk.say(&maya, "maya@example.com").await;
    assert_eq!(after.people[0].state, None);
    talk.simulator.go_to(1).await.unwrap();
    let back = talk.view().await;
    assert_eq!(back.people[0].name, "Maya Lindqvist");
    assert_eq!(back.playback.moments.len(), 3);
    talk.simulator.go_to(3).await.unwrap();
    talk.saved().await;

    // What the present automations do not do any more stops it, and says so.
    let mut automations = demo_workspace().automations;
    automations.retain(|each| each.name != "Menu");
    talk.simulator.follow(automations).await.unwrap();
    let opened = talk.simulator.open_scenario(&scenario).await.unwrap();
    assert!(opened.failures > 0);
    assert!(opened.stopped.unwrap().contains("maya taps"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelf_keeps_runs_renames_deletes_and_puts_back() {
    let home = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(&home.path().join("scenarios"));
    assert_eq!(shelf.list().unwrap(), []);
    let talk = Talk::begin().await;
    talk.say(&talk.maya, "hours").await;
    let text = talk.saved().await;
    let file = shelf.add(&text).unwrap();
    assert_eq!(file, "saved.yaml");
    assert_eq!(shelf.add(&text).unwrap(), "saved-2.yaml");
    shelf.delete("saved-2.yaml").unwrap();

    shelf.put_workspace("bakery", &demo_workspace()).unwrap();
    assert!(home.path().join("workspaces/bakery.yaml").is_file());
    assert!(shelf.run(&file).await.unwrap().passed);
    let kept = &shelf.list().unwrap()[0];
    assert_eq!(
        (kept.name.as_str(), kept.about.as_deref()),
        ("Saved", Some("What was said."))
    );
    assert!(kept.last.as_ref().unwrap().passed);

    // The workspace is another: it fails, and the difference is told.
    let mut other = demo_workspace();
    for automation in &mut other.automations {
        automation.is_active = automation.name != "Opening hours";
    }
    shelf.put_workspace("bakery", &other).unwrap();
    let outcome = shelf.run(&file).await.unwrap();
    assert!(!outcome.passed && outcome.problem.is_none());
    assert!(
        outcome.failures[0]
            .diff
            .iter()
            .any(|line| line.starts_with("- "))
    );

    let renamed = shelf.rename(&file, "When we are open?").unwrap();
    assert_eq!(renamed, "when-we-are-open.yaml");
    let kept = &shelf.list().unwrap()[0];
    assert_eq!(kept.name, "When we are open?");
    assert!(
        !kept.last.as_ref().unwrap().passed,
        "the outcome went along"
    );
    let text = shelf.delete(&renamed).unwrap();
    assert_eq!(shelf.list().unwrap(), []);
    shelf.put_back(&renamed, &text).unwrap();
    assert_eq!(shelf.list().unwrap().len(), 1);

    assert!(matches!(shelf.add("nonsense"), Err(ShelfError::Text(_))));
    let outside = shelf.text("../workspaces/bakery.yaml");
    assert!(matches!(outside, Err(ShelfError::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_languages_in_which_people_write() {
    let talk = Talk::begin().await;
    let layla = NewPerson {
        language: Language::parse("ar"),
        ..NewPerson::named("ليلى حسن", false)
    };
    let layla = talk.simulator.add_person(&layla).await.unwrap();
    talk.say(&layla, "مرحبا، menu من فضلك").await;
    talk.say(&talk.leo, "menu").await;
    let norwegian = Language::parse("no");
    talk.simulator
        .set_language(&talk.leo, norwegian.clone())
        .await
        .unwrap();
    let text = talk.saved().await;
    for part in [
        "  ليلى: { name: ليلى حسن, username: somebody, language: ar }\n",
        "follows: yes, language: no }\n",
        "- ليلى says: مرحبا، menu من فضلك\n",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    let scenario = Scenario::parse(&text).unwrap();
    talk.simulator.open_scenario(&scenario).await.unwrap();
    let people = talk.view().await.people;
    let languages: Vec<_> = people
        .iter()
        .map(|person| person.language.clone())
        .collect();
    assert_eq!(languages, [norwegian, Language::parse("ar")]);
    // The people of a scenario leave those of the simulator as they were.
    talk.simulator.reset().await.unwrap();
    let people = talk.view().await.people;
    assert_eq!(people[1].language, Language::parse("no"));
    assert_eq!(people[0].language, None);
}
