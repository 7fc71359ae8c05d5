//! Where batches of datagrams are received.

use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd as _};

use socket2::{SockAddr, SockAddrStorage};

use super::control::{self, Ancillary, Control};
use super::{BATCH, BATCH_SIZE, LARGEST, Received};

/// Where a batch of datagrams is received. Its memory belongs to whoever loops, not to a socket.
pub struct ReceiveBatch {
    /// How large a datagram may be.
    room: usize,
    /// How much of its room for control messages the system may fill.
    control: usize,
    storage: Vec<u8>,
    names: Vec<SockAddrStorage>,
    /// These point to all the rest, and stay valid because none of it is ever resized.
    headers: Vec<libc::mmsghdr>,
    _controls: Vec<Control>,
    _vectors: Vec<libc::iovec>,
    /// How many headers the system may have changed.
    used: usize,
    /// There were as many messages as were asked for.
    filled: bool,
    messages: Vec<Message>,
}

/// What is known of a datagram, or of a run of them.
struct Message {
    from: SockAddr,
    ancillary: Ancillary,
    length: usize,
}

// SAFETY: the pointers in `headers` and `_vectors` point into this value's own heap buffers, which
// stay put when it moves, and nothing else points into them.
unsafe impl Send for ReceiveBatch {}

impl ReceiveBatch {
    /// Room for datagrams of so many bytes, those of Unix sockets if it is more than [`LARGEST`];
    /// memory is used when they come. Where a socket gives runs, there must be room for
    /// [`LARGEST`].
    #[must_use]
    pub fn new(room: usize) -> Self {
        let mut storage = vec![0; BATCH * room];
        let mut names: Vec<_> = (0..BATCH).map(|_| SockAddrStorage::zeroed()).collect();
        let mut controls = vec![Control::NONE; BATCH];
        let mut vectors: Vec<libc::iovec> = storage
            .chunks_exact_mut(room)
            .map(|room| libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() })
            .collect();
        // SAFETY: zero is a valid value of this C structure.
        let mut headers = vec![unsafe { zeroed::<libc::mmsghdr>() }; BATCH];
        let parts = names.iter_mut().zip(&mut vectors).zip(&mut controls);
        for (header, ((name, vector), control)) in headers.iter_mut().zip(parts) {
            header.msg_hdr.msg_name = (&raw mut *name).cast();
            header.msg_hdr.msg_iov = vector;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = (&raw mut *control).cast();
        }
        // What a Unix socket's messages have besides bytes are descriptors, which would stay open
        // here: the system closes those for which there is no room.
        let control = if room > LARGEST { 0 } else { control::ROOM };
        let (used, filled) = (BATCH, false);
        Self {
            room,
            control,
            storage,
            names,
            headers,
            _controls: controls,
            _vectors: vectors,
            used,
            filled,
            messages: Vec::with_capacity(BATCH),
        }
    }

    /// How large a datagram may be.
    #[must_use]
    pub fn room(&self) -> usize {
        self.room
    }

    /// Receives what is there, without waiting, at most `most` and [`BATCH`] datagrams or runs of
    /// them; gives their number.
    pub fn receive(&mut self, fd: impl AsFd, most: usize) -> io::Result<usize> {
        let most = u32::try_from(most).map_or(BATCH_SIZE, |most| most.min(BATCH_SIZE));
        for header in &mut self.headers[..self.used] {
            header.msg_hdr.msg_namelen = length_of::<SockAddrStorage>();
            header.msg_hdr.msg_controllen = self.control;
            header.msg_hdr.msg_flags = 0;
        }
        // Even a failed call may have changed the first header.
        self.used = 1;
        // SAFETY: every header points to memory of this value that is as long as it says.
        let received = unsafe {
            libc::recvmmsg(
                fd.as_fd().as_raw_fd(),
                self.headers.as_mut_ptr(),
                most,
                libc::MSG_DONTWAIT | libc::MSG_TRUNC,
                std::ptr::null_mut(),
            )
        };
        let received = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
        self.used = BATCH.min(received + 1);
        self.filled = received == most as usize;
        self.messages.clear();
        self.messages.extend(self.headers[..received].iter().zip(&self.names).map(
            |(header, name)| Message {
                from: address(name, header.msg_hdr.msg_namelen),
                // SAFETY: the call has filled in as many headers as it says, each with control
                // memory of its own.
                ancillary: unsafe { control::read(&header.msg_hdr) },
                length: header.msg_len as usize,
            },
        ));
        Ok(received)
    }

    /// True if the last call received as much as was asked for: there may be more.
    #[must_use]
    pub fn was_filled(&self) -> bool {
        self.filled
    }

    /// A datagram or a run, by its number, which must be below what `receive` gave.
    #[must_use]
    pub fn get(&self, number: usize) -> Received<'_> {
        let Message { from, ancillary, length } = &self.messages[number];
        let start = number * self.room;
        Received {
            bytes: &self.storage[start..start + self.room.min(*length)],
            size: ancillary.segment.unwrap_or(*length),
            from,
            to: ancillary.to,
            length: *length,
        }
    }

    /// How many datagrams the socket had lost, ever, for want of room in its receive buffer when
    /// this one came; `None` if there are none, or the socket was not asked to tell.
    #[must_use]
    pub fn lost(&self, number: usize) -> Option<u32> {
        self.messages[number].ancillary.lost
    }
}

fn address(name: &SockAddrStorage, length: u32) -> SockAddr {
    let mut storage = SockAddrStorage::zeroed();
    // Without a sender address the length is 0; ignore what an earlier datagram left here.
    let length = length.min(length_of::<SockAddrStorage>());
    // SAFETY: both are as long as `length` at least; the system wrote an address of this length,
    // and zeros of length 0 are an address of no family.
    unsafe {
        let (from, to) = (std::ptr::from_ref(name).cast::<u8>(), (&raw mut storage).cast::<u8>());
        std::ptr::copy_nonoverlapping(from, to, length as usize);
        SockAddr::new(storage, length)
    }
}

fn length_of<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}
