//! A datagram server: any number of peers at once, each answered from the address it asked.

use std::time::Instant;

use anyhow::Context as _;
use mio::Token;
use socket2::Socket;

use super::bound_socket::{BoundSocket, Sent, send_waiting};
use super::handler::Handler;
pub use super::options::{Options, ReplyTo};
use super::receiver::{Receiver, Taken};
use super::threads::Workers;
pub use super::work::Batch;
use super::work::Work;
use super::{TURN, receive_runs, silence};
use crate::engine::lifetime::{COMMAND, Lifetime};
use crate::engine::reactor::{Reactor, Readiness};
use crate::engine::tokens::{SOCKETS, STDIO_AND_TIME};
use crate::net::binding::Locals;
use crate::net::retry::earlier;
use crate::outcome::{Cause, Outcome, refusal};
use crate::sys::datagrams::{BATCH, Sender};
use crate::sys::socket_file::OwnPath;

/// The token of what is due next; those of stdin and stdout are the work's.
const TIMER: Token = STDIO_AND_TIME.token(2);

/// A datagram server.
pub struct Server {
    options: Options,
    reactor: Reactor,
    ready: Vec<Readiness>,
    sockets: Vec<BoundSocket>,
    /// The socket whose turn it is, so that a flood on one does not silence the others.
    next: usize,
    /// Batches since the loop last looked at everything else.
    batches: usize,
    receiver: Receiver,
    workers: Workers,
    work: Work,
    lifetime: Lifetime,
    /// The socket's file, if it has one.
    file: Option<OwnPath>,
    /// Datagrams, or runs of them, that came on this thread.
    served: u64,
    last_datagram: Instant,
}

impl Server {
    /// Makes ready to receive on `sockets`, and says so.
    ///
    /// # Errors
    /// The system's, for what the server needs beside its sockets.
    pub fn open(sockets: Vec<Socket>, options: Options) -> anyhow::Result<Self> {
        let mut reactor = Reactor::new().context("make an event loop")?;
        let mut lifetime = Lifetime::begin(options.bounds.clone(), &mut reactor)?;
        let locals = Locals::of(&sockets)?;
        let work = Work::open(&options, &locals, &reactor)?;
        let report = options.bounds.report;
        let receiver = Receiver::new(options.sizes.received, options.access.clone(), report);
        let sockets = watch(sockets, &options, &reactor)?;
        let (further, stop) = (options.threads.saturating_sub(1), lifetime.stop());
        let workers = Workers::start(further, work.responder(), &sockets, &receiver, report, stop)?;
        let now = Instant::now();
        lifetime.announce(&locals, work.conversation().is_some(), &reactor)?;
        Ok(Self {
            options,
            reactor,
            ready: Vec::new(),
            sockets,
            next: 0,
            batches: 0,
            receiver,
            workers,
            work,
            lifetime,
            file: None,
            served: 0,
            last_datagram: now,
        })
    }

    /// Removes this file when the server ends.
    pub fn own(&mut self, file: Option<OwnPath>) {
        self.file = file;
    }

    /// Waits for datagrams, and meanwhile sends what stdin gives; `None` when the server's time
    /// is over.
    pub fn receive_from(&mut self) -> Option<Batch> {
        loop {
            self.lifetime.told_to_stop(&mut self.reactor);
            if self.lifetime.is_stopped() {
                self.work.stop();
            }
            self.print();
            if self.batches >= TURN {
                self.wait(false);
            }
            self.converse();
            if let Some(batch) = self.next_batch() {
                self.batches += 1;
                if batch.count > 0 {
                    return Some(batch);
                }
                continue;
            }
            if self.is_over() {
                return None;
            }
            self.wait(!self.can_send() && !self.work.has_more(&self.sockets));
        }
    }

    /// Does with a batch what the handler says: answers it, drops it, or prints it.
    pub fn send_to(&mut self, batch: Batch) {
        self.last_datagram = Instant::now();
        self.served += batch.count as u64;
        let cut = self.receiver.tell(&self.sockets[batch.socket]);
        self.tell_errors(cut);
        let sent = self.work.take(batch, &self.receiver, &mut self.sockets, &self.reactor);
        self.note_sent(sent);
        self.note_partner();
    }

    /// Once the command has ended, who does not read keeps the run from its end.
    fn note_partner(&mut self) {
        let Some(conversation) = self.work.conversation() else { return };
        let is_patient = !self.lifetime.command_has_ended();
        let partner = conversation.only_partner().filter(|_| is_patient);
        self.sockets.iter_mut().for_each(|bound| bound.set_only_partner(partner));
    }

    /// What was cut or cannot be sent is told; where it was the only datagram, or its answer, the
    /// run has failed.
    fn tell_errors(&mut self, errors: Vec<anyhow::Error>) {
        for error in errors {
            if self.options.once {
                self.lifetime.fail(error, &mut self.reactor);
            } else {
                self.options.bounds.report.error(&error);
            }
        }
    }

    /// Closes the sockets and tells how the run ended.
    ///
    /// # Errors
    /// A timeout of the server as a whole, what stdin gives that is no datagram; that of stdout.
    pub fn close(mut self) -> anyhow::Result<Outcome> {
        // Before the socket: a file that nobody serves may be taken over by anybody.
        self.file = None;
        let unsent: usize = self.sockets.drain(..).map(|bound| bound.waiting()).sum();
        let served = self.workers.join(self.lifetime.drained_by());
        let unsent = unsent + served.unsent;
        if unsent > 0 {
            let text = format!("send: there was no room for {unsent} datagrams");
            self.tell_errors(vec![refusal(Cause::Transfer, text)]);
        }
        let lost = self.work.close();
        self.tell_errors(lost);
        if let Some(error) = served.failure {
            self.lifetime.fail(error, &mut self.reactor);
        }
        self.lifetime.total.bytes_in += self.receiver.bytes_in + served.bytes_in;
        self.lifetime.total.bytes_out += served.bytes_out;
        let drained_by = self.lifetime.drained_by();
        let last_words = match self.work {
            Work::Conversation(conversation) => conversation.output.close_by(drained_by),
            Work::Children(children) if self.options.once => {
                self.lifetime.served_with = children.status;
                Ok(())
            }
            Work::Children(_) | Work::Answer(_) | Work::Relay(_) => Ok(()),
        };
        self.lifetime.close(last_words.context("write stdout").err())
    }

    /// How many datagrams of stdin answer, where they are counted.
    fn most_answers(&self) -> u64 {
        if self.options.once { 1 } else { u64::MAX }
    }

    /// Nothing is queued any more: over after one datagram and its answer, after the command, or
    /// once stopped, as soon as stdout has what came.
    fn is_over(&mut self) -> bool {
        if self.lifetime.waits_for_command() {
            return false;
        }
        let answered = self.work.has_answered_once(self.most_answers());
        let served_once = self.options.once && self.served > 0 && answered;
        let over = self.lifetime.is_stopped() || self.lifetime.command_has_ended() || served_once;
        let sent = !self.sockets.iter().any(BoundSocket::is_full);
        over && ((self.work.is_idle() && sent) || self.lifetime.is_drained())
    }

    /// True once nothing is received any more, and stdin is not read.
    fn takes_no_more(&self) -> bool {
        let is_over = |bound: &BoundSocket| bound.allowance.left() == 0;
        self.sockets.iter().all(is_over) || self.lifetime.is_stopped()
    }

    /// True if stdin may have something to send.
    fn can_send(&self) -> bool {
        let most = self.most_answers();
        let can_send = self.work.conversation().is_some_and(|talk| talk.can_send(most));
        can_send && !self.takes_no_more() && !self.sockets.iter().any(BoundSocket::is_full)
    }

    fn next_batch(&mut self) -> Option<Batch> {
        let full = self.options.once && self.served > 0;
        if full || self.takes_no_more() {
            return None;
        }
        let most = if self.options.once { 1 } else { BATCH };
        for _ in 0..self.sockets.len() {
            let socket = self.next;
            self.next = (socket + 1) % self.sockets.len();
            let bound = &mut self.sockets[socket];
            let most = most.min(self.work.room(bound)).min(bound.allowance.left());
            if !bound.ready || most == 0 {
                continue;
            }
            match self.receiver.receive(bound, most) {
                Ok(Some(Taken { count, emptied })) => {
                    bound.ready = !emptied;
                    bound.allowance.note(count, emptied);
                    return Some(Batch { socket, count });
                }
                Ok(None) => {
                    bound.ready = false;
                    bound.allowance.note(0, true);
                }
                Err(error) => {
                    let error = anyhow::Error::from(error).context("receive");
                    self.lifetime.fail(error, &mut self.reactor);
                    return None;
                }
            }
        }
        None
    }

    fn wait(&mut self, patient: bool) {
        self.batches = 0;
        let waited = self.wait_for_events(patient);
        waited.unwrap_or_else(|error| self.lifetime.fail(error, &mut self.reactor));
    }

    fn wait_for_events(&mut self, patient: bool) -> anyhow::Result<()> {
        if let Some(next) = self.deadline() {
            self.reactor.wake_by(next, TIMER);
        }
        let mut ready = std::mem::take(&mut self.ready);
        let now = self.reactor.wait(patient, &mut ready).context("wait for events")?;
        for readiness in &ready {
            self.on_ready(readiness);
        }
        self.ready = ready;
        let sent = send_waiting(&mut self.sockets, &self.reactor);
        self.note_sent(sent);
        self.work.expire(now);
        let sent = self.work.go_on(&mut self.sockets, &self.reactor);
        self.note_sent(sent);
        while let Some((_, token)) = self.reactor.due(now) {
            self.lifetime.expire(token, self.receiver.anything_came())?;
        }
        self.check_idle(now)?;
        self.check_only_answer()
    }

    /// When the time alone changes something, beside the run as a whole.
    fn deadline(&self) -> Option<Instant> {
        let retry = self.sockets.iter().filter_map(BoundSocket::retry).min();
        earlier(earlier(retry, self.work.deadline()), self.idle_by())
    }

    fn idle_by(&self) -> Option<Instant> {
        let idle = self.options.idle.filter(|_| !self.lifetime.is_stopped());
        idle.map(|idle| self.last_datagram + idle)
    }

    fn on_ready(&mut self, readiness: &Readiness) {
        // What is queued when the command ends is still served.
        if readiness.token == COMMAND {
            self.lifetime.note_command();
            if self.lifetime.command_has_ended() {
                for bound in &mut self.sockets {
                    bound.allowance.limit(&bound.socket);
                }
                self.note_partner();
            }
            self.sockets.iter_mut().for_each(|bound| bound.ready = true);
            return;
        }
        let index = SOCKETS.number(readiness.token);
        if let Some(bound) = index.and_then(|index| self.sockets.get_mut(index)) {
            bound.ready = true;
            return;
        }
        let sent = self.work.on_ready(readiness, &self.receiver, &mut self.sockets, &self.reactor);
        self.note_sent(sent);
    }

    fn note_sent(&mut self, sent: Sent) {
        self.lifetime.total.bytes_out += sent.bytes;
        self.tell_errors(sent.errors);
    }

    fn check_idle(&self, now: Instant) -> anyhow::Result<()> {
        match self.options.idle {
            Some(idle) if self.idle_by().is_some_and(|idle_by| idle_by <= now) => {
                Err(refusal(Cause::Timeout, silence(idle)))
            }
            _ => Ok(()),
        }
    }

    /// With --once, a session that ended unanswered fails the run.
    fn check_only_answer(&self) -> anyhow::Result<()> {
        match &self.work {
            Work::Relay(relay) if self.options.once && self.served > 0 && relay.is_quiet() => {
                Err(refusal(Cause::Timeout, "forward: no answer came in time"))
            }
            _ => Ok(()),
        }
    }

    /// Writes what waits for stdout. Where that fails nothing is waited for but the command, which
    /// is told to end.
    fn print(&mut self) {
        let Some(conversation) = self.work.conversation_mut() else { return };
        if let Err(error) = conversation.output.flush() {
            conversation.output.discard();
            self.lifetime.fail(error, &mut self.reactor);
        }
    }

    /// Sends what stdin gives, once somebody was heard.
    fn converse(&mut self) {
        let (most, is_over) = (self.most_answers(), self.takes_no_more());
        let Work::Conversation(conversation) = &mut self.work else { return };
        if is_over {
            return;
        }
        let (sent, result) = conversation.send(&mut self.sockets, most, &self.reactor);
        if sent.bytes > 0 {
            self.last_datagram = Instant::now();
        }
        self.note_sent(sent);
        if let Err(error) = result {
            self.lifetime.fail(error, &mut self.reactor);
        }
    }
}

/// The server's sockets, watched for what comes.
fn watch(
    sockets: Vec<Socket>,
    options: &Options,
    reactor: &Reactor,
) -> anyhow::Result<Vec<BoundSocket>> {
    // Where datagrams are counted, each comes by itself.
    let is_counted = options.once || matches!(options.handler, Some(Handler::Exec(_)));
    for socket in sockets.iter().filter(|_| !is_counted) {
        receive_runs(socket, options.sizes, options.bounds.report);
    }
    let sender = Sender::new(options.sizes.in_runs);
    let watch = |(at, one)| BoundSocket::watch(one, SOCKETS.token(at), sender, true, reactor);
    sockets.into_iter().enumerate().map(watch).collect()
}
