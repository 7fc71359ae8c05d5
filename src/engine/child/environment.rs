//! A child's environment: skat's own, and whom the child serves, by the names of ucspi
//! (<https://cr.yp.to/proto/ucspi.txt>).

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use socket2::SockAddr;

use crate::net::address;
use crate::net::options::Transport;
use crate::sys::process::HANDED_OVER;

/// Whom a child serves.
#[derive(Clone, Copy, Debug)]
pub struct Contact<'a> {
    /// What they talk by.
    pub transport: Transport,
    /// The address that the peer asked.
    pub local: &'a SockAddr,
    /// The peer's address.
    pub peer: &'a SockAddr,
}

/// What a server that started skat said of a peer of its own.
const OF_A_PEER: [&str; 6] =
    ["TCPLOCAL", "TCPREMOTE", "UDPLOCAL", "UDPREMOTE", "UNIXLOCAL", "UNIXREMOTE"];

/// The variables that are the same for every child: skat's own without those that concern only
/// skat or another peer, and `SKAT`, where this program is.
pub(super) fn common() -> Vec<OsString> {
    let inherited = std::env::vars_os().filter(|(name, _)| {
        let name = name.as_bytes();
        name != b"SKAT"
            && name != b"PROTO"
            && !HANDED_OVER.iter().any(|own| name == own.as_bytes())
            && !OF_A_PEER.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
    });
    let skat = std::env::current_exe().map(|path| ("SKAT".into(), path.into_os_string()));
    inherited.chain(skat).map(|(name, value)| assign(name, &value)).collect()
}

impl Contact<'_> {
    /// The variables of this contact.
    pub(super) fn variables(&self) -> Vec<OsString> {
        let mut variables = Vec::with_capacity(5);
        let (proto, names) = match self.transport {
            Transport::Tcp => {
                ("TCP", [["TCPLOCALIP", "TCPLOCALPORT"], ["TCPREMOTEIP", "TCPREMOTEPORT"]])
            }
            Transport::Udp => {
                ("UDP", [["UDPLOCALIP", "UDPLOCALPORT"], ["UDPREMOTEIP", "UDPREMOTEPORT"]])
            }
            Transport::Unix => ("UNIX", [["UNIXLOCALPATH"; 2], ["UNIXREMOTEPATH"; 2]]),
        };
        variables.push(assign("PROTO", proto));
        for ([place, port], address) in names.into_iter().zip([self.local, self.peer]) {
            if let Some(address) = address.as_socket() {
                variables.push(assign(place, address::host_text(&address)));
                variables.push(assign(port, address.port().to_string()));
            } else if let Some(path) = address::argument_text(address) {
                // An abstract name may hold what a variable cannot.
                let holds_nul = path.as_bytes().contains(&0);
                let path = if holds_nul { address::display_text(address).into() } else { path };
                variables.push(assign(place, path));
            }
        }
        variables
    }
}

/// `NAME=VALUE`.
fn assign(name: impl Into<OsString>, value: impl AsRef<OsStr>) -> OsString {
    let mut text = name.into();
    text.push("=");
    text.push(value);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn a_mapped_address_is_an_ipv4_address() {
        let local: SocketAddr = "[::ffff:127.0.0.1]:80".parse().unwrap();
        let peer: SocketAddr = "[2001:db8::1]:4000".parse().unwrap();
        let contact =
            Contact { transport: Transport::Udp, local: &local.into(), peer: &peer.into() };
        let wanted = [
            "PROTO=UDP",
            "UDPLOCALIP=127.0.0.1",
            "UDPLOCALPORT=80",
            "UDPREMOTEIP=2001:db8::1",
            "UDPREMOTEPORT=4000",
        ];
        assert_eq!(contact.variables(), wanted);
    }

    #[test]
    fn a_unix_peer_without_a_name_has_no_path() {
        let local = SockAddr::unix("/run/a b").unwrap();
        let contact = Contact {
            transport: Transport::Unix,
            local: &local,
            peer: &SockAddr::unix("").unwrap(),
        };
        assert_eq!(contact.variables(), ["PROTO=UNIX", "UNIXLOCALPATH=/run/a b"]);
    }
}
