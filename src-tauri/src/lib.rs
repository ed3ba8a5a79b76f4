//! The desktop shell: windows around the engine, made of adapters only.
//!
//! Nothing is decided here. A command takes its arguments apart, asks the simulator, the
//! listener or the settings, and puts the answer or the error into the form of the
//! window's contract. The contract is declared in [`bindings`] and generated from there
//! into `ui/src/host/bindings.ts`.
#![allow(
    unreachable_pub,
    reason = "the macros of commands make public what stays in this crate"
)]

mod bindings;
mod cache;
mod commands;
mod connecting;
mod conversations;
mod desk;
mod downloads;
mod error;
mod front;
#[cfg(target_os = "linux")]
mod graphics;
mod limits;
mod listening;
mod logging;
mod queue;
mod sample;
mod settings;
mod status;
mod traffic;
mod tunnel;
mod updates;
mod watching;
mod window;
mod windows;

use desk::Desk;
use std::process::ExitCode;
use tauri::{App, Manager, RunEvent};
use windows::Windows;

/// Opens the windows and returns when the last one is closed.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "in `generate_context!`, which ends the process where the configuration is broken"
)]
pub fn run() -> ExitCode {
    #[cfg(target_os = "linux")]
    let graphics = graphics::settle();
    let built = tauri::Builder::default()
        // First, so that a second start ends before it opens a database.
        .plugin(tauri_plugin_single_instance::init(|app, _args, _cwd| {
            windows::show(app);
        }))
        .plugin(tauri_plugin_store::Builder::new().build())
        .invoke_handler(bindings::builder().invoke_handler())
        .setup(|app| {
            set_up(app)?;
            #[cfg(target_os = "linux")]
            if let Err(error) = graphics {
                tracing::warn!(%error, "drawing may be slow: the process could not begin anew");
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| match event {
                RunEvent::WindowEvent { label, event, .. } => {
                    windows::happens(app, &label, &event);
                }
                RunEvent::Exit => tauri::async_runtime::block_on(app.state::<Desk>().close()),
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window does not open");
            ExitCode::FAILURE
        }
    }
}

/// The composition root: the log, the windows at once, and the engine behind it.
fn set_up(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    let folder = app.path().app_data_dir()?;
    logging::start(&folder);
    let app = app.handle();
    let settings = settings::read(app);
    app.manage(Desk::new(&folder));
    app.manage(Windows::default());
    windows::open_kept(app, &settings)?;
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Desk>().open(&settings).await;
    });
    Ok(())
}
