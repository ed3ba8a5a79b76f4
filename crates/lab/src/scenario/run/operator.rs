//! What the operator changes, through the one interface for edits.

use super::{Run, Stuck, shape};
use crate::scenario::format::Change;
use crate::scenario::words;
use heliograph_model::{Account, Automation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

impl Run<'_> {
    /// Follows or unfollows the account.
    pub(super) fn follow(&mut self, who: &str, follows: bool) -> Result<(), Stuck> {
        let verb = if follows { "follows" } else { "unfollows" };
        self.world(who, &format!("{verb} the account"));
        let person = self.id(who);
        let account = self.stage.account_id();
        if self
            .stage
            .instagram()
            .set_follows(account, &person, follows)
        {
            return Ok(());
        }
        Err(Stuck::Because(format!("Instagram does not know {who}")))
    }

    pub(super) async fn operate(&mut self, change: &Change) -> Result<(), Stuck> {
        match change {
            Change::Update { automation, set } => {
                let before = self.automation(automation).await?;
                self.world("operator", &format!("changes “{}”: {set}", before.name));
                let after: Automation = merged(&before, set)?;
                self.workspaces().edit(after).await?;
            }
            Change::Toggle { automation, active } => {
                let before = self.automation(automation).await?;
                let verb = if *active { "on" } else { "off" };
                self.world("operator", &format!("switches “{}” {verb}", before.name));
                self.workspaces().toggle(&before.id, *active).await?;
            }
            Change::Delete(automation) => {
                let before = self.automation(automation).await?;
                self.world("operator", &format!("deletes “{}”", before.name));
                self.workspaces().delete(&before.id).await?;
            }
            Change::Create(fields) => {
                let new = self.new_automation(fields)?;
                self.world("operator", &format!("creates “{}”", new.name));
                self.workspaces().create(new).await?;
            }
            Change::TryFirst(automation) => {
                let first = self.automation(automation).await?;
                self.world("operator", &format!("puts “{}” first", first.name));
                let workspace = self.stage.workspace_id().clone();
                self.workspaces()
                    .reorder(&workspace, first.kind, &[first.id])
                    .await?;
            }
            Change::Account(set) => {
                let before = self.stage.account().await?;
                self.world("operator", &format!("changes the account: {set}"));
                let after: Account = merged(&before, set)?;
                self.workspaces().put_account(&after).await?;
            }
        }
        Ok(())
    }

    fn workspaces(&self) -> &heliograph_engine::workspaces::Workspaces {
        self.stage.runtime().engine().workspaces()
    }

    /// The automation of that name or id.
    pub(super) async fn automation(&self, name: &str) -> Result<Automation, Stuck> {
        let all = self
            .workspaces()
            .automations(self.stage.workspace_id())
            .await?;
        let names: Vec<_> = all.iter().map(|it| it.name.clone()).collect();
        all.into_iter()
            .find(|it| shape::same_name(&it.name, name) || it.id.as_str() == name)
            .ok_or_else(|| {
                Stuck::Because(format!(
                    "there is no automation “{name}”; there are: {}",
                    names.join(", ")
                ))
            })
    }

    /// What a new automation does not say is filled in: its id, its workspace, and that
    /// it is on.
    fn new_automation(&self, fields: &Value) -> Result<Automation, Stuck> {
        let mut fields = fields.clone();
        let name = fields["name"].as_str().unwrap_or("new").to_owned();
        let defaults = [
            ("id", Value::from(words::snake(&name).replace('_', "-"))),
            (
                "workspaceId",
                Value::from(self.stage.workspace_id().as_str()),
            ),
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
fn merged<T: Serialize + DeserializeOwned>(before: &T, set: &Value) -> Result<T, Stuck> {
    let mut document = serde_json::to_value(before)
        .map_err(|error| Stuck::Because(format!("it cannot be changed: {error}")))?;
    merge(&mut document, set);
    read(document)
}

fn read<T: DeserializeOwned>(document: Value) -> Result<T, Stuck> {
    serde_json::from_value(document).map_err(|error| {
        Stuck::Because(format!(
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
