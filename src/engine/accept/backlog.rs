//! The backlog: who is taken from it, and when nobody can be.

use std::fmt::Write as _;
use std::io;
use std::time::{Duration, Instant};

use socket2::{SockAddr, Socket};

use super::{ADMISSIONS, PAUSE, Server, WAKE_UP};
use crate::net::address;
use crate::outcome::{cause_of, refusal};
use crate::sys::connection;
use crate::sys::socket_file::OwnPath;

/// How long a server that has no descriptor left waits, unless a connection of its own ends
/// first.
const STARVED: Duration = Duration::from_millis(100);
/// What accept(2) says of a connection, rather than of this server: the next one may do.
const OF_CONNECTION: [i32; 11] = [
    libc::ECONNABORTED,
    libc::EPROTO,
    libc::EPERM,
    libc::ENOPROTOOPT,
    libc::EOPNOTSUPP,
    libc::ENONET,
    libc::ENETDOWN,
    libc::ENETUNREACH,
    libc::EHOSTDOWN,
    libc::EHOSTUNREACH,
    libc::EINTR,
];
/// How much time lies between two lines that tell of it: with each connection that ends, the next
/// one takes its place.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// A connection from the backlog.
#[derive(Debug)]
pub struct Accepted {
    pub(super) socket: Socket,
    pub(super) peer: SockAddr,
}

pub(super) struct Listener {
    /// Its socket file, which goes before the socket: what nobody serves is anybody's.
    pub(super) file: Option<OwnPath>,
    pub(super) socket: Socket,
    /// Somebody may be in its backlog.
    pub(super) ready: bool,
}

impl Server {
    /// Who is next, if there is room for one more.
    pub(super) fn next_in_backlog(&mut self) -> Option<Accepted> {
        while self.may_accept() {
            let Some(at) = self.listeners.iter().position(|listener| listener.ready) else {
                if self.occupancy.is_closing() {
                    // The command has ended, and nobody is queued any more.
                    self.listeners.clear();
                    self.stop.wake_all();
                }
                return None;
            };
            if !self.take_place() {
                return None;
            }
            let accepted = connection::accept(&self.listeners[at].socket);
            match accepted {
                Ok((socket, peer)) => {
                    self.was_starved = false;
                    // However many come, those who talk have their turn.
                    self.admitted += 1;
                    if !self.options.access.admits(&peer) {
                        self.leave();
                        self.deny(&socket, &peer);
                    } else if let Some(accepted) = self.admit(socket, peer) {
                        return Some(accepted);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.listeners[at].ready = false;
                    self.leave();
                }
                Err(error) => {
                    self.leave();
                    self.on_accept_error(&error);
                }
            }
        }
        None
    }

    /// Who is next of those that other loops have let in for this one.
    pub(super) fn next_handed(&mut self) -> Option<Accepted> {
        let accepted = if self.may_begin() { self.sharing.take() } else { None };
        self.admitted += usize::from(accepted.is_some());
        accepted
    }

    fn may_accept(&self) -> bool {
        let listens = !self.listeners.is_empty();
        listens && self.occupancy.has_waiting_room() && !self.starved && self.may_begin()
    }

    fn may_begin(&self) -> bool {
        !self.outage.is_pausing() && self.admitted < ADMISSIONS
    }

    /// Counts one more connection as served, if one more may be.
    pub(super) fn take_place(&self) -> bool {
        if self.options.handler.is_none() && self.stdio.is_none() {
            return false;
        }
        self.occupancy.take_place()
    }

    /// Who was accepted, if it is to be served, and by this loop.
    fn admit(&mut self, socket: Socket, peer: SockAddr) -> Option<Accepted> {
        let accepted = Accepted { socket, peer };
        if self.options.serves_the_first_verified() || self.is_to_be_served() {
            return self.sharing.hand_over(accepted);
        }
        self.leave();
        None
    }

    /// Counts who is to be served; false if that is one more than the only one.
    pub(super) fn is_to_be_served(&mut self) -> bool {
        let is_first = self.occupancy.note_arrival();
        if !self.options.serves_one() {
            return true;
        }
        self.occupancy.close();
        self.listeners.clear();
        self.stop.wake_all();
        is_first
    }

    /// A denied peer is told nothing; the reset keeps it from mistaking that for success, and
    /// leaves no TIME_WAIT.
    fn deny(&mut self, socket: &Socket, peer: &SockAddr) {
        // A socket that is gone already needs no reset.
        let _ = socket.set_linger(Some(Duration::ZERO));
        if self.options.bounds.report.tells_connections() {
            self.options.bounds.report.denied(&address::display_text(peer));
        }
    }

    /// A failed accept(2) never ends a server.
    fn on_accept_error(&mut self, error: &io::Error) {
        if error.raw_os_error().is_some_and(|number| OF_CONNECTION.contains(&number)) {
            self.admitted += 1;
            return;
        }
        if self.occupancy.is_closing() && self.occupancy.is_empty() {
            // The command has ended, and no end of a connection will free a descriptor for those
            // that are queued.
            let reason = crate::report::reason(error);
            let text = format!("accept: {reason}; clients still queued are not served");
            self.options.bounds.report.warning(text);
            return self.listeners.clear();
        }
        let (reason, now) = (crate::report::reason(error), Instant::now());
        let is_new = !std::mem::replace(&mut self.was_starved, true);
        if is_new && self.told_starved.is_none_or(|told| told + TOLD_EVERY <= now) {
            self.told_starved = Some(now);
            self.options.bounds.report.warning(format!("accept: {reason}; waiting"));
        }
        self.starved = true;
        self.engine.set_timer(now + STARVED, WAKE_UP);
    }

    /// A target that cannot be reached never ends a server, nor does it keep it busy.
    pub(super) fn on_outage(&mut self, error: &anyhow::Error) {
        let now = Instant::now();
        if let Some(until) = self.outage.begin_pause(now) {
            self.engine.set_timer(until, PAUSE);
        }
        let Some(untold) = self.outage.note_failure(now) else { return };
        let mut text = crate::report::sentence(error);
        if untold > 0 {
            let _ = write!(text, "; {untold} connections before it failed too");
        }
        self.options.bounds.report.error(&refusal(cause_of(error), text));
    }
}
