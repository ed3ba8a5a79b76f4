//! The story of documents.

use super::samples::{START, account, automation, contact, workspace};
use crate::ports::{Documents, PortError};
use heliograph_model::{AccountSettings, AutomationType, Target};

pub(super) const ACCOUNT: &str = "17841400000000001";

/// Walks over everything that the engine relies on in documents.
pub async fn documents_story(documents: &dyn Documents) {
    workspaces_and_accounts(documents).await;
    automations(documents).await;
    contacts(documents).await;
}

async fn workspaces_and_accounts(store: &dyn Documents) {
    assert_eq!(store.workspaces().await.expect("an answer"), []);
    let zoo = workspace("w1", "Zoo");
    let bakery = workspace("w2", "Bakery");
    store.put_workspace(&zoo).await.expect("written");
    store.put_workspace(&bakery).await.expect("written");
    assert_eq!(
        store.workspaces().await.expect("an answer"),
        [bakery.clone(), zoo],
        "by name"
    );
    let arcade = workspace("w1", "Arcade");
    store.put_workspace(&arcade).await.expect("written");
    assert_eq!(
        store.workspaces().await.expect("an answer"),
        [arcade, bakery],
        "the same id replaces"
    );

    let mut shop = account(ACCOUNT, "w1", "shop");
    shop.aliases = vec!["1001".into(), "1002".into()];
    shop.settings.silence_after_human_minutes = Some(30);
    let cafe = account("17841400000000002", "w1", "cafe");
    store.put_account(&shop).await.expect("written");
    store.put_account(&cafe).await.expect("written");
    for id in [ACCOUNT, "1001", "1002"] {
        let found = store.account(&id.into()).await.expect("an answer");
        assert_eq!(found.as_ref(), Some(&shop), "{id} is the shop's");
    }
    assert_eq!(
        store.account(&"1003".into()).await.expect("an answer"),
        None
    );
    assert_eq!(
        store.accounts(&"w1".into()).await.expect("an answer"),
        [cafe, shop.clone()],
        "by username"
    );
    assert_eq!(store.accounts(&"w2".into()).await.expect("an answer"), []);
    shop.aliases = vec!["1003".into()];
    shop.settings = AccountSettings::default();
    shop.is_active = false;
    store.put_account(&shop).await.expect("written");
    assert_eq!(
        store.account(&"1001".into()).await.expect("an answer"),
        None,
        "the alias was taken away"
    );
    assert_eq!(
        store.account(&"1003".into()).await.expect("an answer"),
        Some(shop)
    );
}

async fn automations(store: &dyn Documents) {
    let workspace = "w1".into();
    let dm = AutomationType::DmAutomation;
    let active = async |kind, target: &Target| -> Vec<String> {
        let found = store
            .active_automations(&workspace, kind, target)
            .await
            .expect("an answer");
        found.iter().map(|a| a.id.to_string()).collect()
    };

    let mut second = automation("b", "w1", 5);
    second.created_at = START + 1;
    let third = automation("c", "w1", 9);
    let first = automation("z", "w1", 5);
    let mut off = automation("off", "w1", 0);
    off.is_active = false;
    let mut story = automation("story", "w1", 0);
    story.kind = AutomationType::StoryReplyFlow;
    story.target = Target::Media("story-1".into());
    let mut post = automation("post", "w2", 0);
    post.kind = AutomationType::CommentReplyFlow;
    post.target = Target::Media("17900000000000001".into());
    let other = automation("other", "w2", 0);
    for one in [&second, &third, &first, &off, &story, &post, &other] {
        store.put_automation(one, None).await.expect("it is new");
        assert_eq!(
            store.automation(&one.id).await.expect("an answer").as_ref(),
            Some(one),
            "it is read as it was written"
        );
    }
    assert_eq!(
        active(dm, &Target::All).await,
        ["z", "b", "c"],
        "by priority, then by age; active ones of this type only"
    );
    assert_eq!(
        active(AutomationType::StoryReplyFlow, &story.target).await,
        ["story"]
    );
    assert!(
        active(AutomationType::StoryReplyFlow, &Target::All)
            .await
            .is_empty(),
        "one story is not all stories"
    );
    let all = store.automations(&workspace).await.expect("an answer");
    let all: Vec<_> = all.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(all, ["off", "story", "z", "b", "c"], "active or not");

    // A story's automation becomes one for all stories.
    story.target = Target::All;
    story.version = 2;
    store
        .put_automation(&story, Some(1))
        .await
        .expect("its version is the one that is stored");
    let for_all = active(AutomationType::StoryReplyFlow, &Target::All).await;
    assert_eq!(for_all, ["story"]);
    let one = Target::Media("story-1".into());
    let for_one = active(AutomationType::StoryReplyFlow, &one).await;
    assert!(for_one.is_empty(), "it is not for that one alone");

    // Two editors.
    let mut edited = first.clone();
    edited.version = 2;
    edited.priority = 10;
    store
        .put_automation(&edited, Some(1))
        .await
        .expect("the version that was seen is the one that is stored");
    let mut late = first.clone();
    late.version = 2;
    late.name = "Late".into();
    for replaces in [Some(1), None, Some(7)] {
        let refused = store.put_automation(&late, replaces).await;
        assert!(
            matches!(refused, Err(PortError::Conflict(_))),
            "replacing {replaces:?} was answered with {refused:?}"
        );
    }
    let ghost = automation("ghost", "w1", 0);
    let refused = store.put_automation(&ghost, Some(1)).await;
    assert!(matches!(refused, Err(PortError::Conflict(_))), "it is gone");
    assert_eq!(
        store.automation(&"z".into()).await.expect("an answer"),
        Some(edited.clone()),
        "the late one changed nothing"
    );
    assert_eq!(active(dm, &Target::All).await, ["b", "c", "z"]);

    assert_eq!(
        store
            .delete_automation(&"z".into())
            .await
            .expect("an answer"),
        Some(edited)
    );
    assert_eq!(
        store
            .delete_automation(&"z".into())
            .await
            .expect("an answer"),
        None
    );
    assert_eq!(
        store.automation(&"z".into()).await.expect("an answer"),
        None
    );
    assert_eq!(active(dm, &Target::All).await, ["b", "c"]);
}

/// Contacts of an account that the stories leave alone otherwise.
async fn contacts(store: &dyn Documents) {
    let mut alone = contact("17841400000000002", "503", START);
    store.put_contact(&alone).await.expect("written");
    alone.email = Some("ana@example.org".into());
    alone.name = Some("Ana".into());
    alone.follows = Some(true);
    alone.silenced_until = Some(START + 1);
    alone.last_message_at = Some(START + 2);
    alone.updated_at = START + 2;
    store.put_contact(&alone).await.expect("written");
    let found = store
        .contact(&alone.account_id, &alone.sender_id)
        .await
        .expect("an answer");
    assert_eq!(found, Some(alone.clone()), "it was replaced");
    alone.silenced_until = None;
    alone.unsubscribed = true;
    store.put_contact(&alone).await.expect("written");
    let found = store
        .contact(&alone.account_id, &alone.sender_id)
        .await
        .expect("an answer");
    assert_eq!(found, Some(alone.clone()), "also what is gone from it");

    let silent = {
        let mut silent = contact("17841400000000002", "504", START);
        silent.last_message_at = None;
        silent
    };
    let newest = contact("17841400000000002", "502", START + 9);
    store.put_contact(&silent).await.expect("written");
    store.put_contact(&newest).await.expect("written");
    let all = store.contacts(&alone.account_id, 10).await;
    assert_eq!(
        all.expect("an answer"),
        [newest.clone(), alone.clone(), silent],
        "the last who wrote first"
    );
    let two = store.contacts(&alone.account_id, 2).await;
    assert_eq!(two.expect("an answer"), [newest, alone.clone()]);

    let elsewhere = store.contact(&ACCOUNT.into(), &alone.sender_id).await;
    assert_eq!(
        elsewhere.expect("an answer"),
        None,
        "on another account it is another contact"
    );
    let missing = store.contact(&alone.account_id, &"999".into()).await;
    assert_eq!(missing.expect("an answer"), None);
    let none = store
        .user_state(&alone.account_id, &"999".into(), START)
        .await;
    assert_eq!(none.expect("an answer"), None);
}
