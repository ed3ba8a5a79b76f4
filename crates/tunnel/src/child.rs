//! A program that runs for a tunnel, and never outlives it.
//!
//! It is the leader of a process group of its own, which is ended as a whole: programs
//! start helpers. On Linux the kernel ends it when the application dies, however it dies;
//! that needs `setpriv`, which every Linux has with util-linux. The kernel means the thread
//! that started it, so that one waits for it until its end.

use parking_lot::Mutex;
use std::io;
use std::path::Path;
use std::process::{Child as Process, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// A longer line is cut into several.
const LONGEST_LINE: u64 = 16 * 1024;
/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(3);
/// How long what it wrote last may take to be read.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    Line(String),
    /// Such as `exit status 255`.
    Ended(String),
}

/// A running program. Dropping it ends it at once.
#[derive(Debug)]
pub(crate) struct Child {
    group: Arc<Group>,
    lines: mpsc::Receiver<String>,
    ended: oneshot::Receiver<String>,
    /// How it ended, while there are lines to be read.
    how: Option<String>,
}

/// The process group, as long as it may be signalled.
#[derive(Debug)]
struct Group {
    /// Nothing once its leader is gone, for the number may become somebody else's.
    leader: Mutex<Option<u32>>,
}

impl Child {
    /// Starts a program with nothing to read; call it within a runtime.
    ///
    /// # Errors
    /// When the system does not start it.
    pub(crate) async fn start(program: &Path, args: &[String]) -> io::Result<Self> {
        let mut command = command(program, args);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (born, birth) = oneshot::channel();
        let (died, ended) = oneshot::channel();
        // Not a task: the thread that starts it must be there until it ends.
        std::thread::Builder::new()
            .name("tunnel".to_owned())
            .spawn(move || keep(command, born, died))?;
        let Born {
            group,
            stdout,
            stderr,
        } = birth.await.map_err(io::Error::other)??;
        let (tell, lines) = mpsc::channel(64);
        if let Some(stdout) = stdout {
            let stdout = tokio::process::ChildStdout::from_std(stdout)?;
            tokio::spawn(read_lines(stdout, tell.clone()));
        }
        if let Some(stderr) = stderr {
            let stderr = tokio::process::ChildStderr::from_std(stderr)?;
            tokio::spawn(read_lines(stderr, tell));
        }
        Ok(Self {
            group,
            lines,
            ended,
            how: None,
        })
    }

    /// The next line, or how it ended once all lines were read. Safe to drop.
    pub(crate) async fn next(&mut self) -> Heard {
        if self.how.is_none() {
            tokio::select! {
                biased;
                Some(line) = self.lines.recv() => return Heard::Line(line),
                ended = &mut self.ended => {
                    self.how = Some(ended.unwrap_or_else(|_| "it is gone".to_owned()));
                }
            }
        }
        // Somebody it left behind may hold the pipe open.
        match timeout(LAST_WORDS, self.lines.recv()).await {
            Ok(Some(line)) => Heard::Line(line),
            Ok(None) | Err(_) => Heard::Ended(self.how.clone().unwrap_or_default()),
        }
    }

    /// Asks it to end, and ends it when it does not.
    pub(crate) async fn end(mut self) {
        self.group.signal(Signal::Ask);
        if self.how.is_none() {
            let _ = timeout(GRACE, &mut self.ended).await;
        }
        // What is still there is ended when this is dropped.
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.group.signal(Signal::End);
    }
}

/// A program that has started.
struct Born {
    group: Arc<Group>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

/// Starts a program and waits for its end.
fn keep(
    mut command: Command,
    born: oneshot::Sender<io::Result<Born>>,
    died: oneshot::Sender<String>,
) {
    let mut process = match command.spawn() {
        Ok(process) => process,
        Err(error) => {
            // Whoever wanted it may be gone.
            let _ = born.send(Err(error));
            return;
        }
    };
    let group = Arc::new(Group {
        leader: Mutex::new(Some(process.id())),
    });
    let told = born.send(Ok(Born {
        group: Arc::clone(&group),
        stdout: process.stdout.take(),
        stderr: process.stderr.take(),
    }));
    if told.is_err() {
        group.signal(Signal::End);
    }
    let how = match wait(&mut process, &group) {
        Ok(status) => in_words(status),
        Err(error) => error.to_string(),
    };
    let _ = died.send(how);
}

fn in_words(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    }
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Ask,
    End,
}

#[cfg(unix)]
impl Group {
    fn signal(&self, signal: Signal) {
        use rustix::process::{Pid, Signal as Unix, kill_process_group};
        let leader = self.leader.lock();
        let pid = leader.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let signal = match signal {
                Signal::Ask => Unix::TERM,
                Signal::End => Unix::KILL,
            };
            if let Err(error) = kill_process_group(pid, signal) {
                tracing::debug!(%error, "a tunnel's processes are gone already");
            }
        }
    }
}

/// Waits for the leader, ends what it left in its group, and only then lets its number go.
#[cfg(unix)]
fn wait(process: &mut Process, group: &Group) -> io::Result<ExitStatus> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    if let Some(pid) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(
            waitid(WaitId::Pid(pid), options),
            Err(rustix::io::Errno::INTR)
        ) {}
    }
    group.signal(Signal::End);
    *group.leader.lock() = None;
    process.wait()
}

#[cfg(unix)]
fn command(program: &Path, args: &[String]) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = match keeper() {
        Some(keeper) => {
            let mut command = Command::new(keeper);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.args(args).process_group(0);
    command
}

/// What lets a program die with us, where there is such a thing.
#[cfg(unix)]
fn keeper() -> Option<&'static Path> {
    use crate::programs::Programs;
    use std::path::PathBuf;
    use std::sync::OnceLock;
    static KEEPER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = KEEPER.get_or_init(|| {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let keeper = Programs::of_this_machine().find("setpriv")?;
        // One from before 2019 does not know how.
        let knows = Command::new(&keeper)
            .args(["--pdeathsig", "TERM", "--", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        knows.is_ok_and(|status| status.success()).then_some(keeper)
    });
    found.as_deref()
}

#[cfg(not(unix))]
impl Group {
    fn signal(&self, _signal: Signal) {
        if let Some(pid) = *self.leader.lock() {
            // The one program of the system that ends a tree of processes.
            let ended = Command::new("taskkill")
                .args(["/T", "/F", "/PID", &pid.to_string()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if let Err(error) = ended {
                tracing::warn!(%error, "a tunnel's program was not ended");
            }
        }
    }
}

#[cfg(not(unix))]
fn wait(process: &mut Process, group: &Group) -> io::Result<ExitStatus> {
    let status = process.wait();
    *group.leader.lock() = None;
    status
}

#[cfg(not(unix))]
fn command(program: &Path, args: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(args);
    command
}

async fn read_lines(from: impl AsyncRead + Unpin, tell: mpsc::Sender<String>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut from)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .await;
        if !read.is_ok_and(|bytes| bytes > 0) {
            return;
        }
        if tell.send(plain(&line)).await.is_err() {
            return;
        }
    }
}

/// A line as text, without its end, colours and what moves a cursor.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            // A sequence begins with a bracket and ends with a letter.
            if rest.next() == Some('[') {
                for c in rest.by_ref() {
                    if c.is_ascii_alphabetic() {
                        break;
                    }
                }
            }
        } else if c == '\t' || !c.is_control() {
            plain.push(c);
        }
    }
    plain.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_line_ends_are_taken_off() {
        assert_eq!(
            plain(b"\x1b[90m09:00\x1b[0m \x1b[32mINF\x1b[0m up\r\n"),
            "09:00 INF up"
        );
        assert_eq!(plain(b"K\xc3\xa4se \xff\n"), "K\u{e4}se \u{fffd}");
    }
}
