//! `--forward` under load: much at once, many at once, sides that do not read, few descriptors.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use socket2::SockRef;

use crate::support::{
    Listener, Peer, Way, assert_same_bytes, pattern, process, server, shell, wait_until,
};

/// Each byte is checked, and none is kept in memory for the side that is slow.
#[test]
fn much_both_ways_at_once_through_a_slow_side() {
    let sent = pattern(64 << 20);
    for way in [Way::Fast, Way::Copying] {
        let listener = Listener::new();
        let target = listener.address().to_string();
        let skat = server(&["--forward", &target]).way(way).listen();
        let peer = skat.connect();
        let target = listener.accept().with_small_buffers();
        std::thread::scope(|scope| {
            for (end, slow) in [(&peer, false), (&target, true)] {
                let (mut writer, mut reader) = (end.twin(), end.twin());
                let sent = &sent;
                scope.spawn(move || {
                    writer.send(sent);
                    writer.finish();
                });
                scope.spawn(move || {
                    if slow {
                        let mut first = vec![0; 1 << 20];
                        reader.stream().read_exact(&mut first).unwrap();
                        std::thread::sleep(Duration::from_millis(300));
                        assert_same_bytes(&first, &sent[..1 << 20]);
                        assert_same_bytes(&reader.receive_to_end(), &sent[1 << 20..]);
                    } else {
                        assert_same_bytes(&reader.receive_to_end(), sent);
                    }
                });
            }
        });
        let peak = process::peak_memory(skat.id());
        assert!(peak < 16, "{peak} MiB");
        drop((peer, target));
        skat.stop().assert_silent();
    }
}

#[test]
fn five_hundred_at_once() {
    for options in [&[][..], &["--threads", "2"]] {
        let echo = server(&["--echo"]).listen();
        let target = echo.address.to_string();
        let skat = server(&[&["--forward", &target], options].concat()).listen();
        let mut peers: Vec<Peer> = (0..500).map(|_| skat.connect()).collect();
        for (number, peer) in peers.iter_mut().enumerate() {
            peer.send(format!("{number:04}"));
        }
        for (number, peer) in peers.iter_mut().enumerate().rev() {
            peer.expect(format!("{number:04}"));
        }
        drop(peers);
        wait_until("few descriptors", || process::descriptors(skat.id()) < 60);
        skat.stop().assert_silent();
    }
}

/// Peers that nobody reads from hold pipes, of which there are not enough for all.
#[test]
fn many_who_do_not_read_at_once() {
    let listener = Listener::new();
    let target = listener.address().to_string();
    let small = ["-O", "sndbuf=64K", "-O", "rcvbuf=64K"];
    let skat = server(&[&["--forward", &target], &small[..]].concat()).listen();
    let flood = pattern(8 << 20);
    let mut ends = Vec::new();
    for _ in 0..150 {
        let peer = skat.connect();
        let target = listener.accept();
        SockRef::from(peer.stream()).set_send_buffer_size(64 * 1024).unwrap();
        peer.stream().set_nonblocking(true).unwrap();
        ends.push((peer, target, 0));
    }
    // All push until nobody can push more.
    let mut quiet = 0;
    while quiet < 3 {
        quiet += 1;
        for (peer, _, sent) in &mut ends {
            while let Ok(count @ 1..) = peer.stream().write(&flood[*sent..]) {
                *sent += count;
                quiet = 0;
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(process::descriptors(skat.id()) < 2 * 300 + 300);
    process::assert_idle(&skat);
    for (peer, mut target, sent) in ends {
        peer.stream().set_nonblocking(false).unwrap();
        drop(peer);
        assert_same_bytes(&target.receive_to_end(), &flood[..sent]);
    }
    let peak = process::peak_memory(skat.id());
    assert!(peak < 40, "{peak} MiB");
    skat.stop().assert_silent();
}

/// Two descriptors a peer: whoever finds none waits in the backlog.
#[test]
fn with_few_descriptors_peers_take_turns() {
    let echo = server(&["--echo"]).listen();
    let script =
        format!(r#"ulimit -n 40; exec "$SKAT" tcp-server --forward {} 127.0.0.1 0"#, echo.address);
    let skat = shell(&script).listen();
    let mut peers: Vec<Peer> = (0..60).map(|_| skat.connect()).collect();
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.send(format!("{number:02}"));
    }
    process::assert_idle(&skat);
    for (number, mut peer) in peers.into_iter().enumerate() {
        peer.expect(format!("{number:02}"));
        let much = pattern(300_000);
        peer.send(&much);
        peer.expect(&much);
    }
    skat.stop().assert_silent();
}
