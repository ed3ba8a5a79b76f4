//! The local record of deliveries, decisions and sends, and the live view of it.

use crate::{
    AccountId, AutomationId, AutomationType, ContactId, Decision, DeliveryId, DeliverySource,
    Effect, Event, Millis, OutboxId, OutboxState, Receipt, SendError, WorkspaceId,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A delivery as the journal has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRecord {
    /// Its place in the journal.
    pub id: DeliveryId,
    /// When it arrived.
    pub received_at: Millis,
    /// Where it came from.
    pub source: DeliverySource,
    /// The name of the app secret that signed it.
    pub secret: Option<String>,
    /// The body as text; bytes that are not UTF-8 are replaced for display.
    pub body: String,
    /// When somebody removed it from the queue by hand, where it was not put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Millis>,
}

/// One event with the decision it led to, as the journal has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DecisionRecord {
    /// The delivery that carried the event.
    pub delivery_id: DeliveryId,
    /// The event's place in the delivery, from 0.
    pub index: u32,
    /// The event.
    pub event: Event,
    /// What was decided.
    pub decision: Decision,
}

/// How one try to send something ended, as the journal has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SendRecord {
    /// Its place in the outbox.
    pub outbox_id: OutboxId,
    /// The delivery that led to it.
    pub delivery_id: DeliveryId,
    /// The account that sent.
    pub account_id: AccountId,
    /// The contact it was for.
    pub contact_id: Option<ContactId>,
    /// When it ended.
    pub at: Millis,
    /// What was sent.
    pub effect: Effect,
    /// How it stands now.
    pub state: OutboxState,
    /// Which try this was, from 1; 0 when it was never attempted.
    pub attempt: u32,
    /// An earlier try was cut off by the end of the process, so this may be a repeat.
    pub uncertain: bool,
    /// Until when Instagram accepts it, as far as was known then; absent in what an earlier
    /// version wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_before: Option<Millis>,
    /// Instagram's answer, when it took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What went wrong, when something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SendError>,
}

/// Something that happened in the engine, told live to whoever watches. Watchers that
/// are too slow miss some; the journal does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(
    tag = "happening",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Happening {
    /// A delivery was taken from the queue.
    Delivery {
        /// Which.
        id: DeliveryId,
        /// When it arrived.
        received_at: Millis,
        /// Where it came from.
        source: DeliverySource,
        /// How many events it carries.
        events: u32,
        /// The name of the app secret that signed it, where the queue says it. Only for
        /// this process.
        #[serde(skip)]
        secret: Option<String>,
        /// What arrived. Only for this process: what is printed or shown of a happening
        /// holds no bodies.
        #[serde(skip)]
        body: Bytes,
    },
    /// An event was decided and the decision committed.
    Decided(Box<DecisionRecord>),
    /// Somebody has set by hand where a contact stands or what is stored of them.
    ByHand(Box<DecisionRecord>),
    /// A try to send something ended.
    Sent(Box<SendRecord>),
    /// An automation was created, edited, switched, moved or deleted.
    AutomationChanged {
        /// Whose.
        workspace_id: WorkspaceId,
        /// Which.
        automation_id: AutomationId,
        /// Its type.
        automation_type: AutomationType,
    },
    /// A delivery could not be handled and went to the dead letter.
    DeadLetter {
        /// Which.
        id: DeliveryId,
        /// Why.
        error: String,
    },
    /// Somebody removed deliveries from the queue by hand.
    Removed {
        /// Which.
        ids: Vec<DeliveryId>,
    },
    /// Somebody put deliveries back into the queue that had been removed from it.
    PutBack {
        /// Which.
        ids: Vec<DeliveryId>,
    },
}
