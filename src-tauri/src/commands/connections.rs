//! Commands on the profiles: what there is, connecting, and what is allowed.

use super::Answer;
use crate::connecting::ConnectionStatus;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use heliograph_desk::automations::{self, FoundAutomation};
use heliograph_desk::connections::{
    CheckReport, ConnectionsView, IndexesMade, MetricsTest, ProfileDraft, ShownCheck,
};
use heliograph_engine::ports::PortError;
use heliograph_engine::workspaces::WorkspaceError;
use heliograph_runtime::audit::{AuditPart, AuditSearch};
use heliograph_runtime::settings::EnvReading;
use tauri::State;
use tauri::ipc::Channel;

/// The most lines of the audit log that are shown at once.
const MOST_LINES: usize = 500;
/// The most automations that are found at once.
const FOUND: usize = 20;

/// All profiles.
#[tauri::command]
#[specta::specta]
pub async fn connections_list(desk: State<'_, Desk>) -> Answer<ConnectionsView> {
    Ok(desk.connections.view().await?)
}

/// A profile as it is edited, without its secrets; a blank one where none is named.
#[tauri::command]
#[specta::specta]
pub async fn connections_draft(
    desk: State<'_, Desk>,
    name: Option<String>,
) -> Answer<ProfileDraft> {
    match name {
        Some(name) => Ok(desk.connections.draft(name).await?),
        None => Ok(ProfileDraft::blank()),
    }
}

/// Saves a profile: a new one, or instead of the one of that name.
#[tauri::command]
#[specta::specta]
pub async fn connections_save(
    desk: State<'_, Desk>,
    draft: ProfileDraft,
    instead: Option<String>,
) -> Answer<ConnectionsView> {
    if let Some(instead) = &instead
        && draft.name.trim() != instead
    {
        not_in_front(&desk, instead, "renamed")?;
    }
    Ok(desk.connections.save(draft, instead).await?)
}

/// Makes a copy under a free name; answers with the name.
#[tauri::command]
#[specta::specta]
pub async fn connections_duplicate(desk: State<'_, Desk>, name: String) -> Answer<String> {
    Ok(desk.connections.duplicate(name).await?)
}

/// Removes a profile and its secrets.
#[tauri::command]
#[specta::specta]
pub async fn connections_remove(desk: State<'_, Desk>, name: String) -> Answer<ConnectionsView> {
    not_in_front(&desk, &name, "removed")?;
    Ok(desk.connections.remove(name).await?)
}

/// Puts the profile back that was removed last.
#[tauri::command]
#[specta::specta]
pub async fn connections_put_back(desk: State<'_, Desk>) -> Answer<ConnectionsView> {
    Ok(desk.connections.put_back().await?)
}

/// Looks at everything that a profile names, and tells the channel what was found so far.
#[tauri::command]
#[specta::specta]
pub async fn connections_check(
    desk: State<'_, Desk>,
    name: String,
    online: bool,
    channel: Channel<Vec<ShownCheck>>,
) -> Answer<CheckReport> {
    let tell = move |so_far| {
        // A page that is gone is told nothing.
        let _ = channel.send(so_far);
    };
    Ok(desk.connections.check(name, online, tell).await?)
}

/// Asks an address for a worker's metrics, and says what is there or what is wrong.
#[tauri::command]
#[specta::specta]
pub async fn connections_test_metrics(
    desk: State<'_, Desk>,
    address: String,
) -> Answer<MetricsTest> {
    Ok(desk.connections.test_metrics(&address).await)
}

/// Creates the indexes that are missing in the documents of the profile in front, whose name
/// this is. It takes as long as the collections are large.
#[tauri::command]
#[specta::specta]
pub async fn connection_create_indexes(desk: State<'_, Desk>, name: String) -> Answer<IndexesMade> {
    let runtime = desk.connected().await?;
    if name != runtime.guard().profile() {
        let message = format!("“{name}” is not connected. Connect it and arm live first.");
        return Err(CommandError::new(ErrorCode::Conflict, message));
    }
    let made = runtime.create_indexes().await.map_err(refused)?;
    Ok(IndexesMade::from(made))
}

/// What is in front, and what is allowed there.
#[tauri::command]
#[specta::specta]
pub async fn connection_status(desk: State<'_, Desk>) -> Answer<ConnectionStatus> {
    Ok(desk.connection())
}

/// Forgets what was seen of profiles that keep no journal, and deletes what is kept of it.
#[tauri::command]
#[specta::specta]
pub async fn connections_forget_seen(desk: State<'_, Desk>) -> Answer<()> {
    desk.forget_seen().await;
    Ok(())
}

/// Opens a profile and puts it in front. Where that fails, what was in front stays.
#[tauri::command]
#[specta::specta]
pub async fn connection_open(desk: State<'_, Desk>, name: String) -> Answer<ConnectionStatus> {
    desk.connect(&name).await?;
    Ok(desk.connection())
}

/// Puts the offline profile in front again.
#[tauri::command]
#[specta::specta]
pub async fn connection_close(desk: State<'_, Desk>) -> Answer<ConnectionStatus> {
    desk.disconnect().await?;
    Ok(desk.connection())
}

/// Arms *live* on the profile in front for some minutes; `name` is the profile's, as
/// somebody typed it.
#[tauri::command]
#[specta::specta]
pub async fn connection_arm(
    desk: State<'_, Desk>,
    name: String,
    minutes: f64,
) -> Answer<ConnectionStatus> {
    let runtime = desk.connected().await?;
    let guard = runtime.guard();
    if name.trim() != guard.profile() {
        let message = format!(
            "Type the profile's name, {}, to arm live on it.",
            guard.profile()
        );
        return Err(CommandError::new(ErrorCode::Invalid, message));
    }
    guard.arm(millis(minutes)).map_err(refused)?;
    Ok(desk.connection())
}

/// Ends *live* at once.
#[tauri::command]
#[specta::specta]
pub async fn connection_disarm(desk: State<'_, Desk>) -> Answer<ConnectionStatus> {
    desk.connected().await?.guard().disarm();
    Ok(desk.connection())
}

/// Lets this window handle deliveries while the profile is *live*, or ends that.
#[tauri::command]
#[specta::specta]
pub async fn connection_let_work(desk: State<'_, Desk>, on: bool) -> Answer<ConnectionStatus> {
    let runtime = desk.connected().await?;
    runtime.let_work(on).await.map_err(refused)?;
    Ok(desk.connection())
}

/// Says what a `.env` file would become. Nothing is stored.
#[tauri::command]
#[specta::specta]
pub async fn connections_read_env(desk: State<'_, Desk>, text: String) -> Answer<EnvReading> {
    Ok(desk.connections.read_env(&text)?)
}

/// Makes a profile of a `.env` file; answers with what can be edited of it.
#[tauri::command]
#[specta::specta]
pub async fn connections_import_env(
    desk: State<'_, Desk>,
    text: String,
    name: String,
) -> Answer<ProfileDraft> {
    Ok(desk.connections.import_env(&text, name).await?)
}

/// The first automations of the connected profile that have every word in their name, a
/// keyword or their id. Of the offline profile none: its library is known to the page.
#[tauri::command]
#[specta::specta]
pub async fn connection_automations(
    desk: State<'_, Desk>,
    text: String,
) -> Answer<Vec<FoundAutomation>> {
    let front = desk.front().await?;
    if front.is_simulator {
        return Ok(Vec::new());
    }
    let documents = front.runtime.documents();
    let found = automations::find(&*documents, &text, FOUND).await;
    Ok(found.map_err(WorkspaceError::from)?)
}

/// A page of the lines of the audit log in which every word stands, the newest first: the
/// newest, or those before the one with this id. Of all of it where no part is named.
#[tauri::command]
#[specta::specta]
pub async fn audit_search(
    desk: State<'_, Desk>,
    part: Option<AuditPart>,
    text: String,
    before: Option<String>,
) -> Answer<AuditSearch> {
    let part = part.unwrap_or_default();
    let page = desk.connections.audit(part, text, before, MOST_LINES);
    Ok(page.await?)
}

/// Writes the lines of the audit log in which every word stands as CSV into the
/// application's folder; answers with where it is. Of all of it where no part is named.
#[tauri::command]
#[specta::specta]
pub async fn audit_export(
    desk: State<'_, Desk>,
    part: Option<AuditPart>,
    text: String,
) -> Answer<String> {
    let part = part.unwrap_or_default();
    let path = desk.connections.export_audit(part, text).await?;
    Ok(path.display().to_string())
}

/// A profile that is in front stands still.
fn not_in_front(desk: &Desk, name: &str, what: &str) -> Result<(), CommandError> {
    if desk.connection().profile.as_deref() != Some(name) {
        return Ok(());
    }
    let message = format!("“{name}” is connected. Disconnect it before it is {what}.");
    Err(CommandError::new(ErrorCode::Conflict, message))
}

/// Minutes, of which there may be a part, in milliseconds. What is no time is none, which
/// the guard refuses.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the guard knows the longest"
)]
fn millis(minutes: f64) -> i64 {
    (minutes * 60_000.0).round() as i64
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn refused(error: PortError) -> CommandError {
    CommandError::new(ErrorCode::Invalid, error.to_string())
}
