//! A datagram client's socket, and the name that it is answered at.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open as open_file};
use nix::sys::stat::{Mode, fchmod, fstat};
use nix::unistd::{geteuid, mkdtemp};
use socket2::{SockAddr, Socket};

use super::connect::{Target, explain};
use super::{CLIENT, Kind, LONGEST_NAME, Name, open, with_umask};
use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::{Report, escape, sentence};
use crate::sys::socket_file::OwnPath;

/// A directory that only this user can change, and the socket file in it; both are removed when this
/// is dropped, or by a signal.
#[derive(Debug)]
pub struct OwnName {
    _file: OwnPath,
    _directory: OwnPath,
    directory: OwnedFd,
}

impl OwnName {
    /// Lets the target answer, whosever it is, if it can enter the directory above. The socket is
    /// connected to it: from anybody else the system takes nothing (unix(7)), which makes the
    /// permissions safe, and those of the directory come after that.
    /// Only a send that finds the target gone undoes the connection; nothing is received after it.
    fn open(&self) -> io::Result<()> {
        Ok(fchmod(&self.directory, Mode::from_bits_truncate(0o711))?)
    }
}

/// The socket file in its directory.
const FILE: &str = "socket";

/// A socket connected to `target`; if it `answers`, one that has a name of its own.
///
/// # Errors
/// [`Cause::Unreachable`], with what is wrong with the target's file; [`Cause::Bind`] for the name
/// of its own.
pub fn open_to(
    target: &Target,
    answers: bool,
    report: Report,
) -> anyhow::Result<(Socket, Option<OwnName>)> {
    let socket = open(Kind::Dgram, CLIENT, &target.settings, report)?;
    let own = answers.then(|| bind_in_private(&socket)).transpose()?;
    connect(&socket, target)?;
    if let Some(own) = &own {
        own.open().cause(Cause::Bind).context("make a socket to be answered at")?;
    }
    Ok((socket, own))
}

/// A socket connected to `target`, with a name that the system chooses in the abstract namespace:
/// there may be any number, and nothing has to be removed. Only the target can send to it.
///
/// # Errors
/// [`Cause::Unreachable`], with what is wrong with the target's file.
pub fn open_named_by_system(target: &Target, report: Report) -> anyhow::Result<Socket> {
    let socket = open(Kind::Dgram, CLIENT, &target.settings, report)?;
    // bind(2) to no name is what asks for one (unix(7)).
    let any = SockAddr::unix("").context("open a Unix socket")?;
    socket.bind(&any).context("name a Unix socket")?;
    connect(&socket, target)?;
    Ok(socket)
}

fn connect(socket: &Socket, target: &Target) -> anyhow::Result<()> {
    socket.set_nonblocking(true).context("open a Unix socket")?;
    let connected = socket.connect(target.name.address());
    connected.map_err(|error| explain(error, &target.name, Kind::Dgram))
}

fn bind_in_private(socket: &Socket) -> anyhow::Result<OwnName> {
    // The target is given the path, which it looks for from its own working directory.
    let folder = std::env::temp_dir();
    // mkdtemp(3) replaces XXXXXX in place, so the length is final.
    let fits = folder.join("skat-XXXXXX").join(FILE).as_os_str().len() <= LONGEST_NAME;
    let folder = if folder.is_absolute() && fits { &folder } else { Path::new("/tmp") };
    let shown = escape(folder.as_os_str().as_encoded_bytes());
    // In words: what helps where a server cannot bind is no help here.
    make_name(socket, folder).map_err(|error| {
        let why = sentence(&error);
        refusal(Cause::Bind, format!("make a socket to be answered at, in {shown}: {why}"))
    })
}

fn make_name(socket: &Socket, folder: &Path) -> anyhow::Result<OwnName> {
    let (directory, own_directory) = OwnPath::make(|| {
        // It gives the owner alone permissions, of which the user's umask may take some.
        let made = with_umask(Mode::empty(), || mkdtemp(&folder.join("skat-XXXXXX")));
        let directory = made.map_err(io::Error::from)?;
        Ok((directory.clone(), directory))
    })?;
    let opened = open_own(&directory)?;
    let path: PathBuf = directory.join(FILE);
    let name = Name::parse(OsStr::new(&path))?;
    // Everybody may send to it who can enter the directory: for now nobody else.
    let bind = || with_umask(Mode::from_bits_truncate(0o111), || socket.bind(name.address()));
    let ((), own_file) = OwnPath::make(|| bind().map(|()| ((), path)))?;
    Ok(OwnName { _file: own_file, _directory: own_directory, directory: opened })
}

/// The directory that was made. Where others can rename it, its path may lead elsewhere at any time:
/// permissions are changed by the descriptor only.
fn open_own(directory: &Path) -> io::Result<OwnedFd> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let opened = open_file(directory, flags, Mode::empty())?;
    if fstat(&opened)?.st_uid != geteuid().as_raw() {
        return Err(Errno::EPERM.into());
    }
    Ok(opened)
}
