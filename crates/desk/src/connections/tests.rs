//! Profiles, made, changed, removed and put back, in a file of their own.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;
use crate::cache::Histories;
use heliograph_runtime::secrets::ThisRun;
use secrecy::ExposeSecret;

pub(super) fn connections(folder: &Path) -> Connections {
    let file = ProfilesFile::at(folder.join("profiles.json"));
    Connections::new(file, Arc::new(ThisRun::new()), folder)
}

pub(super) fn shop() -> ProfileDraft {
    let mut draft = ProfileDraft::blank();
    draft.name = "Shop".to_owned();
    let DraftPlace::Servers(servers) = &mut draft.place else {
        panic!("it is on servers");
    };
    servers.redis_url = "redis://me:hunter2@localhost:6379/0".to_owned();
    servers.mongo_password = Some("hunt/er3".to_owned());
    servers.mongo_url = "mongodb://app@localhost:27017".to_owned();
    draft
}

fn servers(draft: &ProfileDraft) -> &DraftServers {
    match &draft.place {
        DraftPlace::Servers(servers) => servers,
        DraftPlace::File(_) => panic!("it is on servers"),
    }
}

#[tokio::test]
async fn a_profile_is_saved_without_its_secrets_and_opened_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    assert!(all.view().await.unwrap().profiles.is_empty());
    let view = all.save(shop(), None).await.unwrap();
    let card = &view.profiles[0];
    assert_eq!(
        (card.name.as_str(), card.level),
        ("Shop", GuardLevel::Observe)
    );
    assert_eq!(card.points_at[0].place, "redis://me@localhost:6379/0");
    let written = std::fs::read_to_string(folder.path().join("profiles.json")).unwrap();
    assert!(!written.contains("hunt"), "{written}");
    let draft = all.draft("Shop".into()).await.unwrap();
    assert!(servers(&draft).has_redis_password && servers(&draft).has_mongo_password);
    assert!(!format!("{draft:?}").contains("hunt"));
    let Profile { place, .. } = all.profile("Shop".into()).await.unwrap();
    let heliograph_runtime::Place::Production(place) = place else {
        panic!("it is on servers");
    };
    assert_eq!(
        place.redis.url.expose_secret(),
        "redis://me:hunter2@localhost:6379/0"
    );
    assert_eq!(
        place.mongo.url.expose_secret(),
        "mongodb://app:hunt%2Fer3@localhost:27017"
    );
}

#[tokio::test]
async fn an_edit_keeps_what_it_does_not_name_and_moves_secrets_with_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    all.set_verify_token("Shop".into(), "IGAA").await.unwrap();
    let mut draft = all.draft("Shop".into()).await.unwrap();
    draft.name = "Bakery".to_owned();
    all.save(draft, Some("Shop".into())).await.unwrap();
    assert!(all.draft("Shop".into()).await.is_err());
    let kept = all
        .secret("Bakery".into(), SecretName::VerifyToken)
        .await
        .unwrap();
    assert_eq!(kept.unwrap().expose_secret(), "IGAA");
    assert!(
        all.profile("Bakery".into()).await.is_ok(),
        "the passwords too"
    );
    let mut forget = all.draft("Bakery".into()).await.unwrap();
    if let DraftPlace::Servers(servers) = &mut forget.place {
        servers.redis_password = Some(String::new());
    }
    all.save(forget, Some("Bakery".into())).await.unwrap();
    let draft = all.draft("Bakery".into()).await.unwrap();
    assert!(!servers(&draft).has_redis_password && servers(&draft).has_mongo_password);
}

#[tokio::test]
async fn a_profile_on_a_file_names_it_and_keeps_it_under_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let mut draft = ProfileDraft {
        name: "Home".to_owned(),
        place: DraftPlace::File(DraftFile::default()),
        ..ProfileDraft::blank()
    };
    all.save(draft.clone(), None).await.unwrap();
    draft = all.draft("Home".into()).await.unwrap();
    let DraftPlace::File(DraftFile { file }) = &draft.place else {
        panic!("it is on a file");
    };
    let expected = folder.path().join("profile-Home.sqlite");
    assert_eq!(file, &expected.to_string_lossy());
    draft.name = "Flat".to_owned();
    all.save(draft, Some("Home".to_owned())).await.unwrap();
    let Profile { place, .. } = all.profile("Flat".into()).await.unwrap();
    let heliograph_runtime::Place::Embedded(place) = place else {
        panic!("it is on a file");
    };
    assert!(
        matches!(place.database, heliograph_runtime::DatabasePlace::File(path) if path == expected)
    );
}

#[tokio::test]
async fn the_metrics_of_workers_are_kept_each_once_as_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let mut draft = shop();
    draft.metrics = ["http://worker:9464", "", " http://worker:9464/metrics"]
        .map(str::to_owned)
        .to_vec();
    all.save(draft.clone(), None).await.unwrap();
    let kept = all.metrics("Shop".into()).await.unwrap();
    assert_eq!(kept, ["http://worker:9464/metrics"]);
    let written = std::fs::read_to_string(folder.path().join("profiles.json")).unwrap();
    assert!(
        written.contains("\"metrics\": [\n") && written.contains("worker:9464"),
        "{written}"
    );
    for (bad, says) in [
        ("worker:9464", "no address of metrics"),
        ("http://me:hunter2@worker/metrics", "no password"),
    ] {
        draft.metrics = vec![bad.to_owned()];
        let refused = all.save(draft.clone(), Some("Shop".into())).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
    draft.metrics = (0..33).map(|it| format!("http://worker-{it}:1")).collect();
    let refused = all.save(draft.clone(), Some("Shop".into())).await;
    assert!(refused.unwrap_err().to_string().contains("at most 32"));
    draft.metrics.clear();
    all.save(draft, Some("Shop".into())).await.unwrap();
    assert!(all.metrics("Shop".into()).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_removed_is_put_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    let copy = all.duplicate("Shop".into()).await.unwrap();
    assert_eq!(copy, "Shop copy");
    assert!(
        all.profile(copy.clone()).await.is_ok(),
        "with its passwords"
    );
    let view = all.remove("Shop".into()).await.unwrap();
    assert_eq!(view.profiles.len(), 1);
    let gone = all.secret("Shop".into(), SecretName::RedisPassword).await;
    assert!(gone.unwrap().is_none(), "no secret stays behind");
    let view = all.put_back().await.unwrap();
    let names: Vec<_> = view.profiles.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Shop", "Shop copy"]);
    assert!(all.profile("Shop".into()).await.is_ok());
    assert!(all.put_back().await.is_err(), "once");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    let taken = all.save(shop(), None).await.unwrap_err().to_string();
    assert!(taken.contains("Choose another name"), "{taken}");
    let change = |change: fn(&mut ProfileDraft)| {
        let mut draft = shop();
        draft.name = "Other".to_owned();
        change(&mut draft);
        draft
    };
    fn in_servers(draft: &mut ProfileDraft) -> &mut DraftServers {
        match &mut draft.place {
            DraftPlace::Servers(servers) => servers,
            DraftPlace::File(_) => panic!("it is on servers"),
        }
    }
    for (draft, says) in [
        (
            change(|it| it.name = "a/b".into()),
            "cannot be a profile's name",
        ),
        (
            change(|it| it.level = GuardLevel::Live),
            "never saved as live",
        ),
        (change(|it| it.level = GuardLevel::Offline), "observe"),
        (
            change(|it| in_servers(it).redis_url = "localhost".into()),
            "begins with redis://",
        ),
        (
            change(|it| in_servers(it).database = " ".into()),
            "name of the database is missing",
        ),
        (
            change(|it| in_servers(it).queue_url = "x".into()),
            "queue's Redis",
        ),
    ] {
        let error = all.save(draft, None).await.unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
    assert_eq!(all.view().await.unwrap().profiles.len(), 1);
}

#[tokio::test]
async fn a_dotenv_file_becomes_a_profile_that_observes() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let text = "REDIS_URL=redis://:hunter2@localhost\nMONGODB_URI=mongodb://localhost/shop\nIG_ACCESS_TOKEN=IGAAhunter2\nMETA_APP_SECRET=hunter2";
    assert!(all.read_env(text).unwrap().is_enough);
    assert!(
        all.view().await.unwrap().profiles.is_empty(),
        "reading stores nothing"
    );
    let draft = all.import_env(text, "From env".into()).await.unwrap();
    assert_eq!(draft.level, GuardLevel::Observe);
    assert!(servers(&draft).has_redis_password);
    assert!(matches!(&draft.instagram, DraftInstagram::Graph(graph) if graph.has_token));
    let written = std::fs::read_to_string(folder.path().join("profiles.json")).unwrap();
    assert!(!written.contains("hunter2"), "{written}");
    let secret = all.secret("From env".into(), SecretName::AppSecret).await;
    assert_eq!(secret.unwrap().unwrap().expose_secret(), "meta=hunter2");
    assert!(
        all.import_env("NODE_ENV=test", "Other".into())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn app_secrets_are_kept_by_name_and_for_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let add = async |name: &str, secret: &str, accounts: &[&str]| {
        let accounts = accounts.iter().map(ToString::to_string).collect();
        all.add_app_secret(OFFLINE.into(), name.into(), secret.into(), accounts)
            .await
    };
    add("facebook", "aaa", &[]).await.unwrap();
    add("instagram", "bbb", &["1784", " 1785 "]).await.unwrap();
    add("facebook", "ccc", &[]).await.unwrap();
    assert!(add("a,b", "x", &[]).await.is_err());
    assert!(add("app", "two words", &[]).await.is_err());
    let known = all.listener_secrets(OFFLINE.into()).await.unwrap().app;
    let shown: Vec<_> = known
        .iter()
        .map(|it| {
            (
                it.name.as_str(),
                it.secret.expose_secret(),
                it.accounts.len(),
            )
        })
        .collect();
    assert_eq!(shown, [("instagram", "bbb", 2), ("facebook", "ccc", 0)]);
    all.remove_app_secret(OFFLINE.into(), "instagram".into())
        .await
        .unwrap();
    // Another profile's listener gets nothing of it; this one has it again, where it stood.
    assert!(all.put_back_app_secret("shop".into()).await.is_err());
    all.put_back_app_secret(OFFLINE.into()).await.unwrap();
    let back = all.listener_secrets(OFFLINE.into()).await.unwrap().app;
    let names: Vec<_> = back.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["instagram", "facebook"]);
    assert_eq!(back[0].secret.expose_secret(), "bbb");
    assert_eq!(back[0].accounts.len(), 2);
    assert!(
        all.put_back_app_secret(OFFLINE.into()).await.is_err(),
        "once"
    );
    // A new one of the same name stays, and the other is held as before.
    let remove = || all.remove_app_secret(OFFLINE.into(), "instagram".into());
    remove().await.unwrap();
    add("instagram", "ddd", &[]).await.unwrap();
    let taken = all.put_back_app_secret(OFFLINE.into()).await.unwrap_err();
    assert!(taken.to_string().contains("“instagram” by now"), "{taken}");
    let (held, _) = all.removed_app_secret(OFFLINE).unwrap();
    assert_eq!(held.secret.expose_secret(), "bbb");
    remove().await.unwrap();
    all.new_verify_token(OFFLINE.into()).await.unwrap();
    let left = all.listener_secrets(OFFLINE.into()).await.unwrap();
    assert_eq!(left.app.len(), 1);
    assert_eq!(left.verify_token.unwrap().expose_secret().len(), 32);
    for bad in ["", "two words", &"x".repeat(201)] {
        assert!(all.set_verify_token(OFFLINE.into(), bad).await.is_err());
    }
    all.set_verify_token(OFFLINE.into(), " as-in-the-dashboard ")
        .await
        .unwrap();
    let kept = all.listener_secrets(OFFLINE.into()).await.unwrap();
    let kept = kept.verify_token.unwrap();
    assert_eq!(kept.expose_secret(), "as-in-the-dashboard");
}

#[tokio::test]
async fn a_removed_app_secret_is_held_for_a_while_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let (name, secret) = ("instagram".to_owned(), "5ecret0fTheApp".to_owned());
    all.add_app_secret(OFFLINE.into(), name.clone(), secret.clone(), Vec::new())
        .await
        .unwrap();
    let held = std::time::Duration::from_millis(20);
    all.remove_and_hold(OFFLINE.into(), name, held)
        .await
        .unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&secret), "{text}");
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !all.shelf.removed_secrets.lock().is_empty() {
        assert!(std::time::Instant::now() < deadline, "it is still held");
        tokio::time::sleep(held).await;
    }
    let late = all.put_back_app_secret(OFFLINE.into()).await.unwrap_err();
    assert!(late.to_string().contains("Meta’s dashboard"), "{late}");
}

#[tokio::test]
async fn each_profile_holds_the_app_secret_that_was_removed_from_it_last() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    let profiles = [OFFLINE, "Shop"];
    for profile in profiles {
        let (name, secret) = ("instagram".to_owned(), format!("of-{}", profile.len()));
        all.add_app_secret(profile.into(), name.clone(), secret, Vec::new())
            .await
            .unwrap();
        all.remove_app_secret(profile.into(), name).await.unwrap();
    }
    // Whichever was removed last, each goes back to where it was.
    for profile in profiles {
        all.put_back_app_secret(profile.into()).await.unwrap();
        let back = all.listener_secrets(profile.into()).await.unwrap().app;
        let secret = format!("of-{}", profile.len());
        assert_eq!(back[0].secret.expose_secret(), secret);
        assert!(all.removed_app_secret(profile).is_none(), "once");
    }
}

#[tokio::test]
async fn the_history_of_a_profile_goes_with_it_and_is_no_namesakes() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let histories = Histories::of(folder.path());
    let has = |name: &str| std::fs::read_to_string(histories.file(name)).ok();
    let keep = |name: &str, text: &str| {
        let file = histories.file(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    // Left behind by a namesake that was removed elsewhere.
    keep("Shop", "another's");
    all.save(shop(), None).await.unwrap();
    assert_eq!(has("Shop"), None);
    keep("Shop", "its own");
    let copy = all.duplicate("Shop".into()).await.unwrap();
    assert_eq!(
        (has("Shop").as_deref(), has(&copy)),
        (Some("its own"), None)
    );

    let renamed = ProfileDraft {
        name: "Store".to_owned(),
        ..shop()
    };
    all.save(renamed, Some("Shop".into())).await.unwrap();
    assert_eq!(
        (has("Shop"), has("Store").as_deref()),
        (None, Some("its own"))
    );
    all.remove("Store".into()).await.unwrap();
    assert_eq!(has("Store"), None);

    // Its name is taken meanwhile, and free again: it comes back as it was.
    let namesake = ProfileDraft {
        name: "Store".to_owned(),
        ..shop()
    };
    all.save(namesake.clone(), None).await.unwrap();
    assert_eq!(has("Store"), None);
    assert!(all.put_back().await.is_err());
    let other = ProfileDraft {
        name: "Other".to_owned(),
        ..namesake
    };
    all.save(other, Some("Store".into())).await.unwrap();
    all.put_back().await.unwrap();
    assert_eq!(
        (has("Store").as_deref(), has("Other")),
        (Some("its own"), None)
    );
    // After another start it cannot be put back, and nothing of it is left.
    all.remove("Store".into()).await.unwrap();
    drop(connections(folder.path()));
    let left = std::fs::read_dir(histories.file("Store").parent().unwrap()).unwrap();
    assert_eq!(left.count(), 0);
}
