//! What the operating system knows of this process.

use std::fs;

/// Ticks of a second in which Linux tells the CPU time of a process (`USER_HZ`, which is
/// 100 on every platform that Rust runs on).
const TICKS: f64 = 100.0;

/// What the operating system knows of this process. What it does not tell, as on other
/// systems than Linux, is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ProcessFacts {
    /// Memory that is resident, in bytes.
    pub resident_bytes: Option<u64>,
    /// CPU time used, in seconds, of all threads.
    pub cpu_seconds: Option<f64>,
    /// Open files and sockets.
    pub open_files: Option<u64>,
}

impl ProcessFacts {
    /// Reads them now.
    #[must_use]
    pub fn read() -> Self {
        Self {
            resident_bytes: fs::read_to_string("/proc/self/status")
                .ok()
                .and_then(|status| resident(&status)),
            cpu_seconds: fs::read_to_string("/proc/self/stat")
                .ok()
                .and_then(|stat| cpu(&stat)),
            // The listing itself has the folder open, which is one too many.
            open_files: fs::read_dir("/proc/self/fd")
                .ok()
                .map(|entries| (entries.count() as u64).saturating_sub(1)),
        }
    }
}

/// `VmRSS` of `/proc/self/status`, which is in KiB.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// The fields 14 and 15 of `/proc/self/stat`, user and system time. The second field is
/// the name in brackets, and may hold spaces and brackets itself.
#[allow(
    clippy::cast_precision_loss,
    reason = "a double counts ticks exactly for millions of years"
)]
fn cpu(stat: &str) -> Option<f64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_understood() {
        let status = "Name:\theliograph\nVmPeak:\t  999 kB\nVmRSS:\t   46080 kB\nThreads:\t4\n";
        assert_eq!(resident(status), Some(46_080 * 1024));
        let stat = "7 (a (odd) name) S 1 7 7 0 -1 4194560 10 0 0 0 150 25 0 0 20 0 4 0 1234 1 2 3";
        assert_eq!(cpu(stat), Some(1.75));
        assert_eq!(resident("nothing"), None);
        assert_eq!(cpu("nothing"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_memory_and_open_files() {
        let facts = ProcessFacts::read();
        assert!(facts.resident_bytes.is_some_and(|bytes| bytes > 1 << 20));
        assert!(facts.cpu_seconds.is_some());
        assert!(facts.open_files.is_some_and(|files| files >= 3));
    }
}
