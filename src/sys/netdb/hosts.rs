//! Entries of hosts (gethostbyname2_r(3), gethostbyaddr_r(3)).

use std::cell::Cell;
use std::ffi::CStr;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libc::{c_char, c_int, c_void, hostent, size_t, socklen_t};

/// h_errno(3): the host does not exist.
pub const HOST_NOT_FOUND: c_int = 1;
/// h_errno(3): no answer for now.
pub const TRY_AGAIN: c_int = 2;
/// h_errno(3): the name server refused or failed.
pub const NO_RECOVERY: c_int = 3;
/// h_errno(3): the name exists without an address of the family.
pub const NO_DATA: c_int = 4;

/// A host as the data base holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its official name.
    pub name: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its addresses, of one family.
    pub addresses: Vec<IpAddr>,
}

/// Why there is no entry.
#[derive(Debug)]
pub struct HostError {
    /// h_errno(3), 0 or less where errno says why.
    pub code: c_int,
    /// errno.
    pub error: io::Error,
}

// SAFETY: the signatures are those of netdb.h.
unsafe extern "C" {
    fn gethostbyname2_r(
        name: *const c_char,
        family: c_int,
        entry: *mut hostent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut hostent,
        h_errno: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const c_void,
        address_length: socklen_t,
        family: c_int,
        entry: *mut hostent,
        buffer: *mut c_char,
        length: size_t,
        found: *mut *mut hostent,
        h_errno: *mut c_int,
    ) -> c_int;
}

/// The entry of `name` with its addresses of `family` (gethostbyname2_r(3)).
///
/// # Errors
/// h_errno(3).
pub fn by_name(name: &CStr, family: c_int) -> Result<Host, HostError> {
    ask(|entry, buffer, length, found, h_errno| {
        // SAFETY: the name outlives the call; the rest is room that the call may fill.
        unsafe { gethostbyname2_r(name.as_ptr(), family, entry, buffer, length, found, h_errno) }
    })
}

/// The entry of an address (gethostbyaddr_r(3)).
///
/// # Errors
/// h_errno(3).
pub fn by_address(address: IpAddr) -> Result<Host, HostError> {
    let (family, bytes) = match address {
        IpAddr::V4(v4) => (libc::AF_INET, v4.octets().to_vec()),
        IpAddr::V6(v6) => (libc::AF_INET6, v6.octets().to_vec()),
    };
    let size = if address.is_ipv4() { 4 } else { 16 };
    ask(|entry, buffer, length, found, h_errno| {
        let packed = bytes.as_ptr().cast();
        // SAFETY: as many bytes as `size` says; the rest is room that the call may fill.
        unsafe { gethostbyaddr_r(packed, size, family, entry, buffer, length, found, h_errno) }
    })
}

fn ask(
    call: impl Fn(*mut hostent, *mut c_char, size_t, *mut *mut hostent, *mut c_int) -> c_int,
) -> Result<Host, HostError> {
    let h_errno = Cell::new(0);
    let entry = super::entry(
        |entry, buffer, length, found| call(entry, buffer, length, found, h_errno.as_ptr()),
        // SAFETY: the entry is as the call has filled it, and its buffer lives.
        |entry| unsafe { host(entry) },
    );
    match entry {
        Ok(Some(host)) => Ok(host),
        Ok(None) => Err(HostError { code: h_errno.get(), error: io::Error::last_os_error() }),
        Err(error) => Err(HostError { code: h_errno.get(), error }),
    }
}

/// A host as skat keeps it.
///
/// # Safety
/// `entry` is as the system filled it.
unsafe fn host(entry: &hostent) -> Host {
    // SAFETY: name, aliases and addresses are as the manual says; an address is as long as its
    // family's, which is checked.
    unsafe {
        let addresses =
            super::pointers(entry.h_addr_list).into_iter().filter_map(|address| {
                match (entry.h_addrtype, entry.h_length) {
                    (libc::AF_INET, 4) => {
                        Some(Ipv4Addr::from(address.cast::<[u8; 4]>().read_unaligned()).into())
                    }
                    (libc::AF_INET6, 16) => {
                        Some(Ipv6Addr::from(address.cast::<[u8; 16]>().read_unaligned()).into())
                    }
                    _ => None,
                }
            });
        Host {
            name: super::text(entry.h_name),
            aliases: super::texts(entry.h_aliases),
            addresses: addresses.collect(),
        }
    }
}
