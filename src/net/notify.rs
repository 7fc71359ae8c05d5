//! Telling a service manager of one's state (sd_notify(3)).

use std::ffi::OsStr;

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};

use super::unix::Name;

/// Sends `state` to the socket that NOTIFY_SOCKET names: a path, or `@NAME` in the abstract
/// namespace. It is never waited for.
///
/// # Errors
/// The system's, with the name.
pub fn notify(to: &OsStr, state: &str) -> anyhow::Result<()> {
    let name = Name::parse(to)?;
    let send = || {
        let kind = Type::DGRAM.cloexec().nonblocking();
        Socket::new_raw(Domain::UNIX, kind, None)?.send_to(state.as_bytes(), name.address())
    };
    send().map(|_| ()).with_context(|| format!("tell {name}"))
}
