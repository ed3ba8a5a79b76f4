//! Commands on the cache: how it is, what is in it, and invalidating.

use super::Answer;
use crate::desk::Desk;
use heliograph_desk::cache::{
    CacheNews, CacheScan, CacheSource, CacheSpan, Invalidated, KeyList, KeySearch, OpenedKey,
    ScanFinding,
};
use heliograph_model::Collection;
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

/// Tells the channel how the cache is over this span: first with all points of the charts,
/// then each second with the new ones. Where no source is asked for, the figures are those
/// of whoever handles the deliveries. A later call of the same window takes the place of an
/// earlier one.
#[tauri::command]
#[specta::specta]
pub async fn cache_watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    span: CacheSpan,
    source: Option<CacheSource>,
    channel: Channel<CacheNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.cache.watch(window.label(), span, source, telling);
    Ok(())
}

/// The window does not show the cache any more.
#[tauri::command]
#[specta::specta]
pub async fn cache_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.cache.watching.windows.unwatch(window.label());
    Ok(())
}

/// Keys of a collection, a page at a time.
#[tauri::command]
#[specta::specta]
pub async fn cache_keys(desk: State<'_, Desk>, search: KeySearch) -> Answer<KeyList> {
    Ok(desk.cache.desk.keys(&search).await?)
}

/// A key with its value, beside its document.
#[tauri::command]
#[specta::specta]
pub async fn cache_open(desk: State<'_, Desk>, key: String) -> Answer<OpenedKey> {
    Ok(desk.cache.desk.open(&key).await?)
}

/// Removes keys and tells every worker.
#[tauri::command]
#[specta::specta]
pub async fn cache_invalidate(desk: State<'_, Desk>, keys: Vec<String>) -> Answer<Invalidated> {
    Ok(desk.cache.desk.invalidate(&keys).await?)
}

/// Removes every key of a collection and tells every worker.
#[tauri::command]
#[specta::specta]
pub async fn cache_invalidate_all(
    desk: State<'_, Desk>,
    collection: Collection,
) -> Answer<Invalidated> {
    Ok(desk.cache.desk.invalidate_all(collection).await?)
}

/// Begins a walk through the whole cache for what should not be there.
#[tauri::command]
#[specta::specta]
pub async fn cache_scan(desk: State<'_, Desk>) -> Answer<CacheScan> {
    Ok(desk.cache.desk.scan().await?)
}

/// Ends the walk where it stands; what it found stays.
#[tauri::command]
#[specta::specta]
pub async fn cache_scan_cancel(desk: State<'_, Desk>) -> Answer<()> {
    desk.cache.desk.cancel_scan();
    Ok(())
}

/// The keys with which something is wrong, as far as the walk has come.
#[tauri::command]
#[specta::specta]
pub async fn cache_findings(desk: State<'_, Desk>) -> Answer<Vec<ScanFinding>> {
    Ok(desk.cache.desk.findings())
}
