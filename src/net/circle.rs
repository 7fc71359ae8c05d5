//! A server that sends to itself what comes to it would never end.

use std::net::{IpAddr, SocketAddr};

use super::address::show;
use crate::outcome::{Cause, refusal};

/// Refuses to forward to `addresses` if one of them is one that the server itself listens on.
///
/// # Errors
/// One with this cause.
pub fn refuse(addresses: &[SocketAddr], locals: &[SocketAddr], cause: Cause) -> anyhow::Result<()> {
    let leads_back = |address: &&SocketAddr| locals.iter().any(|local| listens(local, address));
    match addresses.iter().find(leads_back) {
        Some(address) => {
            let text = format!("forward to {}: this server listens there itself", show(address));
            Err(refusal(cause, text))
        }
        None => Ok(()),
    }
}

/// True if what is sent to `address` comes to a socket that is bound to `local`.
fn listens(local: &SocketAddr, address: &SocketAddr) -> bool {
    let (here, there) = (local.ip().to_canonical(), address.ip().to_canonical());
    // Whoever sends to no address in particular gets the loopback.
    let is_local = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
    let unspecified = here.is_unspecified() || there.is_unspecified();
    let same = here == there || (unspecified && is_local(here) && is_local(there));
    local.port() == address.port() && same
}
