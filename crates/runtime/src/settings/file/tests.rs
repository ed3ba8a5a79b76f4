//! Saving profiles, and finding them again.

#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;
use crate::secrets::{SecretName, SecretStore, ThisRun};
use crate::settings::{MongoSettings, PlaceSettings, QueueSettings, RedisSettings, ServerSettings};
use heliograph_model::GuardLevel;
use secrecy::ExposeSecret;
use std::sync::Arc;

fn shop() -> ProfileSettings {
    let place = ServerSettings {
        redis: RedisSettings {
            url: "redis://me:hunter2@cache.example".to_owned(),
            ..RedisSettings::default()
        },
        mongo: MongoSettings {
            url: "mongodb://me:hunter3@db.example/?replicaSet=rs0".to_owned(),
            ..MongoSettings::default()
        },
        queue: QueueSettings::default(),
        other: Map::new(),
    };
    ProfileSettings::production("shop", place).unwrap()
}

fn file() -> (tempfile::TempDir, ProfilesFile) {
    let folder = tempfile::tempdir().unwrap();
    let file = ProfilesFile::at(folder.path().join("config").join("profiles.json"));
    (folder, file)
}

#[test]
fn a_profile_is_saved_without_its_passwords_and_begins_at_observe() {
    let (_folder, file) = file();
    let secrets = ThisRun::new();
    let mut saved = file.load().unwrap();
    assert_eq!(saved, SavedProfiles::default());
    let mut profile = shop();
    saved.put(profile.clone());
    let error = file.save(&saved).unwrap_err();
    assert!(
        error.to_string().contains("still holds a password"),
        "{error}"
    );
    assert!(!file.path().exists());

    profile.hide(&secrets).unwrap();
    profile.hide(&secrets).unwrap();
    saved.put(profile);
    saved.active = Some("shop".to_owned());
    file.save(&saved).unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    assert!(!text.contains("hunter"), "{text}");
    let found = file.load().unwrap();
    assert_eq!(found, saved);
    let shop = found.named("shop").unwrap();
    assert_eq!(shop.resting(), GuardLevel::Observe);
    let kept = secrets.get("shop", SecretName::MongoPassword).unwrap();
    assert_eq!(kept.unwrap().expose_secret(), "hunter3");
    let error = found.named("shp").unwrap_err().to_string();
    assert!(error.contains("there are: shop"), "{error}");
}

#[test]
fn what_another_version_wrote_is_kept() {
    let (_folder, file) = file();
    let text = serde_json::json!({
        "version": 7,
        "theme": { "dark": true },
        "profiles": [{
            "name": "shop",
            "guard": "live",
            "colour": "#a00",
            "place": {
                "kind": "production",
                "redis": { "url": "redis://a", "sentinel": ["b"] },
                "mongo": { "url": "mongodb://a", "collections": { "accounts": "ig" } },
                "queue": { "name": "hooks", "priority": 3 },
                "region": "eu"
            },
            "instagram": { "kind": "graph", "version": "v26.0", "proxy": "p" },
            "cache": { "automationsMs": 5, "warm": true }
        }]
    });
    write_atomically(file.path(), &text.to_string(), 0o600).unwrap();
    let saved = file.load().unwrap();
    assert_eq!(saved.notice, None);
    let shop = saved.named("shop").unwrap();
    assert_eq!(shop.resting(), GuardLevel::Observe, "live is never saved");
    assert_eq!(shop.cache.policy().automations_ms, 5);
    let PlaceSettings::Production(place) = &shop.place else {
        panic!("{shop:?}");
    };
    assert_eq!(place.mongo.collections.accounts, "ig");
    assert_eq!(place.mongo.collections.contacts, "contacts");
    file.save(&saved).unwrap();
    let again: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
    for pointer in [
        "/theme/dark",
        "/profiles/0/colour",
        "/profiles/0/place/region",
        "/profiles/0/place/redis/sentinel/0",
        "/profiles/0/place/queue/priority",
        "/profiles/0/instagram/proxy",
        "/profiles/0/cache/warm",
    ] {
        assert_eq!(again.pointer(pointer), text.pointer(pointer), "{pointer}");
        assert!(again.pointer(pointer).is_some(), "{pointer}");
    }
    assert_eq!(again["version"], 7);
}

#[test]
fn a_damaged_file_is_set_aside_and_said_so() {
    let (_folder, file) = file();
    for number in 1..=2 {
        write_atomically(file.path(), "{\"profiles\": [", 0o600).unwrap();
        let saved = file.load().unwrap();
        assert!(saved.profiles.is_empty());
        let aside = format!("profiles.damaged-{number}.json");
        assert!(saved.notice.unwrap().contains(&aside));
        assert!(file.path().with_file_name(&aside).exists());
        assert!(!file.path().exists());
    }
}

#[test]
fn a_write_leaves_the_old_file_or_the_new_one() {
    let (_folder, file) = file();
    let file = Arc::new(file);
    let writers: Vec<_> = (0..4)
        .map(|number| {
            let file = Arc::clone(&file);
            std::thread::spawn(move || {
                for _ in 0..20 {
                    let saved = SavedProfiles {
                        active: Some(format!("{number}").repeat(1_000)),
                        ..SavedProfiles::default()
                    };
                    file.save(&saved).unwrap();
                    let found = file.load().unwrap();
                    assert_eq!(found.notice, None, "never half a file");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
}

#[test]
fn a_name_has_to_fit_keys_and_variables() {
    for name in ["", " shop", "a/b", "a:b", "a*"] {
        assert!(ProfileSettings::embedded(name, None).is_err(), "{name:?}");
    }
    assert!(ProfileSettings::embedded("Läden 2-b", None).is_ok());
}
