//! Which programs for tunnels are on this machine.

use serde::Serialize;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// A program, and whether it is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Such as `cloudflared`.
    pub name: String,
    /// Where it is; none: not on the PATH.
    pub path: Option<String>,
    /// What it says of itself, such as `2025.11.1`.
    pub version: Option<String>,
    /// How to get it, where it is not here.
    pub advice: String,
}

/// The programs that are known, each with how it says its version.
const KNOWN: [(&str, &str); 3] = [
    ("cloudflared", "--version"),
    ("ngrok", "--version"),
    ("ssh", "-V"),
];

/// Where programs are looked for.
#[derive(Debug, Clone)]
pub struct Programs(Vec<PathBuf>);

impl Programs {
    /// On the PATH, and in the folders where people put such programs: an application that
    /// is started from a menu has a shorter PATH than a terminal.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
        if let Some(home) = env::home_dir() {
            folders.extend(["bin", ".local/bin", "go/bin"].map(|below| home.join(below)));
        }
        let usual = ["/usr/local/bin", "/opt/homebrew/bin", "/snap/bin"];
        folders.extend(usual.map(PathBuf::from));
        Self(folders)
    }

    /// In these folders, in this order.
    #[must_use]
    pub fn within(folders: Vec<PathBuf>) -> Self {
        Self(folders)
    }

    /// Looks for `cloudflared`, `ngrok` and `ssh`.
    pub async fn known(&self) -> Vec<Program> {
        let mut found = Vec::with_capacity(KNOWN.len());
        for (name, asks) in KNOWN {
            let path = self.find(name);
            let version = match &path {
                Some(path) => version(path, asks).await,
                None => None,
            };
            found.push(Program {
                name: name.to_owned(),
                path: path.map(|path| path.display().to_string()),
                version,
                advice: advice(name),
            });
        }
        found
    }

    /// Where a program is, by its name or by a path of its own.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        let given = Path::new(program);
        if given.components().count() > 1 {
            return is_program(given).then(|| given.to_owned());
        }
        self.0
            .iter()
            .flat_map(|folder| {
                let mut names = vec![folder.join(program)];
                if cfg!(windows) {
                    names.push(folder.join(format!("{program}.exe")));
                }
                names
            })
            .find(|candidate| is_program(candidate))
    }
}

/// How to get a program.
pub(crate) fn advice(name: &str) -> String {
    match name {
        "cloudflared" => {
            "Install it from Cloudflare's package repository or as one file from its releases, \
             put it on the PATH, and look again."
        }
        "ngrok" => {
            "Install it from ngrok's download page, add your token with `ngrok config \
             add-authtoken`, and look again."
        }
        "ssh" => "Install OpenSSH's client (Debian and Ubuntu: openssh-client), and look again.",
        _ => "Install it, or write its whole path.",
    }
    .to_owned()
}

fn is_program(path: &Path) -> bool {
    let Ok(about) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let runs = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let runs = true;
    about.is_file() && runs
}

async fn version(path: &Path, asks: &str) -> Option<String> {
    let asked = Command::new(path)
        .arg(asks)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = timeout(PATIENCE, asked).await.ok()?.ok()?;
    let both = [said.stdout, said.stderr].concat();
    number(&String::from_utf8_lossy(&both))
}

/// The first word that looks like a version: `cloudflared version 2025.11.1 (built …)`,
/// `ngrok version 3.5.0`, `OpenSSH_9.2p1 Debian-2, …`.
fn number(said: &str) -> Option<String> {
    said.split(|c: char| c.is_whitespace() || matches!(c, ',' | '_'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.'))
        .map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_say_them() {
        for (said, version) in [
            (
                "cloudflared version 2025.11.1 (built 2025-11-07-16:59 UTC)\n",
                Some("2025.11.1"),
            ),
            ("ngrok version 3.5.0\n", Some("3.5.0")),
            (
                "OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.17 1 Jul 2025\n",
                Some("9.2p1"),
            ),
            ("no number here", None),
        ] {
            assert_eq!(number(said).as_deref(), version, "{said}");
        }
    }

    #[test]
    fn a_folder_or_a_plain_file_is_no_program() {
        let programs = Programs::of_this_machine();
        for none in ["/", "/etc/passwd", "a-program-that-is-nowhere"] {
            assert_eq!(programs.find(none), None);
        }
    }
}
