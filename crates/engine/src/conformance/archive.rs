//! The story of an archive: documents that take the changes of many conversations at once.

use super::samples::{START, contact, user_state};
use crate::ports::{Archive, ConversationChange, Mark};
use heliograph_model::{AccountId, Contact, ContactChange, Millis, StateChange, Target, UserState};

/// An account of this story's own.
const ACCOUNT: &str = "17841400000000009";

/// Walks over everything that the engine relies on in an archive beside its documents.
pub async fn archive_story(archive: &dyn Archive) {
    states(archive).await;
    contacts(archive).await;
    marks(archive).await;
    many(archive).await;
}

fn account() -> AccountId {
    ACCOUNT.into()
}

fn change(sender: &str, state: StateChange, at: Millis) -> ConversationChange {
    ConversationChange {
        account_id: account(),
        contact_id: sender.into(),
        state,
        state_is_new: at.0 % 3 == 0,
        contact: None,
        // Only a hint: it may be wrong both ways.
        is_new: at.0 % 2 == 0,
        since: at,
        at,
    }
}

/// A state that was entered at that time.
fn state(sender: &str, at: Millis, asked: u32) -> UserState {
    UserState {
        asked,
        updated_at: at,
        ..user_state(ACCOUNT, sender, START + Millis::DAY)
    }
}

async fn write(archive: &dyn Archive, changes: &[ConversationChange]) {
    let refused = archive.write(changes, &[]).await.expect("written");
    assert!(refused.is_empty(), "{refused:?}");
}

async fn standing(archive: &dyn Archive, sender: &str) -> Option<UserState> {
    archive
        .user_state(&account(), &sender.into(), START)
        .await
        .expect("an answer")
}

async fn states(archive: &dyn Archive) {
    write(archive, &[]).await;
    let mut first = state("601", START, 1);
    first.target = Target::Media("post-1".into());
    first.started_by = Some("mid.1".into());
    let entered = [change("601", StateChange::Set(first.clone()), START)];
    write(archive, &entered).await;
    assert_eq!(standing(archive, "601").await, Some(first.clone()));
    let expired = archive
        .user_state(&account(), &"601".into(), first.expires_at)
        .await;
    assert_eq!(
        expired.expect("an answer"),
        None,
        "from expires_at on it is absent"
    );

    // The next state replaces all of it.
    let second = state("601", START + 10, 2);
    let moved = [change("601", StateChange::Set(second.clone()), START + 10)];
    write(archive, &moved).await;
    assert_eq!(standing(archive, "601").await, Some(second.clone()));
    // A batch that is given again, late, changes nothing.
    write(archive, &entered).await;
    assert_eq!(
        standing(archive, "601").await,
        Some(second.clone()),
        "an older state does not replace a newer one"
    );
    write(archive, &moved).await;
    assert_eq!(standing(archive, "601").await, Some(second.clone()));
    write(archive, &[change("601", StateChange::Keep, START + 20)]).await;
    assert_eq!(standing(archive, "601").await, Some(second));
    write(archive, &[change("601", StateChange::Clear, START + 5)]).await;
    assert!(
        standing(archive, "601").await.is_some(),
        "what was cleared before it was entered stays"
    );
    write(archive, &[change("601", StateChange::Clear, START + 30)]).await;
    assert_eq!(standing(archive, "601").await, None);
    write(archive, &[change("601", StateChange::Clear, START + 30)]).await;

    // Where a clock was ahead, exactly what was read is removed, and nothing else.
    let ahead = START + Millis::HOUR;
    let entered = [change(
        "606",
        StateChange::Set(state("606", ahead, 1)),
        ahead,
    )];
    write(archive, &entered).await;
    write(archive, &[change("606", StateChange::Clear, START)]).await;
    for (at, stays) in [
        (ahead + 1, true),
        (ahead - 1, true),
        (ahead, false),
        (ahead, false),
    ] {
        let removed = archive.remove_state(&account(), &"606".into(), at).await;
        removed.expect("an answer");
        assert_eq!(standing(archive, "606").await.is_some(), stays, "{at}");
    }

    // Newest first, and two changes of one contact in one write: the later one counts.
    let batch = [
        change("602", StateChange::Set(state("602", START, 1)), START),
        change(
            "603",
            StateChange::Set(state("603", START + 7, 2)),
            START + 7,
        ),
        change(
            "603",
            StateChange::Set(state("603", START + 2, 1)),
            START + 2,
        ),
        change(
            "604",
            StateChange::Set(state("604", START + 1, 1)),
            START + 1,
        ),
        change("605", StateChange::Set(state("605", START, 1)), START),
        change("605", StateChange::Clear, START + 1),
    ];
    write(archive, &batch).await;
    let listed = archive.user_states(&account(), START, 10).await;
    let listed: Vec<_> = listed
        .expect("an answer")
        .into_iter()
        .map(|state| (state.sender_id.to_string(), state.asked))
        .collect();
    let expected = [("603", 2), ("604", 1), ("602", 1)];
    let expected = expected.map(|(sender, asked)| (sender.to_owned(), asked));
    assert_eq!(listed, expected);
    let two = archive.user_states(&account(), START, 2).await;
    assert_eq!(two.expect("an answer").len(), 2);
}

async fn contacts(archive: &dyn Archive) {
    let said = |sender: &str, contact: ContactChange, at: Millis| ConversationChange {
        contact: Some(contact),
        ..change(sender, StateChange::Keep, at)
    };
    let read = async |sender: &str| -> Option<Contact> {
        archive
            .contact(&account(), &sender.into())
            .await
            .expect("an answer")
    };
    write(archive, &[change("701", StateChange::Clear, START)]).await;
    assert_eq!(read("701").await, None, "nobody said that there is one");

    write(archive, &[said("701", ContactChange::default(), START)]).await;
    let new = Contact::new(account(), "701".into(), START);
    assert_eq!(
        read("701").await,
        Some(new.clone()),
        "also where nothing changes"
    );

    let gave = ContactChange {
        email: Some("ana@example.org".into()),
        username: Some("ana".into()),
        follows: Some(false),
        last_message_at: Some(START + 50),
        ..ContactChange::default()
    };
    let given = [said("701", gave.clone(), START + 50)];
    write(archive, &given).await;
    let mut known = new;
    gave.apply(&mut known, START + 50);
    assert_eq!(read("701").await, Some(known.clone()));

    let later = ContactChange {
        name: Some("Ana".into()),
        follows: Some(true),
        unsubscribed: Some(true),
        silenced_until: Some(START + 1_000),
        // The account's clock was behind: the time that somebody wrote never goes back.
        last_message_at: Some(START + 40),
        ..ContactChange::default()
    };
    write(archive, &[said("701", later.clone(), START + 60)]).await;
    later.apply(&mut known, START + 60);
    assert_eq!(known.last_message_at, Some(START + 50));
    assert_eq!(
        read("701").await,
        Some(known.clone()),
        "the rest stays as it was"
    );
    write(archive, &[said("701", later, START + 60)]).await;
    assert_eq!(read("701").await, Some(known), "twice is once");

    // One that begins with everything.
    let all = ContactChange {
        unsubscribed: Some(true),
        last_message_at: Some(START),
        ..gave
    };
    write(archive, &[said("702", all.clone(), START + 1)]).await;
    let mut whole = contact(ACCOUNT, "702", START);
    whole.created_at = START + 1;
    all.apply(&mut whole, START + 1);
    assert_eq!(read("702").await, Some(whole));
}

async fn marks(archive: &dyn Archive) {
    assert_eq!(archive.newest_mark().await.expect("an answer"), None);
    let mark = |mark: &str, at: Millis| Mark {
        mark: mark.into(),
        at,
    };
    let message = format!("{ACCOUNT}:message:mid.1");
    let deleted = format!("{ACCOUNT}:deleted:mid.1");
    let comment = format!("{ACCOUNT}:comment:1%3A2");
    let read = format!("{ACCOUNT}:read:mid.1:501");
    let are = async |marks: &[&String]| -> Vec<bool> {
        let marks: Vec<_> = marks.iter().map(ToString::to_string).collect();
        archive.are_processed(&marks).await.expect("an answer")
    };
    assert_eq!(are(&[]).await, [false; 0]);
    let first = [mark(&message, START + 5), mark(&comment, START)];
    archive.write(&[], &first).await.expect("written");
    let all = [&deleted, &message, &read, &comment, &message];
    assert_eq!(are(&all).await, [false, true, false, true, true]);
    // Again, with one that is new.
    let more = [mark(&message, START + 9), mark(&read, START + 3)];
    archive.write(&[], &more).await.expect("written");
    assert_eq!(are(&all).await, [false, true, true, true, true]);
    assert_eq!(
        archive.newest_mark().await.expect("an answer"),
        Some(START + 5),
        "a mark that was there stays"
    );
}

/// More than fit into one command, and everything at once.
async fn many(archive: &dyn Archive) {
    const MANY: usize = 2_500;
    let at = START + 100;
    let who = |n: usize| format!("8{n:04}");
    let changes: Vec<_> = (0..MANY)
        .map(|n| ConversationChange {
            contact: Some(ContactChange {
                last_message_at: Some(at),
                ..ContactChange::default()
            }),
            ..change(&who(n), StateChange::Set(state(&who(n), at, 1)), at)
        })
        .collect();
    let marks: Vec<_> = (0..MANY)
        .map(|n| Mark {
            mark: format!("{ACCOUNT}:message:many.{n}"),
            at,
        })
        .collect();
    for _ in 0..2 {
        archive.write(&changes, &marks).await.expect("written");
    }
    let written = archive.user_states(&account(), START, 2 * MANY).await;
    let written = written.expect("an answer");
    let those = written.iter().filter(|state| state.updated_at == at);
    assert_eq!(those.count(), MANY, "each once");

    // Many who look at the same time.
    let looks = (0..MANY).map(async |n| {
        let contact: heliograph_model::ContactId = who(n).as_str().into();
        let account = account();
        let mark = format!("{ACCOUNT}:message:many.{n}");
        let missing = format!("{ACCOUNT}:message:none.{n}");
        let (state, found, processed) = futures::join!(
            archive.user_state(&account, &contact, START),
            archive.contact(&account, &contact),
            async { archive.are_processed(&[mark, missing]).await },
        );
        let state = state.expect("an answer").expect("it is there");
        assert_eq!(state.sender_id, contact);
        let found = found.expect("an answer").expect("it is there");
        assert_eq!(found.sender_id, contact);
        assert_eq!(processed.expect("an answer"), [true, false]);
    });
    futures::future::join_all(looks).await;

    let cleared: Vec<_> = (0..MANY)
        .map(|n| change(&who(n), StateChange::Clear, at + 1))
        .collect();
    archive.write(&cleared, &[]).await.expect("written");
    let left = archive.user_states(&account(), START, 2 * MANY).await;
    let left = left.expect("an answer");
    assert!(left.iter().all(|state| state.updated_at < at), "{left:?}");
}
