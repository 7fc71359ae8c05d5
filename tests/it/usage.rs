//! The command line: help, and what makes no sense.

use std::io::Read as _;

use ::skat::cli::manual;

use crate::support::skat::bytes_argument;
use crate::support::terminal::Terminal;
use crate::support::unix::abstract_name;
use crate::support::{server, shell, skat};

#[test]
fn help_is_on_stdout_with_status_0() {
    for words in
        [&["--help"][..], &["-h"], &["tcp-server", "--help"], &["tcp-client", "-h"], &["--version"]]
    {
        let finished = skat(words).run();
        finished.assert_status(0).assert_silent();
        assert!(!finished.stdout.is_empty() && !finished.stdout.contains(&0x1b), "{words:?}");
    }
    let (short, long) = (skat(["tcp-server", "-h"]).run(), skat(["tcp-server", "--help"]).run());
    assert!(short.stdout.len() < long.stdout.len());
}

#[test]
fn examples_in_help_can_be_pasted_at_any_width() {
    for example in manual::EXAMPLES.iter().filter(|it| !it.command.contains("tls")) {
        let page = Some(example.page).filter(|page| *page != "skat");
        let words: Vec<&str> = page.into_iter().chain(["--help"]).collect();
        let help = skat(words).env("COLUMNS", "40").run().stdout;
        let shown = format!("\n    {}\n", example.command.replace('\n', "\n    "));
        assert!(String::from_utf8(help).unwrap().contains(&shown), "{}", example.command);
    }
}

/// Services stand apart from how they serve; a client is not told of other peers, nor of stamps.
#[test]
fn help_speaks_of_its_own_command() {
    let help = |command| String::from_utf8(skat([command, "-h"]).run().stdout).unwrap();
    for server in ["tcp-server", "udp-server", "unix-server"] {
        let text = help(server);
        let at = |text: &str, heading: &str| text.find(heading).expect(heading);
        let headings =
            ["\nServices (", "\nServing:", "\nTimeouts and closing:"].map(|name| at(&text, name));
        assert!(headings.is_sorted() && text.contains("\nStarting:"), "{text}");
        assert!(at(&text, "--exec") < headings[1], "{text}");
    }
    for client in ["tcp-client", "udp-client", "unix-client"] {
        for other in ["drops that client", "--stamp", "made for this run"] {
            assert!(!help(client).contains(other), "{client}: {other}");
        }
        assert!(help(client).contains("1 byte to 1G"), "{client}");
    }
}

/// Who knows one page finds things on another.
#[test]
fn siblings_have_their_headings_in_one_order() {
    let headings = |command: &str| {
        let help = String::from_utf8(skat([command, "-h"]).run().stdout).unwrap();
        let lines = help.lines().filter(|line| line.ends_with(':') && !line.starts_with(' '));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    for siblings in
        [["tcp-server", "udp-server", "unix-server"], ["tcp-client", "udp-client", "unix-client"]]
    {
        let pages = siblings.map(headings);
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let (one, other) = (&pages[one], &pages[other]);
            let common = |page: &[String], of: &[String]| {
                page.iter().filter(|it| of.contains(it)).cloned().collect::<Vec<_>>()
            };
            assert_eq!(common(one, other), common(other, one), "{siblings:?}");
        }
    }
}

#[test]
fn help_is_a_word_too() {
    for topic in [&[][..], &["tcp-server"], &["info", "order"]] {
        let asked = skat([&["help"], topic].concat()).run();
        asked.assert_status(0).assert_silent();
        assert_eq!(asked.stdout, skat([topic, &["--help"]].concat()).run().stdout, "{topic:?}");
    }
    skat(["help", "nosuch"]).run().assert_status(2).assert_told("unrecognized subcommand");
}

/// A terminal without colours is one to whom none are sent.
#[test]
fn colours_are_for_terminals_that_have_them() {
    for (terminal, coloured) in [("xterm", true), ("dumb", false)] {
        let mut ends = Terminal::open();
        let skat = skat(["-h"]).env("NO_COLOR", "").env("TERM", terminal);
        skat.stdout(ends.its()).start().finish().assert_status(0);
        let mut told = [0; 1024];
        let count = ends.ours.read(&mut told).unwrap();
        assert_eq!(told[..count].contains(&0x1b), coloured, "{terminal}");
    }
}

#[test]
fn a_word_too_many_is_named() {
    let finished = skat(["tcp-client", "a", "1", "b"]).run();
    finished.assert_status(2).assert_told("unexpected argument 'b'");
}

#[test]
fn help_that_cannot_be_written_is_told() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let finished = skat(["--help"]).stdout(full).run();
    finished.assert_status(1).assert_told("write stdout: no space left on device");
}

#[test]
fn what_makes_no_sense_is_2_before_any_traffic() {
    for words in [
        &[][..],
        &["nosuch"],
        &["tcp-server", "--nosuch"],
        &["tcp-server", "65536"],
        // getaddrinfo(3) takes the first three for 80, 80 and 5.
        &["tcp-client", "localhost", "+65616"],
        &["udp-client", "localhost", " 80"],
        &["tcp-client", "-z", "localhost", "22,+5"],
        &["tcp-server", "localhost:+80"],
        &["tcp-server", "--", "localhost", "-80"],
        &["tcp-client", "localhost", "99999999999"],
        &["tcp-client", "localhost:80", "90"],
        &["tcp-client", "localhost", "0"],
        &["tcp-client", "a", "1", "b"],
        &["tcp-server", "--echo", "--stamp"],
        &["tcp-server", "--echo", "-k"],
        &["tcp-server", "--echo", "--crlf"],
        &["tcp-server", "--echo", "-m", "0"],
        &["tcp-server", "-m", "1"],
        &["tcp-server", "--threads", "2"],
        &["tcp-server", "--stamp=nosuch"],
        &["tcp-server", "-i", "soon"],
        &["tcp-server", "--bufsize", "0"],
        &["tcp-server", "--backlog", "-1"],
        &["tcp-client", "--max-time", "1 s"],
        &["tcp-client", "--no-stdin", "-C"],
        &["tcp-client", "-4", "-6"],
        &["udp-server", "--reply-to", "nobody"],
    ] {
        let finished = skat(words).run();
        finished.assert_status(2).assert_stdout("");
        assert!(finished.stderr.starts_with("skat: "), "{words:?}: {}", finished.stderr);
        assert!(!finished.stderr.contains("panic"), "{words:?}: {}", finished.stderr);
    }
}

/// Options with a command for which they do nothing, and what is said of them.
const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("tcp-server --echo --crlf", "--crlf has no effect with a service"),
    ("tcp-server --echo --no-stdin", "--no-stdin has no effect with a service"),
    ("tcp-server --discard --send-only", "--send-only has no effect with a service"),
    ("tcp-server --stamp --no-half-close", "--no-half-close has no effect with a service"),
    ("tcp-server --echo --after-eof 1", "--after-eof has no effect with a service"),
    ("tcp-server --threads 2", "--threads"),
    ("tcp-server --max-conns 2", "--max-conns is for services, such as --echo"),
    ("tcp-server --exec cat --bufsize 1K", "--bufsize has no effect with a program"),
    ("unix-server --sh-exec cat --bufsize 1K x", "--bufsize has no effect with a program"),
    ("tcp-server --chat --keep-open", "--keep-open has no effect with a service"),
    ("unix-server --type dgram --max-conns 2 x", "--max-conns is for --forward and --exec"),
    ("unix-server --type dgram --forward unix:y --threads 2 x", "--threads is for --echo"),
    ("unix-server --type dgram --forward unix:y --frame hex x", "--frame has no effect with"),
    ("unix-server --type dgram --echo --reply-to all x", "--reply-to has no effect"),
    ("tcp-server --keep-open --once", "--keep-open"),
    ("tcp-server --no-stdin --after-eof 1", "--no-stdin"),
    ("tcp-server --no-stdin --send-only", "--no-stdin"),
    ("tcp-client --no-stdin --after-eof 1", "--no-stdin"),
    ("tcp-client --no-stdin --no-half-close", "--no-stdin"),
    ("tcp-client --prompt --no-stdin", "--no-stdin has no effect with --prompt"),
    ("tcp-client --prompt --send-only", "--send-only has no effect with --prompt"),
    ("tcp-client --prompt --no-half-close", "--no-half-close has no effect with --prompt"),
    ("tcp-client --prompt --after-eof 1", "--after-eof has no effect with --prompt"),
    ("tcp-client --prompt --bufsize 1K", "--bufsize has no effect with --prompt"),
    ("udp-server --echo --frame hex", "--frame has no effect with a service"),
    ("udp-server --stamp --bufsize 1K", "--bufsize has no effect with a service"),
    ("udp-server --echo --max-conns 2", "--max-conns has no effect with a service"),
    ("udp-server --max-conns 2", "--max-conns is for --forward and --exec"),
    ("udp-server --exec cat --threads 2", "--threads is for --echo, --stamp and --discard"),
    ("udp-server --exec cat --frame hex", "--frame has no effect with a service"),
    ("udp-server --exec cat --bufsize 1K", "--bufsize has no effect with a service"),
    ("udp-server --exec cat --broadcast", "--broadcast has no effect"),
    ("udp-server --exec cat --reply-to all", "--reply-to"),
    ("udp-server --exec cat --echo", "--exec"),
    ("udp-server --forward localhost:9 --threads 2", "--threads"),
    ("udp-server --forward localhost:9 --frame hex", "--frame has no effect with a service"),
    ("udp-server --forward localhost:0", "port 0"),
    ("udp-server -n --forward localhost:9", "--numeric"),
    ("udp-server --echo --reply-to all", "--reply-to"),
    ("udp-server --once --reply-to all", "--reply-to"),
    ("udp-server --threads 2", "--threads"),
    ("udp-server --broadcast", "--broadcast has no effect"),
    ("udp-server --echo --multicast-if lo", "--multicast-if has no effect"),
    ("udp-client --prompt --frame hex", "--frame has no effect with --prompt"),
    ("udp-client --prompt --bufsize 1K", "--bufsize has no effect with --prompt"),
    ("udp-client --prompt --replies 1", "--prompt"),
    ("udp-client --prompt --after-eof 1", "--prompt"),
    ("udp-client --prompt --send-only", "--prompt"),
    ("udp-client --prompt --rate 1K", "--prompt"),
    ("udp-client --send-only --replies 1", "--replies"),
    ("udp-client --send-only --after-eof 1", "--after-eof"),
    ("resolve -4 --v4mapped localhost", "--v4mapped"),
    ("resolve --datagram localhost", "--name-info"),
    ("resolve --json --with-name localhost", "--with-name"),
    ("resolve --service --type stream http", "--type"),
];

/// Nobody shall believe in an option that does nothing.
#[test]
fn an_option_that_would_do_nothing_is_refused() {
    for (line, told) in WITHOUT_EFFECT {
        skat(line.split(' ')).run().assert_status(2).assert_stdout("").assert_told(told);
    }
}

/// What every server has it takes with every service, though there is little to do for it.
#[test]
fn what_every_server_has_goes_with_every_service() {
    for line in [
        "tcp-server --echo --once --threads 2 --max-conns 2",
        "tcp-server --exec cat --once --max-conns 2",
        "tcp-server --forward :9 --once --threads 0 --max-conns 1",
        "udp-server --echo --once --threads 2 --idle-timeout 1m",
        "udp-server --stamp --idle-timeout 1m",
        "udp-server --discard --idle-timeout 1m",
        "udp-server --exec cat --once --max-conns 2 --idle-timeout 1m",
        "udp-server --forward 127.0.0.1:9 --once --max-conns 2 --idle-timeout 1m",
    ] {
        // It listens, and its time is over.
        let words = line.split(' ').chain(["--max-time", "1ms", "127.0.0.1", "0"]);
        skat(words).run().assert_status(6).assert_told("skat: listening on 127.0.0.1:");
    }
    for line in ["--exec cat --once -m 2", "--type dgram --echo --once --threads 2 -i 1m"] {
        let words = ["unix-server"].into_iter().chain(line.split(' '));
        let name = abstract_name();
        let finished = skat(words.chain(["--max-time", "1ms", &name])).run();
        finished.assert_status(6).assert_told("skat: listening on @");
    }
}

/// A target is said in full, and a client has one port.
#[test]
fn whom_to_connect_to_is_not_guessed() {
    for (line, told) in [
        ("tcp-server --forward host", "--forward: 'host' has no port: write HOST:PORT"),
        ("tcp-server --forward ::1", "'::1' has no port: write HOST:PORT or [IPV6]:PORT"),
        ("tcp-server --forward host:0", "--forward: port 0 cannot be connected to"),
        ("tcp-server --forward unix:", "--forward: the PATH is empty"),
        ("udp-server --forward unix:/x", "--forward: datagrams are relayed to HOST:PORT only"),
        ("udp-server --forward tls:host:1", "--forward: datagrams are relayed to HOST:PORT only"),
        ("tcp-client localhost 80,90", "one port; --probe takes a list"),
        ("tcp-client localhost:80-90", "one port; --probe takes a list"),
    ] {
        skat(line.split(' ')).run().assert_status(2).assert_stdout("").assert_told(told);
    }
}

/// What clap says of a mistake is a line without its own advice on help.
#[test]
fn a_refusal_is_one_sentence() {
    for (line, told) in [
        (
            "tcp-server --max-conns 0",
            "skat: invalid value '0' for '--max-conns <N>': at least 1 (see 'skat tcp-server --help')\n",
        ),
        (
            "udp-server --nosuch",
            "skat: unexpected argument '--nosuch' found (see 'skat udp-server --help')\n",
        ),
    ] {
        let finished = skat(line.split(' ')).run();
        assert_eq!(finished.stderr, told, "{line}");
    }
}

/// A value that cannot be is told with what may be, in words for the user of a program.
#[test]
fn what_a_value_may_be_is_told() {
    for (line, told) in [
        ("tcp-server -O tos=0x1ff", "'tos=0x1ff' takes a number from 0 to 255"),
        ("udp-server -O multicast-ttl=256", "takes a number from 0 to 255"),
        ("tcp-server -O defer-accept=-1", "takes a number from 0 to 29887"),
        ("tcp-server -O fastopen=-1", "takes a number from 0 to 2147483647"),
        ("tcp-server -O syncnt=0", "takes a number from 1 to 127"),
        ("tcp-client -O rcvbuf=99999G host", "takes a size such as 64K, at most 2147483647 bytes"),
        ("tcp-client -O rcvbuf host", "'rcvbuf' takes a size such as 64K"),
        ("tcp-client -O linger=-1 host", "takes seconds from 0 to 65535, or 'off'"),
        ("tcp-client -O nodelay=2 host", "'nodelay=2' takes 1 or 0"),
        ("tcp-client -O keepalive=9,0 host", "IDLE[,INTERVAL[,COUNT]] from 1 to 32767,32767,127"),
        ("tcp-client -O keepalive=1,2,3,4 host", "takes 1, 0, or IDLE[,INTERVAL[,COUNT]]"),
        ("tcp-client -O congestion= host", "takes a name"),
        ("udp-client --frame block:99999999999999999999 host", "a size from 1 to 65527 bytes"),
        ("udp-server --join 239.1.2.3%lo:5 0", "no interface has a colon in its name"),
        ("udp-client --replies 0 host", "'--replies <N>': at least 1"),
        ("udp-client --replies x host", "not a number of 1 or more"),
        ("udp-client --rate 99999999999999999999 host", "too large a size"),
        ("tcp-server --bufsize 2G", "not a size from 1 byte to 1G"),
        ("tcp-server --bufsize 99999999999999999999", "not a size from 1 byte to 1G"),
        ("tcp-server --max-conns 99999999999999999999", "too large a number"),
        ("tcp-server --ready-fd x", "not the number of a descriptor"),
        ("tcp-server --listen-fd 9999999999", "not the number of a descriptor"),
        ("tcp-server --backlog 65536", "not a number from 0 to 65535"),
        ("tcp-server --echo --threads x", "not a number from 0 to 1024"),
        ("tcp-server --echo --threads 1025", "not a number from 0 to 1024"),
    ] {
        skat(line.split(' ')).run().assert_status(2).assert_stdout("").assert_told(told);
    }
}

#[test]
fn arguments_of_any_bytes() {
    let bad = bytes_argument(b"\xff\xfe\x1b");
    for before in [
        &["tcp-client"][..],
        &["tcp-server", "--stamp"],
        &["tcp-client", "-s"],
        &["tcp-client", "-O"],
        &[],
    ] {
        let mut words: Vec<_> = before.iter().map(std::ffi::OsString::from).collect();
        words.push(bad.clone());
        let finished = skat(words).run();
        finished.assert_status(2);
        assert!(!finished.stderr.contains('\x1b'), "{before:?}: {}", finished.stderr);
    }
}

#[test]
fn a_path_of_any_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(bytes_argument(b"ready\xff"));
    let words = ["tcp-server", "--echo", "127.0.0.1:0", "--run", "true", "--ready-file"];
    let words = words.iter().map(Into::into).chain([path.clone().into_os_string()]);
    skat(words.collect::<Vec<std::ffi::OsString>>()).run().assert_status(0);
    assert!(path.exists());
}

/// `kernel_options` has what they do.
#[test]
fn socket_options_are_told_or_refused() {
    let finished = server(&["--echo", "-O", "tos=0x10", "-vv", "--run", "true"]).run();
    finished.assert_status(0).assert_told("set socket option tos=0x10");
    for (option, told) in [
        ("nosuch", "unknown socket option 'nosuch': see 'skat info options'"),
        ("SO_RCVBUF=1", "unknown socket option 'SO_RCVBUF': it is 'rcvbuf' here"),
        ("TCP_NODELAY", "unknown socket option 'TCP_NODELAY': it is 'nodelay' here"),
        ("nodelay=maybe", "nodelay=maybe"),
        ("rcvbuf", "rcvbuf"),
        ("ttl=5000", "ttl=5000"),
        ("bindtodevice=nosuchdevice", "bindtodevice=nosuchdevice"),
    ] {
        server(&["--echo", "-O", option, "--run", "true"]).run().assert_status(2).assert_told(told);
    }
}

/// With linger=0 the close is a reset.
#[test]
fn a_socket_option_reaches_the_peer() {
    let skat = server(&["-O", "linger=0", "--no-stdin", "--max-time", "3s"]).listen();
    let mut peer = skat.connect();
    peer.send("x");
    skat.wait_for_stdout("x");
    skat.finish().assert_status(6);
    let error = std::io::Read::read(&mut peer.stream(), &mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn stdin_of_a_usage_error_is_left_alone() {
    let mut skat = shell(r#""$SKAT" tcp-client --nosuch; cat"#).start();
    skat.type_in("whole");
    skat.close_stdin();
    skat.finish().assert_status(0).assert_stdout("whole");
}
