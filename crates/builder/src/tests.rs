//! The library on a real database file and a real shelf.

use crate::{Builder, BuilderError, EntryState, PutAwayWhy, Shelf, template};
use heliograph_engine::ports::{Clock, VirtualClock};
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_lab::demo_workspace;
use heliograph_model::{Account, AccountSettings, Automation, AutomationId, Millis};
use heliograph_runtime::Documents;
use std::path::Path;
use std::sync::Arc;

async fn builder(folder: &Path) -> Builder {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new(Millis(1_700_000_000_000)));
    let documents = Documents::open(&folder.join("workspace.sqlite"), Arc::clone(&clock))
        .expect("the documents open");
    let shelf = Shelf::open(&folder.join("builder.sqlite")).expect("the shelf opens");
    Builder::open(documents, shelf, clock, &demo_workspace())
        .await
        .expect("the builder opens")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What the library shows of an automation.
async fn state(builder: &Builder, id: &AutomationId) -> Option<(EntryState, bool)> {
    let library = builder.library().await.expect("the library is read");
    let entry = library.entries.into_iter().find(|entry| entry.id == *id)?;
    Some((entry.state, entry.conflict))
}

/// Opens an automation, changes it and saves the draft.
async fn edit(builder: &Builder, id: &AutomationId, change: impl FnOnce(&mut Automation)) -> u32 {
    let opened = builder.open_automation(id).await.expect("it opens");
    let mut automation = opened.automation;
    change(&mut automation);
    let saved = builder.save(automation, opened.revision, None).await;
    saved.expect("it is saved").revision
}

fn menu() -> AutomationId {
    "menu".into()
}

#[tokio::test]
async fn what_is_drafted_is_live_when_it_is_published_and_not_before() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let template = template("lead_capture").expect("there is such a template");
    let id = builder.create(&template).await.expect("a draft is begun");
    assert_eq!(state(&builder, &id).await, Some((EntryState::Draft, false)));
    let published = builder.workspaces().automations(&"bakery".into()).await;
    assert!(
        published
            .expect("they are read")
            .iter()
            .all(|one| one.id != id)
    );

    edit(&builder, &id, |automation| automation.name = "Guide".into()).await;
    let live = builder.publish(&id, None).await.expect("it is published");
    assert_eq!((live.name.as_str(), live.version), ("Guide", 1));
    assert_eq!(
        state(&builder, &id).await,
        Some((EntryState::Published, false))
    );

    edit(&builder, &id, |automation| {
        automation.name = "Guide 2".into();
    })
    .await;
    assert_eq!(
        state(&builder, &id).await,
        Some((EntryState::Changed, false))
    );
    let stored = builder.stored(&id).await.expect("it is read");
    assert_eq!(stored.expect("it is there").name, "Guide");
    builder.publish(&id, None).await.expect("it is published");
    let versions = builder.versions(&id).await.expect("they are read");
    let names: Vec<_> = versions
        .iter()
        .map(|version| (version.version, version.automation.name.as_str()))
        .collect();
    assert_eq!(names, [(2, "Guide 2"), (1, "Guide")]);
}

#[tokio::test]
async fn drafts_outlive_the_program() {
    let folder = folder();
    let first = builder(folder.path()).await;
    edit(&first, &menu(), |automation| {
        automation.name = "Carte".into();
    })
    .await;
    first.close();
    let second = builder(folder.path()).await;
    let opened = second.open_automation(&menu()).await.expect("it opens");
    assert_eq!(opened.automation.name, "Carte");
    assert_eq!(opened.published.expect("it is published").name, "Menu");
    assert_eq!(opened.revision, 1);
}

#[tokio::test]
async fn a_draft_that_says_what_is_published_is_none() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    edit(&builder, &menu(), |automation| {
        automation.name = "Carte".into();
    })
    .await;
    let revision = edit(&builder, &menu(), |automation| {
        automation.name = "Menu".into();
    })
    .await;
    assert_eq!(revision, 0);
    assert_eq!(
        state(&builder, &menu()).await,
        Some((EntryState::Published, false))
    );
}

#[tokio::test]
async fn what_is_wrong_is_not_published_and_the_draft_stays() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    edit(&builder, &menu(), |automation| {
        automation.trigger.keywords.clear();
    })
    .await;
    let refused = builder.publish(&menu(), None).await;
    assert!(
        matches!(
            refused,
            Err(BuilderError::Workspace(WorkspaceError::Invalid { .. }))
        ),
        "{refused:?}"
    );
    assert_eq!(
        state(&builder, &menu()).await,
        Some((EntryState::Changed, false))
    );
}

#[tokio::test]
async fn an_edit_by_somebody_else_is_noticed_and_never_overwritten() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    edit(&builder, &menu(), |automation| {
        automation.name = "Mine".into();
    })
    .await;
    let mut theirs = builder.stored(&menu()).await.expect("read").expect("there");
    theirs.name = "Theirs".into();
    builder.workspaces().edit(theirs).await.expect("they edit");

    assert_eq!(
        state(&builder, &menu()).await,
        Some((EntryState::Changed, true))
    );
    let refused = builder.publish(&menu(), None).await;
    assert!(
        matches!(refused, Err(BuilderError::Conflict(_))),
        "{refused:?}"
    );

    let opened = builder.open_automation(&menu()).await.expect("it opens");
    assert!(opened.conflict);
    assert_eq!(opened.base.expect("a base").name, "Menu");
    let published = opened.published.expect("it is published");
    assert_eq!(published.name, "Theirs");

    // The editor takes both in, and goes on from what is published now.
    let mut merged = opened.automation;
    merged.name = "Theirs and mine".into();
    let saved = builder
        .save(merged, opened.revision, Some(published.version))
        .await
        .expect("it is saved");
    assert!(!saved.entry.conflict);
    let live = builder
        .publish(&menu(), None)
        .await
        .expect("it is published");
    assert_eq!(live.name, "Theirs and mine");
}

#[tokio::test]
async fn a_choice_for_one_side_names_the_version_that_it_replaces() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    edit(&builder, &menu(), |automation| {
        automation.name = "Mine".into();
    })
    .await;
    let mut theirs = builder.stored(&menu()).await.expect("read").expect("there");
    theirs.name = "Theirs".into();
    let theirs = builder.workspaces().edit(theirs).await.expect("they edit");
    let live = builder.publish(&menu(), Some(theirs.version)).await;
    assert_eq!(live.expect("it is published").name, "Mine");
    // What was replaced can be brought back.
    let versions = builder.versions(&menu()).await.expect("they are read");
    assert!(versions.iter().any(|one| one.automation.name == "Theirs"));
}

#[tokio::test]
async fn a_second_window_cannot_overwrite_the_draft_of_the_first() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let both = builder.open_automation(&menu()).await.expect("it opens");
    edit(&builder, &menu(), |automation| {
        automation.name = "First".into();
    })
    .await;
    let mut second = both.automation;
    second.name = "Second".into();
    let refused = builder.save(second, both.revision, None).await;
    assert!(
        matches!(refused, Err(BuilderError::Conflict(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn order_and_switch_count_at_once_and_are_no_conflict_of_a_draft() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    edit(&builder, &menu(), |automation| {
        automation.name = "Carte".into();
    })
    .await;
    builder
        .toggle(&menu(), false)
        .await
        .expect("it is switched off");
    let library = builder.library().await.expect("it is read");
    let kind = library.entries.iter().find(|one| one.id == menu());
    let kind = kind.expect("it is there").kind;
    let mut order: Vec<_> = library
        .entries
        .iter()
        .filter(|entry| entry.kind == kind)
        .map(|entry| entry.id.clone())
        .collect();
    order.reverse();
    builder
        .reorder(&order)
        .await
        .expect("they are put in order");

    let library = builder.library().await.expect("it is read");
    let now: Vec<_> = library
        .entries
        .iter()
        .filter(|entry| entry.kind == kind)
        .map(|entry| entry.id.clone())
        .collect();
    assert_eq!(now, order);
    assert_eq!(
        state(&builder, &menu()).await,
        Some((EntryState::Changed, false))
    );
    let live = builder
        .publish(&menu(), None)
        .await
        .expect("it is published");
    assert!(!live.is_active, "the draft knew nothing of the switch");
}

#[tokio::test]
async fn what_is_deleted_comes_back_at_its_place_and_what_is_archived_comes_back_off() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let before = builder.stored(&menu()).await.expect("read").expect("there");
    edit(&builder, &menu(), |automation| {
        automation.name = "Carte".into();
    })
    .await;
    builder.delete(&menu()).await.expect("it is deleted");
    assert_eq!(state(&builder, &menu()).await, None);
    assert_eq!(builder.stored(&menu()).await.expect("read"), None);
    let library = builder.library().await.expect("it is read");
    assert_eq!(library.put_away[0].name, "Carte");
    assert_eq!(library.put_away[0].why, PutAwayWhy::Deleted);

    builder.bring_back(&menu()).await.expect("it comes back");
    let after = builder.stored(&menu()).await.expect("read").expect("there");
    assert_eq!(
        (after.priority, after.created_at, after.is_active),
        (before.priority, before.created_at, true)
    );
    assert_eq!(
        state(&builder, &menu()).await,
        Some((EntryState::Changed, false))
    );

    builder.archive(&menu()).await.expect("it is archived");
    builder.bring_back(&menu()).await.expect("it comes back");
    let after = builder.stored(&menu()).await.expect("read").expect("there");
    assert!(!after.is_active);
}

#[tokio::test]
async fn a_copy_and_an_import_are_drafts_with_ids_of_their_own() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let copy = builder.duplicate(&menu()).await.expect("it is copied");
    assert_ne!(copy, menu());
    let opened = builder.open_automation(&copy).await.expect("it opens");
    assert_eq!(opened.automation.name, "Menu (copy)");
    assert_eq!(opened.published, None);

    let file = builder.export(&[menu(), copy]).await.expect("a file");
    let ids = builder.import(&file).await.expect("it comes in");
    assert_eq!(ids.len(), 2);
    for (id, name) in ids.iter().zip(["Menu 2", "Menu (copy) 2"]) {
        assert_eq!(state(&builder, id).await, Some((EntryState::Draft, false)));
        let opened = builder.open_automation(id).await.expect("it opens");
        assert_eq!(opened.automation.name, name);
    }
    let refused = builder.import("nothing: here").await;
    assert!(matches!(refused, Err(BuilderError::File(_))), "{refused:?}");
}

#[tokio::test]
async fn texts_are_tried_as_the_engine_would_and_the_winner_is_named() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let copy = builder.duplicate(&menu()).await.expect("it is copied");
    let copy = builder.open_automation(&copy).await.expect("it opens");
    let texts = ["the MENU please".to_owned(), "zzz".to_owned()];
    let tested = builder.test_texts(&copy.automation, &texts).await;
    let tested = tested.expect("they are tried");
    assert!(tested[0].matches);
    let winner = tested[0].winner.as_ref().expect("somebody answers");
    assert_eq!(winner.name, "Menu", "the original is tried first");
    assert_eq!(winner.keyword.as_deref(), Some("menu"));
    assert!(!tested[1].matches);
    assert!(
        tested[1].why.contains("none of its keywords"),
        "{}",
        tested[1].why
    );
}

#[tokio::test]
async fn damaged_files_are_set_aside_and_the_person_is_told() {
    let folder = folder();
    for name in ["builder.sqlite", "workspace.sqlite"] {
        let nonsense = "this is no database, whatever it may once have been. ".repeat(40);
        std::fs::write(folder.path().join(name), nonsense).expect("written");
    }
    let builder = builder(folder.path()).await;
    let library = builder.library().await.expect("it is read");
    assert_eq!(library.notes.len(), 2, "{:?}", library.notes);
    assert!(!library.entries.is_empty(), "it begins with the demo");
    let kept = std::fs::read_dir(folder.path()).expect("the folder is there");
    let kept: Vec<_> = kept
        .filter_map(|file| Some(file.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    assert!(
        kept.iter().any(|name| name == "builder.sqlite.damaged"),
        "{kept:?}"
    );
}

fn account(id: &str, username: &str) -> Account {
    Account {
        id: id.into(),
        workspace_id: "bakery".into(),
        username: username.to_owned(),
        is_active: true,
        aliases: Vec::new(),
        settings: AccountSettings::default(),
    }
}

#[tokio::test]
async fn an_account_is_saved_tidied_and_is_told_of() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let mut changes = builder.changes();
    let typed = Account {
        aliases: vec!["2002".into(), " 2003 ".into(), "2001".into(), "2002".into()],
        settings: AccountSettings {
            silence_after_human_minutes: Some(0),
            unsubscribe_keywords: vec![" Stop ".into(), "stop".into(), String::new()],
            ..AccountSettings::default()
        },
        ..account(" 2001 ", "@shop")
    };
    let saved = builder
        .save_account(typed, true)
        .await
        .expect("it is saved");
    assert_eq!(
        saved,
        Account {
            aliases: vec!["2002".into(), "2003".into()],
            settings: AccountSettings {
                unsubscribe_keywords: vec!["Stop".into()],
                ..AccountSettings::default()
            },
            ..account("2001", "shop")
        }
    );
    assert!(changes.has_changed().expect("it is open"));
    changes.mark_unchanged();
    let off = Account {
        is_active: false,
        aliases: Vec::new(),
        ..saved
    };
    let saved = builder.save_account(off, false).await.expect("it is saved");
    let accounts = builder.accounts().await.expect("they are read");
    assert!(accounts.contains(&saved), "{accounts:?}");
    assert_eq!(accounts.len(), 2);
}

#[tokio::test]
async fn an_account_under_an_id_of_another_or_under_none_is_refused_with_a_reason() {
    let folder = folder();
    let builder = builder(folder.path()).await;
    let known = Account {
        aliases: vec!["2002".into()],
        ..account("2001", "shop")
    };
    builder
        .save_account(known, true)
        .await
        .expect("it is saved");
    let other = account("2003", "cafe");
    let cases = [
        (account("2001", "cafe"), true, "already: @shop"),
        (account("2002", "cafe"), true, "2002 is an id of @shop"),
        (
            Account {
                aliases: vec!["2001".into()],
                ..other.clone()
            },
            true,
            "2001 is an id of @shop",
        ),
        (other.clone(), false, "not there any more"),
        (account("@cafe", "cafe"), true, "no Instagram id"),
        (account("", "cafe"), true, "no Instagram id"),
        (account("2003", "@"), true, "username"),
        (account("2003", "the cafe"), true, "username"),
        (
            Account {
                workspace_id: "elsewhere".into(),
                ..other.clone()
            },
            true,
            "no workspace “elsewhere”",
        ),
        (
            Account {
                settings: AccountSettings {
                    silence_after_human_minutes: Some(20_000),
                    ..AccountSettings::default()
                },
                ..other.clone()
            },
            true,
            "seven days",
        ),
        (
            Account {
                settings: AccountSettings {
                    unsubscribe_keywords: vec!["STOP".into()],
                    resubscribe_keywords: vec!["stop".into()],
                    ..AccountSettings::default()
                },
                ..other
            },
            true,
            "cannot both",
        ),
    ];
    for (account, is_new, expected) in cases {
        let refused = builder.save_account(account, is_new).await;
        let reason = refused.expect_err(expected).to_string();
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!(builder.accounts().await.expect("they are read").len(), 2);
}
