//! Data bases of the test's own: a thread with a network of its own, in which resolv.conf, hosts,
//! nsswitch.conf, services and protocols are the test's. What it starts sees the same.
#![allow(unsafe_code)]

use std::fs;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::thread;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::name_server::NameServer;
use crate::support::not_tested;

const FILES: [(&str, &[u8]); 5] = [
    ("/etc/resolv.conf", b"nameserver 127.0.0.1\noptions timeout:2 attempts:1\n"),
    ("/etc/nsswitch.conf", b"hosts: files dns\nservices: files\nprotocols: files\n"),
    (
        "/etc/hosts",
        // The last is no UTF-8.
        b"127.0.0.1 localhost\n::1 localhost ip6-localhost\n\
          192.0.2.50 hosted.example hosted also-hosted\n2001:db8::50 hosted.example hosted\n\
          192.0.2.51 dotless\n192.0.2.53 plain plain.example\n\
          192.0.2.52 caf\xe9.example latin1\n",
    ),
    (
        "/etc/services",
        b"echo 7/tcp\necho 7/udp\nssh 22/tcp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp www web\n\
          https 443/tcp\nhttps 443/udp\nshell 514/tcp cmd\nsyslog 514/udp\nlast 65535/tcp\n",
    ),
    (
        "/etc/protocols",
        b"ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6 41 IPv6\nsctp 132 SCTP\nmptcp 262 MPTCP\n",
    ),
];

/// Runs `test` where these data bases are the system's, with a name server that it can ask what
/// it was asked. Where that is not permitted it says so.
pub fn with_private_data_bases(what: &str, test: impl FnOnce(&NameServer) + Send) {
    let finished = thread::scope(|scope| {
        let run = || match enter() {
            Ok(server) => test(&server),
            Err(error) => not_tested(what, &format!("no namespaces of its own: {error}")),
        };
        scope.spawn(run).join()
    });
    if let Err(panic) = finished {
        std::panic::resume_unwind(panic);
    }
}

fn enter() -> io::Result<NameServer> {
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET)?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let directory = tempfile::tempdir()?;
    for (path, text) in FILES {
        let own = directory.path().join(Path::new(path).file_name().unwrap_or_default());
        fs::write(&own, text)?;
        // The mount keeps the file when the directory is removed.
        mount(Some(&own), path, none, MsFlags::MS_BIND, none)
            .map_err(|error| io::Error::other(format!("mount {path}: {error}")))?;
    }
    bring_loopback_up()?;
    NameServer::start()
}

/// IFF_UP of netdevice(7), as ifreq has it.
const FLAGS: libc::c_short = 1;

/// The address of a new network's loopback is there as soon as the interface is up.
fn bring_loopback_up() -> io::Result<()> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    // SAFETY: zero is a valid ifreq, and the call reads the name and the flags from it.
    let result = unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        for (place, letter) in request.ifr_name.iter_mut().zip(b"lo") {
            *place = letter.cast_signed();
        }
        request.ifr_ifru.ifru_flags = FLAGS;
        libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
