//! Files and directories of Unix sockets, which must not outlive the process, whatever ends it.

use std::io;
use std::path::PathBuf;

use nix::sys::signal::{SigSet, SigmaskHow};

use super::owned::Entry;
use super::signals;

/// A file or directory that this process has made, removed when this is dropped and when a
/// signal ends the process; but never what somebody else has put in its place.
#[derive(Debug)]
pub struct OwnPath(&'static Entry);

impl OwnPath {
    /// Calls `make`, which makes something at the path that it gives, and owns what is there then.
    /// No signal comes between.
    ///
    /// # Errors
    /// Those of `make`, and of looking at what it has made.
    pub fn make<T>(make: impl FnOnce() -> io::Result<(T, PathBuf)>) -> io::Result<(T, Self)> {
        signals::leave_nothing_behind();
        let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
        let owned = make().and_then(|(made, path)| Ok((made, Self(Entry::add(&path)?))));
        before.thread_set_mask()?;
        owned
    }
}

impl Drop for OwnPath {
    fn drop(&mut self) {
        self.0.take_away();
    }
}
