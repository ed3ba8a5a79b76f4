//! The indexes of the documents, guarded: looked at at every level, created while *live*.

use super::Guard;
use crate::audit::Change;
use heliograph_engine::ports::{PortError, PortResult};
use heliograph_mongo::{IndexReport, IndexState, MongoStore};
use std::sync::Arc;

/// The indexes that the documents need.
#[derive(Debug, Clone)]
pub struct GuardedIndexes {
    store: Arc<MongoStore>,
    guard: Arc<Guard>,
}

/// What became of indexes that were missing, each as `collection (fields)`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatedIndexes {
    /// They are there now.
    pub created: Vec<String>,
    /// MongoDB refused these, with the reason, or there is a different one in their place.
    pub refused: Vec<String>,
}

impl GuardedIndexes {
    /// Guards those of `store`.
    #[must_use]
    pub fn new(store: Arc<MongoStore>, guard: Arc<Guard>) -> Self {
        Self { store, guard }
    }

    /// Creates those that are missing. One that is there and different is left as it is. It
    /// takes as long as the collections are large.
    ///
    /// # Errors
    /// [`PortError::Refused`] at every level but *live*, and when the audit log cannot be
    /// written; [`PortError::Unavailable`] when MongoDB fails.
    pub async fn create(&self) -> PortResult<CreatedIndexes> {
        const WHAT: &str = "Creating indexes";
        // Before anything is asked, so that whoever may not is told that first.
        self.guard.may_on_real(WHAT)?;
        let missing = missing(&self.store.check_indexes().await.map_err(failed)?);
        if missing.is_empty() {
            return Ok(CreatedIndexes::default());
        }
        let mut change = Change::new(WHAT, missing.join(", "));
        change.after = Some("there".to_owned());
        let before = async { Some("missing".to_owned()) };
        let call = async { self.store.create_indexes().await.map_err(failed) };
        let reports = self.guard.change_on_real(change, before, call).await?;
        let mut made = CreatedIndexes::default();
        for report in &reports {
            match &report.state {
                IndexState::Present if missing.contains(&named(report)) => {
                    made.created.push(named(report));
                }
                IndexState::Present | IndexState::Missing => {}
                IndexState::Different(why) | IndexState::Refused(why) => {
                    made.refused.push(format!("{}: {why}", named(report)));
                }
            }
        }
        Ok(made)
    }
}

fn missing(reports: &[IndexReport]) -> Vec<String> {
    reports
        .iter()
        .filter(|report| report.state == IndexState::Missing)
        .map(named)
        .collect()
}

fn named(report: &IndexReport) -> String {
    format!("{} ({})", report.collection, report.fields)
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn failed(error: heliograph_mongo::MongoError) -> PortError {
    PortError::Unavailable(error.to_string())
}
