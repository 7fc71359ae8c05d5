//! A peer that is gone for good is noticed without traffic, from the first half-close on.

use crate::support::{TCP_ROLES, converse, on_each_way};

on_each_way! {
    fn a_closed_peer_is_noticed_while_stdin_stays_open(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("heard");
            peer.expect("heard");
            peer.send("the last answer");
            // Its system forgets the connection after a second, as others do after a minute.
            let linger = nix::libc::TCP_LINGER2;
            let level = nix::libc::IPPROTO_TCP;
            let seconds = skat::sys::sockopt::int(1);
            skat::sys::sockopt::set(peer.stream(), level, linger, &seconds).unwrap();
            drop(peer);
            let finished = skat.finish();
            finished.assert_status(0).assert_stdout("the last answer").assert_silent();
        }
    }
}
