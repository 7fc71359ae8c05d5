//! A conversation of datagrams over a Unix socket, where a sender waits for who does not read: such
//! a peer keeps no other from being answered, and a stdout that is slow loses nothing.

use std::io::Read as _;
use std::time::Duration;

use crate::support::unix::{abstract_name, listening, receive, unix_client};
use crate::support::{pattern, process, uninterrupted, wait_until};
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

/// Who is alone is waited for, until another is heard; and who is heard again is waited for again.
#[test]
fn the_peer_heard_last_is_answered_though_the_one_before_does_not_read() {
    let name = abstract_name();
    let peers = [peer(&abstract_name()), peer(&abstract_name())];
    let mut skat = listening(server(&name, &[]));
    send(&peers[0], b"first\n", &name);
    skat.wait_for_stdout("first\n");
    let _typing = skat.type_all("line\n".repeat(1 << 20));
    for (round, next) in [1, 0, 1, 0].into_iter().enumerate() {
        process::assert_idle(&skat);
        send(&peers[next], b"next\n", &name);
        skat.wait_for_stderr("it is not reading");
        wait_until("a word for each", || {
            skat.stderr().matches("it is not reading").count() == round + 1
        });
        for _ in 0..1000 {
            assert_eq!(receive(&peers[next]), b"line\n");
        }
    }
    skat.stop();
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
    let name = abstract_name();
    let peer = peer(&abstract_name());
    let mut skat = listening(server(&name, &["--run", "sleep 0.5; exit 7"]));
    send(&peer, b"hello\n", &name);
    let typing = skat.type_all("line\n".repeat(1 << 20));
    peer.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let reading = std::thread::spawn(move || {
        while uninterrupted(|| (&peer).read(&mut [0; 5])).is_ok() {
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    skat.finish().assert_status(7).assert_stdout("hello\n");
    typing.join().unwrap();
    reading.join().unwrap();
}
