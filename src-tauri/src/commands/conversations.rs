//! Commands on conversations: who stands where, one contact opened, and setting by hand.

use super::Answer;
use crate::desk::Desk;
use crate::downloads;
use heliograph_desk::conversations::{
    ChangeKind, HistoryEntry, OpenedContact, PeopleLook, PeopleNews, PersonChange, PersonRow,
};
use heliograph_lab::simulator::Simulator;
use heliograph_model::{AccountId, ContactId, DeliveryId};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};

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

/// A table of contacts that was written.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportedContacts {
    /// Where it is.
    pub path: String,
    /// How many contacts are in it.
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

/// Sets by hand where a contact stands, or what is stored of them.
#[tauri::command]
#[specta::specta]
pub async fn conversations_set(desk: State<'_, Desk>, asked: PersonChange) -> Answer<()> {
    let front = desk.front().await?;
    if front.is_simulator {
        // So that the simulator can play it back, and write it into a scenario.
        let simulator = desk.simulator().await?;
        if set_in(&simulator, &asked).await? {
            desk.conversations.changed();
            return Ok(());
        }
    }
    Ok(desk.conversations.set(asked).await?)
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
        ChangeKind::Release => simulator.put(person, None).await?,
        ChangeKind::Move {
            automation_id,
            state,
        } => {
            let standing = Some((automation_id.clone(), *state));
            simulator.put(person, standing).await?;
        }
        ChangeKind::Subscribe => simulator.set_unsubscribed(person, false).await?,
        ChangeKind::Unsubscribe => simulator.set_unsubscribed(person, true).await?,
        ChangeKind::EndTakeover => return Ok(false),
    }
    Ok(true)
}

/// Writes the contacts that a look wants as a table into the person's downloads.
#[tauri::command]
#[specta::specta]
pub async fn conversations_export(
    app: AppHandle,
    desk: State<'_, Desk>,
    look: PeopleLook,
) -> Answer<ExportedContacts> {
    let file = desk.conversations.export(&look).await?;
    let path = downloads::write(&app, "contacts", "csv", &file.text)?;
    Ok(ExportedContacts {
        path: path.display().to_string(),
        contacts: u32::try_from(file.contacts).unwrap_or(u32::MAX),
    })
}
