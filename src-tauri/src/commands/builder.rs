//! Commands on the library. What they change is told to every window by itself.

use super::Answer;
use crate::desk::Desk;
use crate::downloads;
use heliograph_builder::{
    Library, Opened, Overlay, Period, Saved, Template, Tested, Version, overlay, template,
    templates,
};
use heliograph_lab::explore::Exploration;
use heliograph_model::{Automation, AutomationId};
use tauri::{AppHandle, State};

/// Everything at a glance.
#[tauri::command]
#[specta::specta]
pub async fn builder_library(desk: State<'_, Desk>) -> Answer<Library> {
    Ok(desk.builder().await?.library().await?)
}

/// Opens an automation for editing.
#[tauri::command]
#[specta::specta]
pub async fn builder_open(desk: State<'_, Desk>, id: AutomationId) -> Answer<Opened> {
    Ok(desk.builder().await?.open_automation(&id).await?)
}

/// Keeps a draft. `revision` is that of the draft which the editor saw; `onto` says that
/// what is published in this version was taken in.
#[tauri::command]
#[specta::specta]
pub async fn builder_save(
    desk: State<'_, Desk>,
    automation: Automation,
    revision: u32,
    onto: Option<u32>,
) -> Answer<Saved> {
    let builder = desk.builder().await?;
    Ok(builder.save(automation, revision, onto).await?)
}

/// Throws a draft away.
#[tauri::command]
#[specta::specta]
pub async fn builder_discard(desk: State<'_, Desk>, id: AutomationId) -> Answer<()> {
    Ok(desk.builder().await?.discard(&id).await?)
}

/// Publishes a draft, and opens what is published then. `over` names the version that is
/// known to be replaced; 0: it was deleted.
#[tauri::command]
#[specta::specta]
pub async fn builder_publish(
    desk: State<'_, Desk>,
    id: AutomationId,
    over: Option<u32>,
) -> Answer<Opened> {
    let builder = desk.builder().await?;
    builder.publish(&id, over).await?;
    Ok(builder.open_automation(&id).await?)
}

/// The templates to start from.
#[tauri::command]
#[specta::specta]
pub async fn builder_templates() -> Answer<Vec<Template>> {
    Ok(templates())
}

/// Begins a draft from a template and says its id.
#[tauri::command]
#[specta::specta]
pub async fn builder_create(desk: State<'_, Desk>, template_id: String) -> Answer<AutomationId> {
    let template = template(&template_id).ok_or_else(|| {
        heliograph_builder::BuilderError::NotFound(format!("template “{template_id}”"))
    })?;
    Ok(desk.builder().await?.create(&template).await?)
}

/// Begins a draft that is a copy and says its id.
#[tauri::command]
#[specta::specta]
pub async fn builder_duplicate(desk: State<'_, Desk>, id: AutomationId) -> Answer<AutomationId> {
    Ok(desk.builder().await?.duplicate(&id).await?)
}

/// Switches an automation on or off.
#[tauri::command]
#[specta::specta]
pub async fn builder_toggle(
    desk: State<'_, Desk>,
    id: AutomationId,
    is_active: bool,
) -> Answer<()> {
    Ok(desk.builder().await?.toggle(&id, is_active).await?)
}

/// Puts the automations of one type into this order.
#[tauri::command]
#[specta::specta]
pub async fn builder_reorder(desk: State<'_, Desk>, order: Vec<AutomationId>) -> Answer<()> {
    Ok(desk.builder().await?.reorder(&order).await?)
}

/// Takes an automation out of the workspace until somebody wants it.
#[tauri::command]
#[specta::specta]
pub async fn builder_archive(desk: State<'_, Desk>, id: AutomationId) -> Answer<()> {
    Ok(desk.builder().await?.archive(&id).await?)
}

/// Deletes an automation; it can be brought back.
#[tauri::command]
#[specta::specta]
pub async fn builder_delete(desk: State<'_, Desk>, id: AutomationId) -> Answer<()> {
    Ok(desk.builder().await?.delete(&id).await?)
}

/// Brings back what was archived or deleted.
#[tauri::command]
#[specta::specta]
pub async fn builder_bring_back(desk: State<'_, Desk>, id: AutomationId) -> Answer<()> {
    Ok(desk.builder().await?.bring_back(&id).await?)
}

/// What was published before, newest first.
#[tauri::command]
#[specta::specta]
pub async fn builder_versions(desk: State<'_, Desk>, id: AutomationId) -> Answer<Vec<Version>> {
    Ok(desk.builder().await?.versions(&id).await?)
}

/// Tries sample texts on an automation as it is edited, and on all others beside it.
#[tauri::command]
#[specta::specta]
pub async fn builder_test_texts(
    desk: State<'_, Desk>,
    automation: Automation,
    sample_texts: Vec<String>,
) -> Answer<Vec<Tested>> {
    let builder = desk.builder().await?;
    Ok(builder.test_texts(&automation, &sample_texts).await?)
}

/// Writes automations into a file in the person's folder for downloads, and says where.
#[tauri::command]
#[specta::specta]
pub async fn builder_export(
    app: AppHandle,
    desk: State<'_, Desk>,
    ids: Vec<AutomationId>,
) -> Answer<String> {
    let builder = desk.builder().await?;
    let file = builder.export(&ids).await?;
    let name = match ids.as_slice() {
        [only] => builder.open_automation(only).await?.automation.name,
        _ => builder.workspace().name.clone(),
    };
    let name = downloads::name_of(&name, "automations");
    let path = downloads::write(&app, &name, "yaml", &file)?;
    Ok(path.display().to_string())
}

/// Brings the automations of a workspace file in as drafts and says their ids.
#[tauri::command]
#[specta::specta]
pub async fn builder_import(desk: State<'_, Desk>, text: String) -> Answer<Vec<AutomationId>> {
    Ok(desk.builder().await?.import(&text).await?)
}

/// Walks every way through an automation as it is edited.
#[tauri::command]
#[specta::specta]
pub async fn builder_explore(desk: State<'_, Desk>, automation: Automation) -> Answer<Exploration> {
    Ok(desk.builder().await?.explore(automation).await?)
}

/// Where simulated conversations of an automation stand, and which ways they went.
#[tauri::command]
#[specta::specta]
pub async fn builder_overlay(
    desk: State<'_, Desk>,
    id: AutomationId,
    period: Period,
) -> Answer<Overlay> {
    let view = desk.simulator().await?.glance().await?;
    let people = view.people.iter();
    let people = people.map(|person| (person.decisions.as_slice(), person.state.as_ref()));
    Ok(overlay(&id, people, view.now, period))
}
