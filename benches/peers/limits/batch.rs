//! recvmmsg(2) and sendmmsg(2) over buffers that are set up once.
#![allow(unsafe_code)]

use std::os::fd::RawFd;

use nix::errno::Errno;

/// Room for datagrams, each with its sender's address.
pub struct Batch {
    headers: Vec<libc::mmsghdr>,
    iovecs: Vec<libc::iovec>,
    // The headers point into these, which are never resized.
    _buffers: Vec<Box<[u8]>>,
    _names: Vec<libc::sockaddr_in>,
    size: usize,
}

impl Batch {
    pub fn new(count: usize, size: usize) -> Self {
        let mut buffers = vec![vec![0_u8; size].into_boxed_slice(); count];
        // SAFETY: an address and a header of zeros are valid values.
        let mut names = vec![unsafe { std::mem::zeroed::<libc::sockaddr_in>() }; count];
        let mut iovecs: Vec<libc::iovec> = buffers
            .iter_mut()
            .map(|buffer| libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: size })
            .collect();
        let headers = iovecs.iter_mut().zip(&mut names).map(|(iovec, name)| {
            // SAFETY: as above.
            let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
            header.msg_hdr.msg_iov = iovec;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_name = std::ptr::from_mut(name).cast();
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header
        });
        Self { headers: headers.collect(), iovecs, _buffers: buffers, _names: names, size }
    }

    /// Waits for one datagram and takes all that are there; gives how many, and their bytes.
    pub fn receive(&mut self, fd: RawFd) -> nix::Result<(usize, usize)> {
        for iovec in &mut self.iovecs {
            iovec.iov_len = self.size;
        }
        let room = self.headers.len() as libc::c_uint;
        // SAFETY: the headers point to buffers, addresses and vectors that live as long.
        let count = unsafe {
            let nobody = std::ptr::null_mut();
            libc::recvmmsg(fd, self.headers.as_mut_ptr(), room, libc::MSG_WAITFORONE, nobody)
        };
        let count = Errno::result(count)? as usize;
        let mut bytes = 0;
        for (header, iovec) in self.headers.iter().zip(&mut self.iovecs).take(count) {
            iovec.iov_len = header.msg_len as usize;
            bytes += iovec.iov_len;
        }
        Ok((count, bytes))
    }

    /// Sends the first `count` back to where they came from.
    pub fn send_back(&mut self, fd: RawFd, count: usize) -> nix::Result<()> {
        let mut sent = 0;
        while sent < count {
            let rest = &mut self.headers[sent..count];
            // SAFETY: as in `receive`.
            let more =
                unsafe { libc::sendmmsg(fd, rest.as_mut_ptr(), rest.len() as libc::c_uint, 0) };
            sent += Errno::result(more)? as usize;
        }
        Ok(())
    }

    /// Writes the first `count` to stdout.
    pub fn write(&self, count: usize) -> nix::Result<()> {
        let count = libc::c_int::try_from(count).unwrap_or(libc::c_int::MAX);
        // SAFETY: the vectors point to buffers that live as long.
        let written = unsafe { libc::writev(1, self.iovecs.as_ptr(), count) };
        Errno::result(written).map(|_| ())
    }
}
