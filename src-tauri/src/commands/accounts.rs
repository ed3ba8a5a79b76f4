//! Commands on the accounts of what is in front: for whose webhooks it answers.

use super::Answer;
use crate::desk::Desk;
use heliograph_desk::connections::AccountsView;
use heliograph_model::Account;
use tauri::State;

/// The accounts of the profile in front; offline they are the workspace's own.
#[tauri::command]
#[specta::specta]
pub async fn accounts_list(desk: State<'_, Desk>) -> Answer<AccountsView> {
    let front = desk.front().await?;
    if !front.is_simulator {
        return Ok(AccountsView::read(&*front.runtime.store()).await?);
    }
    let builder = desk.builder().await?;
    Ok(AccountsView {
        workspaces: vec![builder.workspace().clone()],
        accounts: builder.accounts().await?,
        is_cut: false,
    })
}

/// Saves an account: a new one, or instead of the one with its id. The next webhook meets
/// it.
#[tauri::command]
#[specta::specta]
pub async fn account_save(
    desk: State<'_, Desk>,
    account: Account,
    is_new: bool,
) -> Answer<AccountsView> {
    let front = desk.front().await?;
    if front.is_simulator {
        let opened = desk.opened().await?;
        opened.builder.save_account(account, is_new).await?;
        // Not only when its task comes to it: who asks next may be Meta.
        let accounts = opened.builder.accounts().await?;
        opened.simulator.answer_for(accounts).await?;
    } else {
        front.runtime.save_account(account, is_new).await?;
    }
    accounts_list(desk).await
}
