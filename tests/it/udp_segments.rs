//! Segmentation offload: runs of datagrams that the system cuts and joins keep their boundaries.

use std::io::IoSlice;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::socket::sockopt::UdpGroSegment;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg, setsockopt};

use crate::support::programs::is_usable;
use crate::support::{
    PATIENCE, Skat, UdpPeer, Way, assert_same_bytes, most_runs, on_each_way, pattern, udp_client,
    udp_server, uninterrupted, wait_until,
};

/// What sets runs apart: equal ones, a smaller last one, larger ones, empty ones, the largest.
const SIZES: &[usize] =
    &[0, 5, 5, 5, 3, 5, 5, 0, 0, 7, 9, 9, 9, 9, 8, 65_507, 1, 1, 1, 20_000, 20_000, 0, 1];

/// Datagrams of these sizes, no two alike.
fn datagrams(sizes: impl IntoIterator<Item = usize>) -> Vec<Vec<u8>> {
    let bytes = pattern(70_000);
    let sizes = sizes.into_iter().enumerate();
    sizes.map(|(number, size)| bytes[number..number + size].to_vec()).collect()
}

/// They as `--frame len32` has them.
fn with_lengths(datagrams: &[Vec<u8>]) -> Vec<u8> {
    let lengths = datagrams.iter().map(|one| u32::try_from(one.len()).unwrap().to_be_bytes());
    let framed = lengths.zip(datagrams).map(|(length, one)| [&length[..], &one[..]].concat());
    framed.collect::<Vec<_>>().concat()
}

/// A socket that sends and receives runs.
#[expect(clippy::disallowed_methods, reason = "a peer is not made by what is tested")]
fn runner() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    setsockopt(&socket, UdpGroSegment, &true).unwrap();
    socket
}

/// Sends `bytes` as datagrams of `size` bytes, in one call.
fn send_run(socket: &UdpSocket, bytes: &[u8], size: u16, to: SocketAddr) {
    socket.connect(to).unwrap();
    let control = [ControlMessage::UdpGsoSegments(&size)];
    let bytes = [IoSlice::new(bytes)];
    sendmsg::<()>(socket.as_raw_fd(), &bytes, &control, MsgFlags::empty(), None).unwrap();
}

on_each_way! {
    fn a_client_keeps_boundaries(way) {
        let peer = UdpPeer::new();
        let options = ["--frame", "len32", "--send-only"];
        let mut skat = udp_client(peer.address(), &options).way(way).start();
        let datagrams = datagrams(SIZES.iter().copied());
        let sent = datagrams.clone();
        let receiver = std::thread::spawn(move || {
            for datagram in &sent {
                peer.expect(datagram);
            }
        });
        skat.type_in(with_lengths(&datagrams));
        skat.close_stdin();
        skat.finish().assert_status(0).assert_silent();
        receiver.join().unwrap();
    }

    fn a_server_keeps_boundaries(way) {
        let mut skat = udp_server(&["--frame", "len32"]).way(way).listen();
        let peer = UdpPeer::of(skat.address);
        let datagrams = datagrams(SIZES.iter().copied());
        skat.type_in(with_lengths(&datagrams));
        peer.send("hello");
        for datagram in &datagrams {
            peer.expect(datagram);
        }
        for datagram in &datagrams {
            peer.send(datagram);
        }
        skat.wait_for_stdout([&b"\0\0\0\x05hello"[..], &with_lengths(&datagrams)].concat());
        skat.stop().assert_silent();
    }

    fn blocks_come_as_they_were_cut(way) {
        let peer = UdpPeer::new();
        let options = ["--frame", "block:1000", "--send-only"];
        let mut skat = udp_client(peer.address(), &options).way(way).start();
        let bytes = pattern(64_500);
        skat.type_in(&bytes);
        skat.close_stdin();
        for block in bytes.chunks(1000) {
            peer.expect(block);
        }
        skat.finish().assert_status(0).assert_silent();
        assert!(peer.hears_nothing());
    }

    fn a_run_that_comes_is_taken_apart(way) {
        let skat = udp_server(&["--frame", "len32"]).way(way).listen();
        let (socket, bytes) = (runner(), pattern(6_250));
        send_run(&socket, &bytes, 100, skat.address);
        send_run(&socket, &bytes[..7], 1, skat.address);
        let blocks = bytes.chunks(100).chain(bytes[..7].chunks(1)).map(<[u8]>::to_vec);
        skat.wait_for_stdout(with_lengths(&blocks.collect::<Vec<_>>()));
        skat.stop().assert_silent();
    }

    fn lines_end_where_datagrams_do(way) {
        let skat = udp_server(&[]).way(way).listen();
        let (socket, mut bytes, mut printed) = (runner(), pattern(60_000), Vec::new());
        bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b'.');
        let lines = |bytes: &[u8]| bytes.chunks(1000).map(|one| [one, b"\n"].concat()).collect();
        for turn in 0..6 {
            // Of these, each has its newline; of those, one has.
            let whole: Vec<Vec<u8>> = lines(&bytes[turn..20_000 + turn]);
            send_run(&socket, &whole.concat(), 1001, skat.address);
            printed.extend(whole.concat());
            let mut parts = bytes[..40_000].to_vec();
            parts[turn * 1000 + 999] = b'\n';
            send_run(&socket, &parts, 1000, skat.address);
            for part in parts.chunks(1000) {
                printed.extend(part);
                printed.extend(if part.ends_with(b"\n") { "" } else { "\n" }.bytes());
            }
            skat.wait_for_stdout(&printed);
        }
        skat.stop().assert_silent();
    }

    fn a_client_takes_a_run_of_answers_apart(way) {
        let socket = runner();
        let options = ["--frame", "len32", "--after-eof", "1"];
        let mut skat = udp_client(socket.local_addr().unwrap(), &options).way(way).start();
        skat.type_in(b"\0\0\0\x01?");
        skat.close_stdin();
        let (_, client) = uninterrupted(|| socket.recv_from(&mut [0; 1])).unwrap();
        let bytes = pattern(6_250);
        send_run(&socket, &bytes, 100, client);
        let blocks: Vec<_> = bytes.chunks(100).map(<[u8]>::to_vec).collect();
        skat.finish().assert_status(0).assert_stdout(with_lengths(&blocks)).assert_silent();
    }

    fn each_answer_of_a_run_counts(way) {
        let run_at_once = || {
            let socket = runner();
            let to = socket.local_addr().unwrap();
            let mut skat = udp_client(to, &["--frame", "block:100"]).way(way).start();
            skat.type_in([b'?'; 500]);
            let (mut came, mut client) = (0, None);
            while came < 500 {
                let (count, from) = uninterrupted(|| socket.recv_from(&mut [0; 600])).unwrap();
                (came, client) = (came + count, Some(from));
            }
            send_run(&socket, &pattern(500), 100, client.unwrap());
            skat.wait_for_stdout(pattern(500));
            let began = Instant::now();
            skat.close_stdin();
            skat.finish().assert_status(0).assert_silent();
            began.elapsed() < Duration::from_millis(900)
        };
        assert!(most_runs(run_at_once), "it waits for more answers than it asked for");
    }

    fn a_run_is_answered_by_datagrams_as_they_came(way) {
        let skat = udp_server(&["--echo"]).way(way).listen();
        let (socket, bytes) = (runner(), pattern(6_250));
        send_run(&socket, &bytes, 100, skat.address);
        let (mut came, mut calls, mut buffer) = (Vec::new(), 0, vec![0; 1 << 16]);
        while came.len() < bytes.len() {
            let count = uninterrupted(|| socket.recv(&mut buffer)).unwrap();
            came.extend_from_slice(&buffer[..count]);
            calls += 1;
        }
        assert_same_bytes(&came, &bytes);
        // One by one they are as many as came, since this system joins nothing on the way.
        assert_eq!(calls, if way == Way::Fast { 1 } else { 63 });
        skat.stop().assert_silent();
    }

    fn a_relay_keeps_boundaries_both_ways(way) {
        let target = UdpPeer::new();
        let to = target.address().to_string();
        let skat = udp_server(&["--forward", &to]).way(way).listen();
        let (socket, bytes) = (runner(), pattern(6_250));
        send_run(&socket, &bytes, 100, skat.address);
        let mut back = None;
        for block in bytes.chunks(100) {
            back = Some(target.expect(block));
        }
        for block in bytes.chunks(100) {
            target.send_to(block, back.unwrap());
        }
        let (mut came, mut buffer) = (0, vec![0; 1 << 16]);
        while came < bytes.len() {
            let count = uninterrupted(|| socket.recv(&mut buffer)).unwrap();
            assert_same_bytes(&buffer[..count], &bytes[came..came + count]);
            came += count;
        }
        skat.stop().assert_silent();
    }
}

/// Any sizes, with stretches of equal ones, from one skat to another, by either way on each side.
#[test]
fn what_one_sends_another_prints_byte_by_byte() {
    let random = pattern(2_000);
    let numbers = random.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let sizes = numbers.flat_map(|number| {
        let (size, times) = (usize::from(number % 2001), usize::from(number % 7));
        std::iter::repeat_n(size, times).chain([0; 1].into_iter().filter(move |_| times == 3))
    });
    let sizes: Vec<usize> = sizes.take(1500).collect();
    assert!(sizes.contains(&0) && sizes.windows(4).any(|four| four[0] > 0 && four == [four[0]; 4]));
    let stdin = with_lengths(&datagrams(sizes));
    for (sender, receiver) in [
        (Way::Fast, Way::Fast),
        (Way::Fast, Way::Copying),
        (Way::Copying, Way::Fast),
        (Way::Copying, Way::Copying),
    ] {
        let server = udp_server(&["--frame", "len32"]).way(receiver).listen();
        let options = ["--frame", "len32", "--send-only", "--rate", "8M"];
        let mut client = udp_client(server.address, &options).way(sender).start();
        client.type_in(&stdin);
        client.close_stdin();
        client.finish().assert_status(0).assert_silent();
        server.wait_for_stdout(&stdin);
        server.stop().assert_silent();
    }
}

/// The system is handed one run where it cuts, and sixty datagrams where each goes by itself.
#[test]
fn equal_datagrams_are_handed_over_as_one() {
    for (way, first) in [(Way::Fast, 60_000), (Way::Copying, 1000)] {
        let socket = runner();
        let options = ["--frame", "block:1000", "--send-only"];
        let mut skat = udp_client(socket.local_addr().unwrap(), &options).way(way);
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &pattern(60_000)).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        skat = skat.stdin(file);
        skat.run().assert_status(0).assert_silent();
        let mut buffer = vec![0; 1 << 16];
        let count = uninterrupted(|| socket.recv(&mut buffer)).unwrap();
        assert_eq!(count, first, "{way:?}");
    }
}

/// With `-v` each datagram is told, and each that is lost counted: a run would be lost as one.
#[test]
fn what_is_lost_of_a_run_is_counted_by_datagrams() {
    let options = ["-v", "-O", "rcvbuf=4K", "--frame", "block"];
    let skat = udp_server(&options).listen();
    let (socket, bytes) = (runner(), pattern(60_000));
    skat.signal(Signal::SIGSTOP);
    send_run(&socket, &bytes, 1000, skat.address);
    skat.signal(Signal::SIGCONT);
    let mut sent = 60;
    wait_until("all are told, come or lost", || {
        let told = skat.stderr();
        let lost = told.lines().filter_map(|line| line.split_once(" datagrams were lost at"));
        let lost = lost.map(|(before, _)| before.rsplit(' ').next().unwrap().parse::<usize>());
        let lost: usize = lost.map(Result::unwrap).sum();
        let came = skat.stdout().len() / 1000;
        if lost > 0 && lost + came == sent {
            return true;
        }
        // One that comes brings the count of those before it.
        send_run(&socket, &bytes[..1000], 1000, skat.address);
        sent += 1;
        false
    });
    skat.stop();
}

/// Where datagrams do not fit the way to the peer, the system refuses a run of them, and sends
/// each in fragments: so they go one by one.
#[test]
fn a_run_that_is_refused_goes_one_by_one() {
    if !is_usable("unshare", &["-rn", "true"]) {
        return;
    }
    let blocks = datagrams(std::iter::repeat_n(2000, 30).chain([1999, 0, 400, 400, 400]));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), with_lengths(&blocks)).unwrap();
    let script = r#"ip link set lo mtu 1500 up && exec "$SKAT" udp-server --quiet --frame len32 --run '
        "$SKAT" udp-client --send-only --frame len32 "$SKAT_ADDR" <"$BLOCKS"' 127.0.0.1 0"#;
    let skat = Skat::another("unshare", &["-rn", "sh", "-c", script]).env("BLOCKS", file.path());
    let finished = skat.run();
    finished.assert_status(0).assert_stdout(with_lengths(&blocks)).assert_silent();
}
