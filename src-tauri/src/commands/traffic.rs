//! Commands on traffic: what came in, what became of it, and sending one again.

use super::Answer;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use crate::settings;
use heliograph_desk::traffic::filter::{Completion, FilterError};
use heliograph_desk::traffic::{
    self, Checked, FoundTraffic, Freshness, KeptFile, OpenedDelivery, Replayed, SavedFilter,
    Sending, SendingProgress, SentAll, Setting, Shelf, TrafficLook, TrafficNews, WebhookTemplate,
};
use heliograph_model::{DeliveryId, RefusedId};
use serde::Serialize;
use std::net::Ipv4Addr;
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};

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

/// A command line.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct CurlLine {
    /// As it is pasted into a shell.
    pub line: String,
    /// Whether the listener that it posts to runs; so it is of another server, as far as is
    /// known here.
    pub is_running: bool,
}

/// A delivery that was saved as a scenario.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedDelivery {
    /// The file's name.
    pub name: String,
    /// Where it is on this machine.
    pub path: String,
    /// Whether it leads to the same when it is played by itself, without what came before.
    pub passes: bool,
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

/// Looks where the journal's index answers at once, such as for an id.
#[tauri::command]
#[specta::specta]
pub async fn traffic_find(desk: State<'_, Desk>, filter: String) -> Answer<FoundTraffic> {
    Ok(desk.traffic.find(&filter).await?)
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

/// Sends a delivery, and waits until it is seen what came of it, where that is seen here.
#[tauri::command]
#[specta::specta]
pub async fn traffic_send(desk: State<'_, Desk>, sending: Sending) -> Answer<Replayed> {
    Ok(desk.traffic.send(sending).await?)
}

/// Sends deliveries, one after the other, and tells the channel how far it is.
#[tauri::command]
#[specta::specta]
pub async fn traffic_send_all(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    sendings: Vec<Sending>,
    channel: Channel<SendingProgress>,
) -> Answer<SentAll> {
    if sendings.len() > MOST_AT_ONCE {
        let message = format!("Send at most {MOST_AT_ONCE} at once. Narrow the filter.");
        return Err(CommandError::new(ErrorCode::Invalid, message));
    }
    // A page that is gone stops it by itself.
    let tell = |progress| drop(channel.send(progress));
    let sent = desk.traffic.send_all(window.label(), sendings, tell);
    Ok(sent.await?)
}

/// Stops what the window is sending, after the delivery that is under way.
#[tauri::command]
#[specta::specta]
pub async fn traffic_send_stop(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.traffic.stop_sending(window.label());
    Ok(())
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

/// A command line that posts a body, signed; to the window's listener where no address is
/// said, with its secret where none is.
#[tauri::command]
#[specta::specta]
pub async fn traffic_curl(
    app: AppHandle,
    desk: State<'_, Desk>,
    body: String,
    freshness: Freshness,
    url: Option<String>,
    secret: Option<String>,
) -> Answer<CurlLine> {
    let is_running = url.is_some() || desk.listening.status().address.is_some();
    let url = match url {
        Some(url) => url,
        None => desk.listener_address(&app)?,
    };
    let secret = desk.traffic.secret_or_own(secret)?;
    let body = desk.traffic.as_sent(body, freshness)?;
    Ok(CurlLine {
        line: traffic::curl(&url, &body, &secret),
        is_running,
    })
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

/// Saves a delivery as a scenario, beside those of the Simulator, and plays it once to see
/// whether it leads to the same. It plays in the Simulator's workspace, or in that of the
/// delivery's account where another profile is in front.
#[tauri::command]
#[specta::specta]
pub async fn traffic_save_scenario(
    desk: State<'_, Desk>,
    delivery_id: DeliveryId,
    name: String,
) -> Answer<SavedDelivery> {
    let front = desk.front().await?;
    let opened = desk.traffic.open_delivery(delivery_id).await?;
    let (place, setting) = if front.is_simulator {
        let workspace = desk.simulator().await?.workspace();
        let place = workspace.workspace.id.to_string();
        let contacts = Vec::new();
        (
            place,
            Setting {
                workspace,
                contacts,
            },
        )
    } else {
        let setting = Setting::of(&*front.runtime.documents(), &opened).await?;
        (setting.name(front.runtime.guard().profile()), setting)
    };
    let text = traffic::scenario(&opened, name.trim(), &place, &setting.contacts);
    let text = text.ok_or_else(|| {
        let message = "Its body is not known, so there is nothing to save.";
        CommandError::new(ErrorCode::Invalid, message)
    })?;
    let shelf = desk.scenarios();
    shelf.put_workspace(&place, &setting.workspace)?;
    let file = shelf.add(&text)?;
    let passes = shelf.run(&file).await?.passed;
    Ok(SavedDelivery {
        path: shelf.path(&file).display().to_string(),
        name: file,
        passes,
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
    /// Where the listener is, or will be once it is started.
    fn listener_address(&self, app: &AppHandle) -> Answer<String> {
        let status = self.listening.status();
        if let Some(address) = status.address {
            return Ok(address);
        }
        let settings = settings::read(app);
        let port = match status.port {
            0 => settings.listener_port,
            port => port,
        };
        if port == 0 {
            let message = "The listener takes any port that is free, so its address is not \
                           known before it runs. Start it first; the line posts to it.";
            return Err(CommandError::new(ErrorCode::Unavailable, message));
        }
        let here = Ipv4Addr::LOCALHOST;
        Ok(format!("http://{here}:{port}{}", settings.listener_path))
    }

    fn traffic_shelf(&self) -> Shelf {
        Shelf::new(&self.folder().join("traffic"))
    }
}
