//! A network namespace of our own: nobody else's ports and connections are in the way, nobody's
//! server is disturbed, and TCP is as Linux has it by default.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use nix::sys::socket::{getsockopt, sockopt::TcpCongestion};

/// Says to the program that it runs in such a namespace.
const MARK: &str = "SKAT_BENCH_NETWORK";
/// What each of our connections uses; by route, since a namespace may not choose its default.
const CONGESTION: &str = "route replace table local local 127.0.0.1 dev lo proto kernel scope host \
    src 127.0.0.1 congctl cubic";

/// Starts this program anew in a namespace, if the system allows it; readies the namespace once
/// it is there.
pub fn enter() -> anyhow::Result<()> {
    if is_own() {
        return set_up();
    }
    let possible = unshare().arg("true").stderr(Stdio::null()).status();
    if possible.is_ok_and(|status| status.success()) {
        let program = std::env::current_exe().context("find this program")?;
        let error = unshare().arg(program).args(std::env::args().skip(1)).env(MARK, "own").exec();
        return Err(error).context("start anew in a network of our own");
    }
    Ok(())
}

/// True within the namespace.
pub fn is_own() -> bool {
    std::env::var_os(MARK).is_some()
}

/// What TCP does against congestion here. On loopback it matters: one that paces its segments,
/// as bbr does, makes a transfer slower by several times.
pub fn congestion() -> anyhow::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let stream = TcpStream::connect(listener.local_addr()?)?;
    Ok(getsockopt(&stream, TcpCongestion)?.to_string_lossy().trim_end_matches('\0').to_owned())
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        command.arg("--map-current-user").arg("--keep-caps");
    }
    command.arg("--net");
    command
}

fn set_up() -> anyhow::Result<()> {
    ensure!(ip("link set lo up")?, "loopback cannot be set up");
    // Where it is not possible, it is told what is used instead.
    ip(CONGESTION)?;
    Ok(())
}

fn ip(arguments: &str) -> anyhow::Result<bool> {
    let status = Command::new("ip").args(arguments.split_whitespace()).status();
    Ok(status.context("start ip")?.success())
}
