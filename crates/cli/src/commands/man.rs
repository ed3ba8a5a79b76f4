//! `heliograph man`: the manual, made from what the commands say of themselves.

use anyhow::Context;
use clap::CommandFactory;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArguments {
    /// Write one page for each command into this folder, which is made where it is
    /// missing. Without it the first page is printed: `heliograph man | man -l -`.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// Prints the manual, or writes all of its pages.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn run(arguments: &ManArguments) -> anyhow::Result<ExitCode> {
    let command = crate::Arguments::command();
    match &arguments.into {
        Some(folder) => {
            let shown = folder.display();
            fs::create_dir_all(folder).with_context(|| format!("{shown} cannot be made"))?;
            clap_mangen::generate_to(command, folder)
                .with_context(|| format!("the manual cannot be written into {shown}"))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            io::stdout().lock().write_all(&page)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
