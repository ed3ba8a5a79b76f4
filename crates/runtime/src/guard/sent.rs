//! What was sent, as a line of the audit log.

use super::Guard;
use crate::audit::{AuditEntry, AuditOutcome, Change};
use heliograph_engine::ports::SendRequest;
use heliograph_model::{
    Effect, ErrorClass, GuardLevel, MessageId, Millis, Receipt, Recipient, SendError,
};
use serde_json::{Value, json};

/// A try to send something. It is written down when it has ended; one that is given up before
/// there is an answer, as begun.
#[derive(Debug)]
pub(super) struct Sending<'a> {
    guard: &'a Guard,
    request: &'a SendRequest<'a>,
    at: Millis,
    /// `None` where nothing left.
    outcome: Option<AuditOutcome>,
    why: Option<String>,
    message: Option<MessageId>,
}

impl<'a> Sending<'a> {
    pub(super) fn begin(guard: &'a Guard, request: &'a SendRequest<'a>) -> Self {
        Self {
            guard,
            request,
            at: guard.state.clock.now(),
            outcome: Some(AuditOutcome::Begun),
            why: None,
            message: None,
        }
    }

    pub(super) fn end(mut self, answer: &Result<Receipt, SendError>) {
        match answer {
            Ok(receipt) => {
                self.outcome = Some(AuditOutcome::Done);
                self.message.clone_from(&receipt.message_id);
            }
            Err(error) => {
                self.outcome = outcome(error);
                self.why = Some(why(error));
            }
        }
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let (Some(log), Some(outcome)) = (self.guard.whole_log(), self.outcome) else {
            return;
        };
        let change = described(self.request, self.message.as_ref());
        let profile = self.guard.profile();
        let mut entry = AuditEntry::new(self.at, profile, GuardLevel::Live, change);
        entry.outcome = outcome;
        entry.why = self.why.take();
        log.sent(&entry);
    }
}

/// How a try ended; `None` where the account's own pace let nothing out.
fn outcome(error: &SendError) -> Option<AuditOutcome> {
    let is_pace = error.class == ErrorClass::Retry
        && error.code.is_none()
        && error.retry_after_ms.is_some()
        && error.answered.is_none();
    match error.class {
        _ if is_pace => None,
        ErrorClass::Unknown => Some(AuditOutcome::Unknown),
        ErrorClass::Retry | ErrorClass::Token | ErrorClass::Permanent | ErrorClass::Window => {
            Some(AuditOutcome::Failed)
        }
    }
}

fn why(error: &SendError) -> String {
    let class = error.class.as_str();
    match error.code {
        Some(code) => format!("{class}, code {code}: {}", error.message),
        None => format!("{class}: {}", error.message),
    }
}

/// What is sent to whom. No token is in it: that is the adapter's.
fn described(request: &SendRequest<'_>, message_id: Option<&MessageId>) -> Change {
    let (what, comment, mut said) = match request.effect {
        Effect::Send {
            to,
            message,
            automation_id,
            step,
            delay_ms: _,
        } => {
            let said = json!({ "message": message, "automation": automation_id, "step": step });
            match to {
                Recipient::Contact(_) => ("Sending a message", None, said),
                Recipient::Comment(comment) => ("Sending a private reply", Some(comment), said),
            }
        }
        Effect::ReplyToComment {
            comment_id,
            text,
            automation_id,
        } => {
            let said = json!({ "text": text, "automation": automation_id });
            ("Replying to a comment", Some(comment_id), said)
        }
        Effect::React {
            contact_id: _,
            message_id,
            reaction,
            automation_id,
        } => {
            let said = json!({
                "reaction": reaction, "to": message_id, "automation": automation_id,
            });
            ("Reacting to a message", None, said)
        }
    };
    if let (Some(id), Value::Object(fields)) = (message_id, &mut said) {
        fields.insert("messageId".to_owned(), id.as_str().into());
    }
    let account = request.account_id;
    let mut subject = match request.contact_id {
        Some(contact) => format!("to {contact} from {account}"),
        None => format!("from {account}"),
    };
    if let Some(comment) = comment {
        subject.push_str(&format!(", comment {comment}"));
    }
    Change::new(what, subject).to(said.to_string())
}
