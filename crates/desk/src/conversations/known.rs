//! The accounts and automations of a profile, remembered for a moment.

use super::error::Result;
use super::look::{KnownAccount, KnownAutomation};
use heliograph_engine::steps;
use heliograph_model::{Automation, AutomationId, Awaiting};
use heliograph_runtime::Runtime;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long they are remembered: others may edit them where nobody tells of it.
const FOR: Duration = Duration::from_secs(10);

/// What was read of them last.
#[derive(Debug, Default)]
pub(super) struct Remembered(Option<(Instant, Arc<Known>)>);

/// The accounts and automations of a profile.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) accounts: Vec<KnownAccount>,
    /// By name.
    pub(super) automations: Vec<KnownAutomation>,
}

impl Remembered {
    pub(super) fn fresh(&self) -> Option<Arc<Known>> {
        let (at, known) = self.0.as_ref()?;
        (at.elapsed() < FOR).then(|| Arc::clone(known))
    }

    pub(super) fn keep(&mut self, known: &Arc<Known>) {
        self.0 = Some((Instant::now(), Arc::clone(known)));
    }

    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

impl Known {
    pub(super) async fn read(runtime: &Runtime) -> Result<Self> {
        let store = runtime.store();
        let mut known = Self::default();
        for workspace in store.workspaces().await? {
            for account in store.accounts(&workspace.id).await? {
                known.accounts.push(KnownAccount {
                    id: account.id,
                    username: account.username,
                    workspace_id: account.workspace_id,
                });
            }
            let automations = store.automations(&workspace.id).await?;
            known.automations.extend(automations.iter().map(shown));
        }
        known.automations.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(known)
    }

    pub(super) fn automation(&self, id: &AutomationId) -> Option<&KnownAutomation> {
        self.automations.iter().find(|one| one.id == *id)
    }

    /// What an automation is called.
    pub(super) fn name(&self, id: &AutomationId) -> Option<String> {
        self.automation(id).map(|one| one.name.clone())
    }
}

fn shown(automation: &Automation) -> KnownAutomation {
    let can = |awaiting: &Awaiting| steps::has(automation, awaiting.step());
    let all = [
        Awaiting::AwaitingOpeningResponse,
        Awaiting::AwaitingFollowConfirmation,
        Awaiting::AwaitingEmail,
    ];
    KnownAutomation {
        id: automation.id.clone(),
        name: automation.name.clone(),
        workspace_id: automation.workspace_id.clone(),
        automation_type: automation.kind,
        is_active: automation.is_active,
        states: all.into_iter().filter(can).collect(),
    }
}
