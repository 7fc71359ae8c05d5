//! Unix sockets (unix(7)): their names, and what is made under them, as one call each.

mod bind;
mod connect;
mod own_name;

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use anyhow::Context as _;
use nix::sys::stat::{Mode, umask};
use socket2::{Domain, SockAddr, Socket, Type};

pub use bind::{Binding, Bound, Place, bind};
pub use connect::{Target, connect, connect_by, connect_now};
pub use own_name::{OwnName, open_named_by_system, open_to};

use super::address;
use super::inherited::Wanted;
use super::options::{Phase, Settings, SocketKind};
use crate::outcome::{Cause, refusal};
use crate::report::{Report, escape};

/// The longest name in bytes: sun_path has one more, for a path's closing NUL and for the NUL that
/// an abstract name begins with.
pub const LONGEST_NAME: usize = 107;

/// Which kind of socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Connections of bytes.
    #[default]
    Stream,
    /// Datagrams, none of which is lost.
    Dgram,
    /// Connections of records.
    Seqpacket,
}

impl Kind {
    /// True if it has connections.
    #[must_use]
    pub fn is_connected(self) -> bool {
        self != Kind::Dgram
    }

    /// What a server can serve on that another process has opened.
    fn inherited(self) -> Wanted {
        let (socket_type, what) = match self {
            Kind::Stream => (Type::STREAM, "a listening Unix socket of type stream"),
            Kind::Dgram => (Type::DGRAM, "a bound Unix socket of type dgram"),
            Kind::Seqpacket => (Type::SEQPACKET, "a listening Unix socket of type seqpacket"),
        };
        Wanted { domains: &[Domain::UNIX], socket_type, what }
    }

    fn socket_type(self) -> Type {
        match self {
            Kind::Stream => Type::STREAM,
            Kind::Dgram => Type::DGRAM,
            Kind::Seqpacket => Type::SEQPACKET,
        }
    }
}

/// A path in the file system, or a name in the abstract namespace.
#[derive(Clone, Debug)]
pub struct Name(SockAddr);

impl Name {
    /// Reads a path of any bytes, or `@NAME`.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an empty name and for one that is too long: the system would cut it.
    pub fn parse(word: &OsStr) -> anyhow::Result<Self> {
        let shown = escape(word.as_bytes());
        let (length, name) = match word.as_bytes() {
            [] => return Err(refusal(Cause::Usage, "the PATH is empty")),
            b"@" => return Err(refusal(Cause::Usage, "'@': the abstract name is empty")),
            [b'@', name @ ..] => (name.len(), [b"\0", name].concat()),
            path => (path.len(), path.to_vec()),
        };
        if length > LONGEST_NAME {
            let advice = "a path can be shortened by a change of directory";
            let text = format!(
                "'{shown}': {length} bytes are too long for the name of a Unix socket ({LONGEST_NAME} at most; {advice})"
            );
            return Err(refusal(Cause::Usage, text));
        }
        let address = SockAddr::unix(OsStr::from_bytes(&name)).context(shown)?;
        Ok(Self(address))
    }

    /// The file, unless the name is abstract.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.0.as_pathname()
    }

    /// The name as an address.
    #[must_use]
    pub fn address(&self) -> &SockAddr {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&address::display_text(&self.0))
    }
}

/// What a client's socket is to its options.
const CLIENT: SocketKind = SocketKind { v6: false, listens: false };

/// A socket of this kind, with its options set.
fn open(
    kind: Kind,
    role: SocketKind,
    settings: &Settings,
    report: Report,
) -> anyhow::Result<Socket> {
    let socket = Socket::new_raw(Domain::UNIX, kind.socket_type().cloexec(), None)
        .context("open a Unix socket")?;
    settings.apply(&socket, Phase::Open, role, report)?;
    Ok(socket)
}

/// Makes a file without these permissions, instead of those that the user's umask takes. It is the
/// only way to have a socket's right from its first moment; no other thread makes files meanwhile.
fn with_umask<T>(mask: Mode, make: impl FnOnce() -> T) -> T {
    let before = umask(mask);
    let file = make();
    umask(before);
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::cause_of;

    fn parse(word: &[u8]) -> anyhow::Result<Name> {
        Name::parse(OsStr::from_bytes(word))
    }

    #[test]
    fn names_are_paths_or_abstract() {
        assert_eq!(parse(b"/run/a\xff").unwrap().to_string(), "/run/a\\xff");
        let name = parse(b"@name").unwrap();
        assert_eq!((name.to_string(), name.file()), ("@name".to_owned(), None));
        assert_eq!(parse(b"./@name").unwrap().file(), Some(Path::new("./@name")));
    }

    #[test]
    fn a_name_that_does_not_fit_is_not_cut() {
        for start in ["/", "@"] {
            let longest = start.to_owned() + &"x".repeat(LONGEST_NAME - usize::from(start == "/"));
            assert_eq!(parse(longest.as_bytes()).unwrap().to_string(), longest);
            let error = parse((longest + "x").as_bytes()).unwrap_err();
            assert_eq!(cause_of(&error), Cause::Usage);
            assert!(error.to_string().contains("108 bytes"), "{error}");
        }
        for word in [&b""[..], b"@"] {
            assert_eq!(cause_of(&parse(word).unwrap_err()), Cause::Usage);
        }
    }
}
