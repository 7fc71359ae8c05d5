//! What commands of Unix sockets have in common.

use clap::{Args, ValueEnum};

use super::headings::SOCKET;
use crate::net::unix::Kind;

/// The type of socket.
#[derive(Debug, Args)]
pub struct TypeArgument {
    /// The type of socket
    #[arg(long = "type", value_name = "TYPE", default_value = "stream", help_heading = SOCKET)]
    kind: SocketType,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SocketType {
    /// Byte streams, like TCP
    Stream,
    /// Datagrams, like UDP, but none is lost
    Dgram,
    /// Connections that keep record boundaries
    Seqpacket,
}

impl TypeArgument {
    pub fn kind(&self) -> Kind {
        match self.kind {
            SocketType::Stream => Kind::Stream,
            SocketType::Dgram => Kind::Dgram,
            SocketType::Seqpacket => Kind::Seqpacket,
        }
    }

    /// As the user may have written it.
    pub fn text(&self) -> &'static str {
        match self.kind {
            SocketType::Stream => "--type stream",
            SocketType::Dgram => "--type dgram",
            SocketType::Seqpacket => "--type seqpacket",
        }
    }
}

/// Reads permissions in octal, 0 to 777.
pub fn mode(text: &str) -> Result<u32, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match u32::from_str_radix(text, 8) {
        Ok(mode @ 0..=0o777) if digits => Ok(mode),
        _ => Err("not permissions in octal, 0 to 777, such as 660".to_owned()),
    }
}
