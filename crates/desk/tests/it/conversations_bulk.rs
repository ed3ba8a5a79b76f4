//! Releasing and clearing many conversations, putting them back, and writing them as a table.

use crate::conversations::{ACCOUNT, LEO, MAYA, Place, look, open};
use crate::site::{WINDOW, until};
use heliograph_desk::conversations::{
    BulkChange, BulkNews, BulkResult, BulkState, ChangeKind, Conversations, ConversationsError,
    HeldVerdict, PeopleList, PeopleLook, PersonChange, Picked, StraysState,
};
use heliograph_engine::cache::key;
use heliograph_model::UserState;
use heliograph_runtime::Runtime;
use parking_lot::Mutex;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

const ANA: &str = "900000000000013";

type Setting = Pin<Box<dyn Future<Output = Result<(), ConversationsError>> + Send>>;

/// Sets it as the window does, and remembers for whom.
fn setting(
    place: &Place,
    asked_for: &Arc<Mutex<Vec<String>>>,
) -> impl Fn(Arc<Runtime>, PersonChange) -> Setting + Send + Sync + 'static {
    let (desk, asked_for) = (Arc::clone(&place.conversations), Arc::clone(asked_for));
    move |runtime, asked| {
        asked_for.lock().push(asked.contact_id.to_string());
        let desk: Arc<Conversations> = Arc::clone(&desk);
        Box::pin(async move { desk.set(&runtime, asked).await })
    }
}

async fn ended(place: &Place, number: u32) -> BulkNews {
    until("it has ended", || async {
        let news = place
            .conversations
            .look(WINDOW, look(PeopleList::Standing))
            .await
            .unwrap();
        let bulk = news.bulk.filter(|bulk| bulk.number == number);
        bulk.filter(|bulk| bulk.state != BulkState::Running)
    })
    .await
}

/// Two who are waited for, and one who is not.
async fn three(place: &Place) -> Vec<Picked> {
    place.says(MAYA, "m1", "menu").await;
    place.says(LEO, "m2", "menu").await;
    place.says(ANA, "m3", "something else").await;
    place
        .news_until(look(PeopleList::Standing), |news| {
            news.total == 2 && news.contacts == 3
        })
        .await;
    let contacts = look(PeopleList::Contacts);
    let mut people = place.conversations.pick(&contacts).await.unwrap();
    people.sort_by(|one, other| one.contact_id.as_str().cmp(other.contact_id.as_str()));
    people
}

#[tokio::test]
async fn many_are_released_once_each_and_put_back_as_they_stood() {
    let place = open().await;
    let mut people = three(&place).await;
    assert_eq!(people.len(), 3);
    assert!(people[0].seen.is_some() && people[2].seen.is_none());
    let before = place.opened(MAYA).await.person.stands.unwrap();
    // Leo was chosen as he stood before; Maya is named twice.
    people[1].seen = people[1].seen.map(|seen| seen + -1);
    people.push(people[0].clone());
    let asked_for = Arc::default();
    let begun = place.conversations.begin(
        BulkChange::Release,
        people.clone(),
        setting(&place, &asked_for),
    );
    let begun = begun.unwrap();
    assert_eq!(begun.total, 3);
    let news = ended(&place, begun.number).await;
    assert_eq!(news.state, BulkState::Finished);
    assert_eq!(
        (news.done, news.moved_on, news.nothing, news.failed),
        (1, 1, 1, 0)
    );
    assert_eq!(news.kept, 1, "she can be put back");
    assert_eq!(*asked_for.lock(), [MAYA], "nothing is done twice");
    let outcomes = place.conversations.bulk_outcomes();
    let results: Vec<_> = outcomes.iter().map(|one| one.result).collect();
    assert_eq!(
        results,
        [BulkResult::Done, BulkResult::MovedOn, BulkResult::Nothing]
    );
    assert!(place.opened(MAYA).await.person.stands.is_none());
    assert!(place.opened(LEO).await.person.stands.is_some());

    // Undone, she stands where she stood, with what was left of the time.
    let undo = place
        .conversations
        .undo(begun.number, setting(&place, &asked_for))
        .unwrap();
    let news = ended(&place, undo.number).await;
    assert_eq!((news.change, news.done), (BulkChange::PutBack, 1));
    assert_eq!(news.kept, 0, "nobody is left to be put back");
    let after = place.opened(MAYA).await.person.stands.unwrap();
    assert_eq!(
        (after.state, after.expires_at),
        (before.state, before.expires_at)
    );
    let again = place
        .conversations
        .undo(begun.number, setting(&place, &asked_for));
    assert!(matches!(again, Err(ConversationsError::Changed(_))));
    place.conversations.close_bulk();
    assert!(place.conversations.bulk_outcomes().is_empty());
}

#[tokio::test]
async fn one_that_is_stopped_says_who_was_not_reached() {
    let place = open().await;
    let people = three(&place).await;
    let desk = Arc::clone(&place.conversations);
    // The first turn stops it, and ends all the same.
    let begun = place.conversations.begin(BulkChange::Clear, people, {
        move |runtime: Arc<Runtime>, asked: PersonChange| {
            let desk = Arc::clone(&desk);
            async move {
                desk.stop_bulk();
                desk.set(&runtime, asked).await
            }
        }
    });
    let news = ended(&place, begun.unwrap().number).await;
    assert_eq!(
        (news.state, news.done, news.total),
        (BulkState::Stopped, 1, 3)
    );
    assert_eq!(news.failure, None);
    let outcomes = place.conversations.bulk_outcomes();
    assert_eq!(outcomes[1].result, BulkResult::Waits);
    assert!(place.opened(LEO).await.person.stands.is_some());
    let nobody = place
        .conversations
        .begin(BulkChange::Clear, Vec::new(), |_, _| async { Ok(()) });
    assert!(matches!(nobody, Err(ConversationsError::Refused(_))));
}

#[tokio::test]
async fn a_refusal_ends_it_and_another_failure_does_not() {
    let place = open().await;
    let people = three(&place).await;
    let failing = |error: fn() -> ConversationsError| {
        move |_: Arc<Runtime>, _: PersonChange| std::future::ready(Err(error()))
    };
    let unavailable = || ConversationsError::Unavailable("Redis does not answer.".to_owned());
    let begun =
        place
            .conversations
            .begin(BulkChange::Release, people.clone(), failing(unavailable));
    let news = ended(&place, begun.unwrap().number).await;
    assert_eq!((news.failed, news.nothing), (2, 1));
    assert_eq!(news.state, BulkState::Finished);
    let why = place.conversations.bulk_outcomes()[0].why.clone();
    assert_eq!(why.as_deref(), Some("Redis does not answer."));

    let refused = || ConversationsError::Refused("It only observes.".to_owned());
    let begun = place
        .conversations
        .begin(BulkChange::Release, people, failing(refused));
    let news = ended(&place, begun.unwrap().number).await;
    assert_eq!((news.state, news.failed), (BulkState::Stopped, 1));
    assert_eq!(news.failure.as_deref(), Some("It only observes."));
}

#[tokio::test]
async fn a_cleared_contact_is_held_nowhere_and_one_may_be_undone() {
    let place = open().await;
    three(&place).await;
    let asked_for = Arc::default();
    let set = setting(&place, &asked_for);
    let clear = PersonChange {
        account_id: ACCOUNT.into(),
        contact_id: MAYA.into(),
        change: ChangeKind::Clear,
        seen: None,
    };
    let number = place.conversations.set_by(clear.clone(), &set).await;
    let number = number.unwrap().expect("something was taken away");
    let opened = place.opened(MAYA).await;
    assert_eq!(opened.holdings[0].verdict, HeldVerdict::Nowhere);
    let runtime = place.site.simulator.runtime();
    let key = key::user_state(&ACCOUNT.into(), &MAYA.into());
    assert_eq!(runtime.cache().peek(&key).await.unwrap(), None);
    let history = format!("{:?}", opened.history);
    assert!(history.contains("by_hand: true"), "{history}");
    let undo = place
        .conversations
        .undo(number, setting(&place, &asked_for))
        .unwrap();
    assert_eq!(ended(&place, undo.number).await.done, 1);
    assert!(place.opened(MAYA).await.person.stands.is_some());

    // What only the cache says is cleared as well, also where nobody can read it.
    let cache = runtime.cache();
    let key = key::user_state(&ACCOUNT.into(), &ANA.into());
    cache
        .put(&key, "{\"state\":1}".into(), 60_000)
        .await
        .unwrap();
    let ana = Picked {
        account_id: ACCOUNT.into(),
        contact_id: ANA.into(),
        name: "Ana".to_owned(),
        seen: None,
    };
    let begun = place
        .conversations
        .begin(BulkChange::Clear, vec![ana], set)
        .unwrap();
    let news = ended(&place, begun.number).await;
    assert_eq!((news.done, news.kept), (1, 0), "nothing stood");
    assert_eq!(cache.peek(&key).await.unwrap(), None);
}

#[tokio::test]
async fn who_stands_where_is_written_as_a_table_all_or_only_those_who_are_chosen() {
    let place = open().await;
    let people = three(&place).await;
    let standing = look(PeopleList::Standing);
    let all = place.conversations.export(&standing, None).await.unwrap();
    assert_eq!((all.people, all.name), (2, "conversations"));
    assert!(
        all.text.contains("awaiting_opening_response"),
        "{}",
        all.text
    );
    let leo = place
        .conversations
        .export(&standing, Some(people[1..].to_vec()));
    let leo = leo.await.unwrap();
    assert_eq!(leo.people, 1, "Ana stands nowhere");
    assert!(leo.text.contains(LEO) && !leo.text.contains(MAYA));
    assert!(leo.text.contains("m2"), "what it began with: {}", leo.text);
    let contacts = look(PeopleList::Contacts);
    let two = place
        .conversations
        .export(&contacts, Some(people[1..].to_vec()));
    assert_eq!(two.await.unwrap().people, 2);
    let second = PeopleLook {
        at: 1,
        count: 1,
        ..contacts
    };
    let some = place.conversations.pick(&second);
    assert_eq!(some.await.unwrap().len(), 1, "a range of the list");
}

/// Of whom something is awaited in a profile.
async fn standing_in(runtime: &Runtime) -> Vec<UserState> {
    let now = runtime.clock().now();
    let states = runtime.store().user_states(&ACCOUNT.into(), now, 9).await;
    states.unwrap()
}

#[tokio::test]
async fn another_profile_that_comes_in_front_is_left_alone() {
    let (place, other) = (open().await, open().await);
    let people = three(&place).await;
    // The same people stand at the same places of the other one.
    three(&other).await;
    let (ours, theirs) = (
        place.site.simulator.runtime(),
        other.site.simulator.runtime(),
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let switching = {
        let (desk, told, theirs) = (
            Arc::clone(&place.conversations),
            Arc::clone(&told),
            Arc::clone(&theirs),
        );
        move |runtime: Arc<Runtime>, asked: PersonChange| {
            let (desk, told) = (Arc::clone(&desk), Arc::clone(&told));
            desk.follow(Arc::clone(&theirs));
            async move {
                let set = desk.set(&runtime, asked).await;
                told.lock()
                    .push(set.as_ref().map_err(ToString::to_string).err());
                set
            }
        }
    };
    place
        .conversations
        .begin(BulkChange::Release, people.clone(), switching)
        .unwrap();
    until("the first turn ends", || async {
        (!told.lock().is_empty()).then_some(())
    })
    .await;
    let why = told.lock()[0].clone().unwrap();
    assert!(why.contains("Another profile is in front"), "{why}");
    assert_eq!(standing_in(&ours).await.len(), 2);
    assert_eq!(standing_in(&theirs).await.len(), 2);
    assert_eq!(told.lock().len(), 1, "nobody else has a turn");

    // What was taken away before it came in front is not put back into it.
    place.conversations.follow(Arc::clone(&ours));
    let release = PersonChange {
        account_id: ACCOUNT.into(),
        contact_id: MAYA.into(),
        change: ChangeKind::Release,
        seen: None,
    };
    let desk = &place.conversations;
    let number = desk.set_by(release, |runtime, asked| async move {
        desk.set(&runtime, asked).await?;
        desk.follow(other.site.simulator.runtime());
        Ok(())
    });
    assert_eq!(number.await.unwrap(), None);
    assert_eq!(standing_in(&ours).await.len(), 1);
    assert_eq!(standing_in(&theirs).await.len(), 2);
    for number in 0..9 {
        let undo = desk.undo(number, setting(&place, &Arc::default()));
        assert!(matches!(undo, Err(ConversationsError::Changed(_))));
    }
}

#[tokio::test]
async fn what_only_the_cache_has_is_looked_at_again_when_it_is_written_as_a_table() {
    let place = open().await;
    three(&place).await;
    let runtime = place.site.simulator.runtime();
    let states = standing_in(&runtime).await;
    // A copy each that outlived its document.
    let ids = ["901", "902", "903"];
    for id in ids {
        let copy = UserState {
            sender_id: id.into(),
            ..states[0].clone()
        };
        let key = key::user_state(&ACCOUNT.into(), &id.into());
        let json = serde_json::to_string(&copy).unwrap();
        runtime
            .cache()
            .put(&key, json.into(), 60_000)
            .await
            .unwrap();
    }
    let strays = look(PeopleList::OnlyCached);
    place.conversations.find_strays().await.unwrap();
    let news = place
        .news_until(strays.clone(), |news| {
            let walk = news.strays.as_ref();
            walk.is_some_and(|walk| walk.state == StraysState::Finished)
        })
        .await;
    assert_eq!((news.total, news.strays.unwrap().found), (3, 3));

    // One goes while nobody looks at it.
    let gone = key::user_state(&ACCOUNT.into(), &"902".into());
    runtime.cache().remove(&[gone]).await.unwrap();
    let table = place.conversations.export(&strays, None).await.unwrap();
    assert_eq!(table.people, 2, "{}", table.text);
    assert!(!table.text.contains("902"), "{}", table.text);
    // The list shows what the table has, also where the rows are not in sight.
    let none_in_sight = PeopleLook { at: 9, ..strays };
    let news = place.conversations.look(WINDOW, none_in_sight).await;
    let news = news.unwrap();
    assert_eq!((news.total, news.strays.unwrap().found), (2, 2));
}
