//! The story of the register.

use super::samples::{START, contact, user_state};
use crate::ports::{
    ContactFilter, ContactKind, Page, Register, StateCounts, StateFilter, StateOrder,
};
use heliograph_model::{Awaiting, Contact, Millis, UserState};

const SHOP: &str = "17841400000000001";
const CAFE: &str = "17841400000000002";
const ALL: Page = Page { skip: 0, most: 100 };

/// What the story needs to be there.
#[derive(Debug, Default)]
pub struct Registered {
    /// User states, of which some have expired.
    pub states: Vec<UserState>,
    /// Contacts.
    pub contacts: Vec<Contact>,
}

/// When the story looks.
const NOW: Millis = Millis(START.0 + Millis::HOUR);

/// The documents that [`register_story`] looks through; the adapter's test puts them in.
#[must_use]
pub fn registered() -> Registered {
    let mut there = Registered::default();
    let states = [
        (SHOP, "501", Awaiting::AwaitingEmail, "a1", 10, 100),
        (SHOP, "502", Awaiting::AwaitingOpeningResponse, "a1", 30, 80),
        (SHOP, "503", Awaiting::AwaitingEmail, "a2", 20, 90),
        (SHOP, "504", Awaiting::AwaitingEmail, "a1", 5, 50),
        (
            CAFE,
            "505",
            Awaiting::AwaitingFollowConfirmation,
            "a3",
            1,
            200,
        ),
    ];
    for (account, sender, state, automation, minutes, expires) in states {
        let expires_at = START + expires * Millis::MINUTE;
        there.states.push(UserState {
            state,
            automation_id: automation.into(),
            updated_at: START + minutes * Millis::MINUTE,
            ..user_state(account, sender, expires_at)
        });
    }
    let mut named = |account: &str, sender: &str, minutes: i64, change: fn(&mut Contact)| {
        let mut person = contact(account, sender, START + minutes * Millis::MINUTE);
        change(&mut person);
        there.contacts.push(person);
    };
    named(SHOP, "501", 3, |person| {
        person.username = Some("maya.bakes".to_owned());
        person.name = Some("Maya Lindqvist".to_owned());
        person.email = Some("maya@example.org".to_owned());
        person.follows = Some(true);
    });
    named(SHOP, "502", 9, |person| {
        person.username = Some("leo_100%".to_owned());
        person.silenced_until = Some(START + 2 * Millis::HOUR);
    });
    named(SHOP, "503", 6, |person| {
        person.name = Some("Özlem (Bakery)".to_owned());
        person.unsubscribed = true;
        person.silenced_until = Some(START + Millis::MINUTE);
    });
    named(CAFE, "505", 1, |person| {
        person.username = Some("ana".to_owned());
    });
    there
}

/// Walks over everything that an operator relies on in a register which holds what
/// [`registered`] says.
pub async fn register_story(register: &dyn Register) {
    states(register).await;
    searched(register).await;
    contacts(register).await;
}

fn shop() -> StateFilter {
    StateFilter {
        accounts: vec![SHOP.into()],
        ..StateFilter::default()
    }
}

async fn listed(register: &dyn Register, filter: &StateFilter, page: Page) -> Vec<String> {
    let states = register.states(filter, NOW, page).await.expect("an answer");
    states.iter().map(|one| one.sender_id.to_string()).collect()
}

async fn counted(register: &dyn Register, filter: &StateFilter) -> StateCounts {
    register.count_states(filter, NOW).await.expect("an answer")
}

async fn states(register: &dyn Register) {
    let nobody = StateFilter::default();
    assert_eq!(counted(register, &nobody).await, StateCounts::default());
    assert_eq!(listed(register, &nobody, ALL).await, [""; 0], "no account");
    assert_eq!(
        counted(register, &shop()).await,
        StateCounts {
            opening: 1,
            follow: 0,
            email: 2,
        },
        "what has expired does not count"
    );
    assert_eq!(listed(register, &shop(), ALL).await, ["501", "503", "502"]);
    let newest = StateFilter {
        order: StateOrder::Newest,
        ..shop()
    };
    assert_eq!(listed(register, &newest, ALL).await, ["502", "503", "501"]);
    let expiring = StateFilter {
        order: StateOrder::Expiring,
        accounts: vec![SHOP.into(), CAFE.into()],
        ..shop()
    };
    assert_eq!(
        listed(register, &expiring, ALL).await,
        ["502", "503", "501", "505"]
    );
    let second = Page { skip: 1, most: 1 };
    assert_eq!(listed(register, &shop(), second).await, ["503"]);
    let beyond = Page { skip: 9, most: 9 };
    assert_eq!(listed(register, &shop(), beyond).await, [""; 0]);
    let email = StateFilter {
        state: Some(Awaiting::AwaitingEmail),
        ..shop()
    };
    assert_eq!(listed(register, &email, ALL).await, ["501", "503"]);
    assert_eq!(
        counted(register, &email).await.opening,
        1,
        "the others are counted all the same"
    );
    let automation = StateFilter {
        automation: Some("a2".into()),
        ..shop()
    };
    assert_eq!(listed(register, &automation, ALL).await, ["503"]);
    assert_eq!(counted(register, &automation).await.email, 1);
    let whole = register.states(&automation, NOW, ALL).await;
    assert_eq!(
        whole.expect("an answer"),
        [registered().states[2].clone()],
        "as it was written"
    );
}

async fn searched(register: &dyn Register) {
    for (text, found) in [
        ("maya", vec!["501"]),
        ("LINDQ", vec!["501"]),
        ("example.ORG", vec!["501"]),
        ("özlem", vec!["503"]),
        ("(bakery", vec!["503"]),
        ("100%", vec!["502"]),
        ("50", vec!["501", "503", "502"]),
        ("503", vec!["503"]),
        // Nobody has it, and a pattern's signs are not a pattern.
        ("m.ya", vec![]),
        ("ana", vec![]),
        ("%", vec!["502"]),
    ] {
        let filter = StateFilter {
            text: Some(text.to_owned()),
            ..shop()
        };
        assert_eq!(listed(register, &filter, ALL).await, found, "{text}");
        let counts = counted(register, &filter).await;
        let sum = counts.opening + counts.follow + counts.email;
        assert_eq!(sum, found.len() as u64, "{text}");
    }
}

async fn contacts(register: &dyn Register) {
    let list = async |filter: &ContactFilter, page: Page| -> Vec<String> {
        let found = register.contacts(filter, NOW, page).await;
        let found = found.expect("an answer");
        found.iter().map(|one| one.sender_id.to_string()).collect()
    };
    let shop = ContactFilter {
        accounts: vec![SHOP.into()],
        ..ContactFilter::default()
    };
    assert_eq!(list(&ContactFilter::default(), ALL).await, [""; 0]);
    assert_eq!(list(&shop, ALL).await, ["502", "503", "501"]);
    let count = register.count_contacts(&shop, NOW).await;
    assert_eq!(count.expect("an answer"), 3);
    assert_eq!(list(&shop, Page { skip: 1, most: 1 }).await, ["503"]);
    for (kind, found) in [
        (ContactKind::WithEmail, "501"),
        (ContactKind::Following, "501"),
        (ContactKind::Unsubscribed, "503"),
        (ContactKind::Silenced, "502"),
    ] {
        let filter = ContactFilter {
            kind: Some(kind),
            ..shop.clone()
        };
        assert_eq!(list(&filter, ALL).await, [found], "{kind:?}");
        let count = register.count_contacts(&filter, NOW).await;
        assert_eq!(count.expect("an answer"), 1, "{kind:?}");
    }
    let text = ContactFilter {
        text: Some("BAK".to_owned()),
        ..shop.clone()
    };
    assert_eq!(list(&text, ALL).await, ["503", "501"]);
    let whole = register.contacts(&text, NOW, ALL).await.expect("an answer");
    assert_eq!(whole[1], registered().contacts[0], "as it was written");
}
