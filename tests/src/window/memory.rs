//! How much memory a window holds: its shell, its page, and what else it started.

use super::Window;
use anyhow::{Context, Result, ensure};
use std::fs;

/// What a process holds, in MiB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Held {
    /// Its share of everything (`Pss`): what several processes hold is divided among them,
    /// so it becomes less when somebody else opens a window.
    pub share: f64,
    /// Of that, what comes out of no file: what a leak is made of.
    pub own: f64,
}

/// What the processes of one window hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// The application with its engine.
    pub shell: Held,
    /// The process that draws the page and runs its scripts.
    pub page: Held,
    /// All of them together.
    pub whole: Held,
}

impl Window {
    /// What this window's processes hold now, and no other window's.
    ///
    /// # Errors
    /// When the application or its page is not among the processes.
    pub fn memory(&self) -> Result<Memory> {
        let mut memory = Memory::default();
        let mut pages = 0;
        let (shell, all) = self.processes()?;
        for process in all {
            // It may have ended since it was listed.
            let Ok(held) = held(process.id) else { continue };
            if process.id == shell {
                memory.shell = held;
            } else if process.name.starts_with("WebKitWebProces") {
                pages += 1;
                memory.page += held;
            }
            memory.whole += held;
        }
        ensure!(pages > 0, "the window's page has no process");
        Ok(memory)
    }
}

impl std::ops::AddAssign for Held {
    fn add_assign(&mut self, other: Self) {
        self.share += other.share;
        self.own += other.own;
    }
}

fn held(pid: u32) -> Result<Held> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let mib = |name: &str| -> Result<f64> {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        let kib: u32 = line
            .and_then(|rest| rest.split_whitespace().next())
            .with_context(|| format!("the kernel tells no {name}"))?
            .parse()?;
        Ok(f64::from(kib) / 1_024.0)
    };
    Ok(Held {
        share: mib("Pss:")?,
        own: mib("Pss_Anon:")? + mib("Pss_Shmem:")? + mib("SwapPss:")?,
    })
}
