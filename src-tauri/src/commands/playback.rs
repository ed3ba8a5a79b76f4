//! Commands on the line of moments: the running clock, going back and forward, what goes
//! wrong on purpose, and why nothing happened.

use super::Answer;
use crate::desk::Desk;
use heliograph_lab::simulator::{Fault, MomentDetail, Nearest, SimulatorView};
use heliograph_model::{DeliveryId, Millis};
use tauri::State;

/// Lets the clock run so many times faster than the world; 0 lets it stand still.
#[tauri::command]
#[specta::specta]
pub async fn playback_run(desk: State<'_, Desk>, speed: u32) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.run(speed);
    Ok(simulator.glance().await?)
}

/// Lets time pass until then.
#[tauri::command]
#[specta::specta]
pub async fn playback_pass_until(desk: State<'_, Desk>, at: Millis) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.pass_until(at).await?;
    Ok(simulator.glance().await?)
}

/// What a moment changed; null for one that is not there any more.
#[tauri::command]
#[specta::specta]
pub async fn playback_moment(desk: State<'_, Desk>, number: u32) -> Answer<Option<MomentDetail>> {
    Ok(desk.simulator().await?.moment(number))
}

/// Goes to the end of a moment, back or forward; 0 is the start.
#[tauri::command]
#[specta::specta]
pub async fn playback_go_to(desk: State<'_, Desk>, number: u32) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    if simulator.go_to(number).await? {
        desk.renew(&simulator).await;
    }
    Ok(simulator.glance().await?)
}

/// Lets something go wrong on purpose, or right again.
#[tauri::command]
#[specta::specta]
pub async fn playback_fault(desk: State<'_, Desk>, fault: Fault) -> Answer<SimulatorView> {
    let simulator = desk.simulator().await?;
    simulator.go_wrong(fault).await?;
    simulator.settle().await?;
    Ok(simulator.glance().await?)
}

/// The automation that came nearest to answering a delivery that none answered.
#[tauri::command]
#[specta::specta]
pub async fn playback_nearest(
    desk: State<'_, Desk>,
    delivery_id: DeliveryId,
) -> Answer<Option<Nearest>> {
    Ok(desk.simulator().await?.nearest(delivery_id).await?)
}
