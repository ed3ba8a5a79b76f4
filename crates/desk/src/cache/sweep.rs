//! Looking through the whole cache in the background, for what should not be there: keys
//! without an expiry, keys without a document, and keys that say something else than their
//! document. It changes nothing.

use super::browse::{KeyRow, compare};
use super::{CacheDesk, Result, Shared};
use futures::{StreamExt, stream};
use heliograph_engine::cache::agreement::Agreement;
use heliograph_engine::cache::key;
use heliograph_engine::ports::{Cursor, FoundKey, KeyValue, Ttl};
use heliograph_model::{Collection, Millis};
use heliograph_runtime::Runtime;
use serde::Serialize;
use std::sync::Arc;

/// Keys that the server looks at in one step.
const STEP: u32 = 500;
/// Documents that are asked for at the same time.
const AT_ONCE: usize = 64;
/// Findings that are listed; the rest is counted.
const MOST_LISTED: usize = 1_000;

/// How a walk through the cache stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CacheScan {
    /// Another number is another walk.
    pub number: u32,
    /// How far it is.
    pub state: ScanState,
    /// Why it ended before the end, for people.
    pub failure: Option<String>,
    /// About how many keys of all kinds were looked at.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub looked_at: u64,
    /// How many there were at the beginning.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub total: u64,
    /// What was found, by collection.
    pub counts: Vec<ScanCount>,
    /// How many keys are listed,
    pub listed: u32,
    /// and how many more were found.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub not_listed: u64,
    /// When it began, by the clock of this machine,
    pub began_at: Millis,
    /// and when it ended.
    pub ended_at: Option<Millis>,
}

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// It walks.
    Running,
    /// It saw everything.
    Finished,
    /// Somebody stopped it.
    Cancelled,
    /// The cache or the documents did not answer.
    Failed,
}

/// What was found of one collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ScanCount {
    /// Which.
    pub collection: Collection,
    /// Keys in all,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub keys: u64,
    /// and what they take in memory, in bytes.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub bytes: u64,
    /// Keys that never go.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub without_expiry: u64,
    /// Keys of which there is no document.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub orphans: u64,
    /// Keys that say something else than their document.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub different: u64,
    /// Keys that cannot be read, or that the engine would not give.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub unreadable: u64,
}

/// A key with which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ScanFinding {
    /// The key.
    pub row: KeyRow,
    /// Its collection.
    pub collection: Collection,
    /// What is wrong with it, one thing at least.
    pub problems: Vec<ScanProblem>,
}

/// What is wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ScanProblem {
    /// It never goes.
    WithoutExpiry,
    /// There is no document.
    Orphan,
    /// The document says something else.
    Different,
    /// It cannot be read, or the engine would not give such a key.
    Unreadable,
}

/// A walk with what it found.
#[derive(Debug)]
pub(super) struct Sweep {
    pub scan: CacheScan,
    pub findings: Vec<ScanFinding>,
}

impl Sweep {
    fn begin(number: u32, total: u64, at: Millis) -> Self {
        let counts = Collection::ALL.map(|collection| ScanCount {
            collection,
            keys: 0,
            bytes: 0,
            without_expiry: 0,
            orphans: 0,
            different: 0,
            unreadable: 0,
        });
        Self {
            scan: CacheScan {
                number,
                state: ScanState::Running,
                failure: None,
                looked_at: 0,
                total,
                counts: counts.into(),
                listed: 0,
                not_listed: 0,
                began_at: at,
                ended_at: None,
            },
            findings: Vec::new(),
        }
    }

    fn add(&mut self, finding: ScanFinding) {
        let count = &mut self.scan.counts[finding.collection as usize];
        count.keys += 1;
        count.bytes += finding.row.bytes.unwrap_or(0);
        for problem in &finding.problems {
            *match problem {
                ScanProblem::WithoutExpiry => &mut count.without_expiry,
                ScanProblem::Orphan => &mut count.orphans,
                ScanProblem::Different => &mut count.different,
                ScanProblem::Unreadable => &mut count.unreadable,
            } += 1;
        }
        if finding.problems.is_empty() {
            return;
        }
        if self.findings.len() < MOST_LISTED {
            self.findings.push(finding);
            self.scan.listed += 1;
        } else {
            self.scan.not_listed += 1;
        }
    }

    fn end(&mut self, state: ScanState, at: Millis) {
        if self.scan.state == ScanState::Running {
            self.scan.state = state;
            self.scan.ended_at = Some(at);
        }
    }

    /// Those keys are gone.
    fn forget(&mut self, is_gone: impl Fn(&ScanFinding) -> bool) {
        self.findings.retain(|finding| !is_gone(finding));
        self.scan.listed = u32::try_from(self.findings.len()).unwrap_or(u32::MAX);
    }
}

impl CacheDesk {
    /// Begins a walk through the whole cache, in place of one that is under way.
    ///
    /// # Errors
    /// When the cache does not answer.
    pub async fn scan(&self) -> Result<CacheScan> {
        let runtime = self.runtime()?;
        let servers = runtime.keys().servers().await?;
        let total = servers.iter().map(|server| server.keys).sum();
        self.cancel_scan();
        let (scan, number) = {
            let mut state = self.shared.state.lock();
            state.scans += 1;
            let sweep = Sweep::begin(state.scans, total, self.shared.clock.now());
            let scan = sweep.scan.clone();
            state.sweep = Some(sweep);
            (scan, state.scans)
        };
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let ended = walk(&shared, &runtime, number).await;
            shared.sweep(number, |sweep, at| match ended {
                Ok(()) => sweep.end(ScanState::Finished, at),
                Err(error) => {
                    sweep.scan.failure = Some(error.to_string());
                    sweep.end(ScanState::Failed, at);
                }
            });
        });
        self.tasks.lock().sweep = Some(task.abort_handle());
        self.told_changed();
        Ok(scan)
    }

    /// Ends a walk where it stands; what it found stays. Does nothing where none walks.
    pub fn cancel_scan(&self) {
        if let Some(task) = self.tasks.lock().sweep.take() {
            task.abort();
        }
        let at = self.shared.clock.now();
        if let Some(sweep) = &mut self.shared.state.lock().sweep {
            sweep.end(ScanState::Cancelled, at);
        }
        self.told_changed();
    }

    /// The keys with which something is wrong, as far as the walk has come.
    #[must_use]
    pub fn findings(&self) -> Vec<ScanFinding> {
        let state = self.shared.state.lock();
        let sweep = state.sweep.as_ref();
        sweep.map_or_else(Vec::new, |sweep| sweep.findings.clone())
    }
}

impl Shared {
    /// Takes keys that are gone off the list of the last walk.
    pub(super) fn forget_findings(&self, is_gone: impl Fn(&ScanFinding) -> bool) {
        if let Some(sweep) = &mut self.state.lock().sweep {
            sweep.forget(is_gone);
        }
        self.changed.send_replace(());
    }

    /// Changes the walk with this number, where it is still the one that counts.
    fn sweep(&self, number: u32, change: impl FnOnce(&mut Sweep, Millis)) {
        let at = self.clock.now();
        if let Some(sweep) = &mut self.state.lock().sweep
            && sweep.scan.number == number
        {
            change(sweep, at);
        }
        self.changed.send_replace(());
    }
}

async fn walk(shared: &Arc<Shared>, runtime: &Arc<Runtime>, number: u32) -> Result<()> {
    let mut from: Option<Cursor> = None;
    loop {
        let page = runtime.keys().keys("*", from.as_ref(), STEP).await?;
        let looks = page.keys.into_iter().filter_map(|found| {
            let collection = key::collection(&found.key)?;
            Some(look(runtime, found, collection))
        });
        // Each is asked for by itself, and MongoDB gathers what comes at the same time.
        let mut looks = stream::iter(looks).buffer_unordered(AT_ONCE);
        while let Some(looked) = looks.next().await {
            if let Some(finding) = looked? {
                shared.sweep(number, |sweep, _| sweep.add(finding));
            }
        }
        shared.sweep(number, |sweep, _| sweep.scan.looked_at += page.looked_at);
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// What there is to say of one key; `None` where it went meanwhile.
async fn look(
    runtime: &Arc<Runtime>,
    found: FoundKey,
    collection: Collection,
) -> Result<Option<ScanFinding>> {
    let mut problems = Vec::new();
    if found.ttl == Ttl::Forever {
        problems.push(ScanProblem::WithoutExpiry);
    }
    let mut problem = disagreement(runtime, &found.key).await?;
    if matches!(
        problem,
        Some(Some(ScanProblem::Orphan | ScanProblem::Different))
    ) {
        // Somebody may have written between the two reads.
        problem = disagreement(runtime, &found.key).await?;
    }
    let Some(problem) = problem else {
        return Ok(None);
    };
    problems.extend(problem);
    Ok(Some(ScanFinding {
        row: KeyRow::of(found, runtime.clock().now()),
        collection,
        problems,
    }))
}

/// How a key stands to its document: `None` where it is gone, `Some(None)` where all is
/// well.
async fn disagreement(runtime: &Arc<Runtime>, key: &str) -> Result<Option<Option<ScanProblem>>> {
    let opened = runtime.keys().open(&[key.to_owned()]).await?;
    let Some(opened) = opened.into_iter().next().flatten() else {
        return Ok(None);
    };
    let KeyValue::Bytes(bytes) = &opened.value else {
        return Ok(Some(Some(ScanProblem::Unreadable)));
    };
    let compared = compare(runtime, key, bytes, runtime.clock().now()).await?;
    Ok(Some(match compared.agreement {
        Agreement::Same | Agreement::Times => None,
        Agreement::Differs => Some(ScanProblem::Different),
        Agreement::Orphan => Some(ScanProblem::Orphan),
        Agreement::Unreadable | Agreement::Unknown => Some(ScanProblem::Unreadable),
    }))
}
