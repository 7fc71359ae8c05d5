//! Where datagrams are relayed to.

use std::net::SocketAddr;

use crate::net::connect::Target;
use crate::net::forwarding_loop::Listening;
use crate::net::udp::Casting;
use crate::net::unix;
use crate::outcome::Cause;

/// What look-ups have open for a moment: files, and sockets to name servers.
const LOOK_UP_DESCRIPTORS: usize = 8;

/// Where datagrams are relayed to.
#[derive(Clone, Debug)]
pub enum Destination {
    /// `HOST:PORT`.
    Udp {
        /// The target.
        target: Target,
        /// Its addresses, where no name has to be looked up.
        known: Option<Vec<SocketAddr>>,
        /// How a target is reached that is many.
        casting: Casting,
    },
    /// `unix:PATH`.
    Unix(unix::Target),
}

impl Destination {
    /// A target by UDP.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a name where look-ups are not allowed.
    pub fn udp(target: Target, casting: Casting) -> anyhow::Result<Self> {
        let known = target.known_addresses(libc::SOCK_DGRAM)?;
        Ok(Destination::Udp { target, known, casting })
    }

    /// Refuses one that is known to lead back to the server.
    pub(super) fn check(&self, listening: &Listening) -> anyhow::Result<()> {
        match self {
            Destination::Udp { known, .. } => {
                listening.refuse(known.as_deref().unwrap_or_default(), Cause::Usage)
            }
            Destination::Unix(target) => listening.refuse_name(&target.name, Cause::Usage),
        }
    }

    /// Descriptors that asking for a target takes beside those of sessions.
    pub(super) fn spare_descriptors(&self) -> usize {
        match self {
            Destination::Udp { known: None, .. } => LOOK_UP_DESCRIPTORS,
            Destination::Udp { .. } | Destination::Unix(_) => 0,
        }
    }
}
