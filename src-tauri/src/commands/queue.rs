//! Commands on the queue: how it stands, its jobs, and moving them on purpose.

use super::Answer;
use crate::desk::Desk;
use crate::downloads;
use heliograph_desk::queue::{
    JobChoice, JobPage, JobsDiscarded, JobsIn, JobsMoved, OpenedJob, QueueNews, SendAgainQuestion,
    SendChoice, SendPage,
};
use heliograph_model::{JobId, OutboxId};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};

/// Where jobs were written to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct WrittenJobs {
    /// The file.
    pub path: String,
    /// How many are in it; the others were not there any more.
    pub jobs: u32,
}

/// Tells the channel how the queue stands, now and once a second. A later call of the same
/// window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn queue_watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<QueueNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.queue.watch(window.label(), telling);
    Ok(())
}

/// The window does not show the queue any more.
#[tauri::command]
#[specta::specta]
pub async fn queue_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.queue.watching.windows.unwatch(window.label());
    Ok(())
}

/// Jobs in a state, at most `most` after the first `skip`; of those that failed, on request
/// those of one reason.
#[tauri::command]
#[specta::specta]
pub async fn queue_jobs(
    desk: State<'_, Desk>,
    state: JobsIn,
    reason: Option<String>,
    skip: u32,
    most: u32,
) -> Answer<JobPage> {
    let page = desk.queue.desk.page(state, reason.as_deref(), skip, most);
    Ok(page.await?)
}

/// One job whole.
#[tauri::command]
#[specta::specta]
pub async fn queue_job(desk: State<'_, Desk>, id: JobId) -> Answer<OpenedJob> {
    Ok(desk.queue.desk.open(&id).await?)
}

/// Puts failed jobs back to be handed out, as if they had never been tried.
#[tauri::command]
#[specta::specta]
pub async fn queue_retry(desk: State<'_, Desk>, choice: JobChoice) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.retry(&choice).await?)
}

/// Hands delayed jobs out at once.
#[tauri::command]
#[specta::specta]
pub async fn queue_promote(desk: State<'_, Desk>, choice: JobChoice) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.promote(&choice).await?)
}

/// Which jobs in a state a choice is now; at most a hundred thousand.
#[tauri::command]
#[specta::specta]
pub async fn queue_choose(
    desk: State<'_, Desk>,
    from: JobsIn,
    choice: JobChoice,
) -> Answer<Vec<JobId>> {
    Ok(desk.queue.desk.choose(from, &choice).await?)
}

/// Writes jobs, whole, as JSON into the person's downloads.
#[tauri::command]
#[specta::specta]
pub async fn queue_write(
    app: AppHandle,
    desk: State<'_, Desk>,
    ids: Vec<JobId>,
) -> Answer<WrittenJobs> {
    let file = desk.queue.desk.written(&ids).await?;
    let path = downloads::write(&app, "jobs", "json", &file.text)?;
    Ok(WrittenJobs {
        path: path.display().to_string(),
        jobs: u32::try_from(file.jobs).unwrap_or(u32::MAX),
    })
}

/// Removes jobs that failed, are delayed or wait, and keeps them until something else is
/// discarded.
#[tauri::command]
#[specta::specta]
pub async fn queue_discard(
    desk: State<'_, Desk>,
    from: JobsIn,
    choice: JobChoice,
) -> Answer<JobsDiscarded> {
    Ok(desk.queue.desk.discard(from, &choice).await?)
}

/// Puts back what was discarded last.
#[tauri::command]
#[specta::specta]
pub async fn queue_restore(desk: State<'_, Desk>) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.restore().await?)
}

/// Sends that failed for good, at most `most` after the first `skip`, the latest first; on
/// request those of one reason.
#[tauri::command]
#[specta::specta]
pub async fn queue_sends(
    desk: State<'_, Desk>,
    reason: Option<String>,
    skip: u32,
    most: u32,
) -> Answer<SendPage> {
    let page = desk.queue.desk.failed_sends(reason.as_deref(), skip, most);
    Ok(page.await?)
}

/// Which of the failed sends a choice is now.
#[tauri::command]
#[specta::specta]
pub async fn queue_choose_sends(
    desk: State<'_, Desk>,
    choice: SendChoice,
) -> Answer<Vec<OutboxId>> {
    Ok(desk.queue.desk.choose_sends(&choice).await?)
}

/// Writes failed sends, whole, as JSON into the person's downloads.
#[tauri::command]
#[specta::specta]
pub async fn queue_write_sends(
    app: AppHandle,
    desk: State<'_, Desk>,
    ids: Vec<OutboxId>,
) -> Answer<WrittenJobs> {
    let file = desk.queue.desk.written_sends(&ids).await?;
    let path = downloads::write(&app, "failed-sends", "json", &file.text)?;
    Ok(WrittenJobs {
        path: path.display().to_string(),
        jobs: u32::try_from(file.jobs).unwrap_or(u32::MAX),
    })
}

/// Takes failed sends off the list. Nothing is sent.
#[tauri::command]
#[specta::specta]
pub async fn queue_forget_sends(desk: State<'_, Desk>, ids: Vec<OutboxId>) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.forget_sends(&ids).await?)
}

/// What sending failed sends again would do: who gets what, what there is to know, and what
/// is left out. Nothing is changed.
#[tauri::command]
#[specta::specta]
pub async fn queue_ask_again(
    desk: State<'_, Desk>,
    choice: SendChoice,
) -> Answer<SendAgainQuestion> {
    Ok(desk.queue.desk.ask_again(&choice).await?)
}

/// Puts failed sends back into the outbox, for whoever sends.
#[tauri::command]
#[specta::specta]
pub async fn queue_send_again(desk: State<'_, Desk>, ids: Vec<OutboxId>) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.send_again(&ids).await?)
}

/// Hands nothing more out, to any worker, until it is resumed.
#[tauri::command]
#[specta::specta]
pub async fn queue_pause(desk: State<'_, Desk>) -> Answer<()> {
    Ok(desk.queue.desk.pause().await?)
}

/// Hands out again; `merging` puts what a client of BullMQ 5 put aside in front of what came
/// since.
#[tauri::command]
#[specta::specta]
pub async fn queue_resume(desk: State<'_, Desk>, merging: bool) -> Answer<()> {
    Ok(desk.queue.desk.resume(merging).await?)
}
