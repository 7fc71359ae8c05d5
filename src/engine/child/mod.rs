//! Children: a process for each peer, or each datagram, that `--exec` and `--sh-exec` start.

mod environment;
mod program;

use std::io;
use std::os::fd::OwnedFd;
use std::process;

use crate::sys::process as system;
use crate::sys::signals;

pub use environment::Contact;
pub use program::Program;

/// A running child, the leader of a process group of its own.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    ended: OwnedFd,
    group: i32,
    status: Option<u8>,
}

impl Child {
    fn new(process: process::Child) -> io::Result<Self> {
        let id = process.id();
        let group = -i32::try_from(id).map_err(io::Error::other)?;
        let ended = system::watch(id)?;
        Ok(Self { process, ended, group, status: None })
    }

    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A descriptor that becomes readable when the child ends.
    #[must_use]
    pub fn descriptor(&self) -> &OwnedFd {
        &self.ended
    }

    /// The exit status as a shell shows it, once the child has ended.
    pub fn status(&mut self) -> Option<u8> {
        if self.status.is_none()
            && let Ok(Some(status)) = self.process.try_wait()
        {
            self.status = Some(system::shell_status(status));
        }
        self.status
    }

    /// Asks the child, and what it has started in its group, to end.
    pub fn terminate(&self) {
        if self.status.is_none() {
            self.signal(libc::SIGTERM);
            // A stopped process would notice nothing.
            self.signal(libc::SIGCONT);
        }
    }

    fn signal(&self, signal: i32) {
        // It may have ended in this moment.
        let _ = signals::send(self.group, signal);
    }
}

impl Drop for Child {
    /// Nothing that skat started outlives it.
    fn drop(&mut self) {
        if self.status().is_none() {
            self.signal(libc::SIGKILL);
            let _ = self.process.wait();
        }
    }
}
