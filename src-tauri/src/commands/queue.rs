//! Commands on the queue: how it stands, its jobs, and moving them on purpose.

use super::Answer;
use crate::desk::Desk;
use heliograph_desk::queue::{
    JobChoice, JobPage, JobsDiscarded, JobsIn, JobsMoved, OpenedJob, QueueNews,
};
use heliograph_model::JobId;
use tauri::State;
use tauri::ipc::Channel;

/// Tells the channel how the queue stands, now and once a second. A later call takes the
/// place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn queue_watch(desk: State<'_, Desk>, channel: Channel<QueueNews>) -> Answer<()> {
    desk.queue.watch(channel);
    Ok(())
}

/// Nobody looks at the queue any more.
#[tauri::command]
#[specta::specta]
pub async fn queue_unwatch(desk: State<'_, Desk>) -> Answer<()> {
    desk.queue.unwatch();
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

/// Removes failed jobs, and keeps them until something else is discarded.
#[tauri::command]
#[specta::specta]
pub async fn queue_discard(desk: State<'_, Desk>, choice: JobChoice) -> Answer<JobsDiscarded> {
    Ok(desk.queue.desk.discard(&choice).await?)
}

/// Puts back what was discarded last.
#[tauri::command]
#[specta::specta]
pub async fn queue_restore(desk: State<'_, Desk>) -> Answer<JobsMoved> {
    Ok(desk.queue.desk.restore().await?)
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
