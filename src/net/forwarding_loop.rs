//! A server that sends to itself what comes to it would never end.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use socket2::SockAddr;

use super::address::socket_text;
use super::binding::Locals;
use super::inspection::interfaces;
use super::unix::Name;
use crate::outcome::{Cause, refusal};

/// Where a server listens.
#[derive(Debug, Default)]
pub struct Listening {
    locals: Vec<SocketAddr>,
    /// The names of Unix sockets.
    names: Vec<SockAddr>,
    /// Sockets on every IPv6 address do not serve IPv4.
    v6_only: bool,
    /// What a socket on every address is reached by, beside the loopback.
    own: Vec<IpAddr>,
}

impl Listening {
    /// On sockets that are bound to `locals`.
    #[must_use]
    pub fn on(Locals { addresses, v6_only }: &Locals) -> Self {
        let names = addresses.iter().filter(|address| address.is_unix()).cloned().collect();
        let locals: Vec<SocketAddr> = addresses.iter().filter_map(SockAddr::as_socket).collect();
        let everywhere = locals.iter().any(|local| local.ip().is_unspecified());
        let own = if everywhere { interfaces::addresses() } else { Vec::new() };
        Self { locals, names, v6_only: *v6_only, own }
    }

    /// Refuses to forward to `addresses` if the server itself listens on one of them.
    ///
    /// # Errors
    /// One with this cause.
    pub fn refuse(&self, addresses: &[SocketAddr], cause: Cause) -> anyhow::Result<()> {
        let leads_back = |address: &&SocketAddr| {
            self.locals
                .iter()
                .any(|local| local.port() == address.port() && self.is_at(local.ip(), address.ip()))
        };
        match addresses.iter().find(leads_back) {
            Some(address) => Err(leads_back_to(&socket_text(address), cause)),
            None => Ok(()),
        }
    }

    /// Refuses to forward to a Unix socket that is one of the server's own, by whatever path.
    ///
    /// # Errors
    /// One with this cause.
    pub fn refuse_name(&self, name: &Name, cause: Cause) -> anyhow::Result<()> {
        let file = |path: Option<&Path>| fs::metadata(path?).ok().map(|it| (it.dev(), it.ino()));
        let there = file(name.file());
        let is_own = |own: &SockAddr| {
            own == name.address() || (there.is_some() && there == file(own.as_pathname()))
        };
        if self.names.iter().any(is_own) {
            return Err(leads_back_to(&name.to_string(), cause));
        }
        Ok(())
    }

    /// True if what is sent to `there` comes to a socket on `here`.
    fn is_at(&self, here: IpAddr, there: IpAddr) -> bool {
        let here = here.to_canonical();
        // Whoever sends to no address in particular gets the loopback.
        let there = match there.to_canonical() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            there => there,
        };
        if !here.is_unspecified() {
            return here == there;
        }
        let serves = here.is_ipv4() == there.is_ipv4() || (here.is_ipv6() && !self.v6_only);
        serves && (there.is_loopback() || self.own.contains(&there))
    }
}

fn leads_back_to(target: &str, cause: Cause) -> anyhow::Error {
    refusal(cause, format!("forward to {target}: this server listens there itself"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_known() {
        let own: Vec<IpAddr> = vec!["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()];
        let cases = [
            (
                "127.0.0.1",
                false,
                "127.0.0.1 0.0.0.0 ::ffff:127.0.0.1",
                "127.0.0.2 ::1 :: 192.0.2.7",
            ),
            ("::1", true, "::1 ::", "127.0.0.1 0.0.0.0"),
            (
                "0.0.0.0",
                false,
                "127.0.0.1 127.9.9.9 0.0.0.0 192.0.2.7",
                "192.0.2.8 ::1 2001:db8::7",
            ),
            (
                "::",
                false,
                "127.0.0.1 0.0.0.0 192.0.2.7 ::1 :: 2001:db8::7",
                "192.0.2.8 2001:db8::8",
            ),
            ("::", true, "::1 :: 2001:db8::7", "127.0.0.1 0.0.0.0 192.0.2.7"),
        ];
        for (here, v6_only, back, elsewhere) in cases {
            let locals = vec![SocketAddr::new(here.parse().unwrap(), 7)];
            let listening = Listening { locals, names: Vec::new(), v6_only, own: own.clone() };
            let leads_back = |there: &str, port| {
                let there = SocketAddr::new(there.parse().unwrap(), port);
                listening.refuse(&[there], Cause::Usage).is_err()
            };
            for there in back.split(' ') {
                assert!(leads_back(there, 7), "{here} is reached by {there}");
                assert!(!leads_back(there, 8), "{there} has another port");
            }
            for there in elsewhere.split(' ') {
                assert!(!leads_back(there, 7), "{here} is not reached by {there}");
            }
        }
    }
}
