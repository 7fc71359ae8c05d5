//! A conversation of datagrams over a Unix socket, where a sender waits for who does not read: such
//! a peer keeps no other from being answered, and a stdout that is slow loses nothing.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use socket2::Socket;

use crate::support::unix::{abstract_name, listening, receive, unix_client};
use crate::support::{most_runs, pattern, process, uninterrupted};
use crate::unix_dgram::{peer, send, server};

#[test]
fn a_peer_that_does_not_read_keeps_nobody_from_being_answered() {
    let lines: Vec<String> = (0..100).map(|number| format!("line {number}\n")).collect();
    let (name, deaf_name) = (abstract_name(), abstract_name());
    let (deaf, other) = (peer(&deaf_name), peer(&abstract_name()));
    let mut skat = listening(server(&name, &["--reply-to", "all"]));
    send(&deaf, b"deaf\n", &name);
    send(&other, b"other\n", &name);
    skat.wait_for_stdout("deaf\nother\n");
    skat.type_in(lines.concat());
    for line in &lines {
        assert_eq!(receive(&other), line.as_bytes());
    }
    let told = skat.stop().stderr;
    assert_eq!(told.matches(&format!("send to {deaf_name}: it is not reading")).count(), 1);
    drop(deaf);
}

/// Who is alone is waited for, until another is heard.
#[test]
fn the_peer_heard_last_is_answered_though_the_one_before_does_not_read() {
    let name = abstract_name();
    let [deaf, other] = [(); 2].map(|()| peer(&abstract_name()));
    let mut skat = listening(server(&name, &[]));
    send(&deaf, b"first\n", &name);
    skat.wait_for_stdout("first\n");
    let _typing = skat.type_all("line\n".repeat(1 << 20));
    process::assert_idle(&skat);
    send(&other, b"next\n", &name);
    skat.wait_for_stderr("it is not reading");
    for _ in 0..1000 {
        assert_eq!(receive(&other), b"line\n");
    }
    skat.stop();
}

/// However often it is the one heard last.
#[test]
fn a_peer_that_goes_on_sending_and_does_not_read_is_given_up_once() {
    let name = abstract_name();
    let [deaf, other] = [(); 2].map(|()| peer(&abstract_name()));
    let mut skat = listening(server(&name, &[]));
    let mut stdin = skat.take_stdin();
    let is_over = AtomicBool::new(false);
    let pause = || std::thread::sleep(Duration::from_millis(5));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !is_over.load(Ordering::Relaxed) && stdin.write_all(b"line\n").is_ok() {
                pause();
            }
        });
        let talking = threads.spawn(|| {
            for _ in 0..60 {
                for peer in [&deaf, &other] {
                    send(peer, b"x", &name);
                    (0..10).for_each(|_| pause());
                }
            }
            is_over.store(true, Ordering::Relaxed);
        });
        other.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        for _ in 0..100 {
            assert_eq!(receive(&other), b"line\n");
        }
        // Once it reads, it is answered.
        deaf.set_nonblocking(true).unwrap();
        other.set_nonblocking(true).unwrap();
        let read = |mut peer: &Socket| uninterrupted(|| peer.read(&mut [0; 5])).is_ok();
        let mut answers = 0;
        while !talking.is_finished() {
            while read(&other) {}
            while read(&deaf) {
                answers += 1;
            }
            pause();
        }
        assert!(answers > 20, "{answers}");
    });
    let told = skat.stop().stderr;
    assert_eq!(told.matches("it is not reading").count(), 1, "{told}");
}

#[test]
fn an_only_peer_that_does_not_read_is_left_when_the_command_has_ended() {
    let name = abstract_name();
    let deaf = peer(&abstract_name());
    let mut skat = listening(server(&name, &["--run", "sleep 0.5; exit 7"]));
    send(&deaf, b"hello\n", &name);
    skat.type_in("line\n".repeat(50));
    let finished = skat.finish();
    finished.assert_status(7).assert_stdout("hello\n").assert_told("it is not reading");
    drop(deaf);
}

/// Serving to the end what came before the end of `--run` may take long.
#[test]
fn what_waits_for_stdout_at_the_commands_end_is_printed() {
    const BYTES: usize = 3_000_000;
    let send = format!(
        r#"head -c {BYTES} /dev/zero | "$SKAT" unix-client --type dgram --send-only \
        --frame block:1400 "$SKAT_ADDR"; echo over >&2"#
    );
    let name = abstract_name();
    let mut skat = server(&name, &["--frame", "block:1400", "--run", &send]).start_unread();
    skat.wait_for_stderr("over");
    // Longer than what is on its way has after a signal.
    std::thread::sleep(Duration::from_millis(1500));
    let mut got = Vec::new();
    skat.take_stdout().read_to_end(&mut got).unwrap();
    assert_eq!(got.len(), BYTES);
    skat.finish().assert_status(0);
}

/// Also once the time for answers is over.
#[test]
fn a_client_waits_for_its_stdout_at_rest() {
    let name = abstract_name();
    let target = peer(&name);
    // More than a pipe holds.
    let (answer, count) = (pattern(50_000), 60);
    let options = ["--type", "dgram", "--frame", "block:10", "--after-eof", "1s"];
    let mut skat = unix_client(&name, &options).start_unread();
    skat.type_in("x");
    skat.close_stdin();
    let (_, from) = target.recv_from(&mut [std::mem::MaybeUninit::uninit(); 1]).unwrap();
    for _ in 0..count {
        target.send_to(&answer, &from).unwrap();
    }
    // Longer than the time for answers.
    std::thread::sleep(Duration::from_millis(1500));
    process::assert_idle(&skat);
    let mut got = Vec::new();
    skat.take_stdout().read_to_end(&mut got).unwrap();
    assert_eq!(got.len(), count * answer.len());
    skat.finish().assert_status(0);
}

/// The peer may read for ever, and stdin be without end.
#[test]
fn a_slow_peer_and_an_endless_stdin_are_left_when_the_command_has_ended() {
    let at_once = || {
        let name = abstract_name();
        let peer = peer(&abstract_name());
        let mut skat = listening(server(&name, &["--run", "sleep 0.5; echo over >&2; exit 7"]));
        send(&peer, b"hello\n", &name);
        let typing = skat.type_all("line\n".repeat(1 << 20));
        peer.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let reading = std::thread::spawn(move || {
            while uninterrupted(|| (&peer).read(&mut [0; 5])).is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        skat.wait_for_stderr("over");
        let began = Instant::now();
        skat.finish().assert_status(7).assert_stdout("hello\n");
        let took = began.elapsed();
        typing.join().unwrap();
        reading.join().unwrap();
        took < Duration::from_millis(900)
    };
    assert!(most_runs(at_once), "stdin is read on");
}

/// Also by a thread that is not the first.
#[test]
fn a_slow_peer_is_answered_to_the_end_when_the_command_has_ended() {
    let name = abstract_name();
    let (peer, count) = (peer(&abstract_name()), 24);
    let options = ["--echo", "--threads", "2", "--run", "read go; exit 7"];
    let mut skat = listening(server(&name, &options));
    (0..count).for_each(|_| send(&peer, b"question", &name));
    skat.close_stdin();
    peer.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(receive(&peer), b"question");
    }
    skat.finish().assert_status(7).assert_silent();
}
