//! What it was measured on.

use crate::figures::rounded;
use anyhow::Result;
use serde::Serialize;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// What it was measured on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    cpu: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    os: &'static str,
    architecture: &'static str,
    /// Figures of a debug build say nothing.
    build: &'static str,
    /// The median time of appending 4 KiB to a file and waiting until it is on the disk,
    /// where the databases of this run are. What is durable costs at least this.
    sync_micros: f64,
    /// Processes that want to run, on average over the last minute, at the start.
    load_average: f64,
}

impl Machine {
    /// Looks at this machine; `directory` is where the databases go.
    pub fn look(directory: &Path) -> Result<Self> {
        let first = |file: &str, key: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            text.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.trim() == key)
                .map(|(_, value)| value.trim().to_owned())
        };
        let whole = |file: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            text.trim().to_owned()
        };
        let memory_kib = first("/proc/meminfo", "MemTotal")
            .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
            .unwrap_or_default();
        let load = whole("/proc/loadavg");
        Ok(Self {
            cpu: first("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".into()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: memory_kib / 1024,
            kernel: whole("/proc/sys/kernel/osrelease"),
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            build: if cfg!(debug_assertions) {
                "debug"
            } else {
                "release"
            },
            sync_micros: rounded(sync_micros(directory)?),
            load_average: load
                .split(' ')
                .next()
                .and_then(|first| first.parse().ok())
                .unwrap_or_default(),
        })
    }
}

fn sync_micros(directory: &Path) -> Result<f64> {
    let mut file = tempfile::tempfile_in(directory)?;
    let block = [0; 4096];
    let mut took = Vec::new();
    for _ in 0..51 {
        let since = Instant::now();
        file.write_all(&block)?;
        File::sync_data(&file)?;
        took.push(since.elapsed());
    }
    took.sort();
    Ok(took[took.len() / 2].as_secs_f64() * 1e6)
}

/// Processor time that this process has used, all threads together.
pub fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the process stands in parentheses and may hold spaces.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    // Linux counts in hundredths of a second on every architecture that matters here.
    Duration::from_millis(ticks * 10)
}
