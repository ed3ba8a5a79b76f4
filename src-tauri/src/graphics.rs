//! How WebKit brings what it draws to the screen, on a machine without a graphics card.
//!
//! There it would hand its frames through a graphics card that is played by the processor,
//! which holds up each frame for 30 ms and some for 150. Through plain shared memory all
//! frames of 60 a second are there (`docs/performance.md`). That is the case in virtual
//! machines, on remote desktops, and on a display without a screen.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

/// What WebKitGTK looks at; whoever sets it has decided for themselves.
const SHARED_MEMORY: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Begins anew, as the same process, with WebKit told to do without a graphics card, where
/// there is none. WebKit reads the environment, which a process cannot change in safety.
///
/// # Errors
/// When the process cannot begin anew; the window works, and is slower.
pub(crate) fn settle() -> io::Result<()> {
    if env::var_os(SHARED_MEMORY).is_some() || has_card(Path::new("/dev/dri")) {
        return Ok(());
    }
    let mut arguments = env::args_os();
    let mut again = Command::new(env::current_exe()?);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    Err(again.args(arguments).env(SHARED_MEMORY, "1").exec())
}

/// Whether a graphics card can be drawn with: the kernel has a node for each.
fn has_card(devices: &Path) -> bool {
    let Ok(devices) = fs::read_dir(devices) else {
        return false;
    };
    devices
        .filter_map(Result::ok)
        .any(|device| is_node(&device.file_name()))
}

fn is_node(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"renderD")
}

#[cfg(test)]
mod tests {
    use super::{has_card, is_node};
    use std::{ffi::OsStr, path::Path};

    #[test]
    fn a_card_is_known_by_its_node() {
        assert!(is_node(OsStr::new("renderD128")));
        assert!(
            !is_node(OsStr::new("card0")),
            "a screen alone draws nothing"
        );
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(!has_card(&folder.join("no such folder")));
        assert!(!has_card(folder));
    }
}
