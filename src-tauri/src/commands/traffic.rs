//! Commands on traffic: what came in, what became of it, and sending one again.

use super::Answer;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use heliograph_desk::traffic::filter::{Completion, FilterError};
use heliograph_desk::traffic::{
    self, Checked, FoundTraffic, KeptFile, OpenedDelivery, Replayed, SavedFilter, Sending, Shelf,
    TrafficLook, TrafficNews, WebhookTemplate,
};
use heliograph_model::{DeliveryId, RefusedId};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

/// The most deliveries that are sent again at once.
const MOST_AT_ONCE: usize = 500;

/// What a filter means as far as it is written.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterAnswer {
    /// What cannot be read.
    pub error: Option<FilterError>,
    /// What can be written at the caret.
    pub completions: Vec<Completion>,
}

/// Tells the channel what is in the window's sight, at most every 80 ms. A later call of
/// the same window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn traffic_watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<TrafficNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.watching.watch(window.label(), &desk.traffic, telling);
    Ok(())
}

/// The window does not show the traffic any more.
#[tauri::command]
#[specta::specta]
pub async fn traffic_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.watching.unwatch(window.label());
    Ok(())
}

/// Looks at other rows from now on; answers with what is in sight at once.
#[tauri::command]
#[specta::specta]
pub async fn traffic_look(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    look: TrafficLook,
) -> Answer<TrafficNews> {
    let looked = desk.traffic.look(window.label(), look);
    looked.map_err(|error| CommandError::new(ErrorCode::Invalid, error.message))
}

/// The newest deliveries that the window's filter wants, the oldest of them first.
#[tauri::command]
#[specta::specta]
pub async fn traffic_wanted(
    window: WebviewWindow,
    desk: State<'_, Desk>,
) -> Answer<Vec<DeliveryId>> {
    Ok(desk.traffic.wanted(window.label(), MOST_AT_ONCE))
}

/// What a filter means as far as it is written, with the caret behind so many UTF-16
/// units.
#[tauri::command]
#[specta::specta]
pub async fn traffic_filter(
    desk: State<'_, Desk>,
    text: String,
    caret: u32,
) -> Answer<FilterAnswer> {
    Ok(FilterAnswer {
        error: traffic::read_filter(&text).err(),
        completions: desk.traffic.completions(&text, caret),
    })
}

/// Looks through the whole journal, the newest first, before a delivery or from the end.
#[tauri::command]
#[specta::specta]
pub async fn traffic_search(
    desk: State<'_, Desk>,
    filter: String,
    before: Option<DeliveryId>,
) -> Answer<FoundTraffic> {
    Ok(desk.traffic.search(&filter, before).await?)
}

/// Opens a row: a delivery, or else a request that was refused.
#[tauri::command]
#[specta::specta]
pub async fn traffic_open(
    desk: State<'_, Desk>,
    delivery_id: Option<DeliveryId>,
    refused_id: Option<RefusedId>,
) -> Answer<OpenedDelivery> {
    Ok(desk.traffic.open(delivery_id, refused_id).await?)
}

/// Sends deliveries, one after the other, and waits until it is seen what came of them.
#[tauri::command]
#[specta::specta]
pub async fn traffic_send(desk: State<'_, Desk>, sendings: Vec<Sending>) -> Answer<Vec<Replayed>> {
    if sendings.len() > MOST_AT_ONCE {
        let message = format!("Send at most {MOST_AT_ONCE} at once. Narrow the filter.");
        return Err(CommandError::new(ErrorCode::Invalid, message));
    }
    match <[Sending; 1]>::try_from(sendings) {
        Ok([one]) => Ok(vec![desk.traffic.send(one).await?]),
        Err(many) => Ok(desk.traffic.send_all(many).await),
    }
}

/// Says what a body is.
#[tauri::command]
#[specta::specta]
pub async fn traffic_check(body: String) -> Answer<Checked> {
    Ok(traffic::check(&body))
}

/// Webhooks to begin with: those that were saved here first.
#[tauri::command]
#[specta::specta]
pub async fn traffic_templates(desk: State<'_, Desk>) -> Answer<Vec<WebhookTemplate>> {
    let mut all = desk.traffic_shelf().own_templates()?;
    all.extend(traffic::templates());
    Ok(all)
}

/// A command line that posts a body, signed; to the running listener where no address is
/// said, with its secret where none is.
#[tauri::command]
#[specta::specta]
pub async fn traffic_curl(
    desk: State<'_, Desk>,
    body: String,
    url: Option<String>,
    secret: Option<String>,
) -> Answer<String> {
    let url = url
        .or_else(|| desk.listening.status().address)
        .ok_or_else(|| {
            let message = "The listener is not running. Start it first; the line posts to it.";
            CommandError::new(ErrorCode::Unavailable, message)
        })?;
    let secret = desk.traffic.secret_or_own(secret)?;
    Ok(traffic::curl(&url, &body, &secret))
}

/// Saves a body as a fixture, byte for byte.
#[tauri::command]
#[specta::specta]
pub async fn traffic_save_fixture(
    desk: State<'_, Desk>,
    name: String,
    body: String,
) -> Answer<KeptFile> {
    Ok(desk.traffic_shelf().save_fixture(&name, &body)?)
}

/// Saves a delivery as a scenario, beside those of the Simulator.
#[tauri::command]
#[specta::specta]
pub async fn traffic_save_scenario(
    desk: State<'_, Desk>,
    delivery_id: DeliveryId,
    name: String,
) -> Answer<KeptFile> {
    let opened = desk.traffic.open_delivery(delivery_id).await?;
    let workspace = desk.simulator().await?.workspace();
    let id = workspace.workspace.id.as_str();
    let text = traffic::scenario(&opened, name.trim(), id).ok_or_else(|| {
        let message = "Its body is not known, so there is nothing to save.";
        CommandError::new(ErrorCode::Invalid, message)
    })?;
    let shelf = desk.scenarios();
    shelf.put_workspace(id, &workspace)?;
    let file = shelf.add(&text)?;
    Ok(KeptFile {
        path: shelf.path(&file).display().to_string(),
        name: file,
    })
}

/// The filters that were saved.
#[tauri::command]
#[specta::specta]
pub async fn traffic_filters(desk: State<'_, Desk>) -> Answer<Vec<SavedFilter>> {
    Ok(desk.traffic_shelf().filters()?)
}

/// Saves a filter under a name.
#[tauri::command]
#[specta::specta]
pub async fn traffic_save_filter(
    desk: State<'_, Desk>,
    name: String,
    filter: String,
) -> Answer<Vec<SavedFilter>> {
    Ok(desk.traffic_shelf().save_filter(&name, &filter)?)
}

/// Forgets a filter.
#[tauri::command]
#[specta::specta]
pub async fn traffic_forget_filter(
    desk: State<'_, Desk>,
    name: String,
) -> Answer<Vec<SavedFilter>> {
    Ok(desk.traffic_shelf().forget_filter(&name)?)
}

impl Desk {
    fn traffic_shelf(&self) -> Shelf {
        Shelf::new(&self.folder().join("traffic"))
    }
}
