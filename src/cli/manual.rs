//! What the manual pages say beyond the options; `--help` shows the examples too.
//!
//! In a text, `...` between backquotes is something to type, and is set in bold.

/// The date of the pages: that of the last change to what they say.
pub const DATE: &str = "2026-11-22";

/// What the page of them all says after its first sentence.
pub const DESCRIPTION: &[&str] = &[
    "A client or a server carries its stdin to the peer and the peer to its stdout, or a server \
     does a service. stdout carries what peers send, and answers, only; everything else is told \
     on stderr, one line an event. The exit status tells what happened.",
    "Each command has a page of its own.",
];

/// A command that a reader can try, and what it is for.
pub struct Example {
    /// The subcommand whose page it is on; `skat` for the page of them all.
    pub page: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The command line.
    pub command: &'static str,
}

/// A section of a manual page.
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// The pages that it is on.
    pub pages: &'static [&'static str],
    /// What it says.
    pub body: &'static [Part],
}

/// A part of a section.
pub enum Part {
    /// A paragraph.
    Text(&'static str),
    /// A term and what it means.
    Item(&'static str, &'static str),
}

use Part::{Item, Text};

/// Every example, page by page.
pub const EXAMPLES: &[Example] = &[
    Example {
        page: "skat",
        about: "A time-stamping service and a client to try it, in one command",
        command: "skat tcp-server --stamp --run 'echo hello | \"$SKAT\" tcp-client'",
    },
    Example {
        page: "skat",
        about: "Receive a directory",
        command: "skat tcp-server 9000 | tar -xf -",
    },
    Example {
        page: "skat",
        about: "Send it, from another machine",
        command: "tar -cf - directory | skat tcp-client host.example 9000",
    },
    Example {
        page: "tcp-server",
        about: "A time-stamping service and a client to try it, in one command",
        command: "skat tcp-server --stamp --run 'echo hello | \"$SKAT\" tcp-client'",
    },
    Example {
        page: "tcp-server",
        about: "Talk with whoever connects: what you type is sent, what comes is printed",
        command: "skat tcp-server 9000",
    },
    Example { page: "tcp-server", about: "Receive a file", command: "skat tcp-server 9000 >file" },
    Example {
        page: "tcp-server",
        about: "Collect what one peer after another sends, until interrupted",
        command: "skat tcp-server --keep-open 9000 </dev/null >>collected",
    },
    Example {
        page: "tcp-server",
        about: "Run a test against an echo service on a free port, and exit with the test's status",
        command: "skat tcp-server --echo --run 'echo ping | \"$SKAT\" tcp-client \"$SKAT_HOST\" \"$SKAT_PORT\" | grep -qx ping' localhost 0",
    },
    Example {
        page: "tcp-server",
        about: "Leave the address of a service in a file for others to find",
        command: "skat tcp-server --echo --ready-file address localhost 0",
    },
    Example {
        page: "tcp-server",
        about: "Serve at most 100 at a time, and drop those who are silent for a minute",
        command: "skat tcp-server --stamp=rfc3339 --max-conns 100 --idle-timeout 1m 9000",
    },
    Example {
        page: "tcp-client",
        about: "Talk with a server: what you type is sent, what comes is printed",
        command: "skat tcp-client host.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "Send a file; the exit status tells whether all of it was acknowledged",
        command: "skat tcp-client host.example 9000 <file",
    },
    Example {
        page: "tcp-client",
        about: "Ask a web server, with the line ends that the protocol wants",
        command: "printf 'GET / HTTP/1.0\\nHost: example.org\\n\\n' | skat tcp-client --crlf example.org http",
    },
    Example {
        page: "tcp-client",
        about: "Wait up to 30 seconds for a server that is being started, then talk to it",
        command: "echo hello | skat tcp-client --retry-for 30s localhost 9000",
    },
    Example {
        page: "tcp-client",
        about: "See what a server says first, and leave when it has been silent for a second",
        command: "skat tcp-client --after-eof 1s host.example ssh </dev/null",
    },
    Example {
        page: "tcp-client",
        about: "Find out why a connection fails: each address with its reason, each step on stderr",
        command: "skat tcp-client -vv --connect-timeout 3s host.example 9000",
    },
];

/// Every section, in the order in which a page has them, between its options and SEE ALSO.
pub const SECTIONS: &[Section] = &[
    Section {
        title: "SERVICES AND CONVERSATIONS",
        pages: &["tcp-server"],
        body: &[
            Text(
                "Without a handler the server holds a conversation: it accepts one peer, closes \
                 the listening socket, carries stdin to the peer and the peer to stdout, and \
                 exits. With `--keep-open` it talks with one peer after another until \
                 interrupted; stdout stays open until skat ends. What was read from stdin for a \
                 peer that left is not sent to the next; an error line says how many bytes.",
            ),
            Text(
                "With a handler (`--echo`, `--stamp`, `--discard`) it is a service: any number \
                 of peers at a time, until interrupted; stdin is not read. `--once` serves one \
                 connection and exits. A line longer than `--bufsize` is stamped in pieces, and \
                 a last line without a newline is stamped too.",
            ),
            Text(
                "A restart right after a stop can bind the same port at once. A port that \
                 another server listens on is never shared: status 9.",
            ),
        ],
    },
    Section {
        title: "READINESS",
        pages: &["tcp-server"],
        body: &[
            Text(
                "Once it listens, the server says so on stderr, with the real port where 0 was \
                 asked for. Scripts need not wait or guess:",
            ),
            Item(
                "--ready-file PATH",
                "The file appears by rename, so that a reader finds all of it or none: a line \
                 ADDRESS:PORT for each socket.",
            ),
            Item("--ready-fd N", "The same lines are written to an inherited descriptor."),
            Item(
                "--run CMD",
                "The command is run by /bin/sh when connections are accepted, with the variables \
                 of ENVIRONMENT set. When it ends, connections that are open or queued are served \
                 to their end; then skat exits with the command's status, 128+N if signal N \
                 killed it. A signal to skat is passed on to the command first. The command has \
                 skat's stdin only where skat does not read it itself.",
            ),
        ],
    },
    Section {
        title: "ADDRESSES, DURATIONS AND SIZES",
        pages: &["tcp-server", "tcp-client"],
        body: &[
            Text(
                "Two words are HOST and PORT. One word is a PORT if it is all digits, a HOST if \
                 it is an IPv6 address or holds no colon, and HOST:PORT otherwise: `[::1]:80`, \
                 `:80`, `host.example:http`. A PORT is 0 to 65535, or the name of a service; a \
                 client's cannot be 0. A HOST may carry a zone: `fe80::1%eth0`. Left out, the \
                 PORT is 21567, a client's HOST is `localhost`, and a server's HOST is every \
                 address of the machine, IPv4 and IPv6 on one port.",
            ),
            Text(
                "A server's HOST that is a name with several addresses is served on all of them, \
                 on one port. A client tries every address, IPv6 and IPv4 in turn, the next one \
                 250 ms after the last or at once when it fails (RFC 8305); if all fail, the \
                 error names each with its reason. IPv4-mapped addresses are shown as IPv4.",
            ),
            Text(
                "A duration is a number with a unit, `500ms`, `2s`, `1.5m` or `1h`; without a \
                 unit it is seconds. A size is in bytes, or with a power of 1024: `512`, `64K`, \
                 `1M`, `2G`.",
            ),
        ],
    },
    Section {
        title: "HOW A CONVERSATION ENDS",
        pages: &["tcp-server", "tcp-client"],
        body: &[
            Text(
                "A conversation is two flows, stdin to the peer and the peer to stdout. Each \
                 ends on its own, and neither waits for the other.",
            ),
            Item(
                "stdin ends",
                "What was read is sent, then the sending side is half-closed (a FIN), and skat \
                 goes on receiving until the peer ends too. There is no hidden timer. A server \
                 whose stdin ended without giving a byte, as with /dev/null, sends its FIN only \
                 after the peer's. `--no-half-close` keeps the sending side open.",
            ),
            Item(
                "The peer ends",
                "What came is written and stdout is closed. If stdin is a terminal, or with \
                 `--no-stdin` or `--keep-open`, that is all. Otherwise skat sends what stdin \
                 still gives, since the peer may be reading. Keepalive probes find out within \
                 about 70 seconds that a half-closed peer is gone. `--after-eof` ends the wait \
                 earlier.",
            ),
            Item(
                "The connection is reset",
                "What had come is written, then an error is told: status 1. After the peer's own \
                 end a reset does no harm if everything that was sent is acknowledged: status 0.",
            ),
            Item(
                "stdout's reader goes",
                "This is noticed at once, also without traffic. The connection is closed and skat \
                 dies of SIGPIPE, silently, as a filter does. Any other failure to write, such as \
                 a full disk, is told: status 1.",
            ),
            Item(
                "SIGINT, SIGTERM, SIGHUP",
                "skat accepts no more, half-closes its connections, gives what is on its way one \
                 second, and dies of that signal. A second signal ends it at once. A signal that \
                 was ignored when skat started, as by nohup(1), stays ignored.",
            ),
            Text(
                "Status 0 means that the peer has acknowledged every byte. stdin and stdout are \
                 never made non-blocking for the programs that share them.",
            ),
        ],
    },
];

/// What the pages say of the environment.
pub const ENVIRONMENT: &[(&[&str], &str, &str)] = &[
    (&["tcp-server"], "SKAT", "Set for `--run`: the path of this skat."),
    (
        &["tcp-server"],
        "SKAT_HOST, SKAT_PORT, SKAT_ADDR",
        "Set for `--run`: where to connect to the server, as a host, a port, and both in one \
         word. Where it listens on every address, this is a loopback address.",
    ),
    (
        &["skat", "tcp-server", "tcp-client"],
        "NO_COLOR",
        "If set and not empty, nothing is coloured. Colours are used on terminals only.",
    ),
    (
        &["tcp-server", "tcp-client"],
        "SKAT_PUMP",
        "For diagnosis. `copy`: bytes are copied through memory even where the kernel could move \
         them by itself (splice(2)).",
    ),
    (
        &["tcp-server", "tcp-client"],
        "SKAT_STDIO",
        "For diagnosis. `helper`: stdin and stdout are carried by helper threads, as where they \
         are pipes or terminals that cannot be reopened.",
    ),
];

/// The examples of a page, as `--help` shows them.
#[must_use]
pub fn examples(page: &str) -> String {
    let mut text = String::from("Examples:\n");
    for example in EXAMPLES.iter().filter(|example| example.page == page) {
        text.extend(["  ", example.about, ":\n      ", example.command, "\n"]);
    }
    text
}
