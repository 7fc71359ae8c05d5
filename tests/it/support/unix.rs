//! Scripted peers of Unix sockets, and skat as a Unix server or client.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::poll::{PollFd, PollFlags, poll};
use socket2::{Domain, SockAddr, Socket, Type};

use super::{PATIENCE, Peer, Running, Skat, skat, uninterrupted};

/// A unix-server on `name` with these options.
pub fn unix_server(name: impl AsRef<OsStr>, options: &[&str]) -> Skat {
    with_name("unix-server", options, name.as_ref())
}

/// A unix-client of `name` with these options.
pub fn unix_client(name: impl AsRef<OsStr>, options: &[&str]) -> Skat {
    with_name("unix-client", options, name.as_ref())
}

fn with_name(command: &str, options: &[&str], name: &OsStr) -> Skat {
    let words = [&[command], options].concat();
    skat(words.iter().map(OsString::from).chain([name.to_owned()]))
}

/// Starts a server; from then on it can be connected to.
#[track_caller]
pub fn listening(skat: Skat) -> Running {
    until_listening(skat.start())
}

/// Waits for the ready line of a server that was started.
#[track_caller]
pub fn until_listening(mut running: Running) -> Running {
    running.wait_for_stderr("listening");
    running
}

/// An abstract name that nobody else has.
pub fn abstract_name() -> String {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let number = TAKEN.fetch_add(1, Ordering::Relaxed);
    format!("@skat-test-{}-{number}", std::process::id())
}

/// A name as the system takes it.
pub fn address(name: impl AsRef<OsStr>) -> SockAddr {
    let name = match name.as_ref().as_bytes() {
        [b'@', name @ ..] => [b"\0", name].concat(),
        path => path.to_vec(),
    };
    SockAddr::unix(OsString::from_vec(name)).unwrap()
}

/// A socket of a test's own, whose reads and writes are bounded.
pub fn socket(kind: Type) -> Socket {
    let socket = Socket::new(Domain::UNIX, kind, None).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// A scripted peer of a stream server.
#[track_caller]
pub fn connect(name: impl AsRef<OsStr>) -> Peer {
    let socket = socket(Type::STREAM);
    socket.connect(&address(name)).expect("skat listens");
    Peer::of_unix(OwnedFd::from(socket))
}

/// A server of streams or records for skat to connect to.
pub struct UnixListener(Socket);

impl UnixListener {
    #[track_caller]
    pub fn on(name: impl AsRef<OsStr>) -> Self {
        Self::of_kind(Type::STREAM, name)
    }

    #[track_caller]
    pub fn of_kind(kind: Type, name: impl AsRef<OsStr>) -> Self {
        let listener = socket(kind);
        listener.bind(&address(name)).expect("a free name");
        listener.listen(16).unwrap();
        Self(listener)
    }

    /// Waits for skat to connect.
    #[track_caller]
    pub fn accept_socket(&self) -> Socket {
        use std::os::fd::AsFd as _;
        let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        let patience = u16::try_from(PATIENCE.as_millis()).unwrap();
        assert_eq!(poll(&mut fds, patience), Ok(1), "nobody connects");
        let (socket, _) = self.0.accept().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        socket
    }

    #[track_caller]
    pub fn accept(&self) -> Peer {
        Peer::of_unix(OwnedFd::from(self.accept_socket()))
    }
}

/// What comes next: a datagram, or a record; nothing is the end.
#[track_caller]
pub fn receive(peer: &Socket) -> Vec<u8> {
    let mut bytes = vec![0; 1 << 20];
    let read = || std::io::Read::read(&mut &*peer, &mut bytes);
    let count = uninterrupted(read).expect("skat sends");
    bytes.truncate(count);
    bytes
}
