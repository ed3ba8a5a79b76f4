//! Documents for the stories and the adapters' own tests.

use crate::ports::{Commit, NewOutboxItem, SendUpdate};
use bytes::Bytes;
use heliograph_model::{
    Account, AccountSettings, Automation, AutomationType, Awaiting, Contact, ContactChange,
    Decision, DecisionRecord, DeliveryId, DeliverySource, Effect, Event, EventKind, Millis,
    NewDelivery, OutboxItem, OutboxState, OutgoingMessage, Reason, Receipt, Recipient, SendRecord,
    StateChange, StepName, Steps, Target, Trace, Trigger, UserState, Workspace,
};

/// When the stories begin: 2026-11-24, 00:00 UTC.
pub const START: Millis = Millis(1_795_478_400_000);

/// A workspace.
#[must_use]
pub fn workspace(id: &str, name: &str) -> Workspace {
    Workspace {
        id: id.into(),
        name: name.into(),
    }
}

/// An account.
#[must_use]
pub fn account(id: &str, workspace: &str, username: &str) -> Account {
    Account {
        id: id.into(),
        workspace_id: workspace.into(),
        username: username.into(),
        is_active: true,
        aliases: Vec::new(),
        settings: AccountSettings::default(),
    }
}

/// An active automation that answers every direct message and has no step.
#[must_use]
pub fn automation(id: &str, workspace: &str, priority: i32) -> Automation {
    Automation {
        id: id.into(),
        workspace_id: workspace.into(),
        kind: AutomationType::DmAutomation,
        name: format!("Automation {id}"),
        is_active: true,
        priority,
        target: Target::All,
        trigger: Trigger::default(),
        steps: Steps::default(),
        version: 1,
        created_at: START,
        updated_at: START,
    }
}

/// A state that waits for an email address.
#[must_use]
pub fn user_state(account: &str, sender: &str, expires_at: Millis) -> UserState {
    UserState {
        account_id: account.into(),
        sender_id: sender.into(),
        automation_id: "a1".into(),
        automation_type: AutomationType::DmAutomation,
        target: Target::All,
        state: Awaiting::AwaitingEmail,
        asked: 1,
        started_by: None,
        event_at: START,
        updated_at: START,
        expires_at,
    }
}

/// A contact who has written.
#[must_use]
pub fn contact(account: &str, sender: &str, last_message_at: Millis) -> Contact {
    let mut contact = Contact::new(account.into(), sender.into(), START);
    contact.last_message_at = Some(last_message_at);
    contact
}

/// A delivery with this body.
#[must_use]
pub fn delivery(body: &str, received_at: Millis) -> NewDelivery {
    NewDelivery {
        received_at,
        source: DeliverySource::Listener,
        body: Bytes::copy_from_slice(body.as_bytes()),
        secret: None,
        accounts: Vec::new(),
    }
}

/// A direct message with the decision to answer nothing.
#[must_use]
pub fn record(delivery: DeliveryId, index: u32, sender: &str, text: &str) -> DecisionRecord {
    let mut event = Event::new(EventKind::DmText);
    event.account_id = Some("17841400000000001".into());
    event.sender_id = Some(sender.into());
    event.contact_id = Some(sender.into());
    event.event_id = Some(format!("mid.{delivery}.{index}").into());
    event.text = Some(text.into());
    DecisionRecord {
        delivery_id: delivery,
        index,
        event,
        decision: Decision {
            state: StateChange::Keep,
            contact: ContactChange::default(),
            effects: Vec::new(),
            trace: Trace::new(
                EventKind::DmText,
                START,
                Reason::NoMatch,
                "No automation matched.".into(),
            ),
        },
    }
}

/// A commit that only marks the event and journals the decision.
#[must_use]
pub fn commit(mark: &str, record: DecisionRecord) -> Commit {
    Commit {
        mark: mark.into(),
        now: START,
        account_id: record.event.account_id.clone(),
        contact_id: record.event.contact_id.clone(),
        state: StateChange::Keep,
        contact: None,
        outbox: Vec::new(),
        begins: true,
        record,
        hold: None,
        cached: None,
    }
}

/// A text to a contact.
#[must_use]
pub fn text(to: &str, text: &str) -> Effect {
    Effect::Send {
        to: Recipient::Contact(to.into()),
        message: OutgoingMessage::Text {
            text: text.into(),
            quick_replies: Vec::new(),
        },
        automation_id: "a1".into(),
        step: StepName::Main,
        delay_ms: 0,
    }
}

/// An effect for the outbox, due at once.
#[must_use]
pub fn outbox(delivery: DeliveryId, to: &str, effect: Effect) -> NewOutboxItem {
    NewOutboxItem {
        delivery_id: delivery,
        account_id: "17841400000000001".into(),
        contact_id: Some(to.into()),
        effect,
        send_before: START + Millis::DAY,
        due_at: START,
    }
}

/// How a try to send an outbox item ended.
#[must_use]
pub fn ended(item: &OutboxItem, state: OutboxState, retry_at: Option<Millis>) -> SendUpdate {
    SendUpdate {
        record: SendRecord {
            outbox_id: item.id,
            delivery_id: item.delivery_id,
            account_id: item.account_id.clone(),
            contact_id: item.contact_id.clone(),
            at: START,
            effect: item.effect.clone(),
            state,
            attempt: item.attempts + 1,
            uncertain: item.uncertain,
            send_before: Some(item.send_before),
            receipt: (state == OutboxState::Sent).then(|| Receipt {
                message_id: Some("mid.sent".into()),
                recipient_id: item.contact_id.clone(),
                answered: None,
            }),
            error: None,
        },
        retry_at,
        waiting: Vec::new(),
    }
}
