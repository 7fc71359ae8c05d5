//! Telling others that a server listens: a line on stderr, a descriptor, a file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write as _};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::net::notify::notify;
use crate::outcome::{Cause, refusal};
use crate::report::{Report, escape, sentence};
use crate::sys::descriptor;

/// Where it is written that a server is ready.
#[derive(Clone, Debug, Default)]
pub struct ReadyTargets {
    /// An inherited descriptor.
    pub fd: Option<RawFd>,
    /// A file, which appears complete.
    pub file: Option<PathBuf>,
    /// The socket of a service manager (NOTIFY_SOCKET).
    pub manager: Option<OsString>,
}

impl ReadyTargets {
    /// Looks at what can be known to be wrong before anybody is told anything.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a descriptor that was not inherited.
    pub fn check(&self) -> anyhow::Result<()> {
        match self.fd {
            Some(fd) if !descriptor::is_open(fd) => {
                let text = format!("--ready-fd {fd}: that descriptor is not open");
                Err(refusal(Cause::Usage, text))
            }
            _ => Ok(()),
        }
    }
}

/// Says on which addresses the server listens: a line each.
///
/// # Errors
/// The system's, with the descriptor or the file: whoever waits for it would wait forever.
pub fn listening(names: &[OsString], targets: &ReadyTargets, report: Report) -> anyhow::Result<()> {
    let lines: Vec<&[u8]> = names.iter().flat_map(|name| [name.as_bytes(), b"\n"]).collect();
    let text = lines.concat();
    if let Some(fd) = targets.fd {
        tell_descriptor(fd, &text).with_context(|| format!("write to descriptor {fd}"))?;
    }
    if let Some(path) = &targets.file {
        let shown = escape(path.as_os_str().as_encoded_bytes());
        write_file(path, &text).with_context(|| format!("write {shown}"))?;
    }
    for name in names {
        report.listening(&escape(name.as_bytes()));
    }
    tell_manager(targets, "READY=1", report);
    Ok(())
}

/// Says that the server will soon be gone.
pub fn stopping(targets: &ReadyTargets, report: Report) {
    tell_manager(targets, "STOPPING=1", report);
}

/// A service manager that cannot be told is no reason not to serve.
fn tell_manager(targets: &ReadyTargets, state: &str, report: Report) {
    let Some(manager) = &targets.manager else { return };
    if let Err(error) = notify(manager, state) {
        report.warning(format!("NOTIFY_SOCKET: {}", sentence(&error)));
    }
}

fn tell_descriptor(fd: RawFd, text: &[u8]) -> io::Result<()> {
    descriptor::take(fd)?.write_all(text)
}

/// By rename: a reader finds the whole file or none. A rename would also put it in the place of a
/// device, a FIFO or a link, which is never what is meant.
fn write_file(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => anyhow::bail!("exists and is not a regular file"),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    // A name that could be guessed could be a link that another user has put there.
    let unique = RandomState::new().build_hasher().finish();
    let temporary = path.with_file_name(format!(".skat-{unique:016x}"));
    let mut file = File::create_new(&temporary)?;
    let written = file.write_all(text).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        error.into()
    })
}
