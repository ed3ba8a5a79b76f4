//! Documents, the deduplication marks and the outbox.

use crate::Database;
use crate::documents::{document, documents, execute, parse_text};
use crate::error::{Failure, json};
use crate::inbox::Request;
use crate::people::{Document, Key, Kind};
use crate::queue::refused;
use crate::rows::{CommitRows, SendRows, contact_document, limit, mark_key, outbox_items};
use async_trait::async_trait;
use heliograph_engine::ports::{
    Commit, Committed, Documents, Ledger, PortError, PortResult, SendUpdate,
};
use heliograph_model::{
    Account, AccountId, Automation, AutomationId, AutomationType, Contact, ContactId, DeliveryId,
    Millis, OutboxId, OutboxItem, Target, UserState, Workspace, WorkspaceId,
};
use rusqlite::{OptionalExtension, Row};
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::sync::Arc;

#[async_trait]
impl Documents for Database {
    async fn workspaces(&self) -> PortResult<Vec<Workspace>> {
        self.read(|c| documents(c, "SELECT body FROM workspaces ORDER BY name, id", ()))
    }

    async fn put_workspace(&self, workspace: &Workspace) -> PortResult<()> {
        let row = (
            workspace.id.to_string(),
            workspace.name.clone(),
            json(workspace)?,
        );
        self.write(move |c, _| {
            execute(
                c,
                "REPLACE INTO workspaces (id, name, body) VALUES (?1, ?2, ?3)",
                row,
            )
        })
        .await
    }

    async fn account(&self, id: &AccountId) -> PortResult<Option<Account>> {
        self.read(|c| {
            let own = document(c, "SELECT body FROM accounts WHERE id = ?1", (id.as_str(),))?;
            if own.is_some() {
                return Ok(own);
            }
            document(
                c,
                "SELECT body FROM accounts WHERE id = \
                 (SELECT account_id FROM account_aliases WHERE alias = ?1)",
                (id.as_str(),),
            )
        })
    }

    async fn accounts(&self, workspace: &WorkspaceId) -> PortResult<Vec<Account>> {
        self.read(|c| {
            documents(
                c,
                "SELECT body FROM accounts WHERE workspace_id = ?1 ORDER BY username, id",
                (workspace.as_str(),),
            )
        })
    }

    async fn put_account(&self, account: &Account) -> PortResult<()> {
        let body = json(account)?;
        let account = account.clone();
        self.write(move |c, _| {
            let id = account.id.as_str();
            execute(
                c,
                "REPLACE INTO accounts (id, workspace_id, username, body) VALUES (?1, ?2, ?3, ?4)",
                (id, account.workspace_id.as_str(), &account.username, body),
            )?;
            execute(
                c,
                "DELETE FROM account_aliases WHERE account_id = ?1",
                (id,),
            )?;
            for alias in &account.aliases {
                execute(
                    c,
                    "REPLACE INTO account_aliases (alias, account_id) VALUES (?1, ?2)",
                    (alias.as_str(), id),
                )?;
            }
            Ok(())
        })
        .await
    }

    async fn automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        self.read(|c| {
            document(
                c,
                "SELECT body FROM automations WHERE id = ?1",
                (id.as_str(),),
            )
        })
    }

    async fn automations(&self, workspace: &WorkspaceId) -> PortResult<Vec<Automation>> {
        self.read(|c| {
            documents(
                c,
                "SELECT body FROM automations WHERE workspace_id = ?1 \
                 ORDER BY priority, created_at, id",
                (workspace.as_str(),),
            )
        })
    }

    async fn active_automations(
        &self,
        workspace: &WorkspaceId,
        kind: AutomationType,
        target: &Target,
    ) -> PortResult<Vec<Automation>> {
        self.read(|c| {
            documents(
                c,
                "SELECT body FROM automations WHERE workspace_id = ?1 AND type = ?2 \
                 AND target = ?3 AND is_active ORDER BY priority, created_at, id",
                (workspace.as_str(), kind.as_str(), target_name(target)),
            )
        })
    }

    async fn put_automation(
        &self,
        automation: &Automation,
        replaces: Option<u32>,
    ) -> PortResult<()> {
        let body = json(automation)?;
        let automation = automation.clone();
        self.write(move |c, _| {
            let id = automation.id.as_str();
            let stored: Option<u32> = c
                .prepare_cached("SELECT version FROM automations WHERE id = ?1")
                .and_then(|mut select| select.query_row((id,), |row| row.get(0)).optional())
                .map_err(|error| refused(&error))?;
            if stored != replaces {
                return Err(PortError::Conflict(format!(
                    "The automation “{}”",
                    automation.name
                )));
            }
            execute(
                c,
                "REPLACE INTO automations (id, workspace_id, type, target, is_active, priority, \
                 created_at, version, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                (
                    id,
                    automation.workspace_id.as_str(),
                    automation.kind.as_str(),
                    target_name(&automation.target),
                    automation.is_active,
                    automation.priority,
                    automation.created_at.0,
                    automation.version,
                    body,
                ),
            )
        })
        .await
    }

    async fn delete_automation(&self, id: &AutomationId) -> PortResult<Option<Automation>> {
        let id = id.to_string();
        self.write(move |c, _| {
            let found = document(c, "SELECT body FROM automations WHERE id = ?1", (&id,))?;
            execute(c, "DELETE FROM automations WHERE id = ?1", (&id,))?;
            Ok(found)
        })
        .await
    }

    async fn user_state(
        &self,
        account: &AccountId,
        contact: &ContactId,
        now: Millis,
    ) -> PortResult<Option<UserState>> {
        if let Some(document) = self.lately(Kind::State, account, contact) {
            let body = document.body.filter(|_| document.expires_at > now.0);
            return Ok(body.map(|body| parse_text(&body)).transpose()?);
        }
        self.read(|c| {
            document(
                c,
                "SELECT body FROM user_states \
                 WHERE account_id = ?1 AND sender_id = ?2 AND expires_at > ?3",
                (account.as_str(), contact.as_str(), now.0),
            )
        })
    }

    async fn user_states(
        &self,
        account: &AccountId,
        now: Millis,
        most: usize,
    ) -> PortResult<Vec<UserState>> {
        let new = self.all_lately(Kind::State, account);
        let account = account.clone();
        let states = self.read_much(move |c| {
            documents(
                c,
                "SELECT body FROM user_states WHERE account_id = ?1 AND expires_at > ?2 \
                 ORDER BY body ->> 'updatedAt' DESC, sender_id LIMIT ?3",
                (
                    account.as_str(),
                    now.0,
                    limit(most.saturating_add(new.len())),
                ),
            )
            .and_then(|old: Vec<UserState>| newest(old, &new, |state| &state.sender_id))
        });
        let mut states = states.await?;
        states.retain(|state| state.expires_at > now);
        states.sort_by(|a, b| {
            let order = b.updated_at.cmp(&a.updated_at);
            order.then_with(|| a.sender_id.cmp(&b.sender_id))
        });
        states.truncate(most);
        Ok(states)
    }

    async fn contact(
        &self,
        account: &AccountId,
        contact: &ContactId,
    ) -> PortResult<Option<Contact>> {
        if let Some(document) = self.lately(Kind::Contact, account, contact) {
            let body = document.body;
            return Ok(body.map(|body| parse_text(&body)).transpose()?);
        }
        self.read(|c| {
            document(
                c,
                "SELECT body FROM contacts WHERE account_id = ?1 AND sender_id = ?2",
                (account.as_str(), contact.as_str()),
            )
        })
    }

    async fn contacts(&self, account: &AccountId, most: usize) -> PortResult<Vec<Contact>> {
        let new = self.all_lately(Kind::Contact, account);
        let account = account.clone();
        let contacts = self.read_much(move |c| {
            documents(
                c,
                "SELECT body FROM contacts WHERE account_id = ?1 \
                 ORDER BY body ->> 'lastMessageAt' DESC NULLS LAST, sender_id LIMIT ?2",
                (account.as_str(), limit(most.saturating_add(new.len()))),
            )
            .and_then(|old: Vec<Contact>| newest(old, &new, |contact| &contact.sender_id))
        });
        let mut contacts = contacts.await?;
        contacts.sort_by(|a, b| {
            let order = b.last_message_at.cmp(&a.last_message_at);
            order.then_with(|| a.sender_id.cmp(&b.sender_id))
        });
        contacts.truncate(most);
        Ok(contacts)
    }

    async fn put_contact(&self, contact: &Contact) -> PortResult<()> {
        let document = contact_document(contact)?;
        self.ask(|reply| Request::PutContact(document, reply)).await
    }
}

#[async_trait]
impl Ledger for Database {
    async fn is_processed(&self, mark: &str) -> PortResult<bool> {
        let key = mark_key(mark);
        if self.shared.marks.get(&key).is_some() {
            return Ok(true);
        }
        self.read(|c| {
            let mut select = c.prepare_cached("SELECT 1 FROM processed_events WHERE mark = ?1")?;
            Ok(select.exists((key.to_be_bytes(),))?)
        })
    }

    async fn commit(&self, commit: Commit) -> PortResult<Committed> {
        let (rows, items) = CommitRows::new(commit)?;
        let first = self
            .ask(|reply| Request::Commit(Box::new(rows), reply))
            .await?;
        Ok(match first {
            Some(first) => Committed::Applied(outbox_items(first, items)),
            None => Committed::Duplicate,
        })
    }

    async fn outbox(&self) -> PortResult<Vec<OutboxItem>> {
        // What this process has begun stands in the table too, so that one query knows;
        // what the last process had begun was marked and taken out at the start.
        self.read_much(|c| {
            let mut select = c.prepare_cached(
                "SELECT id, delivery_id, account_id, contact_id, send_before, due_at, attempts, \
                 uncertain, effect FROM outbox \
                 WHERE id NOT IN (SELECT outbox_id FROM sends_under_way) ORDER BY id",
            )?;
            let mut rows = select.query(())?;
            let mut items = Vec::new();
            while let Some(row) = rows.next()? {
                items.push(outbox_item(row)?);
            }
            Ok(items)
        })
        .await
    }

    async fn handed_over(&self) -> PortResult<Vec<OutboxItem>> {
        self.next_put_back().await
    }

    async fn begin_sends(&self, ids: &[OutboxId]) -> PortResult<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.ask(|reply| Request::BeginSends(ids.to_vec(), reply))
            .await
    }

    async fn end_sends(&self, updates: Vec<SendUpdate>) -> PortResult<()> {
        if updates.is_empty() {
            return Ok(());
        }
        let rows = updates
            .iter()
            .map(SendRows::new)
            .collect::<PortResult<Vec<_>>>()?;
        self.ask(|reply| Request::EndSends(rows, reply)).await
    }
}

impl Database {
    /// What was written lately and is not in its table yet.
    fn lately(&self, kind: Kind, account: &AccountId, contact: &ContactId) -> Option<Document> {
        if self.shared.people.is_empty() {
            return None;
        }
        self.shared.people.get(&Key {
            kind,
            account: Arc::from(account.as_str()),
            sender: Arc::from(contact.as_str()),
        })
    }

    fn all_lately(&self, kind: Kind, account: &AccountId) -> Vec<(Key, Document)> {
        let wanted = |key: &Key| key.kind == kind && *key.account == *account.as_str();
        self.shared.people.list(wanted)
    }
}

/// The documents of a table with those that are on their way there.
fn newest<T: DeserializeOwned>(
    mut old: Vec<T>,
    new: &[(Key, Document)],
    sender: impl Fn(&T) -> &ContactId,
) -> Result<Vec<T>, Failure> {
    let changed: HashSet<&str> = new.iter().map(|(key, _)| &*key.sender).collect();
    old.retain(|document| !changed.contains(sender(document).as_str()));
    for (_, document) in new {
        if let Some(body) = &document.body {
            old.push(parse_text(body)?);
        }
    }
    Ok(old)
}

/// A target as it is stored: a media id, or `all`, as in the cache's keys.
fn target_name(target: &Target) -> &str {
    target.media().map_or("all", |media| media.as_str())
}

pub(crate) fn outbox_item(row: &Row<'_>) -> Result<OutboxItem, Failure> {
    let text = |at| row.get::<_, Option<String>>(at);
    Ok(OutboxItem {
        id: OutboxId(row.get(0)?),
        delivery_id: DeliveryId(row.get(1)?),
        account_id: AccountId::from(row.get::<_, String>(2)?),
        contact_id: text(3)?.map(ContactId::from),
        send_before: Millis(row.get(4)?),
        due_at: Millis(row.get(5)?),
        attempts: row.get(6)?,
        uncertain: row.get(7)?,
        effect: serde_json::from_slice(row.get_ref(8)?.as_bytes().unwrap_or_default())?,
    })
}
