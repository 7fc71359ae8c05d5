//! Files and directories of Unix sockets, which must not outlive the process, whatever ends it.

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use nix::sys::signal::{SigSet, SigmaskHow};

use super::signals;

/// What a signal removes: a server's file, or a client's and its directory; one to spare.
static OWN: [AtomicPtr<Entry>; 3] = [const { AtomicPtr::new(ptr::null_mut()) }; 3];

/// A file or directory that this process has made, removed when this is dropped and when a
/// termination signal ends the process; but never what somebody else has put in its place.
#[derive(Debug)]
pub struct OwnPath(&'static Entry);

/// What was made, known by device and inode (stat(2)).
#[derive(Debug)]
struct Entry {
    path: CString,
    device: libc::dev_t,
    inode: libc::ino_t,
}

impl OwnPath {
    /// Calls `make`, which makes something at the path that it gives, and owns what is there then.
    /// No signal comes between.
    ///
    /// # Errors
    /// Those of `make`, and of looking at what it has made.
    pub fn make<T>(make: impl FnOnce() -> io::Result<(T, PathBuf)>) -> io::Result<(T, Self)> {
        signals::remove_files_at_death()?;
        let waiting = signals::fatal().iter().copied().collect::<SigSet>();
        let before = waiting.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let owned = make().and_then(|(made, path)| Ok((made, Self::of(&path)?)));
        before.thread_set_mask()?;
        owned
    }

    fn of(path: &Path) -> io::Result<Self> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        let (device, inode) = identity(&path).ok_or_else(io::Error::last_os_error)?;
        // Never freed: a signal may look at it at any time, and there are as many as sockets.
        let entry: &'static Entry = Box::leak(Box::new(Entry { path, device, inode }));
        let address = ptr::from_ref(entry).cast_mut();
        for slot in &OWN {
            let free = ptr::null_mut();
            if slot.compare_exchange(free, address, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                break;
            }
        }
        Ok(Self(entry))
    }
}

impl Drop for OwnPath {
    fn drop(&mut self) {
        let address = ptr::from_ref(self.0).cast_mut();
        self.0.remove();
        for slot in &OWN {
            let free = ptr::null_mut();
            let _ = slot.compare_exchange(address, free, Ordering::AcqRel, Ordering::Acquire);
        }
    }
}

impl Entry {
    /// Calls async-signal-safe functions only.
    fn remove(&self) {
        if identity(&self.path) == Some((self.device, self.inode)) {
            // SAFETY: the path is a C string. Whichever of the two does not apply fails.
            unsafe {
                if libc::unlink(self.path.as_ptr()) < 0 {
                    libc::rmdir(self.path.as_ptr());
                }
            }
        }
    }
}

/// Device and inode of what is at a path, a symbolic link not followed.
fn identity(path: &CString) -> Option<(libc::dev_t, libc::ino_t)> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the path is a C string, and the system fills the structure if it answers 0.
    unsafe {
        let answer = libc::lstat(path.as_ptr(), stat.as_mut_ptr());
        (answer == 0).then(|| stat.assume_init()).map(|stat| (stat.st_dev, stat.st_ino))
    }
}

/// Removes everything that is owned, the last first; for a signal handler too.
pub(super) fn remove_all() {
    for slot in OWN.iter().rev() {
        // SAFETY: an entry is never freed.
        if let Some(entry) = unsafe { slot.swap(ptr::null_mut(), Ordering::AcqRel).as_ref() } {
            entry.remove();
        }
    }
}
