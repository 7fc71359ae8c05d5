//! `--exec` and `--sh-exec`: a process for each peer.

use std::time::Duration;

use anyhow::Context as _;
use socket2::{Domain, SockAddr, Socket, Type};

use crate::engine::child::{Contact, Program};
use crate::engine::endpoint::Endpoint;
use crate::engine::endpoint::stream::Stream;
use crate::engine::session::{Limits, Session, SessionOptions};
use crate::net::options::Transport;
use crate::report::Report;

/// How many descriptors a peer takes at most: its socket, the process, and the socket by which
/// skat is joined with it.
pub(super) const DESCRIPTORS: usize = 3;

/// True if skat is between a program and its peer, because it has to see the bytes: to protect
/// them (TLS), to know when there are none (`--idle-timeout`), and to count them (`-v`) where the
/// kernel does not, which is over Unix sockets.
#[must_use]
pub fn is_carried(tls: bool, idle: Option<Duration>, report: Report, is_unix: bool) -> bool {
    tls || idle.is_some() || (is_unix && report.tells_connections())
}

/// Starts the program for a peer, whose own socket is the child's stdin and stdout, unless skat
/// is between.
///
/// # Errors
/// Those of starting it.
pub(super) fn serve(
    program: &Program,
    peer: Stream,
    session_options: SessionOptions,
    limits: Limits,
    report: Report,
) -> anyhow::Result<Box<Session>> {
    if is_carried(peer.has_tls(), limits.idle, report, peer.peer().is_unix()) {
        return attend(program, peer, session_options, limits);
    }
    let socket = peer.socket();
    socket.set_nonblocking(false).context("hand over a connection")?;
    let local = socket.local_addr().context("ask for the address")?;
    let contact = contact(&local, peer.peer());
    let child = program.start(&contact, socket, socket)?;
    Ok(Session::handed_over(peer, child))
}

fn attend(
    program: &Program,
    peer: Stream,
    session_options: SessionOptions,
    limits: Limits,
) -> anyhow::Result<Box<Session>> {
    let kind = if peer.has_records() { Type::SEQPACKET } else { Type::STREAM };
    let pair = Socket::pair(Domain::UNIX, kind, None);
    let (ours, its) = pair.context("make a socket for the command")?;
    ours.set_nonblocking(true).context("make a socket for the command")?;
    let local = peer.socket().local_addr().context("ask for the address")?;
    let child = program.start(&contact(&local, peer.peer()), &its, &its)?;
    let nameless = its.local_addr().context("ask for the address")?;
    let mut ours = Stream::new(ours, nameless);
    if peer.has_records() {
        ours.pass_records_on(false).context("make a socket for the command")?;
    }
    let peer = Endpoint::Stream(peer);
    Ok(Session::attended(peer, ours, child, session_options.copying, limits))
}

fn contact<'a>(local: &'a SockAddr, peer: &'a SockAddr) -> Contact<'a> {
    let transport = if local.as_socket().is_some() { Transport::Tcp } else { Transport::Unix };
    Contact { transport, local, peer }
}
