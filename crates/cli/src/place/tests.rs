//! Which profile is meant.

#![allow(clippy::unwrap_used, reason = "a test")]

use super::choose::Chosen;
use super::*;
use clap::Parser;
use heliograph_runtime::settings::{InstagramSettings, PlaceSettings};

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
    assert_eq!(caution(""), None, "a file of this machine is for trying out");
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
         --flavour facebook-login --key-prefix ours --cache-namespace test:"
    );
    let chosen = choose(&line, Needs::Everything).unwrap();
    let PlaceSettings::Production(place) = &chosen.settings.place else {
        panic!("{chosen:?}");
    };
    assert_eq!(place.mongo.database, "shop");
    assert_eq!(place.mongo.collections.accounts, "ig");
    assert_eq!(place.mongo.collections.user_states, "flows");
    assert_eq!(place.mongo.collections.contacts, "contacts");
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

#[test]
fn a_password_is_never_shown() {
    let line = SERVERS.replace("redis://r", "redis://me:hunter2@r");
    let chosen = choose(&line, Needs::Everything).unwrap();
    let profile = chosen.profile().unwrap();
    assert!(!format!("{profile:?}").contains("hunter2"));
}
