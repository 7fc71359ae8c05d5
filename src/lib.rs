//! skat: bytes between a shell and the network, and an exit status that tells how it went.
//!
//! The crate is a program; the library exists so that its tests can reach the parser and the
//! tables. Nothing here is a stable interface.
//!
//! # Life of a connection
//!
//! `skat tcp-client host.example 80`:
//!
//! 1. [`cli`] makes a [`Target`](net::connect::Target) (whom, from where, how long) and options (how
//!    to talk), or refuses the arguments before any traffic. The loop in [`commands`] does the rest.
//! 2. [`net::connect::tcp`] asks the resolver, puts IPv6 and IPv4 in turn, and starts an attempt at
//!    the first address; a further one 250 ms later (earlier where all would not have their turn in
//!    time) or when one fails (RFC 8305). The first that
//!    stands wins. With `--retry-for` all of this is repeated, with pauses from 50 ms doubling to
//!    1 s ([`net::retry`]).
//! 3. [`engine::conversation::Conversation`] opens stdin and stdout as an
//!    [`Endpoint`](engine::endpoint::Endpoint), wraps the socket as another, and makes a
//!    [`Session`](engine::session::Session) of them with two [`Flow`](engine::flow::Flow)s.
//! 4. The engine waits in the [`Reactor`](engine::reactor::Reactor). When a descriptor is ready, the
//!    session it belongs to runs: each flow moves what it can, by its
//!    [`Pump`](engine::pump::Pump); then the rules of ending are applied; again, until neither
//!    changes anything.
//! 5. stdin ends: the flow drains, then finishes its sink, which for a socket is `shutdown(2)`.
//! 6. The peer ends: the other flow finishes stdout. Both flows are closed: the session settles,
//!    which means that it waits until the peer has acknowledged everything (`SIOCOUTQ`), and is over.
//! 7. `Conversation::close` gives the verdict; [`outcome`] turns it into the exit status, and
//!    [`report`] tells stderr.
//!
//! `skat unix-client PATH` differs in step 2 only: [`net::unix`]. A server differs in steps 1 to 3:
//! [`net::tcp::listen`] gives a socket for each address, and [`engine::accept::Server`] hands out
//! connections while the sessions before them go on. A service's session has one flow: echo is a flow
//! from the peer to itself, discard a flow to nowhere, stamp an echo with a filter. Datagrams have no
//! connection: [`engine::datagram`] serves all peers of a socket at once, cut and printed by a
//! [`Frame`](engine::frame::Frame).
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
//! - *handler*: what a server does with a peer; a *responder* is one that only answers: echo, stamp,
//!   discard.
//! - *frame*: the rule that maps bytes of stdin and stdout to datagrams and back.
//! - *pump*: how a flow moves bytes: through memory, or within the kernel.
//! - *filter*: what a flow does to bytes on their way: stamps, CRLF.
//! - *half-close*: a FIN after the last byte, while receiving goes on.
//! - *settle*: wait until the peer has acknowledged everything.
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
