//! Who has a port that the listener wants.

use std::net::{Ipv4Addr, TcpListener};

/// A port that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenPort {
    /// The program that has it, where this user may see that.
    pub program: Option<String>,
    /// A port nearby that is free.
    pub free: Option<u16>,
    /// The command that tells who has it.
    pub look: String,
}

/// Who has a port of the loopback address, and which one is free instead.
#[must_use]
pub fn taken_port(port: u16) -> TakenPort {
    TakenPort {
        program: program_on(port),
        free: free_port(port),
        look: if cfg!(target_os = "linux") {
            format!("sudo ss -ltnp 'sport = :{port}'")
        } else if cfg!(windows) {
            format!("netstat -ano | findstr :{port}")
        } else {
            format!("lsof -nP -iTCP:{port} -sTCP:LISTEN")
        },
    }
}

/// The next port above that can be opened now.
fn free_port(port: u16) -> Option<u16> {
    (port.checked_add(1)?..=u16::MAX)
        .take(50)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
}

/// The program that listens on a port, by what the kernel tells this user.
#[cfg(target_os = "linux")]
fn program_on(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .find_map(|table| listener_in(&table, port))?;
    let wanted = format!("socket:[{inode}]");
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let number = process.file_name();
        let Some(id) = number.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // Those of other users cannot be looked into.
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let is_it = files
            .flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|link| link.as_os_str() == wanted.as_str());
        if is_it {
            let name = std::fs::read_to_string(process.path().join("comm")).ok()?;
            return Some(format!("{} (process {id})", name.trim()));
        }
    }
    None
}

#[cfg(not(target_os = "linux"))]
fn program_on(_port: u16) -> Option<String> {
    None
}

/// The inode of the socket that listens on a port, in the kernel's table.
#[cfg(target_os = "linux")]
fn listener_in(table: &str, port: u16) -> Option<String> {
    const LISTENS: &str = "0A";
    let end = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let listens = fields.get(1)?.ends_with(&end) && *fields.get(3)? == LISTENS;
        listens.then(|| fields.get(9).map(ToString::to_string))?
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn who_listens_is_found_by_the_port() {
        let ours = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = ours.local_addr().expect("an address").port();
        let taken = taken_port(port);
        let id = std::process::id();
        assert!(
            taken
                .program
                .as_ref()
                .is_some_and(|it| it.contains(&format!("process {id}"))),
            "{taken:?}"
        );
        assert!(taken.free.is_none_or(|free| free != port), "{taken:?}");
        assert!(taken.look.contains(&port.to_string()));
    }
}
