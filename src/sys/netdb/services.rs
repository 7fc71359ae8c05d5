//! Entries of services (getservbyname_r(3), getservbyport_r(3), getservent_r(3)).

use std::ffi::CStr;
use std::io;
use std::ptr;

use libc::{c_char, c_int, servent, size_t};

/// A service as the data base holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its official name.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its port, in the host's byte order.
    pub port: u16,
    /// `tcp`, `udp`, …
    pub protocol: String,
}

// SAFETY: the signatures are those of netdb.h.
unsafe extern "C" {
    fn getservbyname_r(
        name: *const c_char,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut servent,
    ) -> c_int;
    fn getservbyport_r(
        port: c_int,
        protocol: *const c_char,
        entry: *mut servent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut servent,
    ) -> c_int;
    fn getservent_r(
        entry: *mut servent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut servent,
    ) -> c_int;
}

/// The service called `name`, of any protocol if none is given (getservbyname_r(3)); `None` if
/// there is none.
pub fn by_name(name: &CStr, protocol: Option<&CStr>) -> io::Result<Option<Service>> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    super::entry(
        // SAFETY: the strings outlive the call; the rest is room that the call may fill.
        |entry, buffer, length, found| unsafe {
            getservbyname_r(name.as_ptr(), protocol, entry, buffer, length, found)
        },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { service(entry) },
    )
}

/// The service on `port`, of any protocol if none is given (getservbyport_r(3)); `None` if there
/// is none.
pub fn by_port(port: u16, protocol: Option<&CStr>) -> io::Result<Option<Service>> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    super::entry(
        // SAFETY: the string outlives the call; the rest is room that the call may fill.
        |entry, buffer, length, found| unsafe {
            getservbyport_r(port.to_be().into(), protocol, entry, buffer, length, found)
        },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { service(entry) },
    )
}

/// Every service that the system can enumerate (getservent_r(3)). The position in the list is
/// the process's own: one thread at a time.
pub fn all() -> io::Result<Vec<Service>> {
    // SAFETY: no arguments that could be wrong.
    unsafe { libc::setservent(0) };
    let mut services = Vec::new();
    while let Some(next) = super::entry(
        // SAFETY: all of it is room that the call may fill.
        |entry, buffer, length, found| unsafe { getservent_r(entry, buffer, length, found) },
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { service(entry) },
    )? {
        services.push(next);
    }
    // SAFETY: no arguments.
    unsafe { libc::endservent() };
    Ok(services)
}

/// A service as skat keeps it.
///
/// # Safety
/// `entry` is as the system filled it.
unsafe fn service(entry: &servent) -> Service {
    // The port is 16 bits in network order, in an int.
    let port = u16::try_from(entry.s_port & 0xffff).unwrap_or(0);
    // SAFETY: strings and a list of strings, as the manual says.
    unsafe {
        Service {
            name: super::text(entry.s_name),
            aliases: super::texts(entry.s_aliases),
            port: u16::from_be(port),
            protocol: super::text(entry.s_proto),
        }
    }
}
