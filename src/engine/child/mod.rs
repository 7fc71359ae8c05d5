//! Children: the command of `--run`, and the process for each peer, or each datagram, that
//! `--exec` and `--sh-exec` start.

mod environment;
mod program;

use std::io;
use std::os::fd::OwnedFd;

use crate::sys::children::KillGuard;
use crate::sys::spawn::Started;
use crate::sys::{process, signals};

pub use environment::Contact;
pub use program::Program;

/// A running child. What is dropped while it runs is killed: nothing that skat started outlives
/// it.
#[derive(Debug)]
pub struct Child {
    ended: OwnedFd,
    /// The child, or (negative) the process group that it leads.
    id: i32,
    status: Option<u8>,
    told_to_end: bool,
    /// A signal that ends skat at once, such as a second one, ends the child too.
    bound: Option<KillGuard>,
}

impl Child {
    /// A child that was just started.
    #[must_use]
    pub fn new(started: Started) -> Self {
        let Started { id, ended, bound } = started;
        Self { ended, id, status: None, told_to_end: false, bound: Some(bound) }
    }

    /// A descriptor that becomes readable when the child ends.
    #[must_use]
    pub fn descriptor(&self) -> &OwnedFd {
        &self.ended
    }

    /// The exit status as a shell shows it, once the child has ended.
    pub fn status(&mut self) -> Option<u8> {
        if self.status.is_none()
            && let Some(status) = process::status(&self.ended).unwrap_or(Some(u8::MAX))
        {
            self.bound = None;
            self.status = Some(status);
        }
        self.status
    }

    /// The status, if it was asked for and told.
    #[must_use]
    pub fn known_status(&self) -> Option<u8> {
        self.status
    }

    /// True once its end was seen.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.status.is_some()
    }

    /// Sends a signal to the child, and to what it has started in its group.
    pub fn signal(&self, signal: i32) {
        if self.status.is_none() {
            // It may have ended in this moment.
            let _ = signals::send(self.id, signal);
        }
    }

    /// True if it did not end by itself.
    #[must_use]
    pub fn was_told_to_end(&self) -> bool {
        self.told_to_end
    }

    /// Asks it to end.
    pub fn terminate(&mut self) {
        self.told_to_end = true;
        self.signal(libc::SIGTERM);
        // A stopped process would notice nothing.
        self.signal(libc::SIGCONT);
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.status().is_none() {
            self.signal(libc::SIGKILL);
            let _: io::Result<()> = process::wait_for_end(&self.ended);
        }
    }
}
