//! A network of a test's own (unshare(1)).

use super::programs::is_usable;
use super::{Skat, shell};

/// A shell script with a network of its own, of one cable (veth(4)) of which it has both ends; the
/// near one, `near`, carries multicasts of both families, which loopback may not.
#[track_caller]
pub fn on_private_network(script: &str) -> Option<Skat> {
    let arguments = "--map-root-user --net ip link add near type veth peer name far";
    if !is_usable("unshare", &arguments.split(' ').collect::<Vec<_>>()) {
        return None;
    }
    // The system's own IPv6 address would come some time after the cable, and be usable only once
    // it was found to be nobody else's (nodad: it is not asked whose it is).
    let up = "ip link set lo up; ip link add near type veth peer name far
        ip link set near addrgenmode none; ip link set far addrgenmode none
        ip link set far up; ip link set near up
        ip addr add 10.9.8.7/24 dev near; ip addr add fe80::7/64 dev near nodad";
    Some(shell(&format!("exec unshare --map-root-user --net sh -ec '{up}; {script}'")))
}
