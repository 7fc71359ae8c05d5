//! skat: bytes between a shell and the network, and an exit status that tells how it went.
//!
//! The crate is a program; the library exists so that its tests can reach the parser and the
//! tables. Nothing here is a stable interface.
//!
//! # Life of a connection
//!
//! 1. [`cli`] reads the arguments into a plain configuration, or refuses them before any traffic.
//! 2. [`commands`] holds the loop of each command: a server's accept loop, a client's
//!    communication loop.
//! 3. [`net`] turns names into addresses and addresses into sockets: [`net::tcp::listen`] for a
//!    server, [`net::connect::tcp`] for a client, which tries every address. [`net::unix`] has the same
//!    for Unix sockets.
//! 4. [`engine`] makes a [`Session`](engine::session::Session) of the socket: the peer's
//!    [`Endpoint`](engine::endpoint::Endpoint) and stdin and stdout, or a service, joined by
//!    [`Flow`](engine::flow::Flow)s. The [`Reactor`](engine::reactor::Reactor) says who can go on;
//!    a [`Pump`](engine::pump::Pump) moves bytes until one side has no more, or no room.
//!    (Datagrams have no connection: [`engine::datagram`] serves all peers of a socket at once, cut
//!    and printed by a [`Frame`](engine::frame::Frame).)
//! 5. The session applies the rules of ending after every move. When it is over, the server goes
//!    on; the client ends.
//! 6. [`outcome`] turns how it ended into the exit status, and [`report`] tells stderr.
//!
//! `resolve` and `info` need no engine: each is a table of functions, in [`net::resolver`] and
//! [`net::inspection`].
//!
//! # Glossary
//!
//! - *endpoint*: one end of a flow: a socket, or stdin and stdout.
//! - *flow*: bytes going one way between endpoints; open, draining once its source has ended,
//!   then closed.
//! - *conversation*: two flows between a peer and stdin and stdout.
//! - *service*: a server whose handler needs no stdin: echo, stamp, discard, forward, chat, exec.
//! - *handler*: what a server does with a peer.
//! - *frame*: the rule that maps bytes of stdin and stdout to datagrams and back.
//! - *pump*: how a flow moves bytes: through memory, or within the kernel.
//! - *half-close*: a FIN after the last byte, while receiving goes on.
//! - *cause*: why a run failed; each has its exit status.
//!
//! The modules, in the order of their layers; each uses only those below it. `report` and
//! `outcome` may be used by all.

// The comments of options are their help, where brackets are no links and no tags.
#[allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]
pub mod cli;
pub mod commands;
pub mod engine;
pub mod net;
pub mod sys;

pub mod outcome;
pub mod report;
