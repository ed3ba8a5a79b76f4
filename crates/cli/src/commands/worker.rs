//! `heliograph worker`: works on the queue of a production profile, headless.

use super::serve::stopped;
use crate::failure::Usage;
use crate::live::LiveOptions;
use crate::options::flag;
use crate::place::{Needs, PlaceOptions};
use crate::{output, telemetry};
use heliograph_model::GuardLevel;
use heliograph_runtime::Runtime;
use heliograph_telemetry::{Report, Sample};
use std::process::ExitCode;
use std::time::Duration;

/// What `--help` says about secrets.
pub(super) const SECRETS_HELP: &str = "\
Secrets come from the environment:
  HELIOGRAPH_REDIS, HELIOGRAPH_MONGO  Connection strings, where they hold passwords
  HELIOGRAPH_ACCESS_TOKEN             `token`, or `account=token,…`; otherwise the accounts'
                                      documents hold the tokens";

/// The pause between two looks at the queue, for a worker that ends when it is empty.
const LOOK: Duration = Duration::from_millis(20);

/// Takes deliveries from a shared queue and answers them.
#[derive(Debug, clap::Args)]
pub(crate) struct WorkerArguments {
    #[command(flatten)]
    place: PlaceOptions,
    #[command(flatten)]
    metrics: telemetry::MetricsOptions,
    #[command(flatten)]
    live: LiveOptions,
    /// End when the queue is drained and everything is written down, and print figures.
    // Not in a file, which several commands share: a worker that was started to stay would end
    // at the first quiet moment.
    #[arg(long, env = "HELIOGRAPH_UNTIL_EMPTY", value_parser = flag)]
    until_empty: bool,
}

/// Works until SIGINT or SIGTERM, or until the queue is empty; then finishes what was
/// taken, and says how it went.
pub(crate) async fn run(arguments: WorkerArguments, json: bool) -> anyhow::Result<ExitCode> {
    let chosen = arguments.place.choose(Needs::Everything)?;
    if !chosen.is_production() {
        return Err(Usage(
            "a worker works on servers: name them with --redis, --mongo, --database and --queue, or with --profile; on a database file `heliograph serve` does everything"
                .to_owned(),
        )
        .into());
    }
    if chosen.guard() == GuardLevel::Observe {
        output::error_line(
            "heliograph: the guard level is observe, so this worker takes nothing; start it with --guard live to work",
        );
    }
    if let Some(caution) = chosen.caution() {
        output::error_line(caution);
    }
    let runtime = chosen.open().await?;
    arguments.live.start(&runtime);
    let metrics = arguments.metrics.start(&runtime).await?;
    let source = telemetry::source(&runtime);
    if !json {
        output::line(&format!("documents   {}", runtime.documents_address()))?;
        output::line(&format!("instagram   {}", runtime.instagram_address()))?;
        output::line(&format!("guard       {}", runtime.guard().level()))?;
        if let Some(metrics) = &metrics {
            output::line(&format!("metrics     {}", metrics.url()))?;
        }
    }
    if arguments.until_empty {
        tokio::select! {
            result = empty(&runtime) => result?,
            result = stopped() => result?,
        }
    } else {
        stopped().await?;
    }
    let sample = Sample::of(&source).await;
    let report = Report::of(&sample);
    runtime.stop().await;
    drop(source);
    if let Some(metrics) = metrics {
        metrics.stop().await;
    }
    if json {
        output::json(&report)?;
    } else {
        output::line(&report.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns when nothing is queued, under way, or waiting to be written behind.
async fn empty(runtime: &Runtime) -> anyhow::Result<()> {
    let engine = runtime.engine();
    loop {
        let depth = engine.depth().await?;
        if depth.waiting + depth.active + depth.delayed == 0 {
            engine.settle().await?;
            // Nothing is under way at any worker, so nobody hands over a send any more;
            // what was handed over to this one, or left by one that ended, is sent first.
            let now = runtime.clock().now();
            let left = runtime.store().outbox().await?;
            if !left.iter().any(|item| item.due_at <= now) {
                runtime.flush().await?;
                return Ok(());
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
