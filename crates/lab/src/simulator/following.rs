//! A running simulator follows edits of the automations that it tries out.

use super::settings::media_of;
use super::stage::Stage;
use super::{Done, Result, Simulator};
use heliograph_engine::validate::validate;
use heliograph_instagram::simulated::NewAccount;
use heliograph_model::{Account, Automation, Millis, Problem, Workspace, WorkspaceFile};
use std::collections::HashMap;
use std::sync::Arc;

impl Simulator {
    /// From now on, and after a reset too, these are the automations of the workspace.
    /// Conversations go on where they are, as they do when a workspace is edited. One that
    /// could not be stored as it is, because something in it is wrong, is left as it was
    /// before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn follow(&self, automations: Vec<Automation>) -> Result<()> {
        let turn = self.turn().await;
        let stage = Arc::clone(&turn.stage);
        let workspace = self.settings.read().workspace.workspace.clone();
        let followed = follow(&stage, workspace, automations).await?;
        {
            let mut settings = self.settings.write();
            settings.workspace.automations = followed;
            for media in media_of(&settings.workspace) {
                if settings.media.iter().all(|known| known.id != media.id) {
                    stage.add_media(media.clone());
                    settings.media.push(media);
                }
            }
        }
        self.edited();
        Ok(())
    }

    /// From now on, and after a reset too, these are the accounts of the workspace. The one
    /// that people write to stays, whatever else comes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn answer_for(&self, accounts: Vec<Account>) -> Result<()> {
        let turn = self.turn().await;
        let before = self.settings.read().workspace.accounts.clone();
        if accounts == before {
            return Ok(());
        }
        turn.stage.answer_for(&accounts, &before).await?;
        {
            let mut settings = self.settings.write();
            // The first of them is who plays, unless another one is named.
            settings.account = Some(turn.stage.account_id().clone());
            settings.workspace.accounts = accounts;
        }
        self.edited();
        Ok(())
    }
}

impl Stage {
    /// Stores the accounts that are not as they were.
    async fn answer_for(&self, accounts: &[Account], before: &[Account]) -> Result<()> {
        let workspaces = self.runtime().engine().workspaces();
        for account in accounts.iter().filter(|one| !before.contains(one)) {
            self.instagram()
                .add_account(NewAccount::new(account.id.clone(), &account.username));
            workspaces.put_account(account).await?;
            if account.id == *self.account_id() {
                self.take_in_visitors_of(account);
            }
        }
        Ok(())
    }
}

/// Brings what is stored to these automations, and returns them as far as they could be.
async fn follow(
    stage: &Stage,
    workspace: Workspace,
    wanted: Vec<Automation>,
) -> Result<Vec<Automation>> {
    let workspaces = stage.runtime().engine().workspaces();
    let known = workspaces.automations(&workspace.id).await?;
    let mut known: HashMap<_, _> = known
        .into_iter()
        .map(|automation| (automation.id.clone(), automation))
        .collect();
    let mut followed = Vec::with_capacity(wanted.len());
    let mut changed = Vec::new();
    for automation in wanted {
        let before = known.remove(&automation.id);
        if before
            .as_ref()
            .is_some_and(|before| same(before, &automation))
        {
            followed.push(automation);
        } else if validate(&automation).iter().any(Problem::is_error) {
            followed.extend(before);
        } else {
            followed.push(automation.clone());
            changed.push(automation);
        }
    }
    for id in known.keys() {
        workspaces.delete(id).await?;
    }
    if !known.is_empty() || !changed.is_empty() {
        stage.look_around().await?;
        let mut seen = stage.seen();
        // Before anything was said there is nothing to tell.
        if seen.log.len() > 0 {
            seen.log.begin(Done::Edited, stage.now());
        }
    }
    if !changed.is_empty() {
        let file = WorkspaceFile {
            heliograph: WorkspaceFile::VERSION,
            workspace,
            accounts: Vec::new(),
            automations: changed,
            contacts: Vec::new(),
        };
        workspaces.import(&file).await?;
    }
    Ok(followed)
}

/// Whether they do the same: the store counts versions and times by itself.
fn same(a: &Automation, b: &Automation) -> bool {
    let plain = |automation: &Automation| Automation {
        version: 0,
        updated_at: Millis(0),
        ..automation.clone()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::super::{Action, Content, SimulatorSettings};
    use super::*;
    use heliograph_model::OutgoingMessage;

    /// What the account last said to the first person.
    async fn last_answer(simulator: &Simulator) -> String {
        let view = simulator.view().await.expect("the simulator is open");
        let last = view.people[0].conversation.last();
        match last.map(|bubble| &bubble.content) {
            Some(Content::Message {
                message: OutgoingMessage::Text { text, .. } | OutgoingMessage::Buttons { text, .. },
            }) => text.clone(),
            other => format!("{other:?}"),
        }
    }

    async fn ask(simulator: &Simulator) -> String {
        let view = simulator.view().await.expect("the simulator is open");
        let person = view.people[0].id.clone();
        let text = "menu".into();
        let asked = simulator.act(Action::Say { person, text }).await;
        asked.expect("Maya can write");
        simulator.settle().await.expect("it settles");
        last_answer(simulator).await
    }

    #[tokio::test]
    async fn the_next_message_meets_the_edit_and_a_reset_keeps_it() {
        let simulator = Simulator::open(SimulatorSettings::demo(Millis(1_700_000_000_000)))
            .await
            .expect("it opens");
        let mut automations = simulator
            .view()
            .await
            .expect("it is open")
            .automations
            .expect("a whole view has them");
        let menu = automations
            .iter_mut()
            .find(|automation| automation.name == "Menu")
            .expect("the bakery has a menu");
        let opening = menu.steps.opening.as_mut().expect("it opens with a text");
        opening.text = "The menu is new.".into();
        simulator
            .follow(automations.clone())
            .await
            .expect("it follows");
        assert_eq!(ask(&simulator).await, "The menu is new.");

        // One that is broken stays as it was.
        let mut broken = automations.clone();
        let menu = broken.iter_mut().find(|each| each.name == "Menu");
        menu.expect("it is there")
            .steps
            .opening
            .as_mut()
            .expect("and its opening")
            .text
            .clear();
        simulator.follow(broken).await.expect("it follows");
        simulator.reset().await.expect("it begins anew");
        assert_eq!(ask(&simulator).await, "The menu is new.");

        automations.retain(|automation| automation.name != "Menu");
        simulator.follow(automations).await.expect("it follows");
        simulator.reset().await.expect("it begins anew");
        assert_ne!(ask(&simulator).await, "The menu is new.");
    }
}
