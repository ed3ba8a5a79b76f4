//! What the operator changes in a conversation, through the one interface for edits.

use super::stage::Stage;
use super::{Result, SimulatorError};
use crate::scenario::{Change, same_name, words};
use heliograph_engine::workspaces::Workspaces;
use heliograph_model::{Account, Automation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

impl Stage {
    pub(super) async fn operate(&self, change: &Change) -> Result<()> {
        match change {
            Change::Update { automation, set } => {
                let before = self.automation(automation).await?;
                let after: Automation = merged(&before, set)?;
                self.workspaces().edit(after).await?;
            }
            Change::Toggle { automation, active } => {
                let before = self.automation(automation).await?;
                self.workspaces().toggle(&before.id, *active).await?;
            }
            Change::Delete(automation) => {
                let before = self.automation(automation).await?;
                self.workspaces().delete(&before.id).await?;
            }
            Change::Create(fields) => {
                let new = self.new_automation(fields)?;
                self.workspaces().create(new).await?;
            }
            Change::TryFirst(automation) => {
                let first = self.automation(automation).await?;
                let workspace = self.workspace_id().clone();
                self.workspaces()
                    .reorder(&workspace, first.kind, &[first.id])
                    .await?;
            }
            Change::Account(set) => {
                let before = self.account().await?;
                let after: Account = merged(&before, set)?;
                self.workspaces().put_account(&after).await?;
            }
        }
        Ok(())
    }

    fn workspaces(&self) -> &Workspaces {
        self.runtime().engine().workspaces()
    }

    /// The automation of that name or id.
    pub(crate) async fn automation(&self, name: &str) -> Result<Automation> {
        let all = self.workspaces().automations(self.workspace_id()).await?;
        let names: Vec<_> = all.iter().map(|it| it.name.clone()).collect();
        all.into_iter()
            .find(|it| same_name(&it.name, name) || it.id.as_str() == name)
            .ok_or_else(|| {
                SimulatorError::Impossible(format!(
                    "there is no automation “{name}”; there are: {}",
                    names.join(", ")
                ))
            })
    }

    /// What a new automation does not say is filled in: its id, its workspace, and that
    /// it is on.
    fn new_automation(&self, fields: &Value) -> Result<Automation> {
        let mut fields = fields.clone();
        let name = fields["name"].as_str().unwrap_or("new").to_owned();
        let defaults = [
            ("id", Value::from(words::snake(&name).replace('_', "-"))),
            ("workspaceId", Value::from(self.workspace_id().as_str())),
            ("isActive", Value::from(true)),
        ];
        if let Value::Object(map) = &mut fields {
            for (key, value) in defaults {
                map.entry(key).or_insert(value);
            }
        }
        read(fields)
    }
}

/// A document with some of its fields replaced (JSON Merge Patch, RFC 7396).
fn merged<T: Serialize + DeserializeOwned>(before: &T, set: &Value) -> Result<T> {
    let mut document = serde_json::to_value(before)
        .map_err(|error| SimulatorError::Impossible(format!("it cannot be changed: {error}")))?;
    merge(&mut document, set);
    read(document)
}

fn read<T: DeserializeOwned>(document: Value) -> Result<T> {
    serde_json::from_value(document).map_err(|error| {
        SimulatorError::Impossible(format!(
            "these fields do not fit: {error}. Write them as in a workspace file"
        ))
    })
}

fn merge(document: &mut Value, set: &Value) {
    let Value::Object(set) = set else {
        *document = set.clone();
        return;
    };
    if !document.is_object() {
        *document = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(fields) = document {
        for (key, value) in set {
            if value.is_null() {
                fields.remove(key);
            } else {
                merge(fields.entry(key).or_insert(Value::Null), value);
            }
        }
    }
}
