//! Addresses between text and bytes (inet_pton(3), inet_aton(3), inet_ntop(3)).

use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use libc::{c_char, c_int, c_void, in_addr, socklen_t};

/// The longest text of an address with its NUL (INET6_ADDRSTRLEN, rounded up).
const TEXT: usize = 64;

// SAFETY: the signatures are those of arpa/inet.h.
unsafe extern "C" {
    fn inet_pton(family: c_int, text: *const c_char, address: *mut c_void) -> c_int;
    fn inet_aton(text: *const c_char, address: *mut in_addr) -> c_int;
    fn inet_ntop(
        family: c_int,
        address: *const c_void,
        text: *mut c_char,
        length: socklen_t,
    ) -> *const c_char;
}

/// An IPv4 address in the dotted form of four decimal numbers (inet_pton(3), AF_INET).
#[must_use]
pub fn pton_v4(text: &CStr) -> Option<Ipv4Addr> {
    let mut bytes = [0_u8; 4];
    // SAFETY: the text outlives the call, which writes four bytes for this family.
    let done = unsafe { inet_pton(libc::AF_INET, text.as_ptr(), bytes.as_mut_ptr().cast()) };
    (done == 1).then(|| bytes.into())
}

/// An IPv6 address without a zone (inet_pton(3), AF_INET6).
#[must_use]
pub fn pton_v6(text: &CStr) -> Option<Ipv6Addr> {
    let mut bytes = [0_u8; 16];
    // SAFETY: the text outlives the call, which writes sixteen bytes for this family.
    let done = unsafe { inet_pton(libc::AF_INET6, text.as_ptr(), bytes.as_mut_ptr().cast()) };
    (done == 1).then(|| bytes.into())
}

/// An IPv4 address in any of the classic forms: `127.1`, `0x7f.1`, `2130706433` (inet_aton(3)).
#[must_use]
pub fn aton(text: &CStr) -> Option<Ipv4Addr> {
    let mut address = in_addr { s_addr: 0 };
    // SAFETY: the text outlives the call, which fills the address.
    let done = unsafe { inet_aton(text.as_ptr(), &raw mut address) };
    (done != 0).then(|| Ipv4Addr::from(u32::from_be(address.s_addr)))
}

/// An address as text (inet_ntop(3)).
#[must_use]
pub fn ntop(address: IpAddr) -> String {
    let (family, bytes) = match address {
        IpAddr::V4(v4) => (libc::AF_INET, v4.octets().to_vec()),
        IpAddr::V6(v6) => (libc::AF_INET6, v6.octets().to_vec()),
    };
    let mut room: [c_char; TEXT] = [0; TEXT];
    let length = socklen_t::try_from(TEXT).unwrap_or(0);
    // SAFETY: as many bytes as the family has, and room for the longest text with its NUL; what
    // comes back is null or that room.
    unsafe { super::text(inet_ntop(family, bytes.as_ptr().cast(), room.as_mut_ptr(), length)) }
}
