//! `heliograph demo`: one conversation after the other, over HTTP, through everything.

use crate::demo::{Demo, script};
use crate::output;
use std::process::ExitCode;

/// Starts everything with the demo workspace, posts signed webhooks to its own listener,
/// and prints the conversation, the states and the hit rates.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArguments {
    /// How many people come at the end, all at once; 0 leaves them out.
    #[arg(long, default_value_t = 200, value_name = "PEOPLE")]
    crowd: u32,
}

/// Plays the demo. Exit code 1 when something in it does not go as it should.
pub(crate) async fn run(arguments: DemoArguments, json: bool) -> anyhow::Result<ExitCode> {
    let mut demo = Demo::start(json).await?;
    for line in script::script() {
        demo.play(&line).await?;
    }
    if arguments.crowd > 0 {
        demo.crowd(arguments.crowd).await?;
    }
    let good = demo.finish().await?;
    if !json {
        output::line("")?;
        output::line("Next: `cargo xtask run` on a machine with a display opens the window, and")?;
        output::line(
            "`heliograph serve` receives webhooks from outside. `heliograph --help` lists the rest.",
        )?;
    }
    Ok(ExitCode::from(u8::from(!good)))
}
