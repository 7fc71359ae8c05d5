//! Datagrams in batches: recvmmsg(2) and sendmmsg(2), with the local address each came to.

use std::io;
use std::mem::{MaybeUninit, size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd as _};

use socket2::{SockAddr, SockAddrStorage};

/// How many datagrams one system call moves at most.
pub const BATCH: usize = BATCH_SIZE as usize;
/// The same, as the calls take it.
const BATCH_SIZE: libc::c_uint = 32;
/// More than the largest datagram of any kind that has a limit: UDP over IPv6 carries 65,527
/// bytes, and what is larger was cut.
pub const LARGEST: usize = 65_536;

/// Room for one control message of either family and the count of drops.
const CONTROL: usize = 128;

#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; CONTROL]);

/// The same for Unix sockets, whose only limit is the sender's buffer: what more than a megabyte
/// is for is a stream.
pub const LARGEST_UNIX: usize = 1 << 20;

/// Where a batch of datagrams is received. Its memory belongs to whoever loops, not to a socket.
pub struct Inbox {
    /// How large a datagram may be.
    room: usize,
    /// How much of each of `controls` the system may fill.
    control: usize,
    storage: Box<[u8]>,
    names: Vec<libc::sockaddr_storage>,
    controls: Vec<Control>,
    headers: Vec<libc::mmsghdr>,
    vectors: Vec<libc::iovec>,
}

/// One datagram as it was received.
#[derive(Clone, Debug)]
pub struct Received<'a> {
    /// The payload, which may be empty.
    pub bytes: &'a [u8],
    /// Who sent it; without an address for a Unix socket that has none.
    pub from: SockAddr,
    /// The local address that it came to, if the socket was asked to tell.
    pub to: Option<IpAddr>,
    /// Its length on the wire: more than `bytes` holds if it was cut.
    pub length: usize,
}

/// One datagram to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The payload, which may be empty.
    pub bytes: &'a [u8],
    /// Whom to; `None` on a connected socket.
    pub to: Option<&'a SockAddr>,
    /// The local address to send from; `None` lets the system choose.
    pub from: Option<IpAddr>,
}

impl Inbox {
    /// Room for datagrams of so many bytes, those of Unix sockets if it is more than [`LARGEST`];
    /// memory is used when they come.
    #[must_use]
    pub fn new(room: usize) -> Self {
        // SAFETY: headers, vectors and names are C structures for which zero is a valid value.
        let (header, vector, name) = unsafe { (zeroed(), zeroed(), zeroed()) };
        // What a Unix socket's messages have besides bytes are descriptors, which would stay open
        // here: the system closes those for which there is no room.
        let control = if room > LARGEST { 0 } else { CONTROL };
        Self {
            room,
            control,
            storage: vec![0; BATCH * room].into_boxed_slice(),
            names: vec![name; BATCH],
            controls: vec![Control([0; CONTROL]); BATCH],
            headers: vec![header; BATCH],
            vectors: vec![vector; BATCH],
        }
    }
}

// SAFETY: the pointers in `headers` and `vectors` point into this value's own heap memory, and
// are written anew before each call that uses them.
unsafe impl Send for Inbox {}

impl Inbox {
    /// How large a datagram may be.
    #[must_use]
    pub fn room(&self) -> usize {
        self.room
    }

    /// Receives what is there, at most `most` and [`BATCH`] datagrams, without waiting; gives
    /// their number.
    pub fn receive(&mut self, fd: impl AsFd, most: usize) -> io::Result<usize> {
        let most = u32::try_from(most).map_or(BATCH_SIZE, |most| most.min(BATCH_SIZE));
        for slot in 0..BATCH {
            self.vectors[slot] = libc::iovec {
                iov_base: self.storage[slot * self.room..].as_mut_ptr().cast(),
                iov_len: self.room,
            };
            let header = &mut self.headers[slot].msg_hdr;
            header.msg_name = (&raw mut self.names[slot]).cast();
            header.msg_namelen = length_of::<libc::sockaddr_storage>();
            header.msg_iov = &raw mut self.vectors[slot];
            header.msg_iovlen = 1;
            header.msg_control = (&raw mut self.controls[slot]).cast();
            header.msg_controllen = self.control;
            header.msg_flags = 0;
        }
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
        usize::try_from(received).map_err(|_| io::Error::last_os_error())
    }

    /// The datagram in `slot`, which must be below what `receive` gave.
    #[must_use]
    pub fn get(&self, slot: usize) -> Received<'_> {
        let length = self.headers[slot].msg_len as usize;
        let header = &self.headers[slot].msg_hdr;
        let start = slot * self.room;
        Received {
            bytes: &self.storage[start..start + length.min(self.room)],
            from: address(&self.names[slot], header.msg_namelen),
            to: destination(header),
            length,
        }
    }

    /// How many datagrams the socket had lost, ever, for want of room in its receive buffer when
    /// the one in `slot` came; `None` if there are none, or the socket was not asked to tell.
    #[must_use]
    pub fn lost(&self, slot: usize) -> Option<u32> {
        let header = &self.headers[slot].msg_hdr;
        // SAFETY: as in `destination`.
        unsafe {
            let mut message = libc::CMSG_FIRSTHDR(header);
            while !message.is_null() {
                let what = ((*message).cmsg_level, (*message).cmsg_type);
                if what == (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) {
                    return Some(libc::CMSG_DATA(message).cast::<u32>().read_unaligned());
                }
                message = libc::CMSG_NXTHDR(header, message);
            }
        }
        None
    }
}

fn address(name: &libc::sockaddr_storage, length: u32) -> SockAddr {
    let mut storage = SockAddrStorage::zeroed();
    if length == 0 {
        // A sender without an address leaves what was there before.
        // SAFETY: zeros of length 0 are an address of no family.
        return unsafe { SockAddr::new(storage, 0) };
    }
    // SAFETY: `SockAddrStorage` is a transparent sockaddr_storage; the system wrote an address of
    // this length into the one that is copied.
    unsafe {
        *storage.view_as() = *name;
        SockAddr::new(storage, length.min(length_of::<libc::sockaddr_storage>()))
    }
}

/// The local address in the control messages of a received datagram. For IPv4 it is the address
/// to answer from, which for a broadcast or a multicast is the interface's (ip(7)).
fn destination(header: &libc::msghdr) -> Option<IpAddr> {
    // SAFETY: the header is one that recvmmsg filled in; the CMSG functions stay within its
    // control buffer, and each payload is read, unaligned, only after its type was checked.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while !message.is_null() {
            let data = libc::CMSG_DATA(message);
            match ((*message).cmsg_level, (*message).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = data.cast::<libc::in_pktinfo>().read_unaligned();
                    let address = Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr));
                    return Some(address.into()).filter(|_| !address.is_unspecified());
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info = data.cast::<libc::in6_pktinfo>().read_unaligned();
                    let address = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                    return Some(address.into()).filter(|_| !address.is_multicast());
                }
                _ => message = libc::CMSG_NXTHDR(header, message),
            }
        }
        None
    }
}

/// Sends datagrams in order, without waiting, at most [`BATCH`]; gives how many went out. An
/// error is that of the first one; when a later one fails, the number before it is given.
pub fn send(fd: impl AsFd, datagrams: &[Outgoing<'_>]) -> io::Result<usize> {
    let count = datagrams.len().min(BATCH);
    // SAFETY: zero is a valid value of these C structures.
    let (mut headers, mut vectors): ([libc::mmsghdr; BATCH], [libc::iovec; BATCH]) =
        unsafe { (zeroed(), zeroed()) };
    // Written only for those that choose their source: zeros for all would cost more than the rest.
    let mut controls = [const { MaybeUninit::<Control>::uninit() }; BATCH];
    for (slot, datagram) in datagrams.iter().take(count).enumerate() {
        vectors[slot] = libc::iovec {
            iov_base: datagram.bytes.as_ptr().cast_mut().cast(),
            iov_len: datagram.bytes.len(),
        };
        let header = &mut headers[slot].msg_hdr;
        header.msg_iov = &raw mut vectors[slot];
        header.msg_iovlen = 1;
        if let Some(to) = datagram.to {
            header.msg_name = to.as_ptr().cast_mut().cast();
            header.msg_namelen = to.len();
        }
        if let Some(from) = datagram.from {
            let control: *mut Control = controls[slot].write(Control([0; CONTROL]));
            header.msg_control = control.cast();
            header.msg_controllen = CONTROL;
            let mapped = datagram.to.is_some_and(SockAddr::is_ipv6);
            header.msg_controllen = write_source(header, from, mapped);
        }
    }
    // SAFETY: every header points to memory that is as long as it says and outlives the call;
    // the system does not write through names and vectors when it sends.
    let sent = unsafe {
        libc::sendmmsg(
            fd.as_fd().as_raw_fd(),
            headers.as_mut_ptr(),
            u32::try_from(count).unwrap_or(BATCH_SIZE),
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
        )
    };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Writes the control message that chooses the source address; gives its length. An IPv4 source
/// on an IPv6 socket (`v6_socket`) is written in its mapped form.
fn write_source(header: &mut libc::msghdr, from: IpAddr, v6_socket: bool) -> usize {
    let from = match from {
        IpAddr::V4(v4) if v6_socket => IpAddr::V6(v4.to_ipv6_mapped()),
        other => other,
    };
    // SAFETY: the control buffer has room for either structure, and CMSG_DATA points into it.
    unsafe {
        let message = libc::CMSG_FIRSTHDR(header);
        match from {
            IpAddr::V4(address) => {
                let mut info: libc::in_pktinfo = zeroed();
                info.ipi_spec_dst.s_addr = u32::from(address).to_be();
                (*message).cmsg_level = libc::IPPROTO_IP;
                (*message).cmsg_type = libc::IP_PKTINFO;
                (*message).cmsg_len = libc::CMSG_LEN(length_of::<libc::in_pktinfo>()) as usize;
                libc::CMSG_DATA(message).cast::<libc::in_pktinfo>().write_unaligned(info);
                libc::CMSG_SPACE(length_of::<libc::in_pktinfo>()) as usize
            }
            IpAddr::V6(address) => {
                let mut info: libc::in6_pktinfo = zeroed();
                info.ipi6_addr.s6_addr = address.octets();
                (*message).cmsg_level = libc::IPPROTO_IPV6;
                (*message).cmsg_type = libc::IPV6_PKTINFO;
                (*message).cmsg_len = libc::CMSG_LEN(length_of::<libc::in6_pktinfo>()) as usize;
                libc::CMSG_DATA(message).cast::<libc::in6_pktinfo>().write_unaligned(info);
                libc::CMSG_SPACE(length_of::<libc::in6_pktinfo>()) as usize
            }
        }
    }
}

fn length_of<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}
