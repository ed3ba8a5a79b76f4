//! Which profile is meant.

#![allow(clippy::unwrap_used, reason = "a test")]

use super::choose::Chosen;
use super::*;
use clap::Parser;
use heliograph_runtime::settings::{InstagramSettings, PlaceSettings};
use secrecy::ExposeSecret;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    place: PlaceOptions,
}

fn choose(line: &str, needs: Needs) -> anyhow::Result<Chosen> {
    let words = std::iter::once("heliograph").chain(line.split_whitespace());
    Line::try_parse_from(words)?.place.choose(needs)
}

const SERVERS: &str = "--redis redis://r --mongo mongodb://m --database shop --queue hooks";

#[test]
fn without_options_it_is_the_embedded_profile_offline() {
    let chosen = choose("", Needs::Everything).unwrap();
    assert!(!chosen.is_production());
    assert_eq!(chosen.guard(), GuardLevel::Offline);
}

#[test]
fn who_names_the_graph_api_for_a_file_sends() {
    let chosen = choose("--graph https://graph.facebook.com", Needs::Everything).unwrap();
    assert_eq!(chosen.guard(), GuardLevel::Live);
    let chosen = choose("--graph https://x --guard observe", Needs::Everything).unwrap();
    assert_eq!(chosen.guard(), GuardLevel::Observe);
}

#[test]
fn servers_are_observed_unless_something_else_is_said() {
    let chosen = choose(SERVERS, Needs::Everything).unwrap();
    assert!(chosen.is_production());
    assert_eq!(chosen.guard(), GuardLevel::Observe);
    for (level, meant) in [
        ("live", GuardLevel::Live),
        ("dry-run", GuardLevel::DryRun),
        ("dry_run", GuardLevel::DryRun),
    ] {
        let line = format!("{SERVERS} --guard {level}");
        assert_eq!(choose(&line, Needs::Everything).unwrap().guard(), meant);
    }
    let error = choose("--guard lively", Needs::Everything)
        .unwrap_err()
        .to_string();
    assert!(error.contains("dry-run and live"), "{error}");
}

#[test]
fn who_works_live_on_servers_and_answers_nobody_is_told_so() {
    let caution = |line: &str| choose(line, Needs::Everything).unwrap().caution();
    let live = format!("{SERVERS} --guard live");
    assert!(caution(&live).is_some_and(|said| said.contains("--graph")));
    assert_eq!(caution(SERVERS), None, "nothing is handled");
    assert_eq!(caution(&format!("{live} --graph https://x")), None);
    assert_eq!(
        caution(""),
        None,
        "a file of this machine is for trying out"
    );
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let error = choose("--mongo mongodb://m", Needs::Everything).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("--redis and --database and --queue"),
        "{text}"
    );
    assert!(error.is::<crate::failure::Usage>());
    let error = choose("--mongo mongodb://m --redis redis://r", Needs::Documents).unwrap_err();
    assert!(!error.to_string().contains("--queue"), "{error}");
}

#[test]
fn the_options_are_what_is_opened() {
    let line = format!(
        "{SERVERS} --collections accounts=ig,user_states=flows --queue-prefix {{bull}} \
         --takes webhook,retry --data-path payload.body --concurrency 64 --graph-version v26.0 \
         --flavour facebook-login --key-prefix ours --cache-namespace test: --shared-marks"
    );
    let chosen = choose(&line, Needs::Everything).unwrap();
    let PlaceSettings::Production(place) = &chosen.settings.place else {
        panic!("{chosen:?}");
    };
    assert_eq!(place.mongo.database, "shop");
    assert_eq!(place.mongo.collections.accounts, "ig");
    assert_eq!(place.mongo.collections.user_states, "flows");
    assert_eq!(place.mongo.collections.contacts, "contacts");
    assert!(place.mongo.shared_marks);
    assert_eq!(
        (place.queue.name.as_str(), place.queue.prefix.as_str()),
        ("hooks", "{bull}")
    );
    assert_eq!(place.queue.takes, ["webhook", "retry"]);
    assert_eq!(place.queue.data_path.as_deref(), Some("payload.body"));
    assert_eq!(place.queue.concurrency, Some(64));
    assert_eq!(
        (place.redis.prefix.as_str(), place.redis.namespace.as_str()),
        ("ours", "test:")
    );
    let InstagramSettings::Graph(graph) = &chosen.settings.instagram else {
        panic!("{chosen:?}");
    };
    assert_eq!(graph.flavour, Some(Flavour::FacebookLogin));
    let profile = chosen.profile().unwrap();
    let heliograph_runtime::InstagramPlace::Graph(graph) = profile.instagram else {
        panic!("a Graph API");
    };
    assert_eq!(graph.base_url, "https://graph.facebook.com");
    assert_eq!(graph.version.as_deref(), Some("v26.0"));
}

#[test]
fn a_path_is_no_name_of_a_database() {
    let line = SERVERS.replace("shop", "./heliograph.sqlite");
    let error = choose(&line, Needs::Everything).unwrap_err().to_string();
    assert!(error.contains("only without them"), "{error}");
    let error = choose(
        &format!("{SERVERS} --collections people=x"),
        Needs::Everything,
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("there are workspaces")
    );
}

/// A file with secrets that only its owner may read.
#[cfg(unix)]
fn secrets(folder: &std::path::Path, kept: &serde_json::Value) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("secrets.json");
    std::fs::write(&path, kept.to_string()).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    path.display().to_string()
}

#[cfg(unix)]
#[test]
fn a_file_with_secrets_counts_for_a_profile_that_only_options_make() {
    let folder = tempfile::tempdir().unwrap();
    let kept = serde_json::json!({
        "server": {
            "redis_password": "r-pw", "mongo_password": "m-pw", "queue_password": "q-pw",
            "access_token": "a-token",
        },
    });
    let file = secrets(folder.path(), &kept);
    let line = format!(
        "--redis redis://me@r --mongo mongodb://me@m --database shop --queue hooks \
         --queue-redis redis://me@q --graph https://graph.instagram.com --secrets {file}"
    );
    let profile = choose(&line, Needs::Everything).unwrap().profile().unwrap();
    let heliograph_runtime::Place::Production(place) = &profile.place else {
        panic!("{profile:?}");
    };
    let urls = [&place.redis.url, &place.mongo.url, &place.queue.url];
    assert_eq!(
        urls.map(|url| url.expose_secret().to_owned()),
        [
            "redis://me:r-pw@r",
            "mongodb://me:m-pw@m",
            "redis://me:q-pw@q"
        ]
    );
    let heliograph_runtime::InstagramPlace::Graph(graph) = &profile.instagram else {
        panic!("{profile:?}");
    };
    assert_eq!(graph.any.as_ref().unwrap().expose_secret(), "a-token");

    // Who says the password in the address means that one.
    let line = line.replace("redis://me@r ", "redis://me:said@r ");
    let profile = choose(&line, Needs::Everything).unwrap().profile().unwrap();
    let heliograph_runtime::Place::Production(place) = &profile.place else {
        panic!("{profile:?}");
    };
    assert_eq!(place.redis.url.expose_secret(), "redis://me:said@r");
}

#[cfg(unix)]
#[test]
fn what_is_kept_for_a_saved_profile_is_not_told_to_another_server() {
    let folder = tempfile::tempdir().unwrap();
    let kept = serde_json::json!({
        "shop": { "redis_password": "r-pw", "mongo_password": "m-pw" },
    });
    let mut chosen = choose(
        &format!("{SERVERS} --secrets {}", secrets(folder.path(), &kept)),
        Needs::Everything,
    )
    .unwrap();
    chosen.settings.name = "shop".to_owned();
    let url = |chosen: &Chosen| {
        let profile = chosen.profile().unwrap();
        let heliograph_runtime::Place::Production(place) = &profile.place else {
            panic!("{profile:?}");
        };
        place.redis.url.expose_secret().to_owned()
    };
    assert_eq!(url(&chosen), "redis://:r-pw@r");
    // As `--profile shop --redis …` has it.
    let options = Line::try_parse_from(["heliograph", "--redis", "redis://r2"])
        .unwrap()
        .place;
    chosen.elsewhere = options.overlay(&mut chosen.settings).unwrap();
    assert_eq!(url(&chosen), "redis://r2");
    let options = Line::try_parse_from(["heliograph", "--redis", "redis://r2"])
        .unwrap()
        .place;
    let replaced = options.overlay(&mut chosen.settings).unwrap();
    assert!(replaced.is_empty(), "it is the same address");
}

#[test]
fn a_file_with_secrets_that_is_not_there_is_named() {
    let line = format!("{SERVERS} --secrets ./no-such-secrets.json");
    let error = choose(&line, Needs::Everything).unwrap_err();
    assert!(error.is::<crate::failure::Usage>());
    assert!(error.to_string().contains("no-such-secrets"), "{error}");
}

#[test]
fn a_password_is_never_shown() {
    let line = SERVERS.replace("redis://r", "redis://me:hunter2@r");
    let chosen = choose(&line, Needs::Everything).unwrap();
    let profile = chosen.profile().unwrap();
    assert!(!format!("{profile:?}").contains("hunter2"));
}
