//! How batches of datagrams are sent.

use std::io;
use std::mem::{MaybeUninit, zeroed};
use std::os::fd::{AsFd, AsRawFd as _};

use socket2::SockAddr;

use super::control::{self, Control};
use super::{BATCH, BATCH_SIZE, Outgoing, sends_runs};

/// Datagrams of a run: what older systems take.
const MOST_IN_RUN: usize = 64;
/// Bytes of a run: what one datagram over IPv4 may hold.
const LARGEST_RUN: usize = 65_507;
/// Pieces of memory that one call sends from.
const PIECES: usize = 256;

/// A piece of memory to send from, once it is filled in.
type Piece = MaybeUninit<libc::iovec>;

/// What a socket's datagrams are sent by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender {
    /// The largest datagrams that are sent in runs: fewer once the way to a peer turned out to
    /// have no room for them (udp(7)); 0 where each is sent by itself.
    largest: usize,
    /// The system is not known to cut runs yet.
    unsure: bool,
}

impl Sender {
    /// For one socket. `in_runs`: equal datagrams to one peer may be handed over as one, for the
    /// system to cut, if it knows how.
    #[must_use]
    pub fn new(in_runs: bool) -> Self {
        Self { largest: if in_runs { LARGEST_RUN } else { 0 }, unsure: in_runs }
    }

    /// Sends datagrams in order, without waiting, as many as one call takes; gives how many went
    /// out. An error is that of the first one; when a later one fails, the number before it is
    /// given.
    pub fn send(&mut self, fd: impl AsFd, datagrams: &[Outgoing<'_>]) -> io::Result<usize> {
        if datagrams.len() > 1 && std::mem::take(&mut self.unsure) && sends_runs(&fd).is_err() {
            self.largest = 0;
        }
        let run = self.run(datagrams);
        match self.send_once(&fd, datagrams) {
            Err(error) if run > 1 && refuses_run(&error) => {
                let before = std::mem::replace(&mut self.largest, datagrams[0].bytes.len() - 1);
                let alone = self.send_once(&fd, datagrams);
                if alone.is_err() {
                    // It did not fail because it was a run.
                    self.largest = before;
                }
                alone
            }
            sent => sent,
        }
    }

    fn send_once(self, fd: impl AsFd, datagrams: &[Outgoing<'_>]) -> io::Result<usize> {
        // Only what is used is ever written: zeros for all would cost more than the rest.
        let mut headers = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; BATCH];
        let mut controls = [const { MaybeUninit::<Control>::uninit() }; BATCH];
        let mut pieces = [const { Piece::uninit() }; PIECES];
        let mut free = &mut pieces[..];
        let (mut runs, mut filled) = ([0; BATCH], 0);
        let mut rest = datagrams;
        for (header, control) in headers.iter_mut().zip(&mut controls) {
            let (run, later) = rest.split_at(self.run(rest));
            let [first, ..] = run else { break };
            let Some((gathered, left)) = gather(run, free) else { break };
            free = left;
            // SAFETY: zero is a valid value of this C structure.
            let header = &mut header.write(unsafe { zeroed() }).msg_hdr;
            header.msg_iov = gathered.as_mut_ptr().cast();
            header.msg_iovlen = gathered.len();
            if let Some(to) = first.to {
                header.msg_name = to.as_ptr().cast_mut().cast();
                header.msg_namelen = to.len();
            }
            let segment = u16::try_from(first.bytes.len()).ok().filter(|_| run.len() > 1);
            if first.from.is_some() || segment.is_some() {
                let v6_socket = first.to.is_some_and(SockAddr::is_ipv6);
                let from = first.from.map(|from| (from, v6_socket));
                control::write(header, control.write(Control::NONE), from, segment);
            }
            runs[filled] = run.len();
            filled += 1;
            rest = later;
        }
        // SAFETY: so many headers are written, each of which points to memory that is as long as
        // it says and outlives the call; the system does not write through names and pieces when
        // it sends.
        let sent = unsafe {
            libc::sendmmsg(
                fd.as_fd().as_raw_fd(),
                headers.as_mut_ptr().cast(),
                u32::try_from(filled).unwrap_or(BATCH_SIZE),
                libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            )
        };
        let sent = usize::try_from(sent).map_err(|_| io::Error::last_os_error())?;
        Ok(runs[..sent].iter().sum())
    }

    /// How many of these can be sent as one: equal ones, of which the last may be smaller.
    fn run(self, datagrams: &[Outgoing<'_>]) -> usize {
        let Some(first) = datagrams.first() else { return 0 };
        let size = first.bytes.len();
        if size == 0 || size > self.largest {
            return 1;
        }
        let most = MOST_IN_RUN.min(LARGEST_RUN / size);
        let mut count = 1;
        for next in datagrams.iter().take(most).skip(1) {
            let length = next.bytes.len();
            if length == 0 || length > size || !go_together(first, next) {
                break;
            }
            count += 1;
            if length < size {
                break;
            }
        }
        count
    }
}

/// True if two datagrams have the same ends.
fn go_together(one: &Outgoing<'_>, other: &Outgoing<'_>) -> bool {
    let same_peer = match (one.to, other.to) {
        (None, None) => true,
        (Some(one), Some(other)) => std::ptr::eq(one, other) || one == other,
        _ => false,
    };
    same_peer && one.from == other.from
}

/// True for an error that need not be one of a datagram by itself: that each is too large for the
/// way to the peer, or that something there cannot compute checksums.
fn refuses_run(error: &io::Error) -> bool {
    let refusals = [libc::EINVAL, libc::EMSGSIZE, libc::EIO, libc::EOPNOTSUPP];
    error.raw_os_error().is_some_and(|number| refusals.contains(&number))
}

/// Has the system gather a run from where its datagrams are, which is one piece where they follow
/// each other in memory; gives these pieces and those that are left, `None` if there are too few.
fn gather<'a>(
    run: &[Outgoing<'_>],
    free: &'a mut [Piece],
) -> Option<(&'a mut [Piece], &'a mut [Piece])> {
    let adjoin =
        |one: &Outgoing, next: &Outgoing| one.bytes.as_ptr_range().end == next.bytes.as_ptr();
    let parts = || run.chunk_by(adjoin);
    let (used, left) = free.split_at_mut_checked(parts().count())?;
    for (piece, part) in used.iter_mut().zip(parts()) {
        piece.write(libc::iovec {
            iov_base: part[0].bytes.as_ptr().cast_mut().cast(),
            iov_len: part.iter().map(|datagram| datagram.bytes.len()).sum(),
        });
    }
    Some((used, left))
}
