//! What the guard lets through, for every method of every port.

mod at_hand;
mod backend;
mod calls;
mod in_a_window;
mod servers;
mod subscriptions;

use super::*;
use backend::{Backend, TAKEN};
use calls::{Call, Does, Ports, calls, methods};
use heliograph_engine::conformance::samples;
use heliograph_engine::ports::{
    Committed, Documents, Finished, Instagram, Ledger, SendRequest, Store,
};
use heliograph_model::{AutomationType, OutboxState, Target};
use std::collections::BTreeSet;
use std::time::Duration;

/// A port as it stands in the engine's sources, the field of [`Ports`] for it, and the
/// source of its guard.
macro_rules! source {
    ($port:literal, $field:literal, $file:literal, $guard:literal) => {
        (
            $port,
            $field,
            include_str!(concat!("../../../../engine/src/ports/", $file)),
            include_str!(concat!("../", $guard)),
        )
    };
}

const SOURCES: &[(&str, &str, &str, &str)] = &[
    source!("Documents", "store", "store.rs", "documents.rs"),
    // For the store and the archive.
    source!("Documents", "store", "store.rs", "pass_on.rs"),
    source!("Documents", "store", "store.rs", "dry_run.rs"),
    source!("Ledger", "store", "store.rs", "store.rs"),
    source!("Archive", "archive", "archive.rs", "archive.rs"),
    source!("Cache", "cache", "cache.rs", "cache.rs"),
    source!("Queue", "queue", "queue.rs", "queue.rs"),
    source!("Jobs", "jobs", "jobs.rs", "jobs.rs"),
    source!(
        "FailedSends",
        "failed_sends",
        "failed_sends.rs",
        "failed_sends.rs"
    ),
    source!("Instagram", "instagram", "instagram.rs", "instagram.rs"),
    source!(
        "Conversations",
        "conversations",
        "conversations.rs",
        "conversations.rs"
    ),
    source!(
        "Announcements",
        "announcements",
        "announcements.rs",
        "conversations.rs"
    ),
    source!("Bulletins", "bulletins", "bulletins.rs", "bulletins.rs"),
];

fn guarded(backend: &Backend, guard: &Arc<Guard>) -> Ports {
    let bare = backend.ports();
    Ports {
        store: Arc::new(GuardedStore::new(&bare.store, Arc::clone(guard))),
        archive: Arc::new(GuardedArchive::new(bare.archive, Arc::clone(guard))),
        cache: Arc::new(GuardedCache::new(bare.cache, Arc::clone(guard))),
        queue: Arc::new(GuardedQueue::new(bare.queue, Arc::clone(guard))),
        jobs: Arc::new(GuardedJobs::new(bare.jobs, Arc::clone(guard))),
        failed_sends: Arc::new(GuardedFailedSends::new(
            bare.failed_sends,
            Arc::clone(guard),
        )),
        instagram: Arc::new(GuardedInstagram::new(
            bare.instagram,
            Arc::clone(guard),
            Arc::clone(&backend.clock) as _,
        )),
        conversations: Arc::new(GuardedConversations::new(
            bare.conversations,
            Arc::clone(guard),
        )),
        announcements: Arc::new(GuardedAnnouncements::new(
            bare.announcements,
            Arc::clone(guard),
        )),
        bulletins: Arc::new(GuardedBulletins::new(bare.bulletins, Arc::clone(guard))),
        // It only reads: see below.
        keys: bare.keys,
    }
}

fn guard_at(backend: &Backend, level: GuardLevel) -> Arc<Guard> {
    Arc::new(Guard::new("shop", level, Arc::clone(&backend.clock) as _))
}

#[tokio::test]
async fn every_method_of_every_port_is_tried() {
    let backend = Backend::filled().await;
    let tried: BTreeSet<_> = calls(&backend.ports())
        .iter()
        .map(|call| (call.port, call.method.to_owned()))
        .collect();
    for (port, field, source, guard) in SOURCES {
        let methods = methods(port, source);
        assert!(
            !methods.is_empty(),
            "the port {port} is not found in its source"
        );
        for method in methods {
            assert!(
                tried.contains(&(*field, method.clone())),
                "{port}::{method} has no call in calls.rs: say there whether it writes, and guard it"
            );
            // A method with a default would otherwise answer past the backend.
            assert!(
                guard.contains(&format!("fn {method}(")),
                "{port}::{method} is not handed on by its guard"
            );
        }
    }
}

#[tokio::test]
async fn what_has_no_guard_only_reads() {
    let backend = Backend::filled().await;
    let source = include_str!("../../../../engine/src/ports/keys.rs");
    let methods = methods("Keys", source);
    assert!(!methods.is_empty(), "the port is not found in its source");
    let calls = calls(&backend.ports());
    for method in methods {
        let call = calls
            .iter()
            .find(|call| call.port == "keys" && call.method == method);
        assert!(
            call.is_some_and(|call| call.does == Does::Read),
            "Keys::{method} has to be in calls.rs and to read only: a port that writes is guarded"
        );
    }
}

#[tokio::test]
async fn at_observe_every_write_is_refused_and_nothing_changes() {
    let backend = Backend::filled().await;
    let ports = guarded(&backend, &guard_at(&backend, GuardLevel::Observe));
    let before = backend.everything().await;
    for Call {
        port,
        method,
        does,
        answer,
    } in calls(&ports)
    {
        match (does, answer.await) {
            (Does::Read, answer) => assert_eq!(answer, Ok(()), "{port}.{method} only reads"),
            (Does::Write, Ok(())) => panic!("{port}.{method} writes and was not refused"),
            (Does::Write, Err(error)) => assert!(
                error.contains("was refused: the profile “shop” is at the guard level observe")
                    && error.contains("Arm live"),
                "{port}.{method}: {error}"
            ),
        }
        let now = backend.everything().await;
        assert_eq!(before, now, "{port}.{method} left something behind");
    }
}

#[tokio::test]
async fn at_live_the_same_calls_go_through() {
    let backend = Backend::filled().await;
    let guard = guard_at(&backend, GuardLevel::Live);
    let ports = guarded(&backend, &guard);
    let before = backend.everything().await;
    for call in calls(&ports) {
        if let Err(error) = call.answer.await {
            assert!(
                !error.contains("was refused"),
                "{}.{}: {error}",
                call.port,
                call.method
            );
        }
    }
    assert_ne!(
        before,
        backend.everything().await,
        "the dump shows what was written"
    );
    guard.disarm();
    assert_eq!(
        guard.level(),
        GuardLevel::Observe,
        "a server can be stopped from writing"
    );
}

#[tokio::test]
async fn live_ends_by_itself_in_the_middle_of_what_goes_on() {
    let backend = Backend::filled().await;
    let guard = guard_at(&backend, GuardLevel::Observe);
    let ports = guarded(&backend, &guard);
    let until = guard
        .arm(Millis::MINUTE)
        .expect("an observing profile is armed");
    assert_eq!(guard.level(), GuardLevel::Live);
    assert_eq!(guard.arming(), Arming::Until(until));
    assert_eq!(ports.queue.take(1).await.expect("it is live").len(), 1);
    let effect = samples::text("p1", "hello");
    let request = SendRequest {
        account_id: &samples::account("17841400000000001", "w1", "one").id,
        contact_id: None,
        effect: &effect,
    };
    ports
        .store
        .begin_sends(&[backend.item.id])
        .await
        .expect("it is live");

    // One who waits for deliveries is let go when the time is over, and takes none that
    // come after.
    let queue = Arc::clone(&ports.queue);
    let waiting = tokio::spawn(async move { queue.take(1).await });
    while backend.clock.next_due().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    backend.clock.advance_to(until);
    let answer = tokio::time::timeout(Duration::from_secs(10), waiting);
    let answer = answer.await.expect("it is let go").expect("no panic");
    assert!(matches!(answer, Err(PortError::Refused(_))), "{answer:?}");

    assert_eq!(guard.level(), GuardLevel::Observe);
    assert_eq!(guard.arming(), Arming::Disarmed);
    let before = backend.everything().await;
    for call in calls(&ports) {
        if (call.does, call.method) == (Does::Write, "end_sends") {
            continue;
        }
        let answer = call.answer.await;
        assert_eq!(
            answer.is_err(),
            call.does == Does::Write,
            "{}.{}",
            call.port,
            call.method
        );
    }
    assert_eq!(before, backend.everything().await);
    assert!(ports.instagram.send(&request).await.is_err());

    // How the send ended that was begun in time is written down, and only that.
    let ended = samples::ended(&backend.item, OutboxState::Sent, None);
    ports
        .store
        .end_sends(vec![ended.clone()])
        .await
        .expect("it was begun while live");
    assert_ne!(before, backend.everything().await);
    let again = ports.store.end_sends(vec![ended]).await;
    assert!(matches!(again, Err(PortError::Refused(_))), "{again:?}");
}

#[tokio::test]
async fn only_an_observing_profile_is_armed_and_not_for_long() {
    let backend = Backend::filled().await;
    for level in [GuardLevel::Offline, GuardLevel::DryRun] {
        let guard = guard_at(&backend, level);
        assert!(guard.arm(1_000).is_err());
        assert_eq!(guard.level(), level);
    }
    let guard = guard_at(&backend, GuardLevel::Observe);
    for millis in [0, -1, MOST_ARMED_MS + 1] {
        assert!(guard.arm(millis).is_err(), "{millis}");
        assert_eq!(guard.level(), GuardLevel::Observe);
    }
    guard.arm(MOST_ARMED_MS).expect("a working day");
    guard.disarm();
    assert_eq!(guard.level(), GuardLevel::Observe);
}

#[tokio::test]
async fn a_dry_run_processes_on_its_own_and_sends_nothing() {
    let real = Backend::filled().await;
    let own = Backend::filled().await;
    let guard = guard_at(&real, GuardLevel::DryRun);
    let documents = Arc::new(DryDocuments::new(
        Arc::clone(&real.database) as _,
        Arc::clone(&own.database) as _,
    ));
    let store: Arc<dyn Store> = Arc::new(GuardedStore::of(
        documents,
        Arc::clone(&own.database) as _,
        Arc::clone(&guard),
    ));
    let bare = own.ports();
    let instagram = GuardedInstagram::new(bare.instagram, guard, Arc::clone(&real.clock) as _);
    let account = samples::account("17841400000000001", "w1", "one").id;

    let mut unsubscribed = samples::contact(account.as_str(), "p7", samples::START);
    unsubscribed.unsubscribed = true;
    real.database
        .put_contact(&unsubscribed)
        .await
        .expect("it takes a contact");
    let added = samples::automation("a2", "w1", 2);
    real.database
        .put_automation(&added, None)
        .await
        .expect("it takes an automation");
    let before = real.everything().await;

    let workspace = "w1".into();
    let found = store.active_automations(&workspace, AutomationType::DmAutomation, &Target::All);
    assert_eq!(
        found.await.expect("it reads").len(),
        2,
        "the real automations"
    );
    let person = store
        .contact(&account, &"p7".into())
        .await
        .expect("it reads");
    assert!(person.expect("a real contact").unsubscribed);
    let refused = store
        .put_automation(&samples::automation("a3", "w1", 3), None)
        .await;
    let error = refused
        .expect_err("people's work is not changed")
        .to_string();
    assert!(error.contains("dry run"), "{error}");

    let commit = samples::commit("mid.dry", samples::record(TAKEN, 1, "p1", "hello"));
    let committed = store.commit(commit).await.expect("its own ledger");
    assert!(matches!(committed, Committed::Applied(_)), "{committed:?}");
    assert!(
        own.database
            .is_processed("mid.dry")
            .await
            .expect("it reads")
    );
    let effect = samples::text("p1", "hello");
    let request = SendRequest {
        account_id: &account,
        contact_id: None,
        effect: &effect,
    };
    let receipt = instagram.send(&request).await.expect("it is recorded");
    let id = receipt.message_id.expect("an id");
    assert!(id.as_str().starts_with("dry-run:"), "{id}");
    assert_eq!(instagram.would_have_sent().len(), 1);
    assert_eq!(instagram.would_have_sent()[0].effect, effect);
    assert!(own.simulated.sent().is_empty(), "nothing was sent");
    assert_eq!(
        before,
        real.everything().await,
        "the real documents are as they were"
    );
}

#[tokio::test]
async fn an_engine_that_observes_leaves_the_queue_alone() {
    use heliograph_engine::process::{Engine, EngineParts, EngineSettings};
    let backend = Backend::filled().await;
    let guard = guard_at(&backend, GuardLevel::Observe);
    let ports = guarded(&backend, &guard);
    let before = backend.everything().await;
    let parts = EngineParts {
        documents: Arc::clone(&ports.store) as _,
        store: Arc::clone(&ports.store),
        queue: Arc::clone(&ports.queue),
        cache: Arc::clone(&ports.cache),
        conversations: Arc::clone(&ports.conversations),
        announcements: Some(Arc::clone(&ports.announcements)),
        instagram: Arc::clone(&ports.instagram),
        clock: Arc::clone(&backend.clock) as _,
    };
    let engine = Engine::start(parts, EngineSettings::default())
        .await
        .expect("it starts without taking anything up");
    let account = engine.cached().account(&"17841400000000001".into()).await;
    assert!(account.expect("it reads").0.is_some());
    engine.stop(Duration::from_millis(200)).await;
    let depth = ports.queue.depth().await.expect("it reads");
    assert_eq!((depth.waiting, depth.active), (1, 1));
    assert_eq!(before, backend.everything().await);
    // What was taken before is still whoever's it was.
    let finish = ports.queue.finish(vec![Finished::Done(TAKEN)]).await;
    assert!(matches!(finish, Err(PortError::Refused(_))), "{finish:?}");
}
