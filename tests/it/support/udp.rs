//! Scripted UDP peers, and skat as a UDP server or client.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use super::{PATIENCE, Skat, skat, uninterrupted};

/// A udp-server with these options on a free port of 127.0.0.1.
pub fn udp_server(options: &[&str]) -> Skat {
    skat([&["udp-server"], options, &["127.0.0.1", "0"]].concat())
}

/// A udp-client of `address` with these options.
pub fn udp_client(address: SocketAddr, options: &[&str]) -> Skat {
    let address = address.to_string();
    skat([&["udp-client"], options, &[address.as_str()]].concat())
}

/// The other side of an exchange with skat.
pub struct UdpPeer(UdpSocket);

impl UdpPeer {
    /// On a free port of 127.0.0.1.
    #[track_caller]
    pub fn new() -> Self {
        Self::on("127.0.0.1:0".parse().unwrap())
    }

    #[track_caller]
    pub fn on(address: SocketAddr) -> Self {
        Self::try_on(address).expect("a free port")
    }

    #[expect(clippy::disallowed_methods, reason = "a peer is not made by what is tested")]
    pub fn try_on(address: SocketAddr) -> std::io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(socket))
    }

    /// Refuses from now on, at once: a socket that is closed lives on in a process that is just being
    /// started.
    pub fn refuse(self) -> Self {
        self.0.connect("127.0.0.1:1").unwrap();
        self
    }

    /// Bound, and connected to `address`, of the same family.
    #[track_caller]
    pub fn of(address: SocketAddr) -> Self {
        let any = if address.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
        let peer = Self::on(any.parse().unwrap());
        peer.0.connect(address).unwrap();
        peer
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    #[track_caller]
    pub fn send(&self, bytes: impl AsRef<[u8]>) {
        self.0.send(bytes.as_ref()).expect("skat takes what is sent");
    }

    #[track_caller]
    pub fn send_to(&self, bytes: impl AsRef<[u8]>, to: SocketAddr) {
        self.0.send_to(bytes.as_ref(), to).expect("skat takes what is sent");
    }

    /// Sends what may be refused.
    pub fn try_send(&self, bytes: impl AsRef<[u8]>) -> std::io::Result<usize> {
        self.0.send(bytes.as_ref())
    }

    /// Receives a datagram.
    #[track_caller]
    pub fn receive(&self) -> (Vec<u8>, SocketAddr) {
        let mut bytes = vec![0; 65_536];
        let (count, from) =
            uninterrupted(|| self.0.recv_from(&mut bytes)).expect("skat sends a datagram");
        bytes.truncate(count);
        (bytes, from)
    }

    /// Receives exactly this in one datagram; tells where it came from.
    #[track_caller]
    pub fn expect(&self, wanted: impl AsRef<[u8]>) -> SocketAddr {
        let (got, from) = self.receive();
        super::assert_same_bytes(&got, wanted.as_ref());
        from
    }

    /// True if for a moment nothing comes: asserts what must *not* happen, so that load cannot
    /// make it fail.
    #[track_caller]
    pub fn hears_nothing(&self) -> bool {
        self.0.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let result = uninterrupted(|| self.0.peek(&mut [0; 1]));
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        matches!(&result, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Answers each datagram with itself, as long as datagrams come.
    pub fn echo_in_background(self) -> SocketAddr {
        let address = self.address();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            while let Ok((count, from)) = self.0.recv_from(&mut bytes) {
                let _ = self.0.send_to(&bytes[..count], from);
            }
        });
        address
    }
}
