//! Commands on conversations: who stands where, one contact opened, and setting by hand.

use super::Answer;
use crate::desk::Desk;
use crate::downloads;
use crate::error::{CommandError, ErrorCode};
use heliograph_desk::conversations::{
    BulkChange, BulkNews, BulkOutcome, ChangeKind, ConversationsError, HistoryEntry, OpenedContact,
    PeopleLook, PeopleNews, PersonChange, PersonRow, Picked, StraysNews,
};
use heliograph_lab::simulator::Simulator;
use heliograph_model::{AccountId, ContactId, DeliveryId};
use heliograph_runtime::Runtime;
use serde::Serialize;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, WebviewWindow};

/// The most contacts that are found at once.
const FOUND: u32 = 6;

/// What was said before a history that is open begins.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct EarlierHistory {
    /// The oldest first.
    pub history: Vec<HistoryEntry>,
    /// What is before that is read with this; absent at its beginning.
    pub earlier: Option<DeliveryId>,
}

/// A table of people that was written.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportedContacts {
    /// Where it is.
    pub path: String,
    /// How many people are in it.
    pub contacts: u32,
}

/// Tells the channel who is in the window's sight, at most every 80 ms. A later call of the
/// same window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn conversations_watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<PeopleNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.people
        .watch(window.label(), &desk.conversations, telling);
    Ok(())
}

/// The window does not show the conversations any more.
#[tauri::command]
#[specta::specta]
pub async fn conversations_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.people.tasks.windows.unwatch(window.label());
    Ok(())
}

/// Looks at others from now on; answers with who is in sight at once.
#[tauri::command]
#[specta::specta]
pub async fn conversations_look(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    look: PeopleLook,
) -> Answer<PeopleNews> {
    desk.front().await?;
    Ok(desk.conversations.look(window.label(), look).await?)
}

/// The first contacts who have a text in a name, an address or an id.
#[tauri::command]
#[specta::specta]
pub async fn conversations_find(desk: State<'_, Desk>, text: String) -> Answer<Vec<PersonRow>> {
    Ok(desk.conversations.find(&text, FOUND).await?)
}

/// Opens a contact in the window.
#[tauri::command]
#[specta::specta]
pub async fn conversations_open(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    account_id: AccountId,
    contact_id: ContactId,
) -> Answer<OpenedContact> {
    let opened = desk
        .conversations
        .open(window.label(), &account_id, &contact_id);
    Ok(opened.await?)
}

/// What was said before a delivery of a contact.
#[tauri::command]
#[specta::specta]
pub async fn conversations_earlier(
    desk: State<'_, Desk>,
    account_id: AccountId,
    contact_id: ContactId,
    before: DeliveryId,
) -> Answer<EarlierHistory> {
    let earlier = desk
        .conversations
        .earlier(&account_id, &contact_id, before)
        .await?;
    let (history, earlier) = earlier;
    Ok(EarlierHistory { history, earlier })
}

/// Sets by hand where a contact stands, or what is stored of them. Where that takes a state
/// away, the answer is the number with which [`conversations_undo`] puts it back.
#[tauri::command]
#[specta::specta]
pub async fn conversations_set(
    app: AppHandle,
    desk: State<'_, Desk>,
    asked: PersonChange,
) -> Answer<Option<u32>> {
    let set = |runtime, asked| set(app, runtime, asked);
    Ok(desk.conversations.set_by(asked, set).await?)
}

/// Those rows of a list that a look names by `at` and `count`, whichever are in sight.
#[tauri::command]
#[specta::specta]
pub async fn conversations_pick(desk: State<'_, Desk>, look: PeopleLook) -> Answer<Vec<Picked>> {
    Ok(desk.conversations.pick(&look).await?)
}

/// Begins to release or clear these conversations, one after the other.
#[tauri::command]
#[specta::specta]
pub async fn conversations_bulk(
    app: AppHandle,
    desk: State<'_, Desk>,
    change: BulkChange,
    people: Vec<Picked>,
) -> Answer<BulkNews> {
    desk.front().await?;
    let set = move |runtime, asked| set(app.clone(), runtime, asked);
    Ok(desk.conversations.begin(change, people, set)?)
}

/// Ends it after the contact whose turn it is.
#[tauri::command]
#[specta::specta]
pub async fn conversations_bulk_stop(desk: State<'_, Desk>) -> Answer<()> {
    desk.conversations.stop_bulk();
    Ok(())
}

/// What came of it, contact by contact.
#[tauri::command]
#[specta::specta]
pub async fn conversations_bulk_outcomes(desk: State<'_, Desk>) -> Answer<Vec<BulkOutcome>> {
    Ok(desk.conversations.bulk_outcomes())
}

/// What came of it was read.
#[tauri::command]
#[specta::specta]
pub async fn conversations_bulk_close(desk: State<'_, Desk>) -> Answer<()> {
    desk.conversations.close_bulk();
    Ok(())
}

/// Begins to put back what the release or clear with this number took away.
#[tauri::command]
#[specta::specta]
pub async fn conversations_undo(
    app: AppHandle,
    desk: State<'_, Desk>,
    number: u32,
) -> Answer<BulkNews> {
    let set = move |runtime, asked| set(app.clone(), runtime, asked);
    Ok(desk.conversations.undo(number, set)?)
}

/// Begins to look through the cache for states that the documents lack.
#[tauri::command]
#[specta::specta]
pub async fn conversations_find_strays(desk: State<'_, Desk>) -> Answer<StraysNews> {
    Ok(desk.conversations.find_strays().await?)
}

/// Ends that where it stands; what it found stays.
#[tauri::command]
#[specta::specta]
pub async fn conversations_stop_strays(desk: State<'_, Desk>) -> Answer<()> {
    desk.conversations.stop_strays();
    Ok(())
}

/// Sets something for one contact, in the profile that was in front when it was asked for.
async fn set(
    app: AppHandle,
    runtime: Arc<Runtime>,
    mut asked: PersonChange,
) -> Result<(), ConversationsError> {
    let desk = app.state::<Desk>();
    let simulator = desk.simulator().await.map_err(unavailable)?;
    if Arc::ptr_eq(&simulator.runtime(), &runtime) {
        // So that the simulator can play it back, and write it into a scenario.
        if set_in(&simulator, &asked).await.map_err(unavailable)? {
            desk.conversations.changed();
            if asked.change != ChangeKind::Clear {
                return Ok(());
            }
            // It stands nowhere now; what the cache says is to go as well.
            asked.seen = None;
        }
    }
    desk.conversations.set(&runtime, asked).await
}

fn unavailable(error: CommandError) -> ConversationsError {
    match error.code {
        ErrorCode::NotFound => ConversationsError::NotFound(error.message),
        ErrorCode::Conflict => ConversationsError::Changed(error.message),
        ErrorCode::Invalid | ErrorCode::Unavailable | ErrorCode::Internal => {
            ConversationsError::Unavailable(error.message)
        }
    }
}

/// Sets it as something that was done in the simulator, where it knows such a thing.
async fn set_in(simulator: &Simulator, asked: &PersonChange) -> Answer<bool> {
    let view = simulator.glance().await?;
    let is_there = view
        .people
        .iter()
        .any(|person| person.id == asked.contact_id);
    if view.account.id != asked.account_id || !is_there {
        return Ok(false);
    }
    let person = &asked.contact_id;
    match &asked.change {
        ChangeKind::Release | ChangeKind::Clear => simulator.put(person, None).await?,
        ChangeKind::Move {
            automation_id,
            state,
        } => {
            let standing = Some((automation_id.clone(), *state));
            simulator.put(person, standing).await?;
        }
        ChangeKind::PutBack { state } => simulator.put_back(person, state).await?,
        ChangeKind::Subscribe => simulator.set_unsubscribed(person, false).await?,
        ChangeKind::Unsubscribe => simulator.set_unsubscribed(person, true).await?,
        ChangeKind::EndTakeover => return Ok(false),
    }
    Ok(true)
}

/// Writes those whom a look wants, or only these of them, as a table into the person's
/// downloads.
#[tauri::command]
#[specta::specta]
pub async fn conversations_export(
    app: AppHandle,
    desk: State<'_, Desk>,
    look: PeopleLook,
    chosen: Option<Vec<Picked>>,
) -> Answer<ExportedContacts> {
    let file = desk.conversations.export(&look, chosen).await?;
    let path = downloads::write(&app, file.name, "csv", &file.text)?;
    Ok(ExportedContacts {
        path: path.display().to_string(),
        contacts: u32::try_from(file.people).unwrap_or(u32::MAX),
    })
}
