//! Who stands where, one contact's history, and setting by hand what went wrong.

use crate::site::{self, START, Site, WINDOW, message, until};
use heliograph_desk::conversations::{
    Conversations, HeldVerdict, HeldWhat, HistoryEntry, OpenedContact, PeopleKind, PeopleList,
    PeopleLook, PeopleNews, ToldBy,
};
use heliograph_engine::process::{ByHand, HandChange, HandError};
use heliograph_model::{Awaiting, EventKind, OutboxState};
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const ACCOUNT: &str = "17841400000000001";
pub(crate) const MAYA: &str = "900000000000011";
pub(crate) const LEO: &str = "900000000000012";

pub(crate) struct Place {
    pub(crate) site: Site,
    pub(crate) conversations: Arc<Conversations>,
}

pub(crate) async fn open() -> Place {
    let site = site::open().await;
    let conversations = Arc::new(Conversations::new());
    conversations.follow(site.simulator.runtime());
    Place {
        site,
        conversations,
    }
}

pub(crate) fn look(list: PeopleList) -> PeopleLook {
    PeopleLook {
        list,
        count: 100,
        ..PeopleLook::default()
    }
}

impl Place {
    pub(crate) async fn says(&self, who: &str, id: &str, text: &str) {
        self.site.post(&message(who, id, text)).await;
    }

    pub(crate) async fn news_until(
        &self,
        look: PeopleLook,
        are_so: impl Fn(&PeopleNews) -> bool,
    ) -> PeopleNews {
        until("news", || async {
            let news = self.conversations.look(WINDOW, look.clone()).await.unwrap();
            are_so(&news).then_some(news)
        })
        .await
    }

    pub(crate) async fn opened(&self, who: &str) -> OpenedContact {
        let (account, contact) = (ACCOUNT.into(), who.into());
        let opened = self.conversations.open(WINDOW, &account, &contact).await;
        opened.unwrap()
    }

    async fn by_hand(&self, who: &str, change: HandChange) -> Result<(), HandError> {
        let hand = ByHand {
            account_id: ACCOUNT.into(),
            contact_id: who.into(),
            change,
            seen: None,
        };
        self.site.simulator.runtime().by_hand(hand).await.map(drop)
    }
}

fn texts(opened: &OpenedContact) -> Vec<String> {
    opened
        .history
        .iter()
        .map(|entry| match entry {
            HistoryEntry::Said { text, .. } => format!("said {text}"),
            HistoryEntry::Sent { what, state, .. } => {
                format!("{what} {}", state.map_or("waits", OutboxState::as_str))
            }
            HistoryEntry::Stands { after, by_hand, .. } => format!(
                "stands {}{}",
                after.map_or("nowhere", Awaiting::as_str),
                if *by_hand { " by hand" } else { "" }
            ),
            HistoryEntry::ByHand { summary, .. } => summary.clone(),
        })
        .collect()
}

#[tokio::test]
async fn who_stands_where_is_counted_listed_and_searched() {
    let place = open().await;
    place.says(MAYA, "m1", "menu").await;
    place.says(LEO, "m2", "menu").await;
    let news = place
        .news_until(look(PeopleList::Standing), |news| news.total == 2)
        .await;
    assert_eq!(news.funnel.opening, 2);
    assert_eq!(news.contacts, 2);
    let stands = news.rows[0].stands.as_ref().unwrap();
    assert_eq!(stands.state, Awaiting::AwaitingOpeningResponse);
    assert_eq!(stands.automation.as_deref(), Some("Menu"));
    let origin = stands.origin.as_ref().unwrap();
    assert_eq!(origin.kind, Some(EventKind::DmText));
    assert_eq!(origin.text.as_deref(), Some("menu"));
    assert!(stands.expires_at > news.now && stands.since <= news.now);

    let mut leo = look(PeopleList::Standing);
    leo.text = "00012".to_owned();
    let news = place.conversations.look(WINDOW, leo).await.unwrap();
    assert_eq!((news.total, news.rows.len()), (1, 1));
    assert_eq!(news.rows[0].contact_id.as_str(), LEO);
    let mut email = look(PeopleList::Standing);
    email.state = Some(Awaiting::AwaitingEmail);
    let news = place.conversations.look(WINDOW, email).await.unwrap();
    assert_eq!(news.total, 0);
    assert_eq!(news.funnel.opening, 2, "the funnel shows all of it");
    let mut unsubscribed = look(PeopleList::Contacts);
    unsubscribed.kind = Some(PeopleKind::Unsubscribed);
    let news = place
        .conversations
        .look(WINDOW, unsubscribed)
        .await
        .unwrap();
    assert_eq!((news.total, news.contacts), (0, 2));
}

#[tokio::test]
async fn a_contact_opened_shows_what_was_said_and_the_states_between() {
    let place = open().await;
    place.says(MAYA, "m1", "menu").await;
    place
        .news_until(look(PeopleList::Standing), |news| news.total == 1)
        .await;
    let opened = until("the send ends", || async {
        let opened = place.opened(MAYA).await;
        texts(&opened)
            .iter()
            .any(|text| text == "the opening message sent")
            .then_some(opened)
    })
    .await;
    assert_eq!(
        texts(&opened),
        [
            "said menu",
            "stands awaiting_opening_response",
            "the opening message sent"
        ]
    );
    assert_eq!(opened.told_by, ToldBy::Journal);
    assert_eq!(opened.earlier, None);
    let state = &opened.holdings[0];
    assert_eq!(state.what, HeldWhat::UserState);
    assert_eq!(state.verdict, HeldVerdict::Same, "{state:?}");
    assert!(state.expires_in.is_some() && !state.behind);
    assert_eq!(opened.holdings[1].verdict, HeldVerdict::OnlyStored);

    // Somebody else writes something else into the cache.
    let runtime = place.site.simulator.runtime();
    let other = state.cached.as_ref().unwrap();
    let other = other.replace("awaiting_opening_response", "awaiting_email");
    let cache = runtime.cache();
    cache.put(&state.key, other.into(), 60_000).await.unwrap();
    let state = &place.opened(MAYA).await.holdings[0];
    assert_eq!(state.verdict, HeldVerdict::Differs);
    let difference = &state.differences[0];
    assert_eq!(difference.field, "state");
    assert_eq!(difference.cached.as_deref(), Some("\"awaiting_email\""));

    let error = place
        .conversations
        .open(WINDOW, &ACCOUNT.into(), &"nobody".into())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("Nothing is known"), "{error}");
}

#[tokio::test]
async fn a_stuck_conversation_is_moved_and_released_by_hand_and_the_history_says_so() {
    let place = open().await;
    place.says(MAYA, "m1", "menu").await;
    let news = place
        .news_until(look(PeopleList::Standing), |news| news.total == 1)
        .await;
    let automation = news.rows[0].stands.as_ref().unwrap().automation_id.clone();
    let known = news.automations.iter().find(|one| one.id == automation);
    assert!(known.unwrap().states.contains(&Awaiting::AwaitingEmail));
    let to_email = HandChange::Move {
        automation_id: automation,
        state: Awaiting::AwaitingEmail,
    };
    place.by_hand(MAYA, to_email).await.unwrap();
    let news = place
        .conversations
        .look(WINDOW, look(PeopleList::Standing))
        .await;
    assert_eq!(news.unwrap().funnel.email, 1);
    let opened = place.opened(MAYA).await;
    assert_eq!(
        opened.holdings[0].verdict,
        HeldVerdict::Same,
        "both places have it"
    );
    // The engine goes on from there.
    place.says(MAYA, "m2", "maya@example.org").await;
    let mut with_email = look(PeopleList::Contacts);
    with_email.kind = Some(PeopleKind::WithEmail);
    let news = place.news_until(with_email, |news| news.total == 1).await;
    assert_eq!(news.rows[0].email.as_deref(), Some("maya@example.org"));

    place.by_hand(MAYA, HandChange::Release).await.unwrap();
    place
        .by_hand(MAYA, HandChange::Subscribed(false))
        .await
        .unwrap();
    let opened = place.opened(MAYA).await;
    assert!(opened.person.unsubscribed && opened.person.stands.is_none());
    let history = texts(&opened);
    assert!(
        history.contains(&"stands awaiting_email by hand".to_owned()),
        "{history:?}"
    );
    assert!(
        history.contains(&"stands nowhere by hand".to_owned()),
        "{history:?}"
    );
    assert_eq!(
        history.last().map(String::as_str),
        Some("The operator has unsubscribed the contact.")
    );
    let news = place
        .conversations
        .look(WINDOW, look(PeopleList::Standing))
        .await
        .unwrap();
    assert_eq!((news.total, news.contacts), (0, 1));
    let file = place
        .conversations
        .export(&look(PeopleList::Contacts), None)
        .await
        .unwrap();
    assert_eq!((file.people, file.name), (1, "contacts"));
    assert!(file.text.contains("maya@example.org"), "{}", file.text);
}

#[tokio::test]
async fn a_long_history_is_read_a_page_at_a_time_from_its_end() {
    let place = open().await;
    place.says(MAYA, "first", "menu").await;
    // Two in one delivery, so that a page does not end where it is full.
    for number in 0..150 {
        let one = message(MAYA, &format!("a{number}"), &format!("one {number}"));
        let two = message(MAYA, &format!("b{number}"), &format!("two {number}"));
        place.site.post(&format!("[{one},{two}]")).await;
    }
    place.by_hand(MAYA, HandChange::Release).await.unwrap();
    let said = |history: &[HistoryEntry]| {
        let said = |entry: &&HistoryEntry| matches!(entry, HistoryEntry::Said { .. });
        history.iter().filter(said).count()
    };
    let opened = until("everything is handled", || async {
        let opened = place.opened(MAYA).await;
        let last = opened.history.iter().rev();
        let mut texts = last.filter_map(|entry| match entry {
            HistoryEntry::Said { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let is_there = texts.next() == Some("two 149");
        is_there.then_some(opened)
    })
    .await;
    assert_eq!(said(&opened.history), 200);
    let (account, contact) = (ACCOUNT.into(), MAYA.into());
    let mut all = opened.history;
    let mut next = opened.earlier;
    let mut pages = 1;
    while let Some(before) = next {
        let page = place.conversations.earlier(&account, &contact, before);
        let (mut history, earlier) = page.await.unwrap();
        history.append(&mut all);
        (all, next) = (history, earlier);
        pages += 1;
    }
    assert_eq!((said(&all), pages), (301, 2));
    let first = all.iter().find_map(|entry| match entry {
        HistoryEntry::Said { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(first, Some("menu"));
    let by_hand =
        |entry: &&HistoryEntry| matches!(entry, HistoryEntry::Stands { by_hand, .. } if *by_hand);
    assert_eq!(all.iter().filter(by_hand).count(), 1, "on one page only");
}

#[tokio::test]
async fn whoever_watches_is_told_and_hears_of_the_contact_that_is_open() {
    let place = open().await;
    place
        .conversations
        .look(WINDOW, look(PeopleList::Standing))
        .await
        .unwrap();
    let told: Arc<parking_lot::Mutex<Vec<PeopleNews>>> = Arc::default();
    let watching = tokio::spawn({
        let (conversations, told) = (Arc::clone(&place.conversations), Arc::clone(&told));
        async move {
            let count = AtomicUsize::new(0);
            conversations
                .watch(WINDOW, |news| {
                    told.lock().push(news);
                    ready(count.fetch_add(1, Ordering::SeqCst) < 1_000)
                })
                .await;
        }
    });
    place.says(MAYA, "m1", "menu").await;
    let total = |told: &parking_lot::Mutex<Vec<PeopleNews>>| {
        told.lock().last().map(|news| (news.total, news.beat))
    };
    let before = until("news of Maya", || async {
        total(&told).filter(|(total, _)| *total == 1)
    })
    .await;
    place.opened(MAYA).await;
    place.by_hand(MAYA, HandChange::Release).await.unwrap();
    until("news of her release", || async {
        total(&told).filter(|(total, beat)| *total == 0 && *beat > before.1)
    })
    .await;
    watching.abort();
    assert!(told.lock()[0].now >= START);
}

#[tokio::test]
async fn each_window_looks_at_others_and_has_somebody_else_open() {
    let place = open().await;
    place.says(MAYA, "m1", "menu").await;
    place.says(LEO, "m2", "menu").await;
    place
        .news_until(look(PeopleList::Standing), |news| news.total == 2)
        .await;
    let conversations = &place.conversations;
    let beats = || async {
        let standing = look(PeopleList::Standing);
        let contacts = look(PeopleList::Contacts);
        let first = conversations.look("main", standing).await.unwrap();
        let second = conversations.look("window-2", contacts).await.unwrap();
        assert_eq!(first.look.list, PeopleList::Standing);
        assert_eq!(second.look.list, PeopleList::Contacts);
        (first.beat, second.beat)
    };
    let (account, maya, leo) = (ACCOUNT.into(), MAYA.into(), LEO.into());
    conversations.open("main", &account, &maya).await.unwrap();
    conversations
        .open("window-2", &account, &leo)
        .await
        .unwrap();
    // What they wrote may still be told of.
    let before = until("all is told that was", || async {
        let one = beats().await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        (one == beats().await).then_some(one)
    })
    .await;
    place.by_hand(MAYA, HandChange::Release).await.unwrap();
    until("the window that has Maya open hears of it", || async {
        (beats().await.0 > before.0).then_some(())
    })
    .await;
    assert_eq!(beats().await.1, before.1, "and the other one does not");

    conversations.forget("window-2");
    let news = conversations
        .look("window-2", look(PeopleList::Contacts))
        .await;
    assert_eq!(news.unwrap().beat, 0, "a closed window leaves nothing");
}
