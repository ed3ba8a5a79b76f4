//! The library of one workspace, and what is done in it as a whole.

use crate::shelf::Draft;
use crate::{BuilderError, Entry, EntryState, Library, PutAway, Result, Shelf, Template, Version};
use heliograph_engine::ports::Clock;
use heliograph_engine::workspaces::{WorkspaceError, Workspaces, new_automation_id};
use heliograph_lab::lint::lint_for;
use heliograph_model::{Automation, AutomationId, Millis, Workspace, WorkspaceFile};
use heliograph_runtime::Documents;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// The library of one workspace: what is published there, and what is on the shelf.
#[derive(Debug)]
pub struct Builder {
    documents: Documents,
    pub(crate) shelf: Shelf,
    pub(crate) workspace: Workspace,
    pub(crate) clock: Arc<dyn Clock>,
    /// Held by whoever reads and then writes.
    pub(crate) turn: Mutex<()>,
    changes: watch::Sender<u64>,
}

impl Builder {
    /// Opens the first workspace of a profile's documents. Where there is none yet, this
    /// one is brought in.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(
        documents: Documents,
        shelf: Shelf,
        clock: Arc<dyn Clock>,
        first: &WorkspaceFile,
    ) -> Result<Self> {
        let known = documents.workspaces().list().await?.into_iter().next();
        let workspace = match known {
            Some(workspace) => workspace,
            None => {
                documents.workspaces().import(first).await?;
                first.workspace.clone()
            }
        };
        Ok(Self {
            documents,
            shelf,
            workspace,
            clock,
            turn: Mutex::new(()),
            changes: watch::Sender::new(0),
        })
    }

    /// Whose library it is.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The workspace as it is published, without its contacts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn published(&self) -> Result<WorkspaceFile> {
        let id = &self.workspace.id;
        Ok(WorkspaceFile {
            heliograph: WorkspaceFile::VERSION,
            workspace: self.workspace.clone(),
            accounts: self.accounts().await?,
            automations: self.workspaces().automations(id).await?,
            contacts: Vec::new(),
        })
    }

    /// All automations as they are drafted, in the order in which they are tried.
    ///
    /// # Errors
    /// When the store or the shelf fails.
    pub async fn drafted(&self) -> Result<Vec<Automation>> {
        Ok(self.all().await?.into_iter().map(|one| one.shown).collect())
    }

    /// Everything at a glance.
    ///
    /// # Errors
    /// When the store or the shelf fails.
    pub async fn library(&self) -> Result<Library> {
        let all = self.all().await?;
        let entries = all.iter().map(One::entry).collect();
        let shown: Vec<_> = all.into_iter().map(|one| one.shown).collect();
        let put_away = self.shelf.all_put_away()?;
        let accounts = self.accounts().await?;
        Ok(Library {
            workspace: self.workspace.clone(),
            entries,
            put_away: put_away
                .into_iter()
                .filter_map(|stored| {
                    let shown = stored.draft.or(stored.published)?;
                    Some(PutAway {
                        id: stored.id,
                        kind: shown.kind,
                        name: shown.name,
                        at: stored.at,
                        why: stored.why,
                    })
                })
                .collect(),
            findings: lint_for(&shown, &accounts),
            notes: self.notes(),
        })
    }

    /// What became of files that were damaged.
    fn notes(&self) -> Vec<String> {
        let workspace = self.documents.set_aside().map(|aside| {
            format!(
                "The automations could not be read ({}). That file was kept as {}, and the \
                 library begins anew.",
                aside.why,
                aside.to.display()
            )
        });
        let shelf = self.shelf.set_aside.as_ref().map(|aside| {
            format!(
                "Drafts and versions could not be read. That file was kept as {}, and they \
                 begin anew; what is published is not touched.",
                aside.display()
            )
        });
        workspace.into_iter().chain(shelf).collect()
    }

    /// Begins a draft from a template.
    ///
    /// # Errors
    /// When the store or the shelf fails.
    pub async fn create(&self, template: &Template) -> Result<AutomationId> {
        let _turn = self.turn.lock().await;
        let all = self.all().await?;
        let kind = template.automation.kind;
        let last = all.iter().filter(|one| one.shown.kind == kind);
        let last = last.map(|one| one.shown.priority).max();
        let mut automation = template.automation.clone();
        automation.name = free_name(&automation.name, &names(&all));
        automation.priority = last.map_or(0, |priority| priority.saturating_add(1));
        self.begin(automation)
    }

    /// Begins a draft that is a copy, tried right behind the original.
    ///
    /// # Errors
    /// [`BuilderError::NotFound`], or when the store or the shelf fails.
    pub async fn duplicate(&self, id: &AutomationId) -> Result<AutomationId> {
        let _turn = self.turn.lock().await;
        let all = self.all().await?;
        let found = all.iter().find(|one| one.shown.id == *id);
        let original = found.ok_or_else(|| no_automation(id))?;
        let mut automation = original.shown.clone();
        automation.name = free_name(&format!("{} (copy)", automation.name), &names(&all));
        self.begin(automation)
    }

    /// Puts a draft of something new on the shelf.
    pub(crate) fn begin(&self, mut automation: Automation) -> Result<AutomationId> {
        let now = self.clock.now();
        let id = new_automation_id(now);
        automation.id = id.clone();
        automation.workspace_id = self.workspace.id.clone();
        automation.is_active = true;
        automation.version = 0;
        // Behind what it is a copy of, also within the same millisecond.
        automation.created_at = now.max(automation.created_at + 1);
        automation.updated_at = now;
        self.shelf.put_draft(&Draft {
            revision: 1,
            automation,
            base: None,
        })?;
        self.changed();
        Ok(id)
    }

    /// Switches an automation on or off, for the very next webhook.
    ///
    /// # Errors
    /// When it is switched on and could not work, or the store fails.
    pub async fn toggle(&self, id: &AutomationId, is_active: bool) -> Result<()> {
        let _turn = self.turn.lock().await;
        match self.stored(id).await? {
            Some(_) => {
                let toggled = self.workspaces().toggle(id, is_active).await?;
                self.shelf.keep_version(&toggled)?;
            }
            None => {
                let mut draft = self.shelf.draft(id)?.ok_or_else(|| no_automation(id))?;
                draft.automation.is_active = is_active;
                draft.revision += 1;
                self.shelf.put_draft(&draft)?;
            }
        }
        self.changed();
        Ok(())
    }

    /// Puts the automations of one type into this order, for the very next webhook.
    ///
    /// # Errors
    /// When one is not there any more, or the store fails.
    pub async fn reorder(&self, order: &[AutomationId]) -> Result<()> {
        let _turn = self.turn.lock().await;
        let all = self.all().await?;
        let known: HashMap<_, _> = all.iter().map(|one| (&one.shown.id, one)).collect();
        let mut published = Vec::new();
        for (id, priority) in order.iter().zip(0..) {
            let one = known.get(id).ok_or_else(|| no_automation(id))?;
            if one.stored.is_some() {
                published.push(((*id).clone(), priority));
            } else if let Some(mut draft) = self.shelf.draft(id)? {
                draft.automation.priority = priority;
                draft.revision += 1;
                self.shelf.put_draft(&draft)?;
            }
        }
        // Numbered with the drafts among them, so that a draft keeps its place when it is
        // published.
        self.workspaces()
            .prioritise(&self.workspace.id, &published)
            .await?;
        self.changed();
        Ok(())
    }

    /// What was published before, newest first.
    ///
    /// # Errors
    /// When the shelf fails.
    pub async fn versions(&self, id: &AutomationId) -> Result<Vec<Version>> {
        if let Some(stored) = self.stored(id).await? {
            self.shelf.keep_version(&stored)?;
        }
        self.shelf.versions(id)
    }

    /// Counts up with everything that changes here.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Closes the files.
    pub fn close(self) {
        self.documents.close();
    }

    pub(crate) fn workspaces(&self) -> &Workspaces {
        self.documents.workspaces()
    }

    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// The automation as it is published; `None` when it is not.
    pub(crate) async fn stored(&self, id: &AutomationId) -> Result<Option<Automation>> {
        match self.workspaces().automation(id).await {
            Ok(automation) => Ok(Some(automation)),
            Err(WorkspaceError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All automations, published or drafted, in the order in which they are tried.
    pub(crate) async fn all(&self) -> Result<Vec<One>> {
        let published = self.workspaces().automations(&self.workspace.id).await?;
        let mut drafts: HashMap<_, _> = self
            .shelf
            .drafts()?
            .into_iter()
            .map(|draft| (draft.automation.id.clone(), draft))
            .collect();
        let mut all: Vec<_> = published
            .into_iter()
            .filter_map(|stored| {
                let draft = drafts.remove(&stored.id);
                One::new(Some(stored), draft.as_ref())
            })
            .collect();
        let new = drafts.into_values();
        all.extend(new.filter_map(|draft| One::new(None, Some(&draft))));
        all.sort_by(|One { shown: a, .. }, One { shown: b, .. }| {
            a.kind.cmp(&b.kind).then_with(|| a.cmp_tried(b))
        });
        Ok(all)
    }
}

/// One automation, published, drafted or both.
#[derive(Debug)]
pub(crate) struct One {
    pub(crate) stored: Option<Automation>,
    pub(crate) drafted: bool,
    pub(crate) conflict: bool,
    /// As it is drafted where there is a draft.
    pub(crate) shown: Automation,
}

impl One {
    /// `None` when there is neither.
    pub(crate) fn new(stored: Option<Automation>, draft: Option<&Draft>) -> Option<Self> {
        let shown = match (&stored, draft) {
            (stored, Some(draft)) => draft.onto(stored.as_ref()),
            (Some(stored), None) => stored.clone(),
            (None, None) => return None,
        };
        Some(Self {
            conflict: draft.is_some_and(|draft| draft.conflicts(stored.as_ref())),
            drafted: draft.is_some(),
            stored,
            shown,
        })
    }

    pub(crate) fn state(&self) -> EntryState {
        match (&self.stored, self.drafted) {
            (None, _) => EntryState::Draft,
            (Some(_), true) => EntryState::Changed,
            (Some(_), false) => EntryState::Published,
        }
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry::new(&self.shown, self.state(), self.conflict)
    }
}

impl Draft {
    /// The draft on top of what is published now. Order and switch are those of what is
    /// published, unless the draft itself changes them: they are set in the library,
    /// without a draft.
    pub(crate) fn onto(&self, stored: Option<&Automation>) -> Automation {
        let mut shown = self.automation.clone();
        if let (Some(stored), Some(base)) = (stored, &self.base) {
            if shown.priority == base.priority {
                shown.priority = stored.priority;
            }
            if shown.is_active == base.is_active {
                shown.is_active = stored.is_active;
            }
            shown.version = stored.version;
            shown.created_at = stored.created_at;
        }
        shown
    }

    /// Whether what is published now is not what the draft was begun on.
    pub(crate) fn conflicts(&self, stored: Option<&Automation>) -> bool {
        match (&self.base, stored) {
            (None, None) => false,
            (Some(base), Some(stored)) => content(base) != content(stored),
            (Some(_), None) | (None, Some(_)) => true,
        }
    }
}

/// What a draft is about: without order, switch, version and times.
pub(crate) fn content(automation: &Automation) -> Automation {
    Automation {
        is_active: false,
        priority: 0,
        version: 0,
        created_at: Millis(0),
        updated_at: Millis(0),
        ..automation.clone()
    }
}

pub(crate) fn no_automation(id: &AutomationId) -> BuilderError {
    BuilderError::NotFound(format!("automation “{id}”"))
}

/// The names that are taken.
pub(crate) fn names(all: &[One]) -> HashSet<String> {
    all.iter().map(|one| one.shown.name.clone()).collect()
}

/// The name, with a number behind it where it is taken.
pub(crate) fn free_name(wanted: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(wanted) {
        return wanted.to_owned();
    }
    (2..)
        .map(|number| format!("{wanted} {number}"))
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| wanted.to_owned())
}
