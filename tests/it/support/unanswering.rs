//! TCP ports that do not answer as a server does.

use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

/// A port of 127.0.0.1 on which nobody listens: it is bound, so that nobody else takes it.
pub fn refusing() -> (Socket, SocketAddr) {
    bound("127.0.0.1:0".parse().unwrap())
}

fn bound(address: SocketAddr) -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.bind(&address.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// A listener whose queue is full: connecting to it takes forever.
pub fn silent() -> (Socket, SocketAddr, Vec<Socket>) {
    silent_on("127.0.0.1:0".parse().unwrap())
}

/// The same on a free port of another address.
pub fn silent_on(address: SocketAddr) -> (Socket, SocketAddr, Vec<Socket>) {
    let (socket, address) = bound(address);
    socket.listen(0).unwrap();
    let connecting = |_| {
        let peer = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        peer.set_nonblocking(true).unwrap();
        let _ = peer.connect(&address.into());
        peer
    };
    let peers = (0..4).map(connecting).collect();
    (socket, address, peers)
}
