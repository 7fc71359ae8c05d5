//! Entries of protocols (getprotobyname_r(3), getprotobynumber_r(3), getprotoent_r(3)).

use std::ffi::CStr;
use std::io;

use libc::{c_char, c_int, protoent, size_t};

/// A protocol as the data base holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Its official name.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its number.
    pub number: i32,
}

// SAFETY: the signatures are those of netdb.h.
unsafe extern "C" {
    fn getprotobyname_r(
        name: *const c_char,
        entry: *mut protoent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut protoent,
    ) -> c_int;
    fn getprotobynumber_r(
        number: c_int,
        entry: *mut protoent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut protoent,
    ) -> c_int;
    fn getprotoent_r(
        entry: *mut protoent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut protoent,
    ) -> c_int;
    fn setprotoent(stay_open: c_int);
    fn endprotoent();
}

/// The protocol called `name` (getprotobyname_r(3)); `None` if there is none.
pub fn by_name(name: &CStr) -> io::Result<Option<Protocol>> {
    super::entry(
        // SAFETY: the string outlives the call; the rest is room that the call may fill.
        |entry, buffer, length, found| unsafe {
            getprotobyname_r(name.as_ptr(), entry, buffer, length, found)
        },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { protocol(entry) },
    )
}

/// The protocol of this number (getprotobynumber_r(3)); `None` if there is none.
pub fn by_number(number: i32) -> io::Result<Option<Protocol>> {
    super::entry(
        // SAFETY: all but the number is room that the call may fill.
        |entry, buffer, length, found| unsafe {
            getprotobynumber_r(number, entry, buffer, length, found)
        },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { protocol(entry) },
    )
}

/// Every protocol that the system can enumerate (getprotoent_r(3)). The position in the list is
/// the process's own: one thread at a time.
pub fn all() -> io::Result<Vec<Protocol>> {
    // SAFETY: no arguments that could be wrong.
    unsafe { setprotoent(0) };
    let mut protocols = Vec::new();
    while let Some(next) = super::entry(
        // SAFETY: all of it is room that the call may fill.
        |entry, buffer, length, found| unsafe { getprotoent_r(entry, buffer, length, found) },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { protocol(entry) },
    )? {
        protocols.push(next);
    }
    // SAFETY: no arguments.
    unsafe { endprotoent() };
    Ok(protocols)
}

/// A protocol as skat keeps it.
///
/// # Safety
/// `entry` is as the system filled it.
unsafe fn protocol(entry: &protoent) -> Protocol {
    // SAFETY: strings and a list of strings, as the manual says.
    unsafe {
        Protocol {
            name: super::text(entry.p_name),
            aliases: super::texts(entry.p_aliases),
            number: entry.p_proto,
        }
    }
}
