//! TCP ports that do not answer as a server does.

use std::net::SocketAddr;

/// A port of 127.0.0.1 on which nobody listens: it is bound, so that nobody else takes it.
pub fn refusing() -> (socket2::Socket, SocketAddr) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// A listener whose queue is full: connecting to it takes forever.
pub fn silent() -> (socket2::Socket, SocketAddr, Vec<socket2::Socket>) {
    let (socket, address) = refusing();
    socket.listen(0).unwrap();
    let connecting = |_| {
        let peer =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        peer.set_nonblocking(true).unwrap();
        let _ = peer.connect(&address.into());
        peer
    };
    let peers = (0..4).map(connecting).collect();
    (socket, address, peers)
}
