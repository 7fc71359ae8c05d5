//! A bare loop of connections to every port of the machine.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsRawFd as _;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, connect, socket};

pub fn run(first: u16, last: u16) -> anyhow::Result<()> {
    for port in first..=last {
        let address = SockaddrIn::from(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
        let fd = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
        if connect(fd.as_raw_fd(), &address).is_ok() {
            println!("127.0.0.1 {port}");
        }
    }
    Ok(())
}
