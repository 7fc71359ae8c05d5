//! One address asked whether a port is open there.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::time::Instant;

use socket2::Socket;

use super::context::ProbeContext;
use super::method::Method;
use crate::net::address::{display_text, socket_text};
use crate::net::attempt::{self, Progress};
use crate::net::connect::source_for;
use crate::net::udp::{self, Casting};
use crate::outcome::{Cause, failure, refusal};

/// How often a datagram is sent while an answer is waited for. One that is lost, or an ICMP error
/// that was held back because there were many (icmp(7)), would look like silence.
const SENDINGS: u32 = 3;

/// A socket that asks one address.
pub struct Attempt {
    pub socket: Socket,
    pub peer: SocketAddr,
    /// The event loop tells when it changes.
    pub watched: bool,
    /// How often the datagram was sent.
    sent: u32,
    began: Instant,
}

impl Attempt {
    /// Asks.
    ///
    /// # Errors
    /// The system's; [`Cause::Usage`] for a datagram that cannot be sent anywhere.
    pub fn begin(peer: SocketAddr, context: &ProbeContext, now: Instant) -> anyhow::Result<Self> {
        if context.report.tells_steps() {
            context.report.connecting(&socket_text(&peer));
        }
        let source = source_for(&context.sources, peer)?;
        let settings = &context.target.settings;
        let socket = match &context.method {
            Method::Connect => attempt::begin(peer, source, settings, context.report)?,
            Method::Ask(datagram) => {
                let socket =
                    udp::open_to(peer, source, settings, &Casting::default(), context.report)?;
                send(&socket, datagram)?;
                socket
            }
        };
        Ok(Self { socket, peer, watched: false, sent: 1, began: now })
    }

    /// Whether the port is open; `None` if that is not known yet.
    ///
    /// # Errors
    /// Why it is not.
    pub fn look(&self, context: &ProbeContext) -> anyhow::Result<Option<()>> {
        let local = || self.socket.local_addr();
        match context.method {
            Method::Connect => match attempt::progress(&self.socket)? {
                Progress::Running => Ok(None),
                Progress::Stands(_) if local()?.as_socket() == Some(self.peer) => Err(refusal(
                    Cause::Unreachable,
                    "nothing listens there (the socket connected to itself)",
                )),
                Progress::Stands(_) => {
                    context.report.connected(&display_text(&local()?), &socket_text(&self.peer));
                    Ok(Some(()))
                }
            },
            // With MSG_TRUNC the system tells how long the answer is, whatever room there is.
            Method::Ask(_) => {
                match self.socket.recv_with_flags(&mut [MaybeUninit::uninit()], libc::MSG_TRUNC) {
                    Ok(bytes) => {
                        context.report.datagram(
                            &display_text(&local()?),
                            &socket_text(&self.peer),
                            bytes,
                        );
                        Ok(Some(()))
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    Err(error) => Err(failure(Cause::Unreachable, error)),
                }
            }
        }
    }

    /// When the datagram is to be sent again, if all must be over by `deadline`.
    pub fn next_sending(&self, method: &Method, deadline: Option<Instant>) -> Option<Instant> {
        let Method::Ask(_) = method else { return None };
        let whole = deadline?.saturating_duration_since(self.began);
        (self.sent < SENDINGS).then(|| self.began + whole * self.sent / SENDINGS)
    }

    /// Sends the datagram again.
    ///
    /// # Errors
    /// A refusal that has come meanwhile.
    pub fn send_again(&mut self, method: &Method) -> anyhow::Result<()> {
        self.sent += 1;
        match method {
            Method::Connect => Ok(()),
            Method::Ask(datagram) => send(&self.socket, datagram),
        }
    }
}

fn send(socket: &Socket, datagram: &[u8]) -> anyhow::Result<()> {
    match socket.send(datagram) {
        Ok(_) => Ok(()),
        // It is sent again.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Err(error) if error.raw_os_error() == Some(libc::EMSGSIZE) => {
            let text = format!("{} bytes are too many for a datagram there", datagram.len());
            Err(refusal(Cause::Usage, text))
        }
        Err(error) => Err(failure(Cause::Unreachable, error)),
    }
}
