//! Taking a name: a stale socket file is replaced, a live one and a file that is no socket stay.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use nix::fcntl::{Flock, FlockArg};
use nix::sys::stat::Mode;
use socket2::Socket;

use super::{Kind, Name, open, with_umask};
use crate::net::address::Family;
use crate::net::binding::SYSTEM_MAXIMUM;
use crate::net::inherited::Inherited;
use crate::net::options::{Phase, Settings, SocketKind};
use crate::outcome::{Cause, refusal};
use crate::report::{Report, reason};
use crate::sys::socket_file::OwnPath;

/// How long to wait for a directory's lock: whoever holds it longer is not a server that is
/// starting.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// What a server serves on.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Where.
    pub place: Place,
    /// Which kind of socket.
    pub kind: Kind,
    /// Socket options.
    pub settings: Settings,
}

/// Where a server's peers find it.
#[derive(Clone, Debug)]
pub enum Place {
    /// At a name that it takes.
    Own {
        /// The name.
        name: Name,
        /// The permissions of the file; as umask(2) says where it is left out.
        mode: Option<u32>,
        /// The listen queue; `None`: the system's maximum.
        backlog: Option<u16>,
    },
    /// At sockets that another process has opened.
    Inherited(Inherited),
}

/// Sockets with names; they listen, if they are of a kind that does.
#[derive(Debug)]
pub struct Bound {
    /// The sockets, non-blocking.
    pub sockets: Vec<Socket>,
    /// The file to remove at the end: none for an abstract name, nor for one that is not ours.
    pub file: Option<OwnPath>,
}

/// Binds: socket(2), bind(2), and listen(2) where there are connections.
///
/// # Errors
/// [`Cause::Bind`] for a name that is taken, or cannot be; those of the options and of inherited
/// sockets.
pub fn bind(binding: &Binding, report: Report) -> anyhow::Result<Bound> {
    let Binding { kind, settings, .. } = binding;
    let role = SocketKind { v6: false, listens: kind.is_connected() };
    let (name, mode, backlog) = match &binding.place {
        Place::Own { name, mode, backlog } => (name, *mode, *backlog),
        Place::Inherited(inherited) => {
            let sockets = inherited.take(kind.inherited(), Family::Any)?;
            for socket in &sockets {
                settings.apply(socket, Phase::Open, role, report)?;
            }
            return Ok(Bound { sockets, file: None });
        }
    };
    let socket = open(*kind, role, settings, report)?;
    socket.set_nonblocking(true).context("open a Unix socket")?;
    let doing = if kind.is_connected() { "listen on" } else { "bind" };
    let taken = take_name(&socket, name, mode, report).and_then(|file| {
        if kind.is_connected() {
            let backlog = backlog.map_or(SYSTEM_MAXIMUM, i32::from);
            socket.listen(backlog).map_err(|error| reason(&error))?;
        }
        Ok(file)
    });
    let file = taken.map_err(|why| refusal(Cause::Bind, format!("{doing} {name}: {why}")))?;
    Ok(Bound { sockets: vec![socket], file })
}

/// Gives the socket its name, or says why it cannot have it.
fn take_name(
    socket: &Socket,
    name: &Name,
    mode: Option<u32>,
    report: Report,
) -> Result<Option<OwnPath>, String> {
    let Some(path) = name.file() else {
        return match socket.bind(name.address()) {
            Err(error) if is_taken(&error) => Err("another program has that name".to_owned()),
            bound => bound.map(|()| None).map_err(|error| reason(&error)),
        };
    };
    // bind(2) makes the file, with its permissions, and fails where there is anything.
    let bind =
        || OwnPath::make(|| bind_with_mode(socket, name, mode).map(|()| ((), path.to_owned())));
    let bound = match bind() {
        Err(error) if is_taken(&error) => {
            // One server at a time looks at what is there: two that start must not replace each
            // other's file.
            let _lock = lock_directory_of(path);
            make_room(name, path, report)?;
            bind()
        }
        bound => bound,
    };
    bound.map(|((), file)| Some(file)).map_err(|error| reason(&error))
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

fn bind_with_mode(socket: &Socket, name: &Name, mode: Option<u32>) -> io::Result<()> {
    let Some(mode) = mode else { return socket.bind(name.address()) };
    with_umask(Mode::from_bits_truncate(!mode & 0o777), || socket.bind(name.address()))
}

/// Removes a file that a socket left behind; says why any other must stay.
fn make_room(name: &Name, path: &Path, report: Report) -> Result<(), String> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(|error| reason(&error))?,
    };
    if !found.file_type().is_socket() {
        let what = describe(&found);
        return Err(format!("{what} is there, not a socket; it is left alone"));
    }
    if is_live(name).map_err(|error| format!("the socket there: {}", reason(&error)))? {
        return Err("another program serves there".to_owned());
    }
    let still = fs::symlink_metadata(path).map_err(|error| reason(&error))?;
    let identity = |file: &Metadata| (file.dev(), file.ino(), file.ctime(), file.ctime_nsec());
    if identity(&still) != identity(&found) {
        return Err("another program has just taken it".to_owned());
    }
    report.step(format!("replaced {name}, a stale socket"));
    fs::remove_file(path)
        .map_err(|error| format!("remove the file of a server that is gone: {}", reason(&error)))
}

/// True if a socket is bound to the file. One that only takes connections says that the type is
/// wrong, without noticing: it need not even listen yet, and nobody is let in and thrown out.
fn is_live(name: &Name) -> io::Result<bool> {
    let probe = Socket::new(socket2::Domain::UNIX, socket2::Type::DGRAM, None)?;
    probe.set_nonblocking(true)?;
    match probe.connect(name.address()).map_err(|error| (error.raw_os_error(), error)) {
        Err((Some(libc::ECONNREFUSED | libc::ENOENT), _)) => Ok(false),
        // EPERM: a datagram socket that hears only one peer.
        Ok(()) | Err((Some(libc::EPROTOTYPE | libc::EPERM | libc::EAGAIN), _)) => Ok(true),
        Err((_, error)) => Err(error),
    }
}

/// Keeps other servers that start from replacing files here. A directory that cannot be read, or
/// that somebody else keeps locked, is used without.
fn lock_directory_of(path: &Path) -> Option<Flock<File>> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let mut directory = File::open(parent.unwrap_or(Path::new("."))).ok()?;
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        match Flock::lock(directory, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => return Some(lock),
            Err(_) if end <= Instant::now() => return None,
            Err((back, _)) => directory = back,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file that is no socket, in words.
pub(super) fn describe(file: &Metadata) -> &'static str {
    let kind = file.file_type();
    match () {
        () if kind.is_dir() => "a directory",
        () if kind.is_file() => "a regular file",
        () if kind.is_symlink() => "a symbolic link",
        () if kind.is_fifo() => "a named pipe",
        () => "a device",
    }
}
