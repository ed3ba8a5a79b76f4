//! A file to which lines are added.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The log is nobody else's business.
#[cfg(unix)]
const MODE: u32 = 0o600;

/// A file that is opened, or made, with the first lines.
#[derive(Debug)]
pub(super) struct Lines {
    path: PathBuf,
    open: Option<File>,
}

impl Lines {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, open: None }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes are in it.
    pub(super) fn size(&mut self) -> io::Result<u64> {
        Ok(self.opened()?.metadata()?.len())
    }

    /// Adds whole lines. On the disk when it returns; where that fails, none of them stays.
    pub(super) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let file = self.opened()?;
        let end = file.metadata()?.len();
        let added = file.write_all(lines).and_then(|()| file.sync_data());
        if added.is_err() && file.set_len(end).is_err() {
            // Opened anew, a line that is torn takes no other with it.
            self.open = None;
        }
        added
    }

    /// Gives the file another name, in place of the one that has it.
    pub(super) fn move_to(&mut self, path: &Path) -> io::Result<()> {
        self.open = None;
        std::fs::rename(&self.path, path)
    }

    fn opened(&mut self) -> io::Result<&mut File> {
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(open(&self.path)?)),
        }
    }
}

/// For a file that only its owner can read.
pub(super) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "other systems have no modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(MODE);
    }
    options
}

/// Opens the file for lines at its end. One whose last line was torn by a power cut gets a
/// new line first.
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = private().create(true).append(true).read(true).open(path)?;
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        file.write_all(b"\n")?;
    }
    Ok(file)
}
