//! The processes of a window, and since when they run.

use super::Window;
use anyhow::{Context, Result};
use heliograph_engine::ports::{Clock, SystemClock};
use std::{collections::HashMap, fs, time::Duration};

/// The kernel's ticks in a second, as Linux has them everywhere.
const TICKS: f64 = 100.0;

/// A process as the kernel lists it.
#[derive(Debug)]
pub(super) struct Process {
    pub id: u32,
    parent: u32,
    /// As the kernel cuts it, after fifteen bytes.
    pub name: String,
    /// In ticks since the machine started.
    began: u64,
}

impl Window {
    /// The id of the application's own process, and all of the window's processes.
    pub(super) fn processes(&self) -> Result<(u32, Vec<Process>)> {
        let driver = self.server.id();
        let mut all = all()?;
        let shell = all.values().find(|process| process.parent == driver);
        let shell = shell.context("the application does not run")?.id;
        let parent = |id: &u32| all.get(id).map(|process| process.parent);
        let is_ours = |id: u32| std::iter::successors(Some(id), parent).any(|it| it == shell);
        let ours: Vec<_> = all.keys().copied().filter(|id| is_ours(*id)).collect();
        let ours = ours.iter().filter_map(|id| all.remove(id)).collect();
        Ok((shell, ours))
    }

    /// From the start of the application's process until its first screen had been painted
    /// and could be clicked, to ten milliseconds.
    ///
    /// # Errors
    /// When the page did not note it.
    pub async fn usable_after(&self) -> Result<Duration> {
        let script = "const mark = performance.getEntriesByName('usable')[0]; \
            return mark ? performance.timeOrigin + mark.startTime : null";
        let usable = crate::wait::until("the page notes that it can be used", || async {
            Ok(self.script(script).await?.as_f64())
        })
        .await?;
        let (shell, processes) = self.processes()?;
        let shell = processes.iter().find(|process| process.id == shell);
        let began = shell.context("the application does not run")?.began;
        let uptime = fs::read_to_string("/proc/uptime")?;
        let now = Duration::from_millis(SystemClock.now().0.try_into()?).as_secs_f64();
        let uptime: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
        let began = now - uptime + f64::from(u32::try_from(began)?) / TICKS;
        Ok(Duration::from_secs_f64((usable / 1_000.0 - began).max(0.0)))
    }
}

/// All that run now.
fn all() -> Result<HashMap<u32, Process>> {
    let listed = fs::read_dir("/proc")?.filter_map(Result::ok);
    let ids = listed.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let known = ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (name, rest) = stat.rsplit_once(") ")?;
        let (_, name) = name.split_once('(')?;
        let fields: Vec<_> = rest.split(' ').collect();
        let process = Process {
            id,
            parent: fields.get(1)?.parse().ok()?,
            name: name.to_owned(),
            began: fields.get(19)?.parse().ok()?,
        };
        Some((id, process))
    });
    Ok(known.collect())
}
