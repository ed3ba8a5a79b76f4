//! The contract between the window and the shell, declared once; TypeScript is generated
//! from it.

use crate::commands::{
    accounts, builder as library, cache, connections, conversations, listener, notices, playback,
    queue, scenarios, settings, simulator, subscriptions, traffic, tunnel, watch, windows,
};
use tauri::Wry;
use tauri_specta::{Builder, collect_commands};

/// The commands.
pub(crate) fn builder() -> Builder<Wry> {
    Builder::new()
        .commands(collect_commands![
            simulator::simulator_view,
            simulator::simulator_act,
            simulator::simulator_let_pass,
            simulator::simulator_add_person,
            simulator::simulator_set_follows,
            simulator::simulator_set_language,
            simulator::simulator_set_unsubscribed,
            simulator::simulator_set_email,
            simulator::simulator_put,
            simulator::simulator_reset,
            simulator::delivery_body,
            playback::playback_run,
            playback::playback_pass_until,
            playback::playback_moment,
            playback::playback_go_to,
            playback::playback_fault,
            playback::playback_nearest,
            scenarios::scenarios_list,
            scenarios::scenarios_save,
            scenarios::scenarios_open,
            scenarios::scenarios_run,
            scenarios::scenarios_rename,
            scenarios::scenarios_delete,
            scenarios::scenarios_put_back,
            scenarios::scenarios_import,
            scenarios::scenarios_text,
            scenarios::scenarios_path,
            library::builder_library,
            library::builder_open,
            library::builder_save,
            library::builder_discard,
            library::builder_publish,
            library::builder_templates,
            library::builder_create,
            library::builder_duplicate,
            library::builder_toggle,
            library::builder_reorder,
            library::builder_archive,
            library::builder_delete,
            library::builder_bring_back,
            library::builder_versions,
            library::builder_test_texts,
            library::builder_export,
            library::builder_import,
            library::builder_explore,
            library::builder_overlay,
            traffic::traffic_watch,
            traffic::traffic_unwatch,
            traffic::traffic_look,
            traffic::traffic_wanted,
            traffic::traffic_filter,
            traffic::traffic_search,
            traffic::traffic_find,
            traffic::traffic_open,
            traffic::traffic_send,
            traffic::traffic_send_all,
            traffic::traffic_send_stop,
            traffic::traffic_check,
            traffic::traffic_templates,
            traffic::traffic_curl,
            traffic::traffic_save_fixture,
            traffic::traffic_save_scenario,
            traffic::traffic_filters,
            traffic::traffic_save_filter,
            traffic::traffic_forget_filter,
            accounts::accounts_list,
            accounts::account_save,
            connections::connections_list,
            connections::connections_draft,
            connections::connections_save,
            connections::connections_duplicate,
            connections::connections_remove,
            connections::connections_put_back,
            connections::connections_check,
            connections::connections_test_metrics,
            connections::connection_create_indexes,
            connections::connections_forget_seen,
            connections::connection_status,
            connections::connection_open,
            connections::connection_close,
            connections::connection_arm,
            connections::connection_disarm,
            connections::connection_let_work,
            connections::connections_read_env,
            connections::connections_import_env,
            connections::connection_automations,
            connections::audit_search,
            connections::audit_export,
            cache::cache_watch,
            cache::cache_unwatch,
            cache::cache_keys,
            cache::cache_open,
            cache::cache_invalidate,
            cache::cache_invalidate_all,
            cache::cache_scan,
            cache::cache_scan_cancel,
            cache::cache_findings,
            tunnel::tunnel_watch,
            tunnel::tunnel_unwatch,
            tunnel::tunnel_settings,
            tunnel::tunnel_programs,
            tunnel::tunnel_start,
            tunnel::tunnel_keep,
            tunnel::tunnel_stop,
            tunnel::tunnel_look,
            tunnel::tunnel_check,
            subscriptions::subscriptions_accounts,
            subscriptions::subscriptions_app,
            subscriptions::subscriptions_subscribe_account,
            subscriptions::subscriptions_subscribe_app,
            conversations::conversations_watch,
            conversations::conversations_unwatch,
            conversations::conversations_look,
            conversations::conversations_find,
            conversations::conversations_open,
            conversations::conversations_earlier,
            conversations::conversations_set,
            conversations::conversations_pick,
            conversations::conversations_bulk,
            conversations::conversations_bulk_stop,
            conversations::conversations_bulk_outcomes,
            conversations::conversations_bulk_close,
            conversations::conversations_undo,
            conversations::conversations_find_strays,
            conversations::conversations_stop_strays,
            conversations::conversations_export,
            queue::queue_watch,
            queue::queue_unwatch,
            queue::queue_jobs,
            queue::queue_job,
            queue::queue_retry,
            queue::queue_promote,
            queue::queue_choose,
            queue::queue_write,
            queue::queue_discard,
            queue::queue_restore,
            queue::queue_sends,
            queue::queue_choose_sends,
            queue::queue_write_sends,
            queue::queue_forget_sends,
            queue::queue_ask_again,
            queue::queue_send_again,
            queue::queue_pause,
            queue::queue_resume,
            listener::listener_status,
            listener::listener_start,
            listener::listener_stop,
            listener::listener_app_secret,
            listener::listener_details,
            listener::listener_add_secret,
            listener::listener_remove_secret,
            listener::listener_put_back_secret,
            listener::listener_new_token,
            listener::listener_set_token,
            listener::sample_curl,
            notices::notices_watch,
            notices::notices_unwatch,
            notices::notices_read,
            notices::notices_clear,
            settings::settings_get,
            settings::settings_set,
            watch::watch,
            watch::taken,
            watch::unwatch,
            windows::window_open,
            windows::window_shows,
            windows::window_close,
            windows::quit,
        ])
        .constant("LIMITS", crate::limits::Limits::new())
        // One type for both directions: what the UI reads is what it may send back.
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use super::*;
    use specta_typescript::Typescript;
    use std::{env, fs, path::Path};

    const HEADER: &str = "// Generated by `cargo xtask codegen` from src-tauri/src/bindings.rs. \
        Do not edit.\n";

    /// The generator itself: with `HELIOGRAPH_CODEGEN=write` it writes the file.
    #[test]
    fn bindings_are_up_to_date() {
        let folder = tempfile::tempdir().expect("a folder for the fresh bindings");
        let fresh = folder.path().join("bindings.ts");
        builder()
            .export(Typescript::default().header(HEADER), &fresh)
            .expect("every type of the contract can be said in TypeScript");
        let fresh = fs::read_to_string(fresh).expect("it was just written");
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/host/bindings.ts");
        if env::var_os("HELIOGRAPH_CODEGEN").is_some_and(|mode| mode == "write") {
            fs::write(&committed, fresh).expect("ui/src/host/bindings.ts can be written");
            return;
        }
        let committed = fs::read_to_string(committed).unwrap_or_default();
        assert!(
            committed.replace("\r\n", "\n") == fresh,
            "ui/src/host/bindings.ts is not what the commands say; run `cargo xtask codegen`"
        );
    }
}
