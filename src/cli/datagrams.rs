//! Options of datagram commands.

use clap::Args;

use super::refusals::refuse;
use super::values;
use crate::engine::frame::Frame;
use crate::net::udp::{Casting, Group, Interface};

/// What --bufsize means where only stdin is read in pieces.
pub const BUFSIZE_HELP: &str = "Bytes of stdin read at a time [default: 64K]";

/// What datagram commands have.
#[derive(Debug, Args)]
pub struct DatagramArguments {
    /// How stdin becomes datagrams and datagrams stdout: line, block[:SIZE], whole, len32 or hex
    /// [default: line]
    #[arg(long, value_name = "FRAME", value_parser = values::frame(), hide_possible_values = true, help_heading = "Data")]
    frame: Option<Frame>,
    /// May send to broadcast addresses
    #[arg(short, long, help_heading = "Connecting")]
    broadcast: bool,
    /// Send multicasts from this interface
    #[arg(long, value_name = "IF|ADDR", value_parser = Interface::parse, help_heading = "Connecting")]
    multicast_if: Option<Interface>,
}

impl DatagramArguments {
    pub fn frame(&self) -> Frame {
        self.frame.unwrap_or(Frame::Line)
    }

    /// Refuses what only a conversation has a use for.
    pub fn refuse_frame(&self, with: &str) -> anyhow::Result<()> {
        refuse(&[(self.frame.is_some(), "--frame")], with)
    }

    /// Refuses what only those have a use for who choose whom to send to.
    pub fn refuse_casting(&self, with: &str) -> anyhow::Result<()> {
        let given =
            [(self.broadcast, "--broadcast"), (self.multicast_if.is_some(), "--multicast-if")];
        refuse(&given, with)
    }

    pub fn casting(&self, groups: Vec<Group>) -> Casting {
        Casting { broadcast: self.broadcast, groups, interface: self.multicast_if.clone() }
    }
}
