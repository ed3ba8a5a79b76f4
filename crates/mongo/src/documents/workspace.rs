//! `workspaces`: {_id, name}.

use crate::values::{Read, Unreadable, id, text};
use heliograph_model::{Workspace, WorkspaceId};
use mongodb::bson::{Bson, RawBson, RawDocument};

/// A workspace; one without a name is called by its id.
pub(crate) fn read(document: &RawDocument) -> Read<Workspace> {
    let field = |name| document.get(name).ok().flatten();
    let own = field("_id").and_then(id).ok_or(Unreadable("_id"))?;
    let name = field("name").and_then(text);
    Ok(Workspace {
        id: (&*own).into(),
        name: name.as_ref().unwrap_or(&own).to_string(),
    })
}

/// The workspace that another document names.
pub(crate) fn named(workspace: &Bson) -> Option<WorkspaceId> {
    let workspace = RawBson::try_from(workspace.clone()).ok()?;
    id(workspace.as_raw_bson_ref()).map(|id| (&*id).into())
}
