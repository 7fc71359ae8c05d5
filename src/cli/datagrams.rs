//! Options of datagram commands.

use clap::{Args, ValueEnum};

use super::groups::forced;
use super::headings::{CASTING, DATA, ENDING, SERVING};
use super::refusals::{Given, refuse};
use super::values;
use crate::engine::datagram::server::ReplyTo;
use crate::engine::frame::Frame;
use crate::net::udp::{Casting, Group, Interface};

/// What --bufsize means where only stdin is read in pieces.
pub const BUFSIZE_HELP: &str = "Bytes of stdin read at a time: 1 byte to 1G [default: 64K]";

/// True unless the environment asks for datagrams that are sent and received each by itself.
pub fn in_runs() -> bool {
    !forced("SKAT_PUMP", "copy")
}

/// The rule for datagrams of stdin and stdout.
#[derive(Debug, Args)]
pub struct FrameArgument {
    /// Format of datagrams on stdin and stdout: line, block[:SIZE], whole, len32 or hex
    /// [default: line]
    #[arg(long, value_name = "FRAME", value_parser = values::frame(), hide_possible_values = true, help_heading = DATA)]
    frame: Option<Frame>,
}

impl FrameArgument {
    pub fn frame(&self) -> Frame {
        self.frame.unwrap_or(Frame::Line)
    }

    fn or_whole(&self) -> Frame {
        self.frame.unwrap_or(Frame::Whole)
    }

    /// Whether the option was given, and its name, for whoever refuses it.
    pub fn given(&self) -> Given<'static> {
        (self.frame.is_some(), "--frame")
    }

    /// Refuses what has no use here.
    pub fn refuse(&self, with: &str) -> anyhow::Result<()> {
        refuse(&[self.given()], with)
    }
}

/// Whom stdin's datagrams go to.
#[derive(Debug, Args)]
pub struct ReplyToArgument {
    /// Which peers stdin's datagrams go to [default: last]
    #[arg(long, value_name = "WHOM", conflicts_with = "once", help_heading = SERVING)]
    reply_to: Option<Whom>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Whom {
    /// The peer heard from last
    Last,
    /// The peer heard from first
    First,
    /// All peers heard from so far
    All,
}

impl ReplyToArgument {
    pub fn reply_to(&self) -> ReplyTo {
        match self.reply_to {
            None | Some(Whom::Last) => ReplyTo::Last,
            Some(Whom::First) => ReplyTo::First,
            Some(Whom::All) => ReplyTo::All,
        }
    }

    /// Whether the option was given, and its name, for whoever refuses it.
    pub fn given(&self) -> Given<'static> {
        (self.reply_to.is_some(), "--reply-to")
    }
}

/// What a datagram client waits for, and how fast it sends.
#[derive(Debug, Args)]
pub struct ExchangeArguments {
    /// Exit, status 0, after N replies; status 8 if they do not arrive in time
    #[arg(long, value_name = "N", value_parser = values::at_least_one::<u64>, conflicts_with = "prompt", help_heading = ENDING)]
    replies: Option<u64>,
    /// Send at most SIZE bytes per second, evenly
    #[arg(long, value_name = "SIZE", value_parser = values::rate, conflicts_with = "prompt", help_heading = DATA)]
    rate: Option<u64>,
}

impl ExchangeArguments {
    pub fn replies(&self) -> Option<u64> {
        self.replies
    }

    pub fn rate(&self) -> Option<u64> {
        self.rate
    }

    /// Refuses what has no use here.
    pub fn refuse(&self, with: &str) -> anyhow::Result<()> {
        refuse(&[(self.replies.is_some(), "--replies"), (self.rate.is_some(), "--rate")], with)
    }
}

/// What datagram commands have.
#[derive(Debug, Args)]
pub struct DatagramArguments {
    #[command(flatten)]
    frame: FrameArgument,
    /// Allow sending to broadcast addresses
    #[arg(short, long, help_heading = CASTING)]
    broadcast: bool,
    /// Send multicast from this interface
    #[arg(long, value_name = "IF|ADDR", value_parser = Interface::parse, help_heading = CASTING)]
    multicast_if: Option<Interface>,
}

impl DatagramArguments {
    pub fn frame(&self) -> Frame {
        self.frame.frame()
    }

    /// The option itself.
    pub fn frame_argument(&self) -> &FrameArgument {
        &self.frame
    }

    /// How stdin becomes the datagram of a probe.
    pub fn payload(&self) -> Frame {
        self.frame.or_whole()
    }

    /// Refuses what only a conversation has a use for.
    pub fn refuse_frame(&self, with: &str) -> anyhow::Result<()> {
        self.frame.refuse(with)
    }

    /// Refuses what is of use only to a sender that chooses its peers.
    pub fn refuse_casting(&self, with: &str) -> anyhow::Result<()> {
        let given =
            [(self.broadcast, "--broadcast"), (self.multicast_if.is_some(), "--multicast-if")];
        refuse(&given, with)
    }

    pub fn casting(&self, groups: Vec<Group>) -> Casting {
        Casting { broadcast: self.broadcast, groups, interface: self.multicast_if.clone() }
    }
}
