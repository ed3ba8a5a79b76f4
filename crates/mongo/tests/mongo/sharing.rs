//! The same documents as a Node application.

use crate::rig::{Rig, any};
use heliograph_engine::conformance::samples::{START, automation};
use heliograph_engine::ports::{Documents, PortError};
use heliograph_model::{
    AutomationType, KeywordMatch, Message, Millis, Target, TriggerMode, Workspace,
};
use mongodb::bson::{Bson, DateTime, Decimal128, Document, doc, oid::ObjectId};

const ACCOUNT: &str = "17841400000000001";

fn at(millis: Millis) -> DateTime {
    DateTime::from_millis(millis.0)
}

/// An automation as Mongoose writes one: ids of its own everywhere, dates, no version of
/// ours, and fields that we know nothing of.
fn mongoose(workspace: ObjectId) -> Document {
    doc! {
        "_id": ObjectId::new(),
        "workspaceId": workspace,
        "type": "comment_reply_flow",
        "name": "Price list",
        "isActive": true,
        "priority": 2.0,
        "postId": "17900000000000001",
        "storyId": Bson::Null,
        "trigger": {
            "mode": "specific_keywords",
            "keywords": ["price", { "_id": ObjectId::new(), "text": "cost", "match": "anywhere", "hits": 7 }],
            "language": "en",
        },
        "steps": {
            "opening": { "enabled": true, "text": "Hi!", "button": "Yes", "abTest": { "b": "Hello!" } },
            "follow": Bson::Null,
            "main": {
                "messages": [
                    { "_id": ObjectId::new(), "type": "text", "text": "One", "emoji": true },
                    { "_id": ObjectId::new(), "type": "buttons", "text": "Two", "buttons": [
                        { "_id": ObjectId::new(), "title": "Go", "url": "https://example.org", "clicks": 3_i64 },
                    ] },
                ],
            },
        },
        "stats": { "sent": 41_i64, "last": DateTime::from_millis(1) },
        "createdAt": at(START),
        "updatedAt": "2026-11-24T00:00:01.000Z",
        "__v": 3,
    }
}

#[tokio::test]
async fn documents_of_mongoose_are_read_and_what_is_theirs_survives() {
    let rig = Rig::new().await;
    let workspace = ObjectId::new();
    let theirs = mongoose(workspace);
    let id = theirs.get_object_id("_id").unwrap().to_hex();
    rig.insert("automations", theirs.clone()).await;

    let read = rig.store.automation(&id.as_str().into()).await.unwrap();
    let read = read.expect("it is found by the digits of its id");
    assert_eq!(read.workspace_id.as_str(), workspace.to_hex());
    assert_eq!(read.priority, 2);
    assert_eq!(read.version, 1, "one without a version has the first");
    assert_eq!(read.target, Target::Media("17900000000000001".into()));
    assert_eq!(read.trigger.mode, TriggerMode::SpecificKeywords);
    let keywords: Vec<_> = read
        .trigger
        .keywords
        .iter()
        .map(|k| (k.text.as_str(), k.kind))
        .collect();
    assert_eq!(
        keywords,
        [
            ("price", KeywordMatch::WholeWord),
            ("cost", KeywordMatch::Anywhere)
        ]
    );
    assert_eq!((read.created_at, read.updated_at), (START, START + 1_000));
    let kind = AutomationType::CommentReplyFlow;
    let active = rig
        .store
        .active_automations(&read.workspace_id, kind, &read.target)
        .await;
    assert_eq!(active.unwrap(), std::slice::from_ref(&read));

    // An edit: the first message goes, the button's title changes, one keyword comes.
    let mut edited = read.clone();
    edited.version = 2;
    edited.updated_at = START + 9_000;
    edited
        .trigger
        .keywords
        .insert(0, edited.trigger.keywords[1].clone());
    edited.trigger.keywords[0].text = "fee".into();
    let main = edited.steps.main.as_mut().unwrap();
    let Message::Buttons { buttons, .. } = &mut main.messages[1] else {
        panic!("the second message has buttons");
    };
    buttons[0].title = "Visit".into();
    main.messages.reverse();
    edited.steps.opening.as_mut().unwrap().text = "Hello there".into();
    rig.store.put_automation(&edited, Some(1)).await.unwrap();
    assert_eq!(
        rig.store.automation(&edited.id).await.unwrap(),
        Some(edited.clone())
    );

    let after = rig.only("automations", any()).await;
    for same in [
        "_id",
        "workspaceId",
        "type",
        "priority",
        "postId",
        "storyId",
        "stats",
        "createdAt",
        "__v",
    ] {
        assert_eq!(after.get(same), theirs.get(same), "{same}");
    }
    assert_eq!(after.get_datetime("updatedAt").unwrap(), &at(START + 9_000));
    let trigger = after.get_document("trigger").unwrap();
    assert_eq!(trigger.get_str("language").ok(), Some("en"));
    let keywords = trigger.get_array("keywords").unwrap();
    let before = theirs
        .get_document("trigger")
        .unwrap()
        .get_array("keywords")
        .unwrap();
    assert_eq!(
        keywords[1..],
        before[..],
        "those that stay keep all they have"
    );
    let steps = after.get_document("steps").unwrap();
    assert_eq!(steps.get("follow"), Some(&Bson::Null));
    let opening = steps.get_document("opening").unwrap();
    assert_eq!(opening.get_str("text").ok(), Some("Hello there"));
    assert!(opening.get_document("abTest").is_ok());
    let messages = steps
        .get_document("main")
        .unwrap()
        .get_array("messages")
        .unwrap();
    assert!(
        messages[1]
            .as_document()
            .unwrap()
            .get_bool("emoji")
            .unwrap()
    );
}

#[tokio::test]
async fn a_document_that_cannot_be_read_costs_no_neighbour() {
    let rig = Rig::new().await;
    let workspace = ObjectId::new();
    rig.insert("automations", mongoose(workspace)).await;
    let mut strange = mongoose(workspace);
    strange.insert("steps", doc! { "opening": "Hi!" });
    let strange_id = strange.get_object_id("_id").unwrap().to_hex();
    rig.insert("automations", strange).await;
    let id = workspace.to_hex();
    let all = rig.store.automations(&id.as_str().into()).await.unwrap();
    assert_eq!(all.len(), 1);
    let error = rig
        .store
        .automation(&strange_id.as_str().into())
        .await
        .unwrap_err();
    assert!(
        matches!(error, PortError::Other(_)),
        "asking again would not help"
    );
    let said = error.to_string();
    assert!(
        said.contains(&strange_id) && said.contains("steps") && !said.contains("Hi!"),
        "{said}"
    );

    rig.insert(
        "user_states",
        doc! { "accountId": ACCOUNT, "senderId": "1", "state": "awaiting_phone" },
    )
    .await;
    let state = rig
        .store
        .user_state(&ACCOUNT.into(), &"1".into(), START)
        .await;
    assert_eq!(
        state.unwrap(),
        None,
        "what awaits nothing of ours is none of ours"
    );
}

#[tokio::test]
async fn accounts_contacts_and_states_of_others() {
    let rig = Rig::new().await;
    let workspace = ObjectId::new();
    rig.insert("accounts", doc! {
        "instagramUserId": ACCOUNT, "workspaceId": workspace, "accessToken": "IGAA-secret",
        "username": "shop", "isActive": true, "igBusinessId": "777", "settings": { "theme": "dark" },
    }).await;
    let mut account = rig.store.account(&ACCOUNT.into()).await.unwrap().unwrap();
    assert_eq!(account.workspace_id.as_str(), workspace.to_hex());
    let listed = rig.store.accounts(&account.workspace_id).await.unwrap();
    assert_eq!(listed, [account.clone()]);
    account.username = "shop2".into();
    account.aliases = vec!["1001".into()];
    account.settings.silence_after_human_minutes = Some(15);
    rig.store.put_account(&account).await.unwrap();
    assert_eq!(
        rig.store.account(&"1001".into()).await.unwrap(),
        Some(account)
    );
    let stored = rig.only("accounts", any()).await;
    assert_eq!(stored.get_str("accessToken").ok(), Some("IGAA-secret"));
    assert_eq!(stored.get_str("igBusinessId").ok(), Some("777"));
    assert_eq!(stored.get_object_id("workspaceId").ok(), Some(workspace));
    assert_eq!(
        stored.get_document("settings").unwrap(),
        &doc! { "theme": "dark", "silenceAfterHumanMinutes": 15_i64 }
    );

    rig.insert(
        "contacts",
        doc! {
            "instagramUserId": ACCOUNT, "senderId": "501", "phone": "+49 30 1", "email": Bson::Null,
            "follows": 1, "lastMessageAt": START.0 as f64, "createdAt": at(START), "tags": ["vip"],
        },
    )
    .await;
    let read = rig
        .store
        .contact(&ACCOUNT.into(), &"501".into())
        .await
        .unwrap();
    let mut contact = read.unwrap();
    assert_eq!(
        (contact.follows, contact.email.as_deref()),
        (Some(true), None)
    );
    assert_eq!(contact.last_message_at, Some(START));
    assert!(!contact.unsubscribed);
    contact.email = Some("ana@example.org".into());
    contact.follows = None;
    rig.store.put_contact(&contact).await.unwrap();
    let read = rig.store.contact(&ACCOUNT.into(), &"501".into()).await;
    assert_eq!(read.unwrap(), Some(contact));
    let stored = rig.only("contacts", any()).await;
    assert_eq!(stored.get_str("phone").ok(), Some("+49 30 1"));
    assert_eq!(stored.get_array("tags").unwrap().len(), 1);
    assert!(!stored.contains_key("follows"));

    // Whether somebody unsubscribed must be clear.
    let unclear = doc! { "$set": { "unsubscribed": "perhaps" } };
    rig.raw("contacts")
        .update_one(any(), unclear)
        .await
        .unwrap();
    let read = rig.store.contact(&ACCOUNT.into(), &"501".into()).await;
    assert!(matches!(read, Err(PortError::Other(_))), "{read:?}");

    let automation = ObjectId::new();
    rig.insert(
        "user_states",
        doc! {
            "accountId": ACCOUNT, "senderId": "501", "automationId": automation,
            "state": "awaiting_email", "updatedAt": at(START),
        },
    )
    .await;
    let read = async |now: Millis| {
        let state = rig
            .store
            .user_state(&ACCOUNT.into(), &"501".into(), now)
            .await;
        state.unwrap()
    };
    let state = read(START).await.expect("the model's defaults stand in");
    assert_eq!(state.automation_id.as_str(), automation.to_hex());
    assert_eq!((state.asked, state.event_at), (1, START));
    assert!(
        read(START + Millis::DAY).await.is_none(),
        "it lives for a day"
    );
    let listed = rig.store.user_states(&ACCOUNT.into(), START, 9).await;
    assert_eq!(listed.unwrap(), [state]);
}

#[tokio::test]
async fn tokens_are_read_along_and_never_shown() {
    let rig = Rig::new().await;
    let document = doc! {
        "instagramUserId": ACCOUNT, "workspaceId": "w1", "accessToken": "IGAA-one",
        "username": "shop", "aliases": ["1001"],
    };
    rig.insert("accounts", document).await;
    let token = |id: &str| {
        let token = rig.store.token(&id.into());
        token.map(|token| secrecy::ExposeSecret::expose_secret(&token).to_owned())
    };
    assert_eq!(token(ACCOUNT), None, "it was not read yet");
    let account = rig.store.account(&"1001".into()).await.unwrap().unwrap();
    assert_eq!(token(ACCOUNT).as_deref(), Some("IGAA-one"));
    assert_eq!(token("1001").as_deref(), Some("IGAA-one"));
    let shown = format!(
        "{:?} {account:?} {:?}",
        rig.store,
        rig.store.token(&account.id)
    );
    assert!(!shown.contains("IGAA"), "{shown}");

    let renewed = doc! { "$set": { "accessToken": "IGAA-two" } };
    rig.raw("accounts")
        .update_one(any(), renewed)
        .await
        .unwrap();
    assert_eq!(token(ACCOUNT).as_deref(), Some("IGAA-one"));
    rig.store
        .refresh_token(&ACCOUNT.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(token(ACCOUNT).as_deref(), Some("IGAA-two"));
    let taken = doc! { "$unset": { "accessToken": "" } };
    rig.raw("accounts").update_one(any(), taken).await.unwrap();
    assert!(
        rig.store
            .refresh_token(&ACCOUNT.into())
            .await
            .unwrap()
            .is_none()
    );
    rig.raw("accounts").delete_many(any()).await.unwrap();
    assert!(
        rig.store
            .refresh_token(&"1001".into())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn workspaces_that_are_only_named_exist() {
    let rig = Rig::new().await;
    let named = ObjectId::new();
    rig.insert(
        "accounts",
        doc! { "instagramUserId": "1", "workspaceId": "w-account" },
    )
    .await;
    rig.insert(
        "accounts",
        doc! { "instagramUserId": "2", "workspaceId": named },
    )
    .await;
    rig.insert("automations", mongoose(named)).await;
    rig.insert(
        "automations",
        doc! { "workspaceId": "w-automation", "type": "other" },
    )
    .await;
    rig.insert(
        "workspaces",
        doc! { "_id": named, "name": "Bakery", "plan": "pro" },
    )
    .await;
    let names = async || -> Vec<String> {
        let all = rig.store.workspaces().await.unwrap();
        all.into_iter().map(|one| one.name).collect()
    };
    assert_eq!(names().await, ["Bakery", "w-account", "w-automation"]);
    let renamed = Workspace {
        id: named.to_hex().into(),
        name: "Café".into(),
    };
    rig.store.put_workspace(&renamed).await.unwrap();
    assert_eq!(names().await, ["Café", "w-account", "w-automation"]);
    let stored = rig.only("workspaces", any()).await;
    assert_eq!(stored, doc! { "_id": named, "name": "Café", "plan": "pro" });
}

#[tokio::test]
async fn of_two_editors_one_is_told_and_another_application_loses_nothing() {
    let rig = Rig::new().await;
    let other = rig.another().await;
    let first = automation("65f000000000000000000001", "65f0000000000000000000aa", 1);
    let created = futures::join!(
        rig.store.put_automation(&first, None),
        other.put_automation(&first, None),
    );
    assert!(
        matches!(
            created,
            (Ok(()), Err(PortError::Conflict(_))) | (Err(PortError::Conflict(_)), Ok(()))
        ),
        "one creates it: {created:?}"
    );
    let stored = rig.only("automations", any()).await;
    assert!(
        stored.get_object_id("_id").is_ok(),
        "Mongoose finds it by an object id"
    );
    assert!(stored.get_object_id("workspaceId").is_ok());

    for round in 1..20 {
        let edit = |name: &str| {
            let mut edit = first.clone();
            edit.version = round + 1;
            edit.name = format!("{name} {round}");
            edit
        };
        let (ours, theirs) = (edit("ours"), edit("theirs"));
        let counter =
            doc! { "$inc": { "stats.sent": 1 }, "$set": { "updatedAt": DateTime::now() } };
        let raw = rig.raw("automations");
        let (one, two, counted) = futures::join!(
            rig.store.put_automation(&ours, Some(round)),
            other.put_automation(&theirs, Some(round)),
            async { raw.update_one(any(), counter).await },
        );
        counted.unwrap();
        let winner = match (one, two) {
            (Ok(()), Err(PortError::Conflict(said))) => {
                assert!(said.contains("theirs"), "{said}");
                ours
            }
            (Err(PortError::Conflict(_)), Ok(())) => theirs,
            both => panic!("one of them is told: {both:?}"),
        };
        let read = rig.store.automation(&first.id).await.unwrap().unwrap();
        assert_eq!((&read.name, read.version), (&winner.name, round + 1));
    }
    let stored = rig.only("automations", any()).await;
    let sent = stored.get_document("stats").unwrap().get_i32("sent");
    assert_eq!(
        sent.ok(),
        Some(19),
        "every count of the other application is there"
    );
}

#[tokio::test]
async fn numbers_come_in_every_form() {
    let rig = Rig::new().await;
    for (n, priority) in [
        Bson::Int32(3),
        Bson::Int64(3),
        Bson::Double(3.0),
        Bson::Decimal128("3".parse::<Decimal128>().unwrap()),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("n{n}");
        rig.insert("automations", doc! {
            "_id": &id, "workspaceId": "w", "type": "dm_automation", "priority": priority,
            "trigger": { "mode": "any_reply" }, "createdAt": START.0, "updatedAt": START.0.to_string(),
        }).await;
        let read = rig
            .store
            .automation(&id.as_str().into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (read.priority, read.created_at, read.updated_at),
            (3, START, START)
        );
        assert!(!read.is_active && !read.name.is_empty());
    }
}

#[tokio::test]
async fn people_whose_ids_are_no_text_are_pointed_out() {
    let rig = Rig::new().await;
    let found = async || rig.store.people_without_text_ids().await.unwrap();
    assert_eq!(found().await, [""; 0], "there is nobody");
    rig.insert(
        "contacts",
        doc! { "instagramUserId": ACCOUNT, "senderId": "501" },
    )
    .await;
    assert_eq!(found().await, [""; 0]);
    rig.insert(
        "user_states",
        doc! { "accountId": ACCOUNT, "senderId": 502_i64, "automationId": "a" },
    )
    .await;
    assert_eq!(found().await, ["user_states"]);
    rig.store.create_indexes().await.unwrap();
    rig.insert(
        "contacts",
        doc! { "instagramUserId": ACCOUNT, "senderId": ObjectId::new() },
    )
    .await;
    assert_eq!(found().await, ["contacts", "user_states"]);

    // With the index only what is no text is looked at.
    let explain = doc! {
        "explain": { "find": "contacts", "filter": { "senderId": { "$type": ["number", "objectId"] } } },
        "verbosity": "executionStats",
    };
    let database = rig
        .raw("contacts")
        .client()
        .database(rig.raw("contacts").namespace().db.as_str());
    let explained = database.run_command(explain).await.unwrap();
    let stats = explained.get_document("executionStats").unwrap();
    let examined = stats.get("totalDocsExamined").and_then(Bson::as_i32);
    assert_eq!(examined, Some(1), "{stats:?}");
}
