//! Options on sockets that another process has opened.

use std::os::fd::RawFd;

use clap::Args;

use super::headings::STARTING;
use super::refusals::{Given, refuse};
use super::{usage, values};
use crate::engine::announce::ReadyTargets;
use crate::net::inherited::Inherited;

/// What servers have that can serve on an inherited socket.
#[derive(Debug, Args)]
pub struct HandOverArguments {
    /// Serve on the inherited socket with this descriptor, already listening (for UDP, bound);
    /// sockets from systemd need no option
    #[arg(long, value_name = "N", value_parser = values::descriptor, help_heading = STARTING)]
    listen_fd: Option<RawFd>,
}

impl HandOverArguments {
    /// The sockets to serve on, if there are any; these options would do nothing with them, and
    /// readiness is not told to one of them.
    pub fn inherited(
        &self,
        without_effect: &[Given<'_>],
        readiness: &ReadyTargets,
    ) -> anyhow::Result<Option<Inherited>> {
        let inherited = Inherited::find(self.listen_fd)?;
        if let Some(inherited) = &inherited {
            let with = if self.listen_fd.is_some() { "--listen-fd" } else { "LISTEN_FDS" };
            refuse(without_effect, &format!("{with}: the socket is there already"))?;
            if let Some(fd) = readiness.fd.filter(|fd| inherited.contains(*fd)) {
                return usage(format!("--ready-fd {fd}: that descriptor is a socket to serve on"));
            }
        }
        Ok(inherited)
    }
}
