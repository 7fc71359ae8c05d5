//! `--run`: a command that the server is there for.

use std::ffi::OsString;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use socket2::SockAddr;

use super::child::Child;
use crate::net::address::{argument_text, host_text, socket_text};
use crate::report::Report;
use crate::sys::{descriptor, process, signals};

/// The running command.
#[derive(Debug)]
pub struct Run {
    child: Child,
    /// It leads a process group of its own.
    leads: bool,
}

/// Where the server is, for the command.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The address that it listens on.
    pub address: &'a SockAddr,
    /// Not on IPv4.
    pub v6_only: bool,
    /// The server reads stdin itself: the command gets none.
    pub reads_stdin: bool,
}

impl Place<'_> {
    /// What the command reads in its environment. A Unix socket has a name, no host and no port.
    fn tell(&self, shell: &mut Command) {
        shell.env_remove("SKAT_HOST").env_remove("SKAT_PORT");
        if let Some(address) = self.address.as_socket() {
            let reachable = reachable(address, self.v6_only);
            shell.env("SKAT_HOST", host_text(&reachable));
            shell.env("SKAT_PORT", reachable.port().to_string());
            shell.env("SKAT_ADDR", socket_text(&reachable));
        } else if let Some(name) = argument_text(self.address) {
            shell.env("SKAT_ADDR", name);
        }
    }
}

impl Run {
    /// Starts `/bin/sh -c command`, told by its environment where the server is.
    ///
    /// # Errors
    /// The system's, if no process can be started.
    pub fn start(command: &OsString, place: &Place<'_>, report: Report) -> anyhow::Result<Self> {
        let skat = std::env::current_exe().context("find this program")?;
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command);
        shell.env("SKAT", skat);
        place.tell(&mut shell);
        if place.reads_stdin {
            shell.stdin(Stdio::null());
        }
        // A group of its own can be signalled as a whole; but on a terminal it would be stopped
        // as soon as it read.
        let leads = descriptor::kind(io::stdin())? != descriptor::Kind::Terminal;
        let started = process::start(&mut shell, leads).context("start /bin/sh")?;
        report.step(format!("started the command as process {}", started.id.abs()));
        Ok(Self { child: Child::new(started), leads })
    }

    /// A descriptor that becomes readable when the command ends.
    #[must_use]
    pub fn descriptor(&self) -> &OwnedFd {
        self.child.descriptor()
    }

    /// The exit status as a shell shows it, once the command has ended.
    pub fn status(&mut self) -> Option<u8> {
        self.child.status()
    }

    /// Passes a signal on, unless the terminal has sent it to the command too.
    pub fn signal(&self, signal: i32) {
        if self.leads || !signals::termination_was_typed() {
            self.child.signal(signal);
        }
    }
}

/// An address to connect to: loopback where the server listens on all. A dual-stack socket
/// serves IPv4 too, and every machine has IPv4's loopback.
fn reachable(address: SocketAddr, v6_only: bool) -> SocketAddr {
    let host: IpAddr = match address.ip() {
        ip if !ip.is_unspecified() => return address,
        IpAddr::V6(_) if v6_only => Ipv6Addr::LOCALHOST.into(),
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    SocketAddr::new(host, address.port())
}
