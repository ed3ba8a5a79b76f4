//! Commands on the tunnel: settings, start and stop, and asking through it.

use super::Answer;
use crate::desk::Desk;
use crate::error::{CommandError, ErrorCode};
use crate::listening::ListenerState;
use crate::tunnel::{TunnelNews, webhook_path};
use heliograph_engine::ports::SystemClock;
use heliograph_tunnel::{Program, SelfCheck, TunnelError, TunnelSettings, check};
use tauri::ipc::Channel;
use tauri::{State, WebviewWindow};

/// Tells the channel how the tunnel is and what was verified, at most every 80 ms. A later
/// call of the same window takes the place of an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_watch(
    window: WebviewWindow,
    desk: State<'_, Desk>,
    channel: Channel<TunnelNews>,
) -> Answer<()> {
    let telling = desk.pages.telling(window.label(), channel);
    desk.tunnelling.watch(window.label(), telling);
    Ok(())
}

/// The window does not show the tunnel any more.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_unwatch(window: WebviewWindow, desk: State<'_, Desk>) -> Answer<()> {
    desk.tunnelling.windows.unwatch(window.label());
    Ok(())
}

/// The settings that were kept last.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_settings(desk: State<'_, Desk>) -> Answer<TunnelSettings> {
    Ok(desk.tunnelling.tunnel.settings())
}

/// The programs for tunnels that are known, with their versions where they are here.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_programs(desk: State<'_, Desk>) -> Answer<Vec<Program>> {
    Ok(desk.tunnelling.tunnel.programs().await)
}

/// Keeps the settings, and starts a tunnel to the listener, in place of the one before.
/// What comes of it is told to whoever watches.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_start(desk: State<'_, Desk>, settings: TunnelSettings) -> Answer<()> {
    let listener = desk.listening.status();
    if listener.state != ListenerState::Running {
        return Err(CommandError::new(
            ErrorCode::Unavailable,
            "The listener does not run, so there is nothing that a tunnel could lead to. Start \
             the listener first.",
        ));
    }
    let tunnel = &desk.tunnelling.tunnel;
    tunnel.start(&settings, listener.port).await?;
    tunnel.keep(&settings)?;
    Ok(())
}

/// Keeps the settings for the next start.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_keep(desk: State<'_, Desk>, settings: TunnelSettings) -> Answer<()> {
    Ok(desk.tunnelling.tunnel.keep(&settings)?)
}

/// Stops the tunnel, and answers when its program has ended.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_stop(desk: State<'_, Desk>) -> Answer<()> {
    desk.tunnelling.tunnel.stop().await;
    Ok(())
}

/// Asks now whether the listener answers at the public address.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_look(desk: State<'_, Desk>) -> Answer<()> {
    desk.tunnelling.tunnel.look().await;
    Ok(())
}

/// Performs Meta's verification through the public address, and says what came back.
#[tauri::command]
#[specta::specta]
pub async fn tunnel_check(desk: State<'_, Desk>) -> Answer<SelfCheck> {
    let status = desk.tunnelling.tunnel.status();
    let Some(url) = status.state.url() else {
        return Err(CommandError::new(
            ErrorCode::Unavailable,
            "There is no public address to ask. Start the tunnel, and wait until it is up.",
        ));
    };
    let listener = desk.listening.status();
    let url = format!("{url}{}", webhook_path(&listener));
    let token = listener.verify_token.into();
    Ok(check(&url, &token, &SystemClock).await)
}

impl From<TunnelError> for CommandError {
    fn from(error: TunnelError) -> Self {
        let code = match &error {
            TunnelError::Invalid(_) => ErrorCode::Invalid,
            TunnelError::NotInstalled { .. } => ErrorCode::NotFound,
            TunnelError::NotKept(_) => ErrorCode::Unavailable,
        };
        Self::new(code, error.to_string())
    }
}
