//! `--config FILE`: options from a file, under the same names.
//!
//! What the file says becomes the default of the option of that name, so a flag and an
//! environment variable count before it, and it counts before a saved profile.

use crate::failure::Usage;
use crate::options::flag;
use clap::{Arg, ArgAction, Command};
use heliograph_runtime::settings::Address;
use serde_json::{Map, Value};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The option that names the file.
const CONFIG: &str = "config";
const VARIABLE: &str = "HELIOGRAPH_CONFIG";
/// Options that make no sense in a file.
const NOT_IN_A_FILE: [&str; 5] = [CONFIG, "help", "version", "json", "until-empty"];

/// The command with the file's values as its defaults, where a file is named.
///
/// # Errors
/// [`Usage`] for a file that cannot be read or says something that is no option.
pub(crate) fn configured(command: Command, line: &[OsString]) -> Result<Command, Usage> {
    let Some(name) = subcommand(&command, line) else {
        return Ok(command);
    };
    let Some(path) = named(line).or_else(from_environment) else {
        return Ok(command);
    };
    let values = read(&path)?;
    apply(command, &name, &values, &path)
}

/// The subcommand of this line, where it takes a file.
fn subcommand(command: &Command, line: &[OsString]) -> Option<String> {
    let found = line
        .iter()
        .skip(1)
        .find_map(|word| command.find_subcommand(word))?;
    takes_a_file(found).then(|| found.get_name().to_owned())
}

fn takes_a_file(command: &Command) -> bool {
    command.get_arguments().any(|arg| arg.get_id() == CONFIG)
}

fn named(line: &[OsString]) -> Option<PathBuf> {
    let mut words = line.iter().skip(1).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == "--config" {
            return words.next().map(PathBuf::from);
        }
        if let Some(path) = word.to_str().and_then(|it| it.strip_prefix("--config=")) {
            return Some(PathBuf::from(path));
        }
    }
    None
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os(VARIABLE)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

fn read(path: &Path) -> Result<Map<String, Value>, Usage> {
    let failed = |reason: &dyn std::fmt::Display| {
        Usage(format!(
            "the configuration {} cannot be used: {reason}",
            path.display()
        ))
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let values: Option<Map<String, Value>> = serde_saphyr::from_str(&text).map_err(|_| {
        // The parser's own words show the line, in which a password may be.
        failed(&"it is not a YAML or JSON document with one option a line, as `queue: webhooks`")
    })?;
    let values = values.unwrap_or_default();
    let holds_a_password = values
        .values()
        .filter_map(Value::as_str)
        .any(|value| value.contains("://") && Address::shown(value) != value);
    if holds_a_password && is_open(path) {
        return Err(failed(&format_args!(
            "it holds a password and can be read by others. Make it yours alone: chmod 600 {}",
            path.display()
        )));
    }
    Ok(values)
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

/// Gives each option of the subcommand, and each that all share, its default.
fn apply(
    mut command: Command,
    subcommand: &str,
    values: &Map<String, Value>,
    path: &Path,
) -> Result<Command, Usage> {
    for (key, value) in values {
        let long = key.replace('_', "-");
        let texts = texts(&long, value)
            .map_err(|reason| Usage(format!("{}: {key} {reason}", path.display())))?;
        if texts.is_empty() {
            continue;
        }
        let here = |command: &Command| {
            command
                .get_arguments()
                .find(|arg| arg.get_long() == Some(&long))
                .map(|arg| arg.get_id().clone())
        };
        let shared = here(&command);
        let own = command.find_subcommand(subcommand).and_then(here);
        if NOT_IN_A_FILE.contains(&long.as_str()) {
            return Err(Usage(format!(
                "{}: {key} cannot stand in a file",
                path.display()
            )));
        } else if let Some(id) = own {
            command = command.mut_subcommand(subcommand, |it| {
                it.mut_arg(id, |arg| with_default(arg, texts))
            });
        } else if let Some(id) = shared {
            command = command.mut_arg(id, |arg| with_default(arg, texts));
        } else if !is_anothers(&command, &long) {
            return Err(Usage(format!(
                "{}: there is no option “{key}”; they are those of heliograph {subcommand} --help, without the dashes before them",
                path.display()
            )));
        }
    }
    Ok(command)
}

/// Whether another command that takes a file has it: one file may serve them all.
fn is_anothers(command: &Command, long: &str) -> bool {
    command
        .get_subcommands()
        .filter(|command| takes_a_file(command))
        .flat_map(Command::get_arguments)
        .any(|arg| arg.get_long() == Some(long))
}

fn with_default(arg: Arg, texts: Vec<String>) -> Arg {
    match arg.get_action() {
        ArgAction::Append => arg.default_values(texts),
        _ => arg.default_value(texts.into_iter().next().unwrap_or_default()),
    }
}

/// A value as it would stand on the command line.
fn texts(long: &str, value: &Value) -> Result<Vec<String>, &'static str> {
    let plain = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is_on) => Ok(is_on.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err("has a value that is no text, number or list of these")
        }
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.iter().map(plain).collect(),
        // `collections` reads better as a map.
        Value::Object(pairs) if long == "collections" => pairs
            .iter()
            .map(|(name, value)| Ok(format!("{name}={}", plain(value)?)))
            .collect(),
        value => Ok(vec![plain(value)?]),
    }
}

/// The words of the command line, as they were given.
pub(crate) fn line() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// Whether JSON was asked for, for an error that comes before the options are read.
pub(crate) fn wants_json(line: &[OsString]) -> bool {
    let is_set = std::env::var("HELIOGRAPH_JSON").is_ok_and(|text| flag(&text) == Ok(true));
    is_set || line.iter().any(|word| word == OsStr::new("--json"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;
    use crate::place::PlaceOptions;
    use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

    #[derive(Debug, Parser)]
    struct Line {
        #[arg(long, global = true, default_value = "warn")]
        log: String,
        #[command(subcommand)]
        command: Commands,
    }

    #[derive(Debug, Subcommand)]
    enum Commands {
        Worker {
            #[command(flatten)]
            place: PlaceOptions,
            #[arg(long)]
            quiet: bool,
        },
        Serve {
            #[command(flatten)]
            place: PlaceOptions,
            #[arg(long)]
            listen: Option<String>,
        },
        Route,
    }

    fn with(text: &str, rest: &str) -> Result<Line, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heliograph.yaml");
        std::fs::write(&path, text).unwrap();
        let words = rest.replace("FILE", &path.display().to_string());
        let line: Vec<_> = std::iter::once("heliograph")
            .chain(words.split_whitespace())
            .map(OsString::from)
            .collect();
        let command = configured(Line::command(), &line).map_err(|error| error.0)?;
        let matches = command
            .try_get_matches_from(line)
            .map_err(|e| e.to_string())?;
        Line::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    const FILE: &str = "\
redis: redis://cache.example
mongo: mongodb://db.example
database: shop
queue: hooks
guard: live
collections:
  accounts: ig
  contacts: people
takes: [webhook, retry]
listen: 127.0.0.1:9000
quiet: true
log: info
";

    #[test]
    fn the_file_gives_every_option_and_the_line_counts_before_it() {
        let line = with(FILE, "worker --config FILE --queue others").unwrap();
        assert_eq!(line.log, "info");
        let Commands::Worker { place, quiet } = line.command else {
            panic!("{line:?}");
        };
        assert!(quiet);
        let shown = format!("{place:?}");
        for part in [
            "cache.example",
            "\"others\"",
            "Live",
            "accounts=ig",
            "contacts=people",
            "retry",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let line = with(FILE, "serve --config=FILE --log debug").unwrap();
        assert_eq!(line.log, "debug");
        let Commands::Serve { listen, .. } = line.command else {
            panic!("{line:?}");
        };
        assert_eq!(listen.as_deref(), Some("127.0.0.1:9000"));
        assert!(matches!(
            with(FILE, "route").unwrap().command,
            Commands::Route
        ));
    }

    #[test]
    fn what_is_no_option_is_named() {
        let error = with("qeue: hooks", "worker --config FILE").unwrap_err();
        assert!(error.contains("there is no option “qeue”"), "{error}");
        let error = with("queue: {a: b}", "worker --config FILE").unwrap_err();
        assert!(error.contains("no text, number or list"), "{error}");
        let error = with("config: other", "worker --config FILE").unwrap_err();
        assert!(error.contains("cannot stand in a file"), "{error}");
        assert!(with("", "worker --config FILE").is_ok());
        let error = with(FILE, "worker --config nowhere.yaml").unwrap_err();
        assert!(error.contains("nowhere.yaml cannot be used"), "{error}");
    }

    #[test]
    fn a_password_in_a_file_is_for_its_owner_alone() {
        let text = "redis: redis://me:hunter2@cache.example\nqueue: [\n";
        let error = with(text, "worker --config FILE").unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
        let text = "redis: redis://me:hunter2@cache.example";
        let error = with(text, "worker --config FILE").unwrap_err();
        assert!(
            error.contains("chmod 600") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
