//! What changed about the people of the simulator since a window was told of them: who, and
//! of what was said and decided only the new ends. Hundreds of people with hundreds of
//! bubbles each are megabytes, and strangers write many times a second.

use heliograph_lab::simulator::Person;
use heliograph_model::ContactId;
use serde::Serialize;

/// What changed about the people.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangedPeople {
    /// Everybody who is there, in the order in which they came. Who does not stand in
    /// `changed` is as they were told before.
    pub order: Vec<ContactId>,
    /// Who came or changed.
    pub changed: Vec<ChangedPerson>,
}

/// Somebody who came or changed.
#[derive(Debug, Clone, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangedPerson {
    /// The person as they are now; of the conversation and the decisions only what comes
    /// behind the part that stays.
    pub person: Person,
    /// Of the conversation as it was told before, what stays.
    pub conversation: Stays,
    /// Of the decisions as they were told before, what stays.
    pub decisions: Stays,
}

/// The part of a list that stays: those before it are gone, and others come behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, specta::Type)]
pub struct Stays {
    /// Where in the list the part begins.
    pub from: u32,
    /// How many are in it.
    pub count: u32,
}

impl ChangedPeople {
    /// Whether they are those who were told before, of whom there were so many: who stays
    /// keeps the order, so nobody is gone where there are as many.
    pub(super) fn is_nothing(&self, before: usize) -> bool {
        self.changed.is_empty() && self.order.len() == before
    }
}

/// What leads from the people who were told before to those who are there now.
pub(super) fn changed(before: &[Person], now: &[Person]) -> ChangedPeople {
    let mut known = before.iter();
    ChangedPeople {
        order: now.iter().map(|person| person.id.clone()).collect(),
        // The order of those who stay does not change.
        changed: now
            .iter()
            .filter_map(|person| match known.find(|known| known.id == person.id) {
                Some(known) if known == person => None,
                Some(known) => Some(changed_person(known, person)),
                None => Some(ChangedPerson {
                    person: person.clone(),
                    conversation: Stays::default(),
                    decisions: Stays::default(),
                }),
            })
            .collect(),
    }
}

fn changed_person(before: &Person, now: &Person) -> ChangedPerson {
    let conversation = stays(&before.conversation, &now.conversation);
    let decisions = stays(&before.decisions, &now.decisions);
    ChangedPerson {
        person: Person {
            id: now.id.clone(),
            name: now.name.clone(),
            username: now.username.clone(),
            follows: now.follows,
            language: now.language.clone(),
            contact: now.contact.clone(),
            state: now.state.clone(),
            window_closes_at: now.window_closes_at,
            conversation: now.conversation[conversation.count as usize..].to_vec(),
            decisions: now.decisions[decisions.count as usize..].to_vec(),
            unread: now.unread,
        },
        conversation,
        decisions,
    }
}

/// The part of a list with which another one begins.
fn stays<T: PartialEq>(before: &[T], now: &[T]) -> Stays {
    let first = now.first();
    let from = before.iter().position(|one| Some(one) == first);
    let Some(from) = from else {
        return Stays::default();
    };
    let same = before[from..].iter().zip(now).take_while(|(a, b)| a == b);
    let few = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Stays {
        from: few(from),
        count: few(same.count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(from: u32, count: u32) -> Stays {
        Stays { from, count }
    }

    #[test]
    fn of_a_list_stays_what_the_new_one_begins_with() {
        assert_eq!(stays(&[1, 2, 3], &[1, 2, 3, 4]), told(0, 3));
        assert_eq!(stays(&[1, 2, 3], &[2, 3, 4]), told(1, 2));
        assert_eq!(stays(&[1, 2, 3], &[1, 5, 3]), told(0, 1), "edited");
        assert_eq!(stays(&[1, 2, 3], &[7, 8]), told(0, 0));
        assert_eq!(stays(&[1, 2, 3], &[]), told(0, 0));
        assert_eq!(stays(&[], &[1]), told(0, 0));
    }

    fn person(id: &str, unread: u32) -> Person {
        Person {
            id: id.into(),
            name: id.to_owned(),
            username: id.to_owned(),
            follows: false,
            language: None,
            contact: None,
            state: None,
            window_closes_at: None,
            conversation: Vec::new(),
            decisions: Vec::new(),
            unread,
        }
    }

    #[test]
    fn only_who_came_or_changed_is_told() {
        let before = [person("1", 0), person("2", 0), person("3", 0)];
        let now = [person("1", 0), person("3", 1), person("4", 0)];
        let told = changed(&before, &now);
        let ids = |people: &[ChangedPerson]| -> Vec<String> {
            let ids = people.iter().map(|one| one.person.id.to_string());
            ids.collect()
        };
        assert_eq!(ids(&told.changed), ["3", "4"]);
        assert_eq!(told.order.len(), 3);
        assert!(!told.is_nothing(before.len()));
        assert!(changed(&now, &now).changed.is_empty());
        assert!(changed(&now, &now).is_nothing(now.len()));
        let fewer = changed(&now, &now[1..]);
        assert!(!fewer.is_nothing(now.len()), "somebody is gone");
    }
}
