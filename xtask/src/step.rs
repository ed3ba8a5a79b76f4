//! One step of a verb: a heading, a command, the time it took.

use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Commands that are run one after the other, each under a heading of its own.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Does `work` under the heading `name` and says how long it took.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n── {name}");
        let start = Instant::now();
        let result = work().with_context(|| format!("{name} failed"));
        let took = start.elapsed();
        println!(
            "── {name}: {} in {}",
            if result.is_ok() { "good" } else { "FAILED" },
            in_words(took)
        );
        self.done.push((name.to_owned(), took));
        result
    }

    /// Lists what was done and how long it took.
    pub(crate) fn summary(&self) {
        println!("\n── What ran");
        for (name, took) in &self.done {
            println!("{:>9}  {name}", in_words(*took));
        }
        let whole = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:>9}  in all", in_words(whole));
    }
}

/// Runs a program to its end. It gets no standard input, so that nothing ever waits for
/// an answer that does not come.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{} does not start", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// What a program prints, where it ends well.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The cargo that called us, in the root of the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(crate::repo::root());
    command
}

/// npm, in the folder of the UI.
pub(crate) fn npm<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    npm_in(&crate::repo::ui(), args)
}

/// npm, in a folder that has a `package.json`.
pub(crate) fn npm_in<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args(args).current_dir(folder);
    command
}

/// A command as it would be typed.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn in_words(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds >= 60 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}
