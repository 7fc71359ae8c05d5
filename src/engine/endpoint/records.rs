//! A socket of records (SOCK_SEQPACKET) as a stream: within skat each record has its length before
//! it, as `--frame len32` writes it, so that flows need not know of boundaries.

use std::io::{self, IoSliceMut, Write as _};
use std::os::fd::AsRawFd as _;

use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, UnixCredentials, recv, recvmsg};
use socket2::Socket;

use super::Read;
use crate::engine::frame::{LENGTH, split_record};
use crate::sys::interruption::uninterrupted;
use crate::sys::sockopt;

/// How much larger records are within skat than on the socket: bytes received, bytes sent.
pub type Overhead = (u64, u64);

/// Has each record come with its sender's credentials. An empty record and the end are both read as
/// nothing; the end has none.
pub fn ask_for_credentials(socket: &Socket) -> io::Result<()> {
    sockopt::set(socket, libc::SOL_SOCKET, libc::SO_PASSCRED, &sockopt::int(1))
}

/// Reads a record, if one is there, with its length before it.
pub fn read(socket: &Socket, buffer: &mut [u8]) -> io::Result<Read> {
    let Some(length) = next_length(socket)? else { return Ok(Read::Eof) };
    let room = buffer.len().saturating_sub(LENGTH);
    if length > room {
        let text = format!("a record of {length} bytes is larger than the {room} that skat takes");
        return Err(io::Error::other(text));
    }
    let count = recv(socket.as_raw_fd(), &mut buffer[LENGTH..LENGTH + length], flags())?;
    let written = u32::try_from(count).map_err(io::Error::other)?.to_be_bytes();
    buffer[..LENGTH].copy_from_slice(&written);
    Ok(Read::Data(LENGTH + count))
}

/// The length of the next record; `None` at the end.
fn next_length(socket: &Socket) -> io::Result<Option<usize>> {
    // Room for the credentials, and none for descriptors, which are closed when they do not fit.
    let mut control = nix::cmsg_space!(UnixCredentials);
    let flags = flags() | MsgFlags::MSG_PEEK | MsgFlags::MSG_TRUNC;
    let mut nothing: [IoSliceMut; 0] = [];
    let record = recvmsg::<()>(socket.as_raw_fd(), &mut nothing, Some(&mut control), flags)?;
    let is_record = record.bytes > 0 || record.cmsgs()?.next().is_some();
    Ok(is_record.then_some(record.bytes))
}

fn flags() -> MsgFlags {
    MsgFlags::MSG_DONTWAIT
}

/// Sends records, each of which has its length before it; gives how many bytes of them went out,
/// and how many records.
pub fn write(mut socket: &Socket, bytes: &[u8]) -> io::Result<(usize, u64)> {
    let (mut sent, mut count) = (0, 0);
    while let Some((record, rest)) = split_record(&bytes[sent..]) {
        match uninterrupted(|| socket.write(record)) {
            Ok(_) => (sent, count) = (bytes.len() - rest.len(), count + 1),
            // What went before is told first; the next call meets the same.
            Err(_) if sent > 0 => break,
            Err(error) if error.raw_os_error() == Some(Errno::EMSGSIZE as i32) => {
                let length = record.len();
                let text =
                    format!("a record of {length} bytes is too long (-O sndbuf=SIZE makes room)");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((sent, count))
}
