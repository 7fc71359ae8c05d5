//! The system's data bases of hosts, services and protocols, whatever nsswitch.conf(5) puts behind
//! them: the functions of netdb.h that have no safe form elsewhere, in their reentrant forms.

pub mod addresses;
pub mod hosts;
pub mod inet;
pub mod protocols;
pub mod services;

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use libc::{c_char, c_int};

/// The first buffer for an entry, in bytes, and the largest.
const BUFFER: (usize, usize) = (1024, 1 << 20);

/// Calls a function of the kind of getservbyname_r(3) with a buffer that grows until the entry
/// fits, and reads the entry while the buffer lives.
///
/// `call` gets room for the entry, the buffer, its length in bytes, and where to say that there
/// is an entry; it gives 0 or an error number.
///
/// # Errors
/// The number that `call` gave.
fn entry<T, R>(
    call: impl Fn(*mut T, *mut c_char, usize, *mut *mut T) -> c_int,
    read: impl Fn(&T) -> R,
) -> io::Result<Option<R>> {
    let mut size = BUFFER.0;
    loop {
        let mut buffer = vec![0_u8; size];
        let mut room = MaybeUninit::<T>::zeroed();
        let mut found: *mut T = ptr::null_mut();
        let code =
            call(room.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len(), &raw mut found);
        if code == libc::ERANGE && size < BUFFER.1 {
            size *= 4;
            continue;
        }
        // SAFETY: the function leaves `found` null or points it at `room`, which it has filled.
        let entry = unsafe { found.as_ref() };
        return match (entry, code) {
            (Some(entry), _) => Ok(Some(read(entry))),
            // A data base that is not there has no entry.
            (None, 0 | libc::ENOENT) => Ok(None),
            (None, code) => Err(io::Error::from_raw_os_error(code)),
        };
    }
}

/// A C string as text; bytes that are not UTF-8 are replaced.
///
/// # Safety
/// `string` is null or points at a string that ends in NUL and outlives the call.
unsafe fn text(string: *const c_char) -> String {
    if string.is_null() {
        return String::new();
    }
    // SAFETY: not null, and the caller vouches for the rest.
    unsafe { CStr::from_ptr(string) }.to_string_lossy().into_owned()
}

/// The pointers of a list that ends in a null pointer.
///
/// # Safety
/// `list` is null or points at pointers of which the last is null, and outlives the call.
unsafe fn pointers(list: *const *mut c_char) -> Vec<*const c_char> {
    let mut found = Vec::new();
    let mut next = list;
    // SAFETY: every step stays within the list, whose end the null pointer marks.
    while let Some(pointer) = unsafe { next.as_ref() }.filter(|pointer| !pointer.is_null()) {
        found.push(pointer.cast_const());
        // SAFETY: the list goes on behind a pointer that is not null.
        next = unsafe { next.add(1) };
    }
    found
}

/// The strings of a list that ends in a null pointer.
///
/// # Safety
/// As for [`pointers`], and each points at a string as for [`text`].
unsafe fn texts(list: *const *mut c_char) -> Vec<String> {
    // SAFETY: the caller vouches for the list and for each string of it.
    unsafe { pointers(list).into_iter().map(|string| text(string)).collect() }
}
