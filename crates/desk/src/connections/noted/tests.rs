//! What changes of profiles leave in the audit log.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::super::tests::{connections, shop};
use super::super::{DraftFile, DraftGraph, DraftInstagram, DraftPlace, ProfileDraft};
use super::*;
use heliograph_runtime::audit::{AuditOutcome, AuditPart};
use serde_json::json;

/// The lines of the audit log, the oldest first.
async fn lines(all: &Connections) -> Vec<AuditEntry> {
    let found = all
        .audit(AuditPart::Changes, String::new(), None, 100)
        .await;
    let mut entries = found.unwrap().entries;
    entries.reverse();
    entries
}

fn read(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

#[tokio::test]
async fn a_change_of_a_profile_leaves_a_line_with_what_differs_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    let mut draft = all.draft("Shop".into()).await.unwrap();
    all.save(draft.clone(), Some("Shop".into())).await.unwrap();
    draft.level = GuardLevel::DryRun;
    draft.metrics = vec!["http://10.0.0.5:9464".to_owned()];
    draft.instagram = DraftInstagram::Graph(DraftGraph {
        token: Some("IGAAhunter2".to_owned()),
        ..DraftGraph::default()
    });
    if let DraftPlace::Servers(servers) = &mut draft.place {
        servers.redis_password = Some(String::new());
    }
    all.save(draft.clone(), Some("Shop".into())).await.unwrap();
    draft.name = "Bakery".to_owned();
    all.save(draft, Some("Shop".into())).await.unwrap();
    all.duplicate("Bakery".into()).await.unwrap();
    all.remove("Bakery copy".into()).await.unwrap();
    all.put_back().await.unwrap();

    let lines = lines(&all).await;
    let whats: Vec<_> = lines
        .iter()
        .map(|line| (&*line.what, &*line.profile, line.outcome))
        .collect();
    let done = AuditOutcome::Done;
    assert_eq!(
        whats,
        [
            ("Making a profile", "Shop", done),
            // Saved as it was, it leaves none.
            ("Changing a profile", "Shop", done),
            ("Renaming a profile", "Shop", done),
            ("Copying a profile", "Bakery copy", done),
            ("Removing a profile", "Bakery copy", done),
            ("Putting a profile back", "Bakery copy", done),
        ]
    );
    let made = read(lines[0].after.as_ref());
    assert_eq!(made["place"]["redis"]["url"], "redis://me@localhost:6379/0");
    assert_eq!(made["kept"], json!(["redis_password", "mongo_password"]));
    assert_eq!(
        (lines[0].level, &lines[0].before),
        (GuardLevel::Observe, &None)
    );
    let (was, is) = (
        read(lines[1].before.as_ref()),
        read(lines[1].after.as_ref()),
    );
    assert_eq!(
        was,
        json!({
            "guard": "observe",
            "instagram": { "kind": "simulated" },
            "place": { "redis": { "hasPassword": true } },
        })
    );
    assert_eq!(
        is,
        json!({
            "guard": "dry_run",
            "metrics": ["http://10.0.0.5:9464/metrics"],
            "instagram": { "kind": "graph", "hasToken": true },
            "place": { "redis": {} },
            "kept": ["access_token"],
            "forgotten": ["redis_password"],
        })
    );
    assert_eq!(lines[1].level, GuardLevel::DryRun);
    assert_eq!(
        (
            read(lines[2].before.as_ref()),
            read(lines[2].after.as_ref())
        ),
        (
            json!({ "name": "Shop" }),
            json!({ "name": "Bakery", "kept": ["access_token"], "forgotten": ["redis_password"] })
        )
    );
    let gone = read(lines[4].before.as_ref());
    assert_eq!(gone["kept"], json!(["mongo_password", "access_token"]));
    let log = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    assert!(!log.contains("hunt"), "{log}");
}

#[tokio::test]
async fn what_the_listener_checks_with_leaves_a_line_by_name_and_offline_none() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    let home = ProfileDraft {
        name: "Home".to_owned(),
        level: GuardLevel::Offline,
        place: DraftPlace::File(DraftFile::default()),
        ..ProfileDraft::blank()
    };
    all.save(home, None).await.unwrap();
    for offline in ["Home", OFFLINE] {
        let profile = || offline.to_owned();
        all.new_verify_token(profile()).await.unwrap();
        let secret = ("meta".to_owned(), "hunter2".to_owned());
        all.add_app_secret(profile(), secret.0, secret.1, Vec::new())
            .await
            .unwrap();
    }
    assert_eq!(lines(&all).await, [], "what is offline is nobody else's");

    all.save(shop(), None).await.unwrap();
    let profile = || "Shop".to_owned();
    all.set_verify_token(profile(), "hunter2").await.unwrap();
    all.new_verify_token(profile()).await.unwrap();
    for (secret, accounts) in [("hunter2", vec![]), ("hunter3", vec!["17841".to_owned()])] {
        all.add_app_secret(profile(), "meta".into(), secret.into(), accounts)
            .await
            .unwrap();
    }
    all.remove_app_secret(profile(), "meta".into())
        .await
        .unwrap();
    all.put_back_app_secret(profile()).await.unwrap();
    let lines = lines(&all).await;
    let whats: Vec<_> = lines.iter().skip(1).map(|line| &*line.what).collect();
    assert_eq!(
        whats,
        [
            "Keeping a verify token",
            "Making another verify token",
            "Adding an app secret",
            "Replacing an app secret",
            "Removing an app secret",
            "Putting an app secret back",
        ]
    );
    let replaced = &lines[4];
    assert_eq!(replaced.subject, "meta");
    assert_eq!(
        (
            read(replaced.before.as_ref()),
            read(replaced.after.as_ref())
        ),
        (
            json!([{ "name": "meta", "accounts": [] }]),
            json!([{ "name": "meta", "accounts": ["17841"] }])
        )
    );
    let log = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    assert!(!log.contains("hunt"), "{log}");
}

#[tokio::test]
async fn no_profile_is_changed_that_cannot_be_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let all = connections(folder.path());
    all.save(shop(), None).await.unwrap();
    let log = folder.path().join("audit.jsonl");
    std::fs::remove_file(&log).unwrap();
    // A folder stands where the file should be.
    std::fs::create_dir(&log).unwrap();
    let all = connections(folder.path());
    let mut draft = all.draft("Shop".into()).await.unwrap();
    draft.metrics = vec!["http://10.0.0.5:9464".to_owned()];
    let before = std::fs::read(folder.path().join("profiles.json")).unwrap();
    let refused = [
        all.save(draft, Some("Shop".into())).await.map(drop),
        all.duplicate("Shop".into()).await.map(drop),
        all.remove("Shop".into()).await.map(drop),
        all.new_verify_token("Shop".into()).await,
    ];
    for answer in refused {
        let error = answer.unwrap_err();
        assert!(matches!(error, ConnectionsError::Unwritten(_)), "{error}");
        assert!(error.to_string().contains("Nothing was changed"), "{error}");
    }
    let after = std::fs::read(folder.path().join("profiles.json")).unwrap();
    assert_eq!(before, after);
    let kept = all.secret("Shop".into(), SecretName::VerifyToken).await;
    assert!(kept.unwrap().is_none());
    let home = ProfileDraft {
        name: "Home".to_owned(),
        level: GuardLevel::Offline,
        place: DraftPlace::File(DraftFile::default()),
        ..ProfileDraft::blank()
    };
    all.save(home, None).await.expect("it is offline");
}
