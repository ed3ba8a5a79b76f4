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
mod notices;
mod queue;
mod sample;
mod settings;
mod status;
mod system;
mod telling;
mod traffic;
mod tunnel;
mod updates;
mod watching;
mod window;
mod windows;

use desk::Desk;
use std::process::ExitCode;
use tauri::{App, AppHandle, Manager, RunEvent, WindowEvent};
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
            app.run(|app, event| happens(app, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window does not open");
            ExitCode::FAILURE
        }
    }
}

/// What the windows tell of themselves, and the end.
fn happens(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event, .. } => {
            windows::happens(app, label, event);
            let noticing = &app.state::<Desk>().noticing;
            match event {
                WindowEvent::Focused(focused) => noticing.focus(label, *focused),
                WindowEvent::Destroyed => noticing.forget(label),
                _ => {}
            }
        }
        // The last window was closed; whoever quits says so with a code.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if notices::stays(app) => {
            tracing::info!("the last window is closed, and the listener stays in the tray");
            api.prevent_exit();
        }
        RunEvent::Exit => tauri::async_runtime::block_on(app.state::<Desk>().close()),
        _ => {}
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
    app.state::<Desk>().noticing.start(app, &folder);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Desk>().open(&settings).await;
    });
    Ok(())
}
