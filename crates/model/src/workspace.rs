//! A workspace, and the file that carries a whole one.

use crate::{Account, Automation, Contact, WorkspaceId};
use serde::{Deserialize, Serialize};

/// A business with its accounts and automations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name, for people.
    pub name: String,
}

/// A workspace as one file: what `heliograph export` writes and `import` reads, and what
/// stands in `fixtures/workspaces/`. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceFile {
    /// The version of this format; 1.
    pub heliograph: u32,
    /// The workspace itself.
    pub workspace: Workspace,
    /// Its accounts, without tokens.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// Its automations.
    #[serde(default)]
    pub automations: Vec<Automation>,
    /// Its contacts.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

impl WorkspaceFile {
    /// The version of the format that this build writes.
    pub const VERSION: u32 = 1;
}
