//! What a signal removes, in a form that its handler can read.

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A server's file, or a client's and its directory; one to spare.
static OWN: [AtomicPtr<Entry>; 3] = [const { AtomicPtr::new(ptr::null_mut()) }; 3];

/// What was made, known by device and inode (stat(2)).
#[derive(Debug)]
pub struct Entry {
    path: CString,
    device: libc::dev_t,
    inode: libc::ino_t,
}

impl Entry {
    /// Enters what is at this path.
    pub fn add(path: &Path) -> io::Result<&'static Self> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        let (device, inode) = identity(&path).ok_or_else(io::Error::last_os_error)?;
        // Never freed: a signal may look at it at any time, and there are as many as sockets.
        let entry: &'static Self = Box::leak(Box::new(Self { path, device, inode }));
        let address = ptr::from_ref(entry).cast_mut();
        for slot in &OWN {
            let free = ptr::null_mut();
            if slot.compare_exchange(free, address, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                break;
            }
        }
        Ok(entry)
    }

    /// Removes what was made, and forgets it.
    pub fn take_away(&'static self) {
        let address = ptr::from_ref(self).cast_mut();
        self.remove();
        for slot in &OWN {
            let free = ptr::null_mut();
            let _ = slot.compare_exchange(address, free, Ordering::AcqRel, Ordering::Acquire);
        }
    }

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
pub fn remove_all() {
    for slot in OWN.iter().rev() {
        // SAFETY: an entry is never freed.
        if let Some(entry) = unsafe { slot.swap(ptr::null_mut(), Ordering::AcqRel).as_ref() } {
            entry.remove();
        }
    }
}
