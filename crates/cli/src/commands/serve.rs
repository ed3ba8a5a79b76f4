//! `heliograph serve`: listener and worker, headless.

use crate::failure::Usage;
use crate::live::LiveOptions;
use crate::options::{flag, read_text};
use crate::place::{Needs, PlaceOptions};
use crate::secrets::Secrets;
use crate::{output, telemetry, tell};
use anyhow::Context;
use heliograph_listener::ListenerSettings;
use heliograph_model::GuardLevel;
use heliograph_runtime::Runtime;
use heliograph_telemetry::{Report, RunningMetrics};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;

/// What `--help` says about secrets, which are no options: those are seen by everybody on
/// the machine.
pub(super) const SECRETS_HELP: &str = "\
Secrets come from the environment:
  HELIOGRAPH_VERIFY_TOKEN  What Meta's dashboard calls the verify token
  HELIOGRAPH_APP_SECRET    The app secret; or several, separated by commas, each as
                           `name=secret`, with `@account+account` behind it where it may
                           speak for those accounts only
  HELIOGRAPH_ACCESS_TOKEN  With --graph: `token`, or `account=token,…`
The first two are made up for one run and printed where they are not set.";

/// Receives webhooks and answers them.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArguments {
    /// Where to listen. Port 0 takes a free one.
    #[arg(
        long,
        env = "HELIOGRAPH_LISTEN",
        default_value = "127.0.0.1:8787",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    /// The path of the webhook.
    #[arg(long, env = "HELIOGRAPH_PATH", default_value = ListenerSettings::PATH, value_name = "PATH")]
    path: String,
    /// A workspace file to bring in first; may be given more than once. Default: the demo
    /// workspace, when the database holds none.
    #[arg(long, env = "HELIOGRAPH_WORKSPACE", value_name = "FILE")]
    workspace: Vec<PathBuf>,
    #[command(flatten)]
    place: PlaceOptions,
    #[command(flatten)]
    metrics: telemetry::MetricsOptions,
    #[command(flatten)]
    live: LiveOptions,
    /// Do not print what happens.
    #[arg(long, short, env = "HELIOGRAPH_QUIET", value_parser = flag)]
    quiet: bool,
}

/// Serves until SIGINT or SIGTERM; then drains what was accepted.
pub(crate) async fn run(arguments: ServeArguments, json: bool) -> anyhow::Result<ExitCode> {
    let chosen = arguments.place.choose(Needs::Everything)?;
    let secrets = Secrets::of(&chosen)?;
    let (shown_token, shown_secret) = (secrets.shown_token, secrets.shown_secret);
    let settings = ListenerSettings {
        path: arguments.path,
        verify_token: Some(secrets.verify_token),
        secrets: secrets.app_secrets,
        ..ListenerSettings::default()
    };
    settings.check().map_err(|error| Usage(error.to_string()))?;
    // The port first: when it is taken, nothing else need be started.
    let tcp = TcpListener::bind(arguments.listen).await.map_err(|error| {
        Usage(format!(
            "cannot listen on {}: {error}. Choose another address with --listen, or stop what uses it.",
            arguments.listen
        ))
    })?;
    if chosen.guard() == GuardLevel::Observe {
        output::error_line(
            "heliograph: the guard level is observe, so deliveries are refused and Meta sends them again; start it with --guard live to take them",
        );
    }
    if let Some(caution) = chosen.caution() {
        output::error_line(caution);
    }
    let runtime = chosen.open().await?;
    arguments.live.start(&runtime);
    // A stranger's demo has no business among the documents of a production profile.
    let wants_demo = !chosen.is_production() && chosen.guard() != GuardLevel::Observe;
    let workspaces = bring_in(&runtime, &arguments.workspace, wants_demo).await?;
    let path = settings.path.clone();
    let listener = runtime
        .listen(tcp, settings)
        .context("the listener does not start")?;
    let metrics = arguments.metrics.start_with(&runtime, &listener).await?;
    let source = telemetry::source(&runtime);
    let url = format!("http://{}{path}", listener.address());
    let started = Started {
        url,
        token: shown_token,
        secret: shown_secret,
        metrics: metrics.as_ref().map(RunningMetrics::url),
        workspaces,
    };
    started.print(&runtime, json)?;
    if arguments.quiet {
        stopped().await?;
    } else {
        tokio::select! {
            result = print_happenings(&runtime, json) => result?,
            result = stopped() => result?,
        }
    }
    // In this order: what was accepted is still handled.
    listener.stop().await;
    runtime.stop().await;
    let report = Report::now(&source);
    drop(source);
    if let Some(metrics) = metrics {
        metrics.stop().await;
    }
    telemetry::print(&report, json)?;
    Ok(ExitCode::SUCCESS)
}

/// Imports the named files, and the demo workspace into an empty database where it is
/// wanted. Returns the names of the workspaces there are.
async fn bring_in(
    runtime: &Runtime,
    files: &[PathBuf],
    wants_demo: bool,
) -> anyhow::Result<Vec<String>> {
    let workspaces = runtime.engine().workspaces();
    for path in files {
        let file = heliograph_lab::read_workspace(&read_text(path)?)
            .with_context(|| format!("{} is not a workspace file", path.display()))?;
        workspaces
            .import(&file)
            .await
            .with_context(|| path.display().to_string())?;
    }
    if wants_demo && workspaces.list().await?.is_empty() {
        workspaces.import(&heliograph_lab::demo_workspace()).await?;
    }
    Ok(workspaces
        .list()
        .await?
        .into_iter()
        .map(|workspace| workspace.name)
        .collect())
}

/// What is said once everything runs.
struct Started {
    url: String,
    token: Option<String>,
    secret: Option<String>,
    metrics: Option<String>,
    workspaces: Vec<String>,
}

impl Started {
    fn print(&self, runtime: &Runtime, json: bool) -> anyhow::Result<()> {
        let instagram = runtime.instagram_address();
        let database = runtime.documents_address();
        if json {
            return output::json(&serde_json::json!({
                "listening": self.url,
                "verifyToken": self.token,
                "appSecret": self.secret,
                "metrics": self.metrics,
                "instagram": instagram,
                "database": database,
                "guard": runtime.guard().level(),
                "workspaces": self.workspaces,
            }));
        }
        output::line(&format!("listener    {}", self.url))?;
        if let Some(token) = &self.token {
            output::line(&format!(
                "verify      {token}   (made up for this run; set HELIOGRAPH_VERIFY_TOKEN)"
            ))?;
        }
        if let Some(secret) = &self.secret {
            output::line(&format!(
                "app secret  {secret}   (made up for this run; set HELIOGRAPH_APP_SECRET)"
            ))?;
        }
        if let Some(metrics) = &self.metrics {
            output::line(&format!("metrics     {metrics}"))?;
        }
        output::line(&format!("instagram   {instagram}"))?;
        output::line(&format!("database    {database}"))?;
        output::line(&format!("guard       {}", runtime.guard().level()))?;
        output::line(&format!("workspaces  {}", self.workspaces.join(", ")))?;
        if let Some(secret) = &self.secret {
            output::line("")?;
            output::line("Try it, from the repository, in another terminal:")?;
            output::line("")?;
            output::line(&tell::curl(
                &self.url,
                secret,
                "fixtures/instagram/dm_text.plain.json",
            ))?;
        }
        output::line("")?;
        Ok(())
    }
}

async fn print_happenings(runtime: &Runtime, json: bool) -> anyhow::Result<()> {
    let mut happenings = runtime.engine().happenings().watch();
    loop {
        match happenings.recv().await {
            Ok(happening) if json => output::json(&happening)?,
            Ok(happening) => {
                for line in tell::lines(&happening) {
                    output::line(&line)?;
                }
            }
            Err(RecvError::Lagged(missed)) => {
                output::error_line(&format!(
                    "({missed} happenings not printed: too many at once)"
                ));
            }
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// Returns on SIGINT or SIGTERM.
pub(super) async fn stopped() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
