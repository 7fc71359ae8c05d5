//! What is begun with a connection that was let in.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;

use super::{Accepted, Server, exec};
use crate::engine::endpoint::stream::Stream;
use crate::engine::handler::Handler;
use crate::engine::handler::forward::Dial;
use crate::engine::session::Session;
use crate::net::address;
use crate::net::options::{Phase, SocketKind};

impl Server {
    /// Begins to serve a connection, beside those that are being served.
    pub fn communicate(&mut self, accepted: Accepted) {
        if let Err(error) = self.begin(accepted) {
            self.give_up(error);
        }
    }

    /// Fails for no reason that one peer could cause.
    fn begin(&mut self, accepted: Accepted) -> anyhow::Result<()> {
        let Accepted { socket, peer } = accepted;
        let report = self.options.bounds.report;
        if report.tells_connections() && self.tls.is_none() {
            let local = socket.local_addr().as_ref().map(address::display_text).unwrap_or_default();
            report.connected(&local, &address::display_text(&peer));
        }
        // A connection of a Unix socket does not inherit the listener's options.
        let phase = if peer.is_unix() { Phase::Open } else { Phase::Connected };
        if self.options.settings.has_phase(phase) {
            let kind = SocketKind { v6: peer.is_ipv6(), listens: false };
            let set = self.options.settings.apply(&socket, phase, kind, report);
            if let Err(error) = set {
                self.leave();
                self.note_failure(error);
                return Ok(());
            }
        }
        let stream = Stream::new(socket, peer)
            .lingering(self.options.settings.let_close_wait())
            .with_tls(self.tls.as_ref(), report)?;
        if stream.handshake_limit().is_none() {
            return self.serve(stream);
        }
        // Nothing is begun with a peer before it is verified, and nobody waits for it: a stranger
        // takes no place.
        self.occupancy.wait();
        self.leave();
        if let Err(error) = self.engine.start(Session::greeting(stream)) {
            self.end_wait(1);
            self.note_failure(anyhow::Error::from(error).context("watch a connection"));
        }
        Ok(())
    }

    /// A peer is who it has to be. If only one is served, the others are not waited for any more.
    pub(super) fn welcome(&mut self, mut peer: Stream) -> anyhow::Result<()> {
        if self.options.serves_the_first_verified() {
            if !self.is_to_be_served() {
                peer.wire_mut().reset_at_close();
                self.end_wait(1);
                return Ok(());
            }
            self.engine.drop_all("another peer was faster", Instant::now());
        }
        self.waiting.push_back(peer);
        self.serve_waiting()
    }

    /// Begins with verified peers, as far as there are places.
    pub(super) fn serve_waiting(&mut self) -> anyhow::Result<()> {
        while !self.stopping && !self.waiting.is_empty() && self.take_place() {
            if let Some(peer) = self.waiting.pop_front() {
                self.end_wait(1);
                self.serve(peer)?;
            }
        }
        Ok(())
    }

    /// Begins with a peer that is who it has to be, and has a place.
    fn serve(&mut self, peer: Stream) -> anyhow::Result<()> {
        let session = match self.session(peer) {
            Err(error) if self.options.handler.is_none() => return Err(error),
            Err(error) => {
                self.leave();
                self.note_failure(error);
                return Ok(());
            }
            Ok(session) => session,
        };
        match self.engine.start(session).context("watch a connection") {
            // stdin and stdout went with it.
            Err(error) if self.options.handler.is_none() => return Err(error),
            Err(error) => {
                self.leave();
                self.note_failure(error);
            }
            Ok(()) => {}
        }
        Ok(())
    }

    /// The session of a peer: with stdin and stdout, or with what the service says.
    fn session(&mut self, mut peer: Stream) -> anyhow::Result<Box<Session>> {
        let (limits, session_options) = (self.options.limits, self.options.session);
        if session_options.frame.is_some() {
            self.carry_records(&mut peer).context("ask for records")?;
        }
        // How one connection ended is told only of one.
        let settles = self.options.once;
        let report = self.options.bounds.report;
        Ok(match (&self.options.handler, self.stdio.take()) {
            (Some(Handler::Answer(responder)), _) => {
                let answers = responder.flow(peer.has_records(), self.options.buffer);
                Session::service(peer, answers, limits, settles)
            }
            (Some(Handler::Exec(program)), _) => {
                exec::serve(program, peer, session_options, limits, report)?
            }
            (Some(Handler::Forward(route)), _) => {
                let dial = Dial::new(route.clone(), Arc::clone(&self.listening), report);
                Session::forward(peer, dial, session_options, limits, settles)
            }
            (Some(Handler::Chat(room)), _) => {
                let seat = room.enter();
                if report.tells_connections() {
                    let name = address::display_text(peer.peer());
                    report.step(format!("{name} is {}", seat.name()));
                }
                Session::chat(peer, seat, session_options, limits)
            }
            (None, Some(stdio)) => Session::conversation(peer, stdio, session_options, limits),
            (None, None) => anyhow::bail!("two conversations at once"),
        })
    }

    fn carry_records(&self, peer: &mut Stream) -> io::Result<()> {
        if self.options.handler.is_some() {
            peer.pass_records_on(self.options.settings.has("sndbuf"))
        } else {
            peer.carry_records()
        }
    }

    /// The service could not begin with a peer: told at once, or at the end if it was the only
    /// one.
    fn note_failure(&mut self, error: anyhow::Error) {
        if self.options.serves_one() {
            self.failure = Some(error);
        } else {
            self.options.bounds.report.error(&error);
        }
    }
}
