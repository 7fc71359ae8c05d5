//! A peer that is gone for good is noticed without traffic, from the first half-close on.

use std::time::Duration;

use socket2::Socket;

use crate::support::sockets::sockets;
use crate::support::{Running, TCP_ROLES, converse, on_each_way, wait_until};

/// skat's socket of the only conversation.
#[track_caller]
fn connection(skat: &Running) -> Option<Socket> {
    let mut sockets = sockets(skat)?.into_iter();
    Some(sockets.find(|socket| socket.peer_addr().is_ok()).expect("a connection"))
}

on_each_way! {
    fn probes_begin_with_the_half_close(way) {
        for (role, by_peer) in TCP_ROLES.into_iter().flat_map(|role| [(role, true), (role, false)]) {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("x");
            peer.expect("x");
            let Some(connection) = connection(&skat) else { return };
            assert!(!connection.keepalive().unwrap(), "{role:?}");
            if by_peer {
                peer.finish();
            } else {
                skat.close_stdin();
                peer.expect_end();
            }
            wait_until("probes", || connection.keepalive().unwrap());
            // Somebody who is gone is noticed within about 70 s.
            let (idle, interval) = (connection.tcp_keepalive_time(), connection.tcp_keepalive_interval());
            let probes = connection.tcp_keepalive_retries().unwrap();
            let all = idle.unwrap() + interval.unwrap() * probes;
            assert!(all <= Duration::from_secs(75), "{all:?}");
        }
    }

    fn probes_that_were_asked_for_stay_as_they_are(way) {
        for role in TCP_ROLES {
            let (mut skat, mut peer) = converse(role, &["-O", "keepalive=61,11,4"], way);
            skat.type_in("x");
            skat.close_stdin();
            assert_eq!(peer.receive_to_end(), b"x");
            peer.send("y");
            skat.wait_for_stdout("y");
            let Some(connection) = connection(&skat) else { return };
            assert_eq!(connection.tcp_keepalive_time().unwrap(), Duration::from_secs(61));
            assert_eq!(connection.tcp_keepalive_interval().unwrap(), Duration::from_secs(11));
            assert_eq!(connection.tcp_keepalive_retries().unwrap(), 4);
        }
    }

    fn a_closed_peer_is_noticed_while_stdin_stays_open(way) {
        let conversations = TCP_ROLES.map(|role| {
            let (mut skat, mut peer) = converse(role, &[], way);
            skat.type_in("heard");
            peer.expect("heard");
            peer.send("the last answer");
            peer.forget_soon();
            skat
        });
        for skat in conversations {
            let finished = skat.finish();
            finished.assert_status(0).assert_stdout("the last answer").assert_silent();
        }
    }
}
