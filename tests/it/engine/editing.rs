//! An edit is seen by the very next webhook.

use anyhow::Result;
use heliograph_model::{Account, AccountSettings, AutomationType, Reason};
use heliograph_tests::rig::{Rig, shop};
use std::sync::Arc;
use tokio::sync::Notify;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_a_toggle_a_deletion_and_a_new_order_are_seen_at_once() -> Result<()> {
    let rig = Rig::start().await?;
    let workspaces = rig.workspaces();
    // Warm in both tiers.
    for who in ["a", "b"] {
        rig.say(who, "hello").await?;
        rig.settle().await?;
        assert_eq!(rig.texts(who), ["Hello!"]);
    }

    let mut edited = workspaces.automation(&shop::id("hello")).await?;
    edited.steps = shop::answer("x", 0, &[], "Good day!").steps;
    let edited = workspaces.edit(edited).await?;
    rig.say("c", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("c"), ["Good day!"]);

    workspaces.toggle(&edited.id, false).await?;
    rig.say("d", "hello").await?;
    rig.settle().await?;
    assert!(rig.texts("d").is_empty());

    workspaces.toggle(&edited.id, true).await?;
    rig.say("e", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("e"), ["Good day!"]);

    workspaces
        .create(shop::answer("other", 99, &["hello"], "From another."))
        .await?;
    rig.say("f", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("f"), ["Good day!"], "it stands behind");

    let order = [shop::id("other"), shop::id("hello")];
    workspaces
        .reorder(
            &shop::WORKSPACE.into(),
            AutomationType::DmAutomation,
            &order,
        )
        .await?;
    rig.say("g", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("g"), ["From another."]);

    workspaces.delete(&shop::id("other")).await?;
    rig.say("h", "hello").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("h"), ["Good day!"]);

    let mut retargeted = workspaces.automation(&shop::id("info")).await?;
    rig.comment("i", "info").await?;
    rig.settle().await?;
    assert_eq!(rig.texts("i"), ["Here is the information."]);
    retargeted.target = heliograph_model::Target::Media("18000000000000099".into());
    workspaces.edit(retargeted).await?;
    rig.comment("j", "info").await?;
    rig.settle().await?;
    assert!(rig.texts("j").is_empty(), "it is for another post now");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_during_a_load_is_seen_by_the_next_webhook() -> Result<()> {
    let rig = Rig::start().await?;
    // The first webhook's load has read the old document and is held there.
    let (held, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    rig.store.hooks.set({
        let (held, go_on) = (Arc::clone(&held), Arc::clone(&go_on));
        let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
        move |call| {
            let (held, go_on) = (Arc::clone(&held), Arc::clone(&go_on));
            let holds = call.name == "active_automations"
                && call.done
                && first.swap(false, std::sync::atomic::Ordering::SeqCst);
            async move {
                if holds {
                    held.notify_one();
                    go_on.notified().await;
                }
                Ok(())
            }
        }
    });
    rig.say("ana", "hello").await?;
    held.notified().await;
    let mut edited = rig.workspaces().automation(&shop::id("hello")).await?;
    edited.steps = shop::answer("x", 0, &[], "Good day!").steps;
    rig.workspaces().edit(edited).await?;
    rig.say("ben", "hello").await?;
    go_on.notify_one();
    rig.settle().await?;
    assert_eq!(rig.texts("ana"), ["Hello!"], "it was there before the edit");
    assert_eq!(rig.texts("ben"), ["Good day!"]);
    rig.say("cem", "hello").await?;
    rig.settle().await?;
    assert_eq!(
        rig.texts("cem"),
        ["Good day!"],
        "the old one must not come back"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_account_is_remembered_for_a_short_time_and_found_once_it_is_added() -> Result<()>
{
    let rig = Rig::start().await?;
    let new = shop::account(7);
    let write = |who: &str| {
        let item = rig.write_to(&new, who, "hello");
        heliograph_tests::rig::webhook::messaging(&new, &[item], rig.clock_now())
    };
    rig.instagram
        .add_account(heliograph_instagram::simulated::NewAccount::new(
            new.clone(),
            "new",
        ));
    rig.tokens.set(
        new.clone(),
        heliograph_instagram::simulated::simulated_token(&new).into(),
    );
    let loads = rig.store.hooks.calls("account");
    for who in ["a", "b", "c"] {
        rig.deliver(write(who)).await?;
        rig.settle().await?;
    }
    assert_eq!(
        rig.store.hooks.calls("account") - loads,
        1,
        "asked for once"
    );
    let decision = &rig.decisions("c").await?[0].decision;
    assert_eq!(decision.trace.reason, Reason::UnknownAccount);
    assert!(rig.engine().cache_figures().workspace.negative_hits >= 2);

    rig.workspaces()
        .put_account(&Account {
            id: new.clone(),
            workspace_id: shop::WORKSPACE.into(),
            username: "new".into(),
            is_active: true,
            aliases: Vec::new(),
            settings: AccountSettings::default(),
        })
        .await?;
    rig.deliver(write("d")).await?;
    rig.settle().await?;
    assert_eq!(rig.texts("d"), ["Hello!"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_that_was_unknown_is_found_once_it_is_added() -> Result<()> {
    let rig = Rig::start().await?;
    let alias = heliograph_model::AccountId::from("45202218377435");
    let item = rig.write_to(&rig.account(), "ana", "hello");
    rig.deliver(heliograph_tests::rig::webhook::messaging(
        &alias,
        &[item],
        rig.clock_now(),
    ))
    .await?;
    rig.settle().await?;
    assert!(rig.texts("ana").is_empty());
    let mut account = rig
        .workspaces()
        .accounts(&shop::WORKSPACE.into())
        .await?
        .remove(0);
    account.aliases = vec![alias.clone()];
    rig.workspaces().put_account(&account).await?;
    let item = rig.write_to(&rig.account(), "ben", "hello");
    rig.deliver(heliograph_tests::rig::webhook::messaging(
        &alias,
        &[item],
        rig.clock_now(),
    ))
    .await?;
    rig.settle().await?;
    assert_eq!(rig.texts("ben"), ["Hello!"]);
    // Taken away again, it is nobody's.
    account.aliases.clear();
    rig.workspaces().put_account(&account).await?;
    let item = rig.write_to(&rig.account(), "cem", "hello");
    rig.deliver(heliograph_tests::rig::webhook::messaging(
        &alias,
        &[item],
        rig.clock_now(),
    ))
    .await?;
    rig.settle().await?;
    assert!(rig.texts("cem").is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_which_an_id_stands_twice_is_refused_whole() -> Result<()> {
    let rig = Rig::start().await?;
    let mut automations = shop::automations();
    let mut twin = automations[0].clone();
    twin["name"] = "Twin".into();
    automations.push(twin);
    let file = shop::file(2, &automations);
    let refused = rig
        .workspaces()
        .import(&file)
        .await
        .err()
        .map(|error| error.to_string());
    let id = &file.automations[0].id;
    assert_eq!(
        refused,
        Some(format!(
            "two automations have the id “{id}”; give one of them another"
        ))
    );
    let stored = rig
        .workspaces()
        .automations(&shop::WORKSPACE.into())
        .await?;
    assert!(
        stored.iter().all(|automation| automation.name != "Twin"),
        "nothing was written"
    );
    Ok(())
}
