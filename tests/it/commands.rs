//! What each command of the window does to the profile in front. One that is in no list fails
//! the test below; one that writes is tried at *observe*, in `desktop_observe`.

use heliograph_tests::repo;
use std::collections::BTreeSet;
use std::fs;

/// What only looks: at the servers, at what this window keeps of them, or at a file.
const READ: &[&str] = &[
    "accounts_list",
    "audit_search",
    "builder_explore",
    "builder_library",
    "builder_open",
    "builder_overlay",
    "builder_templates",
    "builder_test_texts",
    "builder_versions",
    "cache_findings",
    "cache_keys",
    "cache_open",
    "cache_scan",
    "cache_scan_cancel",
    "cache_unwatch",
    "cache_watch",
    "connection_automations",
    "connection_status",
    "connections_draft",
    "connections_list",
    "connections_read_env",
    "connections_test_metrics",
    "conversations_bulk_outcomes",
    "conversations_bulk_stop",
    "conversations_earlier",
    "conversations_find",
    "conversations_find_strays",
    "conversations_look",
    "conversations_open",
    "conversations_pick",
    "conversations_stop_strays",
    "conversations_unwatch",
    "conversations_watch",
    "delivery_body",
    "listener_app_secret",
    "listener_details",
    "listener_status",
    "notices_unwatch",
    "notices_watch",
    "playback_moment",
    "playback_nearest",
    "queue_ask_again",
    "queue_choose",
    "queue_choose_sends",
    "queue_job",
    "queue_jobs",
    "queue_sends",
    "queue_unwatch",
    "queue_watch",
    "sample_curl",
    "scenarios_list",
    "scenarios_path",
    "scenarios_text",
    "settings_get",
    "simulator_view",
    "subscriptions_accounts",
    "subscriptions_app",
    "taken",
    "traffic_check",
    "traffic_curl",
    "traffic_filter",
    "traffic_filters",
    "traffic_find",
    "traffic_look",
    "traffic_open",
    "traffic_search",
    "traffic_send_stop",
    "traffic_templates",
    "traffic_unwatch",
    "traffic_wanted",
    "traffic_watch",
    "tunnel_check",
    "tunnel_look",
    "tunnel_programs",
    "tunnel_settings",
    "tunnel_unwatch",
    "tunnel_watch",
    "unwatch",
    "watch",
];

/// What changes this machine only: the Simulator and its drafts, files, settings, profiles
/// themselves, the listener and the tunnel; and what is in front and at which level.
const HERE: &[&str] = &[
    "audit_export",
    "builder_archive",
    "builder_bring_back",
    "builder_create",
    "builder_delete",
    "builder_discard",
    "builder_duplicate",
    "builder_export",
    "builder_import",
    "builder_publish",
    "builder_reorder",
    "builder_save",
    "builder_toggle",
    "connection_arm",
    "connection_close",
    "connection_disarm",
    "connection_open",
    "connections_check",
    "connections_duplicate",
    "connections_forget_seen",
    "connections_import_env",
    "connections_put_back",
    "connections_remove",
    "connections_save",
    "conversations_bulk_close",
    "conversations_export",
    "listener_add_secret",
    "listener_new_token",
    "listener_put_back_secret",
    "listener_remove_secret",
    "listener_set_token",
    "listener_start",
    "listener_stop",
    "notices_clear",
    "notices_read",
    "playback_fault",
    "playback_go_to",
    "playback_pass_until",
    "playback_run",
    "queue_write",
    "queue_write_sends",
    "quit",
    "scenarios_delete",
    "scenarios_import",
    "scenarios_open",
    "scenarios_put_back",
    "scenarios_rename",
    "scenarios_run",
    "scenarios_save",
    "settings_set",
    "simulator_act",
    "simulator_add_person",
    "simulator_let_pass",
    "simulator_put",
    "simulator_reset",
    "simulator_set_email",
    "simulator_set_follows",
    "simulator_set_language",
    "simulator_set_unsubscribed",
    "traffic_forget_filter",
    "traffic_save_filter",
    "traffic_save_fixture",
    "traffic_save_scenario",
    "tunnel_keep",
    "tunnel_start",
    "tunnel_stop",
    "window_close",
    "window_open",
    "window_shows",
];

/// What writes a key or a document of the profile in front, sends, posts, or lets this
/// window do so.
pub(crate) const WRITE: &[&str] = &[
    "account_save",
    "cache_invalidate",
    "cache_invalidate_all",
    "connection_create_indexes",
    "connection_let_work",
    "conversations_bulk",
    "conversations_set",
    "conversations_undo",
    "queue_discard",
    "queue_forget_sends",
    "queue_pause",
    "queue_promote",
    "queue_restore",
    "queue_resume",
    "queue_retry",
    "queue_send_again",
    "subscriptions_subscribe_account",
    "subscriptions_subscribe_app",
    "traffic_send",
    "traffic_send_all",
];

/// The commands that the shell declares.
fn declared() -> BTreeSet<String> {
    let path = repo::root().join("src-tauri/src/bindings.rs");
    let source = fs::read_to_string(path).expect("the contract is there");
    let list = source
        .split_once("collect_commands![")
        .map(|(_, rest)| rest);
    let list = list
        .and_then(|rest| rest.split_once(']'))
        .expect("a list")
        .0;
    list.split(',')
        .filter_map(|line| line.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_command_of_the_window_is_known_to_read_or_to_write() {
    let known: Vec<&str> = [READ, HERE, WRITE].concat();
    let once: BTreeSet<String> = known.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(once.len(), known.len(), "each is in one list");
    let declared = declared();
    assert!(declared.len() > 100, "the list was read: {declared:?}");
    let new: Vec<_> = declared.difference(&once).collect();
    assert!(
        new.is_empty(),
        "say in tests/it/commands.rs whether these write to the profile in front: {new:?}"
    );
    let gone: Vec<_> = once.difference(&declared).collect();
    assert!(gone.is_empty(), "these are no commands any more: {gone:?}");
}
