//! Scripted peers: what the other side of a connection does, step by step, each bounded.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use ::skat::sys::sockopt;
use socket2::SockRef;

use super::{PATIENCE, uninterrupted};

/// A server for skat to connect to.
pub struct Listener(TcpListener);

impl Listener {
    /// On a free port of 127.0.0.1.
    pub fn new() -> Self {
        Self::on("127.0.0.1:0".parse().unwrap())
    }

    #[track_caller]
    pub fn on(address: SocketAddr) -> Self {
        Self::try_on(address).expect("a free port")
    }

    #[expect(clippy::disallowed_methods, reason = "a peer is not made by what is tested")]
    pub fn try_on(address: SocketAddr) -> Option<Self> {
        let listener = TcpListener::bind(address).ok()?;
        listener.set_nonblocking(true).unwrap();
        Some(Self(listener))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Waits for skat to connect.
    #[track_caller]
    pub fn accept(&self) -> Peer {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.0.accept() {
                Ok((stream, _)) => return Peer::new(stream),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(Instant::now() < end, "nobody connects");
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => panic!("accept: {error}"),
            }
        }
    }
}

/// The other side of a connection with skat.
pub struct Peer(TcpStream);

impl Peer {
    /// Takes in little that it does not read.
    pub fn with_small_buffers(self) -> Self {
        SockRef::from(&self.0).set_recv_buffer_size(16 * 1024).unwrap();
        self
    }

    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("skat listens")
    }

    #[expect(clippy::disallowed_methods, reason = "a peer is not made by what is tested")]
    pub fn try_connect(address: SocketAddr) -> std::io::Result<Self> {
        TcpStream::connect(address).map(Self::new)
    }

    /// Of a connection that the test has made by itself.
    pub fn of_stream(stream: TcpStream) -> Self {
        Self::new(stream)
    }

    fn new(stream: TcpStream) -> Self {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Over a Unix socket: the calls on a connected stream are the same.
    pub fn of_unix(socket: OwnedFd) -> Self {
        Self(socket.into())
    }

    pub fn stream(&self) -> &TcpStream {
        &self.0
    }

    pub fn local(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub fn remote(&self) -> SocketAddr {
        self.0.peer_addr().unwrap()
    }

    /// A second handle, for a thread.
    pub fn twin(&self) -> Self {
        Self(self.0.try_clone().unwrap())
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).expect("skat takes what is sent");
    }

    /// Sends what skat may not take.
    pub fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Receives exactly this.
    #[track_caller]
    pub fn expect(&mut self, wanted: impl AsRef<[u8]>) {
        let wanted = wanted.as_ref();
        let mut got = vec![0; wanted.len()];
        self.0.read_exact(&mut got).expect("skat sends what is wanted");
        super::assert_same_bytes(&got, wanted);
    }

    /// Receives all up to skat's FIN.
    #[track_caller]
    pub fn receive_to_end(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).expect("skat ends well");
        bytes
    }

    /// The same, where skat may break off.
    pub fn try_receive_to_end(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).map(|_| bytes)
    }

    #[track_caller]
    pub fn expect_end(&mut self) {
        let rest = self.receive_to_end();
        assert!(rest.is_empty(), "more came: {}", String::from_utf8_lossy(&rest));
    }

    /// Receives a line.
    #[track_caller]
    pub fn expect_line(&mut self) -> String {
        let mut line = Vec::new();
        let mut byte = [0];
        while line.last() != Some(&b'\n')
            && uninterrupted(|| self.0.read(&mut byte)).expect("a line") == 1
        {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// True if for a moment nothing comes, not even an end: asserts what must *not* happen, so
    /// that load cannot make it fail.
    #[track_caller]
    pub fn hears_nothing(&self) -> bool {
        self.0.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let result = uninterrupted(|| self.0.peek(&mut [0]));
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        matches!(&result, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Half-closes.
    pub fn finish(&mut self) {
        self.0.shutdown(Shutdown::Write).unwrap();
    }

    /// Half-closes what may have been broken off.
    pub fn finish_if_open(&mut self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// Has the system forget the connection a second after it is closed, as others do after a minute.
    pub fn forget_soon(&self) {
        let (level, name) = (libc::IPPROTO_TCP, libc::TCP_LINGER2);
        sockopt::set(&self.0, level, name, &sockopt::int(1)).unwrap();
    }

    /// Closes with a reset.
    pub fn reset(self) {
        SockRef::from(&self.0).set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Bytes that came and that the test has not received.
    pub fn unread(&self) -> usize {
        let mut buffer = vec![0; 8 << 20];
        self.0.set_nonblocking(true).unwrap();
        let unread = self.0.peek(&mut buffer).unwrap_or(0);
        self.0.set_nonblocking(false).unwrap();
        unread
    }

    /// Bytes that skat has sent and that found no room here yet (the send queue of its socket).
    pub fn held_back(&self) -> usize {
        let name = |address: SocketAddr| {
            let std::net::IpAddr::V4(ip) = address.ip() else { panic!("IPv4 only: {address}") };
            format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port())
        };
        let (its, ours) = (name(self.remote()), name(self.local()));
        let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let mut rows = sockets.lines().map(|row| row.split_whitespace().collect::<Vec<&str>>());
        let queues = |row: Vec<&str>| (row[1] == its && row[2] == ours).then(|| row[4].to_owned());
        let sent = rows.find_map(queues).unwrap_or_default();
        sent.split(':').next().map_or(0, |bytes| usize::from_str_radix(bytes, 16).unwrap_or(0))
    }

    /// Bytes that skat's system has not acknowledged.
    pub fn unacknowledged(&self) -> usize {
        sockopt::unacknowledged(&self.0).unwrap()
    }
}
