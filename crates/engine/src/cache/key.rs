//! The names of cached things, the same for every worker and for other applications on
//! the same Redis (the design, "Caching").

use heliograph_model::{AccountId, AutomationType, Collection, ContactId, Target, WorkspaceId};

/// What the keys of automations begin with.
pub const AUTOMATION: &str = "automation:";

/// `automation:{workspaceId}:{type}:{postId or storyId or "all"}`
#[must_use]
pub fn automations(workspace: &WorkspaceId, kind: AutomationType, target: &Target) -> String {
    let target = target.media().map_or("all", |media| media.as_str());
    format!("{AUTOMATION}{workspace}:{kind}:{target}")
}

/// `user_state:{accountId}:{senderId}`
#[must_use]
pub fn user_state(account: &AccountId, contact: &ContactId) -> String {
    format!("user_state:{account}:{contact}")
}

/// `contact:{accountId}:{senderId}`
#[must_use]
pub fn contact(account: &AccountId, contact: &ContactId) -> String {
    format!("contact:{account}:{contact}")
}

/// What the keys of workspaces begin with.
pub const WORKSPACE: &str = "workspace:";

/// `workspace:{instagramId}`
#[must_use]
pub fn workspace(instagram: &AccountId) -> String {
    format!("{WORKSPACE}{instagram}")
}

/// What the keys of a collection begin with.
#[must_use]
pub const fn beginning(collection: Collection) -> &'static str {
    match collection {
        Collection::Workspace => WORKSPACE,
        Collection::Automations => AUTOMATION,
        Collection::UserState => "user_state:",
        Collection::Contact => "contact:",
    }
}

/// The collection whose keys begin as this one does.
#[must_use]
pub fn collection(key: &str) -> Option<Collection> {
    Collection::ALL
        .into_iter()
        .find(|collection| key.starts_with(beginning(*collection)))
}

/// What a key is the name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// Workspace and account of an Instagram id.
    Workspace(AccountId),
    /// The automations of one type and target.
    Automations(WorkspaceId, AutomationType, Target),
    /// Where a contact stands.
    UserState(AccountId, ContactId),
    /// A contact.
    Contact(AccountId, ContactId),
}

/// Reads a key; `None` for one that the engine does not give.
#[must_use]
pub fn read(key: &str) -> Option<Named> {
    let collection = collection(key)?;
    let rest = &key[beginning(collection).len()..];
    let two = |rest: &str| {
        let (account, contact) = rest.split_once(':')?;
        (!account.is_empty() && !contact.is_empty() && !contact.contains(':'))
            .then(|| (account.into(), contact.into()))
    };
    match collection {
        Collection::Workspace => {
            (!rest.is_empty() && !rest.contains(':')).then(|| Named::Workspace(rest.into()))
        }
        Collection::Automations => {
            // From the end: the ids of a workspace are another application's to choose.
            let (rest, target) = rest.rsplit_once(':')?;
            let (workspace, kind) = rest.rsplit_once(':')?;
            let kind = AutomationType::ALL
                .into_iter()
                .find(|known| known.as_str() == kind)?;
            let target = match target {
                "all" => Target::All,
                media => Target::Media(media.into()),
            };
            Some(Named::Automations(workspace.into(), kind, target))
        }
        Collection::UserState => {
            two(rest).map(|(account, contact)| Named::UserState(account, contact))
        }
        Collection::Contact => two(rest).map(|(account, contact)| Named::Contact(account, contact)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_given() {
        let media = Target::Media("18000000000000071".into());
        for kind in AutomationType::ALL {
            for target in [&Target::All, &media] {
                let key = automations(&"w:1".into(), kind, target);
                let named = Named::Automations("w:1".into(), kind, target.clone());
                assert_eq!(read(&key), Some(named), "{key}");
                assert_eq!(collection(&key), Some(Collection::Automations));
            }
        }
        let (account, person) = ("1784".into(), "90".into());
        assert_eq!(
            read(&workspace(&account)),
            Some(Named::Workspace(account.clone()))
        );
        assert_eq!(
            read(&user_state(&account, &person)),
            Some(Named::UserState(account.clone(), person.clone()))
        );
        assert_eq!(
            read(&contact(&account, &person)),
            Some(Named::Contact(account, person))
        );
    }

    #[test]
    fn what_the_engine_does_not_give_is_no_key() {
        for key in [
            "",
            "user_state:",
            "user_state:1",
            "user_state:1:2:lease",
            "workspace:1:2",
            "automation:w1:dm:all",
            "bull:jobs:1",
        ] {
            assert_eq!(read(key), None, "{key}");
        }
        assert_eq!(collection("bull:jobs:1"), None);
    }
}
