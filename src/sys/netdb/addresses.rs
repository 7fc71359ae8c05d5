//! Names to addresses and back (getaddrinfo(3), getnameinfo(3)).

use std::ffi::CStr;
use std::io;
use std::net::SocketAddr;
use std::ptr;

use libc::{c_int, socklen_t};
use socket2::SockAddr;

/// What is asked for: the fields of `struct addrinfo` of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `AI_…` ored together.
    pub flags: c_int,
    /// `AF_INET`, `AF_INET6` or `AF_UNSPEC`.
    pub family: c_int,
    /// `SOCK_…`, or 0 for each.
    pub socket_type: c_int,
}

/// One entry of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `AF_INET` or `AF_INET6`.
    pub family: c_int,
    /// `SOCK_…`.
    pub socket_type: c_int,
    /// `IPPROTO_…`.
    pub protocol: c_int,
    /// Address, port, and the zone of a link-local address.
    pub address: SocketAddr,
    /// With `AI_CANONNAME`, on the first entry.
    pub canonical: Option<String>,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct AddrinfoError {
    /// `EAI_…`.
    pub code: c_int,
    /// What errno held: the reason behind `EAI_SYSTEM`.
    pub error: io::Error,
}

/// Room for a host's name (`NI_MAXHOST`) and for a service's (`NI_MAXSERV` in netdb.h).
const NAMES: (socklen_t, socklen_t) = (1025, 32);

/// Asks the system's resolver for the names of an address and of its port. It cannot be interrupted.
///
/// # Errors
/// `EAI_…`, gai_strerror(3).
pub fn getnameinfo(address: SocketAddr, flags: c_int) -> Result<(String, String), AddrinfoError> {
    let address = SockAddr::from(address);
    let (mut host, mut service) = ([0; NAMES.0 as usize], [0; NAMES.1 as usize]);
    // SAFETY: the address is as long as it says, and the names have the room that is given.
    let code = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            NAMES.0,
            service.as_mut_ptr(),
            NAMES.1,
            flags,
        )
    };
    if code != 0 {
        return Err(AddrinfoError { code, error: io::Error::last_os_error() });
    }
    // SAFETY: the call has ended both names with NUL.
    Ok(unsafe { (super::text(host.as_ptr()), super::text(service.as_ptr())) })
}

/// Asks the system's resolver; a list in its order. It cannot be interrupted.
///
/// # Errors
/// `EAI_…`, gai_strerror(3).
pub fn getaddrinfo(
    node: Option<&CStr>,
    service: Option<&CStr>,
    hints: Hints,
) -> Result<Vec<Entry>, AddrinfoError> {
    // SAFETY: zero is what the manual wants of the fields that are not hints.
    let mut wanted: libc::addrinfo = unsafe { std::mem::zeroed() };
    wanted.ai_flags = hints.flags;
    wanted.ai_family = hints.family;
    wanted.ai_socktype = hints.socket_type;
    let mut list: *mut libc::addrinfo = ptr::null_mut();
    let pointer = |string: Option<&CStr>| string.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the strings and the hints outlive the call, which fills `list` if it gives 0.
    let code = unsafe {
        libc::getaddrinfo(pointer(node), pointer(service), &raw const wanted, &raw mut list)
    };
    if code != 0 {
        return Err(AddrinfoError { code, error: io::Error::last_os_error() });
    }
    // SAFETY: the list is as the call made it, and nobody else knows it.
    unsafe {
        let entries = entries(list);
        libc::freeaddrinfo(list);
        Ok(entries)
    }
}

/// The entries of a list.
///
/// # Safety
/// `list` is null or as getaddrinfo made it.
unsafe fn entries(list: *const libc::addrinfo) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut next = list;
    // SAFETY: `ai_next` is null at the end and else the next entry.
    while let Some(entry) = unsafe { next.as_ref() } {
        // SAFETY: an entry of the list, whose address is as long as it says.
        if let Some(address) = unsafe { socket_address(entry) } {
            let has_name = !entry.ai_canonname.is_null();
            entries.push(Entry {
                family: entry.ai_family,
                socket_type: entry.ai_socktype,
                protocol: entry.ai_protocol,
                address,
                // SAFETY: a string that lives as long as the list.
                canonical: has_name.then(|| unsafe { super::text(entry.ai_canonname) }),
            });
        }
        next = entry.ai_next;
    }
    entries
}

/// The address of an entry, if it is of the internet.
///
/// # Safety
/// `entry` is as getaddrinfo made it.
unsafe fn socket_address(entry: &libc::addrinfo) -> Option<SocketAddr> {
    let length = entry.ai_addrlen;
    // SAFETY: the storage has room for an address of any family; as many bytes are copied as
    // the entry says that its address has.
    let address = unsafe {
        SockAddr::try_init(|storage, room| {
            *room = (*room).min(length);
            let bytes = usize::try_from(*room).unwrap_or(0);
            ptr::copy_nonoverlapping(entry.ai_addr.cast::<u8>(), storage.cast::<u8>(), bytes);
            Ok(())
        })
    };
    address.ok()?.1.as_socket()
}
