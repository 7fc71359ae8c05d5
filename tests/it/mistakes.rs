//! Mistakes on the command line, answered with what works.

use crate::support::skat;
use crate::support::skat::bytes_argument;

#[test]
fn habits_of_netcat_get_the_right_line() {
    for (words, line) in [
        (&["-l", "8080"][..], "skat tcp-server 8080"),
        (&["-lvp", "8080"], "skat tcp-server -v 8080"),
        (&["localhost", "80"], "skat tcp-client localhost 80"),
        (&["-u", "localhost", "53"], "skat udp-client localhost 53"),
        (&["-uU", "/dev/log"], "skat unix-client --type dgram /dev/log"),
        (&["-l", "--chat", "8080"], "skat tcp-server --chat 8080"),
        (&["-p", "1000", "localhost", "80"], "skat tcp-client -s :1000 localhost 80"),
        (&["-l", "-e", r"a\b", "80"], r#"skat tcp-server --once -e "a\\b" 80"#),
        (&["-l", "99999"], "skat tcp-server refuses it: tcp-server: port 99999"),
        (&["-lk", "-e", "sort | uniq", "80"], "skat tcp-server -e 'sort | uniq' 80"),
        (&["-", "TCP-LISTEN:8080"], "a socat command line; with skat it is: skat tcp-server 8080"),
        (&["--echo", "80"], "the command is missing; with skat it is: skat tcp-server --echo 80"),
        (&["-z", "localhost", "22", "80"], "skat tcp-client -z localhost 22,80"),
        (
            &["-v", "tcp-client", "a", "9"],
            "options follow the command; with skat it is: skat tcp-client -v a 9",
        ),
        (&["chat", "80"], "'chat' is not a command; with skat it is: skat tcp-server --chat 80"),
        (&["server", "80"], "'server' is not a command; with skat it is: skat tcp-server 80"),
        (
            &["nc", "-v", "a", "80"],
            "a netcat command line; with skat it is: skat tcp-client -v a 80",
        ),
        (&["tcp://localhost:80"], "with skat it is: skat tcp-client localhost:80"),
        (&["myhost", "-u"], "with skat it is: skat udp-client myhost"),
        (&["web", "-l"], "with skat it is: skat tcp-server :web"),
        (&["/tmp/sock", "-U"], "with skat it is: skat unix-client /tmp/sock"),
        (&["myhost", "ssh"], "with skat it is: skat tcp-client myhost ssh"),
        (&["dbhost", "domain"], "with skat it is: skat tcp-client dbhost domain"),
    ] {
        let finished = skat(words).run();
        finished.assert_status(2).assert_stdout("").assert_told(line);
        assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
    }
}

/// What another program's command is followed by is no port.
#[test]
fn two_words_are_not_always_netcats() {
    for words in [["curl", "x"], ["docker", "run"]] {
        let finished = skat(words).run();
        finished.assert_status(2).assert_told(&format!("unrecognized subcommand '{}'", words[0]));
        assert!(!finished.stderr.contains("netcat"), "{}", finished.stderr);
    }
    let finished = skat(["nc", "host", "http"]).run();
    finished.assert_status(2).assert_told("with skat it is: skat tcp-client host http");
}

/// A mistake whose remedy is known is told with it.
#[test]
fn advice_comes_with_a_mistake() {
    for (words, told) in [
        (&["tcp-client", "-k"][..], "these have it: tcp-server, unix-server"),
        (&["tcp-client", "-e", "cat"], "these have it: tcp-server, udp-server, unix-server"),
        (&["tcp-client", "-q"], "--quiet has no letter"),
        (&["tcp-client", "--prompt", "me> ", "localhost", "9"], "a value of --prompt follows '='"),
        (&["tcp-server", "--stamp", "epoch", "9"], "write --stamp=epoch"),
        (&["tcp-client", "http://localhost:80/"], "'http://localhost:80/' is a URL"),
        (&["tcp-server", "--forward", "http://x/"], "--forward: 'http://x/' is a URL"),
        (&["tcp-server", "--forward", "http:x/"], "'x/' is neither a port number nor a service"),
        (&["tcp-client", "[::1"], "'[::1': write [IPV6]:PORT"),
        (&["tcp-client", "[::1]80"], "'[::1]80': write [IPV6]:PORT"),
        (&["resolve"], "a NAME is missing"),
        (&["tcp-server", "--join", "239.0.0.1"], "'--join' found; udp-server has it"),
        (&["udp-server", "-k", "80"], "'-k' found; udp-server serves all its peers anyway"),
        (&["unix-client", "--dgram", "x"], "'--dgram' found; write --type dgram"),
        (&["resolve", "--reverse", "::1"], "'--reverse' found; the name of an address needs no"),
        (&["tcp-client", "--timeout", "3"], "'--timeout' found; there are --connect-timeout"),
        (&["--rate", "1K", "a", "9"], "these have it: udp-client, unix-client"),
        (&["tcp-clent"], "a similar subcommand exists: 'tcp-client' (see"),
        (&["tcp_client", "localhost"], "a similar subcommand exists: 'tcp-client' (see"),
        (&["tcp-client", "--jobs=3", "a", "9"], "skat: --jobs needs --probe (see"),
        (&["resolve", "--datagram", "a"], "skat: --datagram needs --name-info (see"),
        (&["info", "order"], "<NUMBER>... (see 'skat info order --help')"),
        (&["info", "services", "a", "b"], "'b' found (see 'skat info services --help')"),
        (&["info", "bogus"], "skat: unrecognized topic 'bogus' (see 'skat info --help')"),
        (&["help", "tcp-client", "foo"], "there is no topic 'foo'"),
    ] {
        skat(words).run().assert_status(2).assert_stdout("").assert_told(told);
    }
    let words = [bytes_argument(b"tcp-client"), bytes_argument(b"--prompt=\xff")];
    skat(words).run().assert_status(2).assert_told(r"'--prompt=\xff'");
    skat(["tcp-client", "--verbose", "--version"]).run().assert_status(0);
}
