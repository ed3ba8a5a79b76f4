//! The story of the conversations that several workers share.

use super::samples::{START, commit, ended, outbox, record, text, user_state};
use super::{at_once, soon};
use crate::ports::{
    Cache, CacheWrite, Commit, Committed, Conversations, EventTime, Hold, Opened, PortError, Store,
    Ttl,
};
use heliograph_model::{
    AccountId, ContactId, DeliveryId, Millis, OutboxItem, OutboxState, StateChange,
};
use std::time::Duration;

const ACCOUNT: &str = "17841400000000009";

/// Long enough that what is free is taken, and short enough to wait for what is not.
const A_WHILE: Duration = Duration::from_millis(400);

/// One of two workers.
#[derive(Debug, Clone, Copy)]
pub struct Worker<'a> {
    /// Its conversations.
    pub conversations: &'a dyn Conversations,
    /// Its store.
    pub store: &'a dyn Store,
    /// The cache that both share.
    pub cache: &'a dyn Cache,
}

impl Worker<'_> {
    async fn open(&self, who: &str, mark: &str, at: Option<Millis>) -> Opened {
        let (account, contact) = (AccountId::from(ACCOUNT), ContactId::from(who));
        let opening = self
            .conversations
            .open(&account, &contact, mark, happened(at));
        soon("taking a conversation", opening)
            .await
            .expect("an answer")
    }

    async fn commit(&self, who: &str, mark: &str, hold: Option<Hold>, change: Commit) -> Committed {
        let delivery = DeliveryId(1);
        let mut record = record(delivery, 0, who, "hello");
        record.event.account_id = Some(ACCOUNT.into());
        let commit = Commit {
            hold,
            state: change.state,
            contact: change.contact,
            outbox: change.outbox,
            cached: change.cached,
            ..commit(mark, record)
        };
        self.store.commit(commit).await.expect("written")
    }
}

/// A time that the event itself has.
fn happened(at: Option<Millis>) -> EventTime {
    EventTime {
        at,
        is_own: at.is_some(),
    }
}

fn nothing() -> Commit {
    commit("", record(DeliveryId(1), 0, "1", ""))
}

fn message(who: &str, words: &str) -> Commit {
    let mut item = outbox(DeliveryId(1), who, text(who, words));
    item.account_id = ACCOUNT.into();
    Commit {
        outbox: vec![item],
        ..nothing()
    }
}

/// Walks over everything that the engine relies on where two workers share one backend.
pub async fn conversations_story(one: Worker<'_>, two: Worker<'_>) {
    holding(one, two).await;
    keeping_order(one, two).await;
    overtaking(one, two).await;
    telling(one, two).await;
    sending_in_order(one, two).await;
    if one.store.caches_with_commit() {
        caching(one, two).await;
    }
}

/// Nobody handles a contact while somebody else does.
async fn holding(one: Worker<'_>, two: Worker<'_>) {
    let first = one.open("h1", "h1-a", None).await;
    assert!(first.hold.is_some() && !first.waited);
    assert_ne!(first.is_processed, Some(true));
    let (account, contact) = (ACCOUNT.into(), "h1".into());
    {
        let waiting = two
            .conversations
            .open(&account, &contact, "h1-b", happened(None));
        let early = at_once(waiting).await;
        assert!(early.is_none(), "it is held: {early:?}");
    }
    let other = two.open("h2", "h2-a", None).await;
    assert!(!other.waited, "another contact is free");
    let (second, committed) = tokio::join!(two.open("h1", "h1-b", None), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        one.commit("h1", "h1-a", first.hold, nothing()).await
    });
    assert!(matches!(committed, Committed::Applied(_)));
    assert!(
        second.waited && second.hold.is_some(),
        "a commit ends a hold"
    );
    let hold = second.hold.expect("it is held");
    two.conversations.release(&account, &contact, hold).await;
    let third = one.open("h1", "h1-c", None).await;
    assert!(third.hold.is_some(), "given back");

    // The same event again, at the other worker.
    let again = two.open("h1", "h1-a", None).await;
    assert_eq!(again.is_processed, Some(true));
    assert!(again.hold.is_none(), "there is nothing to handle");
    assert_eq!(
        two.commit("h1", "h1-a", None, nothing()).await,
        Committed::Duplicate
    );
}

/// Events wait for those that happened before them, at whichever worker.
async fn keeping_order(one: Worker<'_>, two: Worker<'_>) {
    let (account, contact) = (AccountId::from(ACCOUNT), ContactId::from("k1"));
    let asks = async |worker: Worker<'_>, mark: &str, at: i64| {
        let opening =
            worker
                .conversations
                .open(&account, &contact, mark, happened(Some(START + at)));
        let asked = tokio::time::timeout(A_WHILE, opening).await;
        asked.ok().map(|opened| opened.expect("an answer"))
    };
    let first = asks(one, "k1-a", 1).await.expect("it is free");
    let hold = first.hold.expect("it is held");
    // The third asks before the second, and at the worker that has the first.
    assert!(asks(one, "k1-c", 3).await.is_none(), "it is held");
    assert!(asks(two, "k1-b", 2).await.is_none(), "it is held");

    // The first cannot be handled now, and stays the first.
    one.conversations.postpone(&account, &contact, hold).await;
    assert!(
        asks(two, "k1-b", 2).await.is_none(),
        "the first is tried again"
    );
    let again = asks(one, "k1-a", 1).await.expect("it goes on");
    let committed = one.commit("k1", "k1-a", again.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));

    assert!(
        asks(one, "k1-c", 3).await.is_none(),
        "the second goes first"
    );
    let second = asks(two, "k1-b", 2).await.expect("it is next");
    let committed = two.commit("k1", "k1-b", second.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));
    let third = asks(one, "k1-c", 3).await.expect("it is the last");

    // One has taken the fourth as well, and the fifth asks before it.
    let hold = third.hold.expect("it is held");
    one.conversations.more_follow(hold);
    let committed = one.commit("k1", "k1-c", third.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));
    assert!(asks(two, "k1-e", 5).await.is_none(), "one goes first");
    let fourth = asks(one, "k1-d", 4).await.expect("it goes first");
    let committed = one.commit("k1", "k1-d", fourth.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));
    let fifth = asks(two, "k1-e", 5).await.expect("it is the last");
    let committed = two.commit("k1", "k1-e", fifth.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));
}

/// A commit that comes too late changes nothing.
async fn overtaking(one: Worker<'_>, two: Worker<'_>) {
    let (account, contact) = (ACCOUNT.into(), "o1".into());
    let late = one.open("o1", "o1-a", None).await;
    let hold = late.hold.expect("it is held");
    one.conversations.release(&account, &contact, hold).await;
    let taken = two.open("o1", "o1-b", None).await;
    let change = Commit {
        state: StateChange::Set(user_state(ACCOUNT, "o1", START + 1_000)),
        ..message("o1", "late")
    };
    assert_eq!(
        one.commit("o1", "o1-a", Some(hold), change).await,
        Committed::Overtaken
    );
    let state = two.store.user_state(&account, &contact, START).await;
    assert_eq!(state.expect("an answer"), None, "nothing was written");
    let committed = two.commit("o1", "o1-b", taken.hold, nothing()).await;
    assert!(matches!(committed, Committed::Applied(_)));
}

/// What one has committed, the other knows when it takes the conversation.
async fn telling(one: Worker<'_>, two: Worker<'_>) {
    let opened = one.open("t1", "t1-a", None).await;
    let state = user_state(ACCOUNT, "t1", START + 1_000);
    let change = Commit {
        state: StateChange::Set(state.clone()),
        ..nothing()
    };
    one.commit("t1", "t1-a", opened.hold, change).await;
    let opened = two.open("t1", "t1-b", None).await;
    let told = opened.state.expect("it was committed a moment ago");
    let told: Option<heliograph_model::UserState> =
        serde_json::from_slice(&told).expect("a user state");
    assert_eq!(told, Some(state));
    let change = Commit {
        state: StateChange::Clear,
        ..nothing()
    };
    two.commit("t1", "t1-b", opened.hold, change).await;
    let opened = one.open("t1", "t1-c", None).await;
    assert_eq!(opened.state.as_deref(), Some(b"null".as_slice()));
    one.commit("t1", "t1-c", opened.hold, nothing()).await;
}

/// What is cached with a commit is there when it is written, and never what came too late.
async fn caching(one: Worker<'_>, two: Worker<'_>) {
    let key = "user_state:17841400000000009:c1";
    let with = |value: &'static str, ttl_ms, only_new| Commit {
        cached: Some(CacheWrite {
            key: key.to_owned(),
            value: value.into(),
            ttl_ms,
            only_new,
        }),
        // Numbers of sends stand before it in the same command.
        ..message("c1", value)
    };
    let is_cached = async |value: Option<&'static str>| {
        // With the commit, or at once afterwards.
        let changes = async {
            while two.cache.peek(key).await.expect("an answer").as_deref()
                != value.map(str::as_bytes)
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon("caching where the contact stands", changes).await;
    };
    let step = async |mark: &str, change: Commit| {
        let opened = one.open("c1", mark, None).await;
        let committed = one.commit("c1", mark, opened.hold, change).await;
        assert!(matches!(committed, Committed::Applied(_)), "{committed:?}");
    };
    step("c1-a", with("first", 60_000, true)).await;
    is_cached(Some("first")).await;
    let left = two.cache.ttl(key).await.expect("an answer");
    assert!(matches!(left, Ttl::Millis(1..=60_000)), "{left:?}");
    step("c1-b", with("not this one", 60_000, true)).await;
    is_cached(Some("first")).await;
    step("c1-c", with("second", -1, false)).await;
    is_cached(Some("second")).await;
    let left = two.cache.ttl(key).await.expect("an answer");
    assert_eq!(left, Ttl::Forever);
    step("c1-d", nothing()).await;
    is_cached(Some("second")).await;

    let (account, contact) = (ACCOUNT.into(), "c1".into());
    let late = one.open("c1", "c1-e", None).await;
    let hold = late.hold.expect("it is held");
    one.conversations.release(&account, &contact, hold).await;
    let taken = two.open("c1", "c1-f", None).await;
    let committed = one
        .commit("c1", "c1-e", Some(hold), with("late", -1, false))
        .await;
    assert_eq!(committed, Committed::Overtaken);
    let again = one
        .commit("c1", "c1-d", None, with("again", -1, false))
        .await;
    assert_eq!(again, Committed::Duplicate);
    is_cached(Some("second")).await;
    let gone = with("gone", 0, false);
    two.commit("c1", "c1-f", taken.hold, gone).await;
    is_cached(None).await;
}

/// Messages to one contact leave in their order, whichever worker committed them.
async fn sending_in_order(one: Worker<'_>, two: Worker<'_>) {
    let opened = one.open("s1", "s1-a", None).await;
    let committed = one
        .commit("s1", "s1-a", opened.hold, message("s1", "first"))
        .await;
    let Committed::Applied(first) = committed else {
        panic!("it was committed: {committed:?}");
    };
    assert_eq!(first.len(), 1);
    let opened = two.open("s1", "s1-b", None).await;
    let committed = two
        .commit("s1", "s1-b", opened.hold, message("s1", "second"))
        .await;
    assert_eq!(
        committed,
        Committed::Applied(Vec::new()),
        "the earlier one is not sent yet, so this one is not the second worker's"
    );
    // Nor is the next one to be sent at once where the first is: the second is on its way.
    let opened = one.open("s1", "s1-b2", None).await;
    let committed = one
        .commit("s1", "s1-b2", opened.hold, message("s1", "behind it"))
        .await;
    assert_eq!(committed, Committed::Applied(Vec::new()), "in their order");
    let mut handed: Vec<OutboxItem> = Vec::new();
    while handed.len() < 2 {
        let some = soon("handing a send over", one.store.handed_over()).await;
        handed.extend(some.expect("an answer"));
    }
    let words = [text("s1", "second"), text("s1", "behind it")];
    for (item, words) in handed.iter().zip(words) {
        assert_eq!(item.effect, words);
        assert!(item.id > first[0].id && !item.uncertain);
    }
    // With nothing on its way, it is.
    let more = tokio::time::timeout(A_WHILE, one.store.handed_over()).await;
    assert!(more.is_err(), "once is enough: {more:?}");
    let opened = one.open("s1", "s1-b3", None).await;
    let committed = one
        .commit("s1", "s1-b3", opened.hold, message("s1", "at once"))
        .await;
    let Committed::Applied(fourth) = committed else {
        panic!("it was committed: {committed:?}");
    };
    for item in first.iter().chain(&handed).chain(&fourth) {
        let end = ended(item, OutboxState::Sent, None);
        one.store.end_sends(vec![end]).await.expect("written");
    }
    // With nothing left to send, the next one's messages are its own.
    let opened = two.open("s1", "s1-c", None).await;
    let committed = two
        .commit("s1", "s1-c", opened.hold, message("s1", "third"))
        .await;
    let Committed::Applied(third) = committed else {
        panic!("it was committed: {committed:?}");
    };
    assert_eq!(third.len(), 1);
    let taken = one.store.begin_sends(&[third[0].id]).await;
    assert!(
        matches!(taken, Err(PortError::Conflict(_))),
        "it is in the other's outbox: {taken:?}"
    );
    let end = ended(&third[0], OutboxState::Sent, None);
    two.store.end_sends(vec![end]).await.expect("written");
}
