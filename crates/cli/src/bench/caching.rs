//! Hit rates on the reference workload.

use super::subject::{Subject, delivery};
use anyhow::{Context, Result};
use fastrand::Rng;
use heliograph_bench::figures::rounded;
use heliograph_bench::workload::{Plan, Workload};
use heliograph_engine::ports::VirtualClock;
use heliograph_model::{CacheFigures, Collection, CollectionFigures, Message, Millis};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// Deliveries that arrive before the clock moves on and everything is waited for.
const TOGETHER: usize = 256;

/// When the workload starts; any time would do.
const START: Millis = Millis(1_790_000_000_000);

/// Hit rates on the reference workload: in steady state, that is in the second half.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HitRates {
    pub(crate) deliveries: usize,
    /// Hours that the workload takes, for the people who write. Times to live run on
    /// this clock.
    pub(crate) virtual_hours: f64,
    pub(crate) accounts: usize,
    /// The circle of people who come by again and again.
    pub(crate) people: usize,
    pub(crate) edits: usize,
    pub(crate) new_contacts_per_thousand_visits: u32,
    pub(crate) workspace: HitRate,
    pub(crate) automations: HitRate,
    pub(crate) user_state: HitRate,
}

/// Reads of one collection, and how they ended.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HitRate {
    pub(crate) reads: u64,
    pub(crate) near_hits: u64,
    pub(crate) shared_hits: u64,
    pub(crate) misses: u64,
    pub(crate) percent: f64,
}

/// Runs the workload on a virtual clock, with an operator's edits.
pub(crate) async fn measure(directory: &Path, deliveries: usize) -> Result<HitRates> {
    let plan = Plan::half_a_day(deliveries);
    let workload = Workload::new(&plan, START);
    let clock = Arc::new(VirtualClock::new(START));
    let subject = Subject::start(directory, "caching", Arc::clone(&clock) as _, &workload).await?;
    let mut rng = Rng::with_seed(plan.seed);
    let (mut edits, mut arrived, mut warm) = (0, 0, None);
    for together in workload.deliveries.chunks(TOGETHER) {
        let now = together.last().context("a chunk is never empty")?.at;
        clock.advance_to(now);
        // Polled in this order, so they arrive in this order, and share commits.
        let pushes = together.iter().map(|planned| {
            subject
                .queue
                .push(delivery(planned.body.clone(), planned.at))
        });
        futures::future::try_join_all(pushes).await?;
        subject.engine.settle().await?;
        let before = arrived;
        arrived += together.len();
        if arrived / plan.deliveries_per_edit > before / plan.deliveries_per_edit {
            edit(&subject, &workload, &mut rng, edits).await?;
            edits += 1;
        }
        if warm.is_none() && arrived * 2 >= plan.deliveries {
            warm = Some((subject.engine.cache_figures(), edits));
        }
    }
    let after = subject.engine.cache_figures();
    subject.stop().await;
    let (before, warm_edits) = warm.context("the workload is too short")?;
    let rate = |collection| HitRate::between(&before, &after, collection);
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let virtual_hours = rounded(plan.span_ms as f64 / Millis::HOUR as f64 / 2.0);
    Ok(HitRates {
        deliveries: arrived - arrived / 2,
        virtual_hours,
        accounts: plan.accounts,
        people: plan.accounts * plan.people_per_account,
        edits: edits - warm_edits,
        new_contacts_per_thousand_visits: plan.new_per_thousand,
        workspace: rate(Collection::Workspace),
        automations: rate(Collection::Automations),
        user_state: rate(Collection::UserState),
    })
}

/// Changes what an automation says, as an operator does.
async fn edit(subject: &Subject, workload: &Workload, rng: &mut Rng, number: usize) -> Result<()> {
    let workspaces = subject.engine.workspaces();
    let file = &workload.workspaces[rng.usize(0..workload.workspaces.len())];
    let chosen = &file.automations[rng.usize(0..file.automations.len())];
    let mut automation = workspaces.automation(&chosen.id).await?;
    if let Some(main) = &mut automation.steps.main {
        main.messages = vec![Message::Text {
            text: format!("Here it is, in its version {number}."),
            quick_replies: Vec::new(),
        }];
    }
    workspaces.edit(automation).await?;
    Ok(())
}

impl HitRate {
    fn between(before: &CacheFigures, after: &CacheFigures, collection: Collection) -> Self {
        let (before, after) = (before.of(collection), after.of(collection));
        let since = |field: fn(&CollectionFigures) -> u64| field(after) - field(before);
        let measured = CollectionFigures {
            reads: since(|figures| figures.reads),
            near_hits: since(|figures| figures.near_hits),
            shared_hits: since(|figures| figures.shared_hits),
            misses: since(|figures| figures.misses),
            ..CollectionFigures::default()
        };
        Self {
            reads: measured.reads,
            near_hits: measured.near_hits,
            shared_hits: measured.shared_hits,
            misses: measured.misses,
            percent: rounded(measured.hit_rate() * 100.0),
        }
    }
}
