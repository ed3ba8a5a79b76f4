//! `heliograph doctor`: can it connect, and is everything as it should be?

use crate::options::flag;
use crate::output;
use crate::place::{Needs, PlaceOptions};
use heliograph_engine::ports::{Clock, SystemClock};
use heliograph_runtime::check::{Check, CheckOptions, CheckOutcome, check, worst};
use owo_colors::{OwoColorize, Stream, Style};
use serde::Serialize;
use std::process::ExitCode;
use std::sync::Arc;

/// Tries the connections of a profile, and says what is wrong and what to do.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    place: PlaceOptions,
    /// Create the indexes that are missing in MongoDB. Nothing else is ever written.
    #[arg(long, env = "HELIOGRAPH_CREATE_INDEXES", value_parser = flag)]
    create_indexes: bool,
    /// Ask the Graph API whether it accepts the accounts' tokens.
    #[arg(long, env = "HELIOGRAPH_ONLINE", value_parser = flag)]
    online: bool,
    /// How many cached user states are compared with MongoDB.
    #[arg(
        long,
        env = "HELIOGRAPH_SAMPLE",
        default_value_t = CheckOptions::default().sample,
        value_name = "NUMBER"
    )]
    sample: usize,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    profile: &'a str,
    guard: heliograph_model::GuardLevel,
    outcome: CheckOutcome,
    checks: &'a [Check],
}

/// Looks, and prints. Exit code 0 when it works, also with warnings; 1 when something
/// failed; 2 when the options do not name a profile.
pub(crate) async fn run(arguments: DoctorArguments, json: bool) -> anyhow::Result<ExitCode> {
    let chosen = arguments.place.choose(Needs::Everything)?;
    let profile = chosen.profile_to_look_at()?;
    let options = CheckOptions {
        create_indexes: arguments.create_indexes,
        online: arguments.online,
        sample: arguments.sample,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let checks = check(&profile, &options, &clock).await;
    let outcome = worst(&checks);
    if json {
        output::json(&Report {
            profile: &profile.name,
            guard: profile.guard,
            outcome,
            checks: &checks,
        })?;
    } else {
        for check in &checks {
            print(check)?;
        }
    }
    Ok(match outcome {
        CheckOutcome::Ok | CheckOutcome::Warning => ExitCode::SUCCESS,
        CheckOutcome::Failed => ExitCode::from(1),
    })
}

fn print(check: &Check) -> anyhow::Result<()> {
    let (word, style) = match check.outcome {
        CheckOutcome::Ok => ("ok", Style::new().green()),
        CheckOutcome::Warning => ("warning", Style::new().yellow()),
        CheckOutcome::Failed => ("failed", Style::new().red()),
    };
    let word = format!("{word:<8}");
    let word = word.if_supports_color(Stream::Stdout, |word| word.style(style));
    output::line(&format!("{word} {:<18} {}", check.name, check.says))?;
    if let Some(to_do) = &check.to_do {
        output::line(&format!("{:27} → {to_do}", ""))?;
    }
    Ok(())
}
