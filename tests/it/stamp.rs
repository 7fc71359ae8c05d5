//! `--stamp`: the time before each line.

use crate::support::{pattern, server};

fn stamped(options: &[&str], sent: &str) -> String {
    let skat = server(options).listen();
    let mut peer = skat.connect();
    peer.send(sent);
    peer.finish();
    let answer = String::from_utf8(peer.receive_to_end()).unwrap();
    skat.stop().assert_silent();
    answer
}

#[test]
fn each_form() {
    let forms = [
        (
            "--stamp",
            r"^\[(Sun|Mon|Tue|Wed|Thu|Fri|Sat) [A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d \d{4}\]: hello\n$",
        ),
        ("--stamp=ctime", r"^\[\w{3} \w{3} [ 123]\d \d\d:\d\d:\d\d \d{4}\]: hello\n$"),
        ("--stamp=epoch", r"^\[\d{10}\.\d{6}\]: hello\n$"),
        ("--stamp=rfc3339", r"^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\]: hello\n$"),
    ];
    for (option, form) in forms {
        let answer = stamped(&[option], "hello\n");
        let matches = predicates::str::is_match(form).unwrap();
        assert!(predicates::Predicate::eval(&matches, answer.as_str()), "{option}: {answer}");
    }
}

/// Each form tells the moment, in the zone of the server.
#[test]
fn each_form_tells_the_same_time() {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(5));
    let now = || jiff::Timestamp::now().as_second();
    for (option, form) in [
        ("--stamp=ctime", "[%a %b %e %H:%M:%S %Y]: x\n"),
        ("--stamp=rfc3339", "[%Y-%m-%dT%H:%M:%S%:z]: x\n"),
    ] {
        let skat = server(&[option]).env("TZ", "XYZ-5").listen();
        let mut peer = skat.connect();
        let before = now();
        peer.send("x\n");
        let line = peer.expect_line();
        let told = |second| {
            let moment = jiff::Timestamp::from_second(second).unwrap().to_zoned(zone.clone());
            moment.strftime(form).to_string() == line
        };
        assert!((before..=now()).any(told), "{line}");
    }
}

#[test]
fn the_time_is_now_and_local() {
    let now = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    let before = now();
    let answer = stamped(&["--stamp=epoch"], "x\n");
    let told: f64 = answer[1..].split(']').next().unwrap().parse().unwrap();
    assert!(before - 0.001 <= told && told <= now());

    for zone in ["UTC-5:30", "Asia/Kolkata"] {
        let skat = server(&["--stamp=rfc3339"]).env("TZ", zone).listen();
        let mut peer = skat.connect();
        peer.send("x\n");
        let line = peer.expect_line();
        assert!(line.ends_with("+05:30]: x\n"), "{line}");
    }
}

#[test]
fn every_line_and_a_last_one_without_its_end() {
    let answer = stamped(&["--stamp"], "one\n\ntwo\r\nlast");
    let texts: Vec<&str> = answer.split_inclusive('\n').map(|line| &line[28..]).collect();
    assert_eq!(texts, ["one\n", "\n", "two\r\n", "last"], "{answer}");
    assert_eq!(stamped(&["--stamp"], ""), "");
}

#[test]
fn a_line_is_answered_as_soon_as_it_ends() {
    let skat = server(&["--stamp"]).listen();
    let mut peer = skat.connect();
    peer.send("in ");
    assert!(peer.hears_nothing());
    peer.send("pieces\nand ");
    assert!(peer.expect_line().ends_with("]: in pieces\n"));
    peer.send("more\n");
    assert!(peer.expect_line().ends_with("]: and more\n"));
}

#[test]
fn a_line_over_the_buffer_is_answered_in_pieces_with_nothing_lost() {
    for (size, length) in [("16", 100), ("64K", 200_000), ("1", 50)] {
        let line: String =
            pattern(length).iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let answer = stamped(&["--stamp=epoch", "--bufsize", size], &format!("{line}\n"));
        // A stamp holds no letters.
        let letters: String = answer.chars().filter(char::is_ascii_lowercase).collect();
        assert_eq!(letters, line, "{size}");
        assert!(answer.ends_with('\n') && answer.matches('[').count() > 1, "{size}");
    }
}

#[test]
fn many_lines_at_once() {
    let lines: String =
        (0..20_000).fold(String::new(), |lines, number| lines + &number.to_string() + "\n");
    let skat = server(&["--stamp"]).listen();
    let mut peer = skat.connect();
    let mut twin = peer.twin();
    let sending = std::thread::spawn(move || {
        twin.send(lines);
        twin.finish();
    });
    let answer = String::from_utf8(peer.receive_to_end()).unwrap();
    sending.join().unwrap();
    let numbers = answer.lines().map(|line| line[28..].parse::<u32>().unwrap());
    assert!(numbers.eq(0..20_000));
}
