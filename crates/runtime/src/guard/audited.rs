//! What a person changes, with a line in the audit log around it.

use super::Guard;
use crate::audit::{AuditEntry, AuditLog, AuditOutcome, Change};
use heliograph_engine::ports::{PortError, PortResult};
use heliograph_model::GuardLevel;
use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

impl Guard {
    /// Makes a change that [`Guard::allow`] allows, and writes down how it ended. The line
    /// that it begins is on the disk before the change is made; `before` is read only when
    /// there is such a line.
    ///
    /// # Errors
    /// [`PortError::Refused`] at *observe*, or when the audit log cannot be written; and
    /// what the call answers.
    pub(crate) async fn change<T>(
        &self,
        change: Change,
        before: impl Future<Output = Option<String>> + Send,
        call: impl Future<Output = PortResult<T>> + Send,
    ) -> PortResult<T> {
        self.may(&change.what)?;
        self.written_down(change, before, call).await
    }

    /// As [`Self::change`], for what would change the real documents: *dry run* does not
    /// allow it either.
    pub(crate) async fn change_on_real<T>(
        &self,
        change: Change,
        before: impl Future<Output = Option<String>> + Send,
        call: impl Future<Output = PortResult<T>> + Send,
    ) -> PortResult<T> {
        self.may_on_real(&change.what)?;
        self.written_down(change, before, call).await
    }

    async fn written_down<T>(
        &self,
        mut change: Change,
        before: impl Future<Output = Option<String>> + Send,
        call: impl Future<Output = PortResult<T>> + Send,
    ) -> PortResult<T> {
        if self.log().is_some() {
            change.before = before.await;
        }
        self.beside(change, call, |_| None).await
    }

    /// Does something that goes past the ports and changes nothing of the profile, such as
    /// posting a delivery to somebody's server, with a line in the audit log around it.
    /// Whether that is allowed, the caller has asked. `failed` says of an answer why it
    /// counts as not done.
    ///
    /// # Errors
    /// [`PortError::Refused`] when the audit log cannot be written; and what the call
    /// answers.
    pub async fn beside<T, E: Display + From<PortError>>(
        &self,
        change: Change,
        call: impl Future<Output = Result<T, E>> + Send,
        failed: impl Fn(&T) -> Option<String> + Send,
    ) -> Result<T, E> {
        let Some(line) = self.begin(change).await? else {
            return call.await;
        };
        let answer = call.await;
        let why = match &answer {
            Ok(done) => failed(done),
            Err(error) => Some(error.to_string()),
        };
        line.end(why).await;
        answer
    }

    /// Begins a line of the audit log, where there is one to be written.
    ///
    /// # Errors
    /// [`PortError::Refused`] when it cannot be written: what leaves no trace is not done.
    pub(crate) async fn begin(&self, change: Change) -> PortResult<Option<Line>> {
        let Some(log) = self.log().cloned() else {
            return Ok(None);
        };
        let entry = self.entry(change);
        let line = Line {
            log: Arc::clone(&log),
            id: entry.id.clone(),
        };
        let written = tokio::task::spawn_blocking(move || log.begin(&entry)).await;
        match written {
            Ok(Ok(())) => Ok(Some(line)),
            Ok(Err(error)) => Err(unwritten(&error)),
            Err(error) => Err(unwritten(&error)),
        }
    }

    /// Passes when what is sent now can be written down.
    ///
    /// # Errors
    /// [`PortError::Refused`] while what was sent before cannot be written.
    pub(super) fn may_send(&self) -> PortResult<()> {
        self.unwritten().map_or(Ok(()), |why| {
            Err(PortError::Refused(format!(
                "Nothing is sent, because the audit log cannot be written: {why}. Make room on the disk, or let this user write in the application's data folder; what waits is sent then."
            )))
        })
    }

    /// Why messages wait: what was sent cannot be written into the audit log. `None` while
    /// all is well.
    #[must_use]
    pub fn unwritten(&self) -> Option<String> {
        self.whole_log().and_then(|log| log.trouble())
    }

    /// Writes down what was sent and waits to be written.
    pub(crate) async fn write_down(&self) {
        let Some(log) = self.whole_log().cloned() else {
            return;
        };
        // That it could not be written has been said there.
        let _ = tokio::task::spawn_blocking(move || log.flush()).await;
    }

    /// Writes down how many deliveries a listener put into the queue, once it has ended.
    pub fn heard(&self, accepted: u64) {
        if accepted > 0 {
            let said = format!("{accepted} deliveries");
            self.say("The listener put deliveries into the queue", &said);
        }
    }

    /// Writes down what became of *live*, as well as that can be.
    pub(crate) fn say(&self, what: &str, subject: &str) {
        if let Err(error) = self.live(what, subject) {
            tracing::warn!(%error, what, "this is not in the audit log");
        }
    }

    /// Writes down what becomes of *live*: there is no more to come of it.
    pub(super) fn live(&self, what: &str, subject: &str) -> PortResult<()> {
        let Some(log) = self.log() else {
            return Ok(());
        };
        let level = match self.state.rest {
            GuardLevel::DryRun => GuardLevel::DryRun,
            GuardLevel::Offline | GuardLevel::Observe | GuardLevel::Live => GuardLevel::Live,
        };
        let entry = AuditEntry {
            level,
            outcome: AuditOutcome::Done,
            ..self.entry(Change::new(what, subject))
        };
        log.begin(&entry).map_err(|error| unwritten(&error))
    }

    /// Writes down something of which there is no more to say.
    pub(super) fn note(&self, what: &str, subject: &str) -> PortResult<()> {
        let Some(log) = self.log() else {
            return Ok(());
        };
        let change = Change::new(what, subject);
        log.begin(&self.entry(change))
            .map_err(|error| unwritten(&error))
    }

    /// For what a person does.
    fn log(&self) -> Option<&Arc<AuditLog>> {
        self.whole_log().filter(|_| !self.by_engine)
    }

    /// For what is sent, whoever wants it.
    pub(super) fn whole_log(&self) -> Option<&Arc<AuditLog>> {
        let log = self.state.audit.as_ref();
        log.filter(|_| self.state.rest != GuardLevel::Offline)
    }

    fn entry(&self, change: Change) -> AuditEntry {
        AuditEntry::new(
            self.state.clock.now(),
            &self.state.profile,
            self.level(),
            change,
        )
    }
}

/// A line that was begun.
#[derive(Debug)]
pub(crate) struct Line {
    log: Arc<AuditLog>,
    id: String,
}

impl Line {
    /// Says how it ended; `failed` is why not. What was done is done, so a log that cannot
    /// be written now is only warned of: the line stands there as begun.
    pub(crate) async fn end(self, failed: Option<String>) {
        let Self { log, id } = self;
        let written = tokio::task::spawn_blocking(move || log.end(&id, failed.as_deref())).await;
        if let Err(error) = written.map_err(std::io::Error::other).and_then(|it| it) {
            tracing::warn!(%error, "how a change ended is not in the audit log");
        }
    }
}

fn unwritten(error: &dyn std::fmt::Display) -> PortError {
    PortError::Refused(format!(
        "Nothing was changed, because the audit log cannot be written: {error}. Make room on the disk, or let this user write in the application's data folder."
    ))
}
