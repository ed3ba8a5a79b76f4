//! Commands on the simulator. Each that changes something answers with how it is then.

use super::Answer;
use crate::error::{CommandError, ErrorCode};
use crate::{desk::Desk, settings};
use heliograph_lab::simulator::{Action, Language, NewPerson, SimulatorView};
use heliograph_model::{AutomationId, Awaiting, ContactId, DeliveryId, Millis};
use tauri::{AppHandle, State};

/// The simulator as it is now. Waits until it is open, and opens it again where that
/// failed before.
#[tauri::command]
#[specta::specta]
pub async fn simulator_view(app: AppHandle, desk: State<'_, Desk>) -> Answer<SimulatorView> {
    desk.open(&settings::read(&app)).await;
    Ok(desk.simulator().await?.view().await?)
}

/// Somebody does something; answers when everything that is due has happened.
#[tauri::command]
#[specta::specta]
pub async fn simulator_act(desk: State<'_, Desk>, action: Action) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.act(action).await?;
    simulator.settle().await?;
    Ok(simulator.glance().await?)
}

/// Lets time pass, in milliseconds of the virtual clock.
#[tauri::command]
#[specta::specta]
pub async fn simulator_let_pass(desk: State<'_, Desk>, millis: Millis) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.let_pass(millis.0).await?;
    Ok(simulator.glance().await?)
}

/// Adds a person, who writes in this language where one is given: a BCP 47 tag.
#[tauri::command]
#[specta::specta]
pub async fn simulator_add_person(
    desk: State<'_, Desk>,
    name: String,
    follows: bool,
    language: Option<String>,
) -> Answer<SimulatorView> {
    let new = NewPerson {
        language: language.as_deref().map(read_language).transpose()?,
        ..NewPerson::named(&name, follows)
    };
    let simulator = desk.simulator().await?;
    simulator.add_person(&new).await?;
    Ok(simulator.glance().await?)
}

/// Lets a person follow the account, or stop following it.
#[tauri::command]
#[specta::specta]
pub async fn simulator_set_follows(
    desk: State<'_, Desk>,
    person: ContactId,
    follows: bool,
) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.set_follows(&person, follows).await?;
    Ok(simulator.glance().await?)
}

/// Sets the language in which a person writes, a BCP 47 tag; null: none is known.
#[tauri::command]
#[specta::specta]
pub async fn simulator_set_language(
    desk: State<'_, Desk>,
    person: ContactId,
    language: Option<String>,
) -> Answer<SimulatorView> {
    let language = language.as_deref().map(read_language).transpose()?;
    let simulator = desk.simulator().await?;
    simulator.set_language(&person, language).await?;
    Ok(simulator.glance().await?)
}

/// Unsubscribes a person, or subscribes them again.
#[tauri::command]
#[specta::specta]
pub async fn simulator_set_unsubscribed(
    desk: State<'_, Desk>,
    person: ContactId,
    unsubscribed: bool,
) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.set_unsubscribed(&person, unsubscribed).await?;
    Ok(simulator.glance().await?)
}

/// Sets the address that is stored of a person; null: none is known.
#[tauri::command]
#[specta::specta]
pub async fn simulator_set_email(
    desk: State<'_, Desk>,
    person: ContactId,
    email: Option<String>,
) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.set_email(&person, email).await?;
    Ok(simulator.glance().await?)
}

/// Puts a person where they stand, as if the automation had just asked; null: nothing is
/// awaited of them.
#[tauri::command]
#[specta::specta]
pub async fn simulator_put(
    desk: State<'_, Desk>,
    person: ContactId,
    standing: Option<(AutomationId, Awaiting)>,
) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.put(&person, standing).await?;
    Ok(simulator.glance().await?)
}

/// Back to the workspace as it was opened, with nothing said.
#[tauri::command]
#[specta::specta]
pub async fn simulator_reset(desk: State<'_, Desk>) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.reset().await?;
    desk.renew(&simulator).await;
    Ok(simulator.glance().await?)
}

/// The webhook of a delivery as it arrived; null when it is not in the journal any more.
#[tauri::command]
#[specta::specta]
pub async fn delivery_body(
    desk: State<'_, Desk>,
    delivery_id: DeliveryId,
) -> Answer<Option<String>> {
    Ok(desk.simulator().await?.last_webhook(delivery_id).await?)
}

fn read_language(tag: &str) -> Result<Language, CommandError> {
    Language::parse(tag).ok_or_else(|| {
        let message =
            format!("“{tag}” is no language; write a tag such as `ar`, `pt-BR` or `zh-Hant`");
        CommandError::new(ErrorCode::Invalid, message)
    })
}
