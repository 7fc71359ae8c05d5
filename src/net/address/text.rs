//! Addresses as text.

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use socket2::SockAddr;

use crate::report::escape;
use crate::sys::netdb::inet;

/// An address and a port as skat prints them: an IPv4-mapped address as IPv4, a scope by the
/// name of its interface.
#[must_use]
pub fn socket_text(address: &SocketAddr) -> String {
    let port = address.port();
    match address.ip().to_canonical() {
        IpAddr::V4(_) => format!("{}:{port}", host_text(address)),
        IpAddr::V6(_) => format!("[{}]:{port}", host_text(address)),
    }
}

/// Why bind(2) or connect(2) refused this address, where the system's word for it says nothing.
pub(in crate::net) fn explain(error: io::Error, address: &SocketAddr) -> io::Error {
    let is_vague = error.raw_os_error() == Some(libc::EINVAL);
    match address {
        SocketAddr::V6(v6) if is_vague && v6.ip().is_unicast_link_local() && v6.scope_id() == 0 => {
            let text = "a link-local address needs its zone, such as fe80::1%eth0";
            io::Error::new(io::ErrorKind::InvalidInput, text)
        }
        _ => error,
    }
}

/// The address of a socket or peer of any family, as text: a path's bytes are escaped, an abstract
/// name begins with `@` (unix(7)).
#[must_use]
pub fn display_text(address: &SockAddr) -> String {
    if let Some(address) = address.as_socket() {
        return socket_text(&address);
    }
    match (address.as_pathname(), address.as_abstract_namespace()) {
        (Some(path), _) => escape(path.as_os_str().as_bytes()),
        (None, Some(name)) => format!("@{}", escape(name)),
        (None, None) => "unnamed".to_owned(),
    }
}

/// True for a socket without a name: nobody can answer it.
#[must_use]
pub fn is_unnamed(address: &SockAddr) -> bool {
    !address.is_ipv4() && !address.is_ipv6() && argument_text(address).is_none()
}

/// The address of a socket or peer as a user would write it: a path's own bytes. `None` for a
/// socket without a name.
#[must_use]
pub fn argument_text(address: &SockAddr) -> Option<OsString> {
    if let Some(address) = address.as_socket() {
        return Some(socket_text(&address).into());
    }
    if let Some(path) = address.as_pathname() {
        return Some(path.as_os_str().to_owned());
    }
    let name = address.as_abstract_namespace()?;
    Some(OsString::from_vec([b"@", name].concat()))
}

/// The address without its port, as [`socket_text`] prints it.
#[must_use]
pub fn host_text(address: &SocketAddr) -> String {
    match address.ip().to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(_) => literal(address),
    }
}

/// The address as it stands, an IPv4-mapped one too, with its scope by the name of its interface.
#[must_use]
pub fn literal(address: &SocketAddr) -> String {
    let text = inet::ntop(address.ip());
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => {
            let zone = nix::net::if_::if_indextoname(v6.scope_id())
                .ok()
                .and_then(|name| name.into_string().ok())
                .unwrap_or_else(|| v6.scope_id().to_string());
            format!("{text}%{zone}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_print_as_glibc_prints_them() {
        for (address, text) in [
            ("[::1.2.3.4]:1", "[::1.2.3.4]:1"),
            ("[::1]:1", "[::1]:1"),
            ("[::ffff:1.2.3.4]:1", "1.2.3.4:1"),
            ("[2001:db8::]:1", "[2001:db8::]:1"),
        ] {
            assert_eq!(socket_text(&address.parse().unwrap()), text);
        }
    }
}
