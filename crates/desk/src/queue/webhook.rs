//! What the webhook in a job is about.

use crate::traffic::{event_said, excerpt};
use heliograph_engine::ports::{Jobs, PortResult};
use heliograph_engine::route::route;
use heliograph_model::{ContactId, EventKind, JobId, Millis};
use serde::Serialize;

/// Larger ones are not read for a list, in bytes. Meta's are a few hundred; what an
/// application enqueued may be anything.
const MOST_BYTES: usize = 32 * 1_024;

/// What the webhook in a job is about: its first event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct JobWebhook {
    /// The kind of event.
    pub kind: EventKind,
    /// The person on the other side.
    pub contact_id: Option<ContactId>,
    /// Their handle, where the event says it.
    pub username: Option<String>,
    /// The beginning of its text or payload.
    pub text: String,
    /// How many events it carries besides.
    pub more: u32,
}

impl JobWebhook {
    fn of(body: &str) -> Option<Self> {
        let events = route(body.as_bytes(), Millis(0)).ok()?;
        let first = events.first()?;
        let contact = first.contact_id.as_ref().or(first.sender_id.as_ref());
        Some(Self {
            kind: first.kind,
            contact_id: contact.cloned(),
            username: first.username.clone(),
            text: excerpt(&event_said(first)),
            more: u32::try_from(events.len() - 1).unwrap_or(u32::MAX),
        })
    }
}

/// What the webhooks in jobs are about, in the order of the jobs.
pub(super) async fn about(jobs: &dyn Jobs, ids: &[JobId]) -> PortResult<Vec<Option<JobWebhook>>> {
    let bodies = jobs.webhooks(ids, MOST_BYTES).await?;
    let about = |body: Option<String>| body.as_deref().and_then(JobWebhook::of);
    Ok(bodies.into_iter().map(about).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_says_what_a_webhook_is_about() {
        let message = r#"{"sender":{"id":"7"},"recipient":{"id":"1"},"timestamp":1,
            "message":{"mid":"m1","text":"Price?\nPlease"}}"#;
        let body = format!(
            r#"{{"object":"instagram","entry":[{{"id":"1","time":1,"messaging":[{message},{message}]}}]}}"#
        );
        let webhook = JobWebhook::of(&body).expect("it is a webhook");
        assert_eq!(webhook.kind, EventKind::DmText);
        assert_eq!(webhook.contact_id, Some("7".into()));
        assert_eq!(webhook.text, "Price? Please", "on one line");
        assert_eq!(webhook.more, 1);
        assert_eq!(JobWebhook::of("not JSON"), None);
        assert_eq!(JobWebhook::of(r#"{"entry":[]}"#), None, "it has no event");
    }
}
