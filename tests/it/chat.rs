//! `--chat` and `--broker`: what one peer says, all others hear, and none can hold up another.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::forward::assert_reset;
use crate::support::{
    PATIENCE, Peer, Running, Skat, pattern, process, programs, server, wait_until,
};

/// Peers of whom each is known to the others: a newcomer's first words have been heard.
fn peers(skat: &Running, count: usize) -> Vec<Peer> {
    let mut peers: Vec<Peer> = Vec::new();
    for _ in 0..count {
        let mut newcomer = skat.connect();
        if !peers.is_empty() {
            newcomer.send("here\n");
        }
        for peer in &mut peers {
            peer.expect_line();
        }
        peers.push(newcomer);
    }
    peers
}

#[test]
fn lines_go_to_all_others_with_the_name_of_who_said_them() {
    let skat = server(&["--chat"]).listen();
    let [mut one, mut two, mut three] = <[Peer; 3]>::try_from(peers(&skat, 3)).ok().unwrap();
    one.send("hello, ");
    assert!(two.hears_nothing(), "a line is not half a line");
    one.send("all\nand\r\n\n");
    for peer in [&mut two, &mut three] {
        peer.expect("<user-1> hello, all\n<user-1> and\r\n<user-1> \n");
    }
    two.send("hello yourself\n");
    for peer in [&mut one, &mut three] {
        peer.expect("<user-2> hello yourself\n");
    }
    // Nobody hears himself, and no name is given twice.
    drop(two);
    let mut four = skat.connect();
    four.send("and me\n");
    one.expect("<user-4> and me\n");
    three.expect("<user-4> and me\n");
    assert!(four.hears_nothing());
    drop((one, three, four));
    skat.stop().assert_silent();
}

/// Short lines become five times as long: who reads them has his turn before the room is full.
#[test]
fn very_many_short_lines_at_once_are_too_much_for_nobody_who_reads() {
    const LINES: usize = 150_000;
    let skat = server(&["--chat"]).listen();
    let [mut one, mut two, mut three] = <[Peer; 3]>::try_from(peers(&skat, 3)).ok().unwrap();
    let speaking = std::thread::spawn(move || one.send("a\n".repeat(LINES)));
    let heard = "<user-1> a\n".repeat(LINES);
    std::thread::scope(|scope| {
        for peer in [&mut two, &mut three] {
            scope.spawn(|| peer.expect(&heard));
        }
    });
    speaking.join().unwrap();
    skat.stop().assert_silent();
}

#[test]
fn stdin_is_left_to_others_and_joins_in_nothing() {
    for handler in ["--chat", "--broker"] {
        let mut skat = server(&[handler, "--run", "read first; read second; cat"]).listen();
        let one = skat.connect();
        skat.type_in("1\n");
        assert!(one.hears_nothing(), "{handler}");
        skat.type_in("2\nthe rest\n");
        skat.close_stdin();
        skat.wait_for_stdout("the rest\n");
        one.reset();
        skat.finish().assert_status(0).assert_silent();
    }
}

#[test]
fn who_has_ended_goes_on_listening() {
    let skat = server(&["--chat"]).listen();
    let [mut one, mut two] = <[Peer; 2]>::try_from(peers(&skat, 2)).ok().unwrap();
    one.send("no newline");
    one.finish();
    two.expect("<user-1> no newline\n");
    two.send("heard\n");
    one.expect("<user-2> heard\n");
    drop((one, two));
    skat.stop().assert_silent();
}

#[test]
fn a_long_line_goes_in_pieces() {
    let skat = server(&["--chat", "--bufsize", "512"]).listen();
    let [mut one, mut two] = <[Peer; 2]>::try_from(peers(&skat, 2)).ok().unwrap();
    one.send([&[b'x'; 1000][..], b"\n"].concat());
    let piece = |count| format!("<user-1> {}\n", "x".repeat(count));
    two.expect(piece(512) + &piece(488));
    drop((one, two));
    skat.stop();
}

#[test]
fn a_broker_passes_every_byte_as_it_comes() {
    let skat = server(&["--broker"]).listen();
    let [mut one, mut two, mut three] = <[Peer; 3]>::try_from(peers(&skat, 3)).ok().unwrap();
    one.send(b"half a l\0");
    two.expect(b"half a l\0");
    three.expect(b"half a l\0");
    // More than a queue takes, to those who read: a broker waits for nobody, so the sender does.
    for chunk in pattern(8 << 20).chunks(512 << 10) {
        one.send(chunk);
        for peer in [&mut two, &mut three] {
            peer.expect(chunk);
        }
    }
    drop((one, two, three));
    skat.stop().assert_silent();
}

#[test]
fn one_who_does_not_read_is_dropped_and_nobody_waits_for_him() {
    let mut skat = server(&["--broker"]).listen();
    let [mut one, deaf, mut three] = <[Peer; 3]>::try_from(peers(&skat, 3)).ok().unwrap();
    let address = deaf.local().to_string();
    let chunk = pattern(64 << 10);
    let mut said = 0;
    while !skat.stderr().contains("too slow for what the others send") {
        one.send(&chunk);
        three.expect(&chunk);
        said += chunk.len();
        assert!(said < 64 << 20, "{}", skat.stderr());
    }
    // A dialogue goes on all the while, and after it.
    three.send("still there?");
    one.expect("still there?");
    one.send("yes");
    three.expect("yes");
    let told = skat.wait_for_stderr(&address);
    assert!(told.contains("user-2") && told.contains("dropped"), "{told}");
    let mut deaf = deaf;
    assert_reset(&mut deaf);
    assert!(process::peak_memory(skat.id()) < 24);
    skat.assert_running();
    drop((one, three));
    skat.stop();
}

#[test]
fn a_chat_goes_on_without_those_who_have_left() {
    let skat = server(&["--chat"]).listen();
    let mut all = peers(&skat, 20);
    let mut last = all.pop().unwrap();
    for (number, peer) in all.into_iter().enumerate() {
        if number % 2 == 0 { peer.reset() } else { drop(peer) }
    }
    let mut another = skat.connect();
    another.send("anybody?\n");
    last.expect("<user-21> anybody?\n");
    last.send("me\n");
    another.expect("<user-20> me\n");
    drop((last, another));
    skat.stop().assert_silent();
}

/// Also where they are spread over several loops.
#[test]
fn a_thousand_hear_what_one_says() {
    for options in [&["--chat"][..], &["--chat", "--threads", "2"]] {
        let skat = server(options).listen();
        let mut all: Vec<Peer> = (0..1000).map(|_| skat.connect()).collect();
        let mut speaker = skat.connect();
        for peer in &all {
            // Who has heard a word is in, by whichever loop.
            wait_until("each of them", || {
                peer.unread() > 0 || {
                    speaker.send("who is there?\n");
                    false
                }
            });
        }
        for number in 0..20 {
            speaker.send(format!("line {number}\n"));
        }
        for peer in &mut all {
            let lines = std::iter::repeat_with(|| peer.expect_line());
            let mut lines = lines.skip_while(|line| line.ends_with("> who is there?\n"));
            for number in 0..20 {
                let line = lines.next().unwrap();
                assert!(line.ends_with(&format!("> line {number}\n")), "{line}");
            }
        }
        process::assert_idle(&skat);
        drop(all);
        // Those who are gone are noticed when they are told something.
        speaker.send("anybody?\n");
        wait_until("few descriptors", || process::descriptors(skat.id()) < 40);
        skat.stop().assert_silent();
    }
}

#[test]
fn a_stop_ends_a_chat_for_all() {
    let skat = server(&["--chat"]).listen();
    let [mut one, mut two] = <[Peer; 2]>::try_from(peers(&skat, 2)).ok().unwrap();
    one.send("bye\n");
    two.expect("<user-1> bye\n");
    skat.signal(Signal::SIGINT);
    one.expect_end();
    two.expect_end();
    drop((one, two));
    skat.finish().assert_died_of(Signal::SIGINT);
}

#[test]
fn a_chat_is_no_echo() {
    for option in ["--chat", "--broker"] {
        server(&[option, "--echo"]).run().assert_status(2);
    }
}

#[test]
fn a_chat_with_once_is_one_of_one() {
    for option in ["--chat", "--broker"] {
        for way_to_leave in ["close", "half-close"] {
            let skat = server(&[option, "--once", "--threads", "2"]).listen();
            let mut only = skat.connect();
            only.send("is anybody here?\n");
            assert!(only.hears_nothing(), "{option}");
            if way_to_leave == "half-close" {
                only.finish();
                only.expect_end();
            }
            drop(only);
            skat.finish().assert_status(0).assert_silent();
        }
    }
}

#[test]
fn ncat_hears_and_is_heard() {
    if !programs::is_usable("ncat", &["--version"]) {
        return;
    }
    let skat = server(&["--broker"]).listen();
    let (host, port) = (skat.address.ip().to_string(), skat.address.port().to_string());
    let mut one = Skat::another("ncat", &[&host, &port]).start();
    let mut two = Skat::another("ncat", &[&host, &port]).start();
    let mut peer = skat.connect();
    // Each says something until both others have heard it.
    let heard = |ncat: &Running, text: &str| String::from_utf8_lossy(&ncat.stdout()).contains(text);
    wait_until("a line for both", || {
        peer.send("from a peer\n");
        std::thread::sleep(Duration::from_millis(20));
        heard(&one, "from a peer\n") && heard(&two, "from a peer\n")
    });
    one.type_in("from one\n");
    peer.expect("from one\n");
    wait_until("the line of one", || heard(&two, "from one\n"));
    two.type_in("from two\n");
    peer.expect("from two\n");
    wait_until("the line of two", || heard(&one, "from two\n"));
    assert!(!heard(&one, "from one"), "nobody hears himself");
    skat.stop();
    for mut ncat in [one, two] {
        ncat.close_stdin();
        ncat.finish();
    }
}

/// Who has ended goes on listening, but not to nobody: the run ends with its command.
#[test]
fn a_room_whose_peers_have_all_ended_is_left() {
    for (options, way_to_leave) in [("--chat", "close"), ("--broker", "half-close")] {
        for threads in ["1", "3"] {
            let began = std::time::Instant::now();
            let mut skat = server(&[options, "--threads", threads, "--run", "read go"]).listen();
            let mut all = peers(&skat, 5);
            all[0].send("bye\n");
            for peer in &mut all[1..] {
                peer.expect_line();
            }
            skat.type_in("\n");
            if way_to_leave == "close" {
                drop(all);
            } else {
                all.iter_mut().for_each(Peer::finish);
                all.iter_mut().for_each(Peer::expect_end);
            }
            skat.finish().assert_status(0);
            assert!(began.elapsed() < PATIENCE / 2);
        }
    }
}
