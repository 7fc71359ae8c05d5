//! What the manual pages say beyond the options; `--help` shows the examples too.
//!
//! In a text, `...` between backquotes is something to type, and is set in bold.

mod ending;
mod examples;
mod exec;
mod probes;
mod relaying;
mod sections;
mod tls;
mod unix;

pub use examples::EXAMPLES;
pub use sections::SECTIONS;

/// The date of the pages: that of the release, or of the last change to what they say since.
pub const DATE: &str = "2026-11-26";

/// What each page says under DESCRIPTION.
pub const DESCRIPTIONS: &[(&str, &[&str])] = &[
    (
        "skat",
        &[
            "skat is a netcat-like tool. A client or server connects stdin and stdout to its peer; a \
             server can also run a built-in service such as echo, chat or forwarding. stdout carries \
             only data from peers, and answers; everything else is logged on stderr, one line per \
             event. The exit status says what happened.",
            "Each command has a page of its own.",
        ],
    ),
    (
        "tcp-server",
        &[
            "Listens on HOST and PORT, by default on all addresses and port 21567. Without a service \
             option it accepts one client, sends it stdin, prints what it sends, and exits. With one, \
             such as `--echo`, `--exec` or `--forward`, it serves any number of clients until \
             interrupted.",
        ],
    ),
    (
        "tcp-client",
        &[
            "Connects to HOST and PORT, by default localhost and 21567, sends stdin and prints what \
             the server sends. At the end of stdin it half-closes the connection and keeps receiving \
             until the server closes too. Status 0 means that everything sent was acknowledged.",
        ],
    ),
    (
        "udp-server",
        &[
            "Receives datagrams on HOST and PORT, by default on all addresses and port 21567. Without \
             a service option it prints them and sends stdin to the client heard from last. With one, \
             such as `--echo`, `--exec` or `--forward`, it answers each datagram. It runs until \
             interrupted.",
        ],
    ),
    (
        "udp-client",
        &[
            "Sends stdin to HOST and PORT, by default localhost and 21567, one datagram per line, and \
             prints the answers. UDP has no end-of-stream: by default the client waits for one reply \
             per datagram sent, at most one second.",
        ],
    ),
    (
        "unix-server",
        &["Listens on a Unix socket, a file or a name in Linux's abstract namespace. Without a \
             service option it accepts one client, sends it stdin, prints what it sends, and exits. \
             With one, such as `--echo`, `--exec` or `--forward`, it serves any number of clients \
             until interrupted. `--type` selects streams, datagrams or records."],
    ),
    (
        "unix-client",
        &[
            "Connects to a Unix socket, a file or a name in Linux's abstract namespace, sends stdin \
             and prints what the server sends. At the end of stdin it half-closes the connection and \
             keeps receiving until the server closes too. `--type` selects streams, datagrams or \
             records.",
        ],
    ),
    (
        "resolve",
        &[
            "Looks up names and addresses with the system resolver, as other programs on this machine \
             do, through getaddrinfo(3) and related functions. By default it prints the addresses of \
             a name, or the names of an address. The exit status distinguishes a name that does not \
             exist (3) from a look-up that temporarily failed (4).",
        ],
    ),
    (
        "info",
        &["Shows interfaces, limits, socket options and features of this system, found by trying \
             them, and how the C library's functions convert addresses and byte order. Without a \
             topic, it prints a page of most of them; with `--json`, all in one object."],
    ),
];

/// The exit statuses that a page names; those that are not here name all.
pub const STATUSES: &[(&str, &[u8])] = &[
    ("tcp-server", &[1, 2, 3, 4, 5, 6, 7, 9, 126, 127]),
    ("udp-server", &[1, 2, 3, 4, 5, 6, 9, 126, 127]),
    ("unix-server", &[1, 2, 3, 4, 5, 6, 7, 9, 126, 127]),
    ("tcp-client", &[1, 2, 3, 4, 5, 6, 7, 9]),
    ("udp-client", &[1, 2, 3, 4, 5, 6, 8, 9]),
    ("unix-client", &[1, 2, 5, 6, 7, 8, 9]),
    ("resolve", &[1, 2, 3, 4]),
    ("info", &[1, 2, 3]),
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
    /// A part that only some of the section's pages have.
    On(&'static [&'static str], &'static Part),
}

/// The pages of what listens, of what connects, and of those of either that have connections.
const SERVERS: &[&str] = &["tcp-server", "udp-server", "unix-server"];
const CLIENTS: &[&str] = &["tcp-client", "udp-client", "unix-client"];
const STREAMS: &[&str] = &["tcp-server", "tcp-client", "unix-server", "unix-client"];

/// How options take durations and sizes, whatever the transport.
const DURATIONS_AND_SIZES: Part = Part::Text(
    "A duration (DUR) is a number with a unit, `500ms`, `2s`, `1.5m` or `1h`; without a unit it is \
     in seconds. A SIZE is in bytes, or with a power of 1024: `512`, `64K`, `1M`, `2G`.",
);

/// What the pages say of the environment.
pub const ENVIRONMENT: &[(&[&str], &str, &str)] = &[
    (&["resolve"], "RES_OPTIONS, LOCALDOMAIN", "Read by the system's resolver: resolv.conf(5)."),
    (
        &["tcp-server", "tcp-client", "unix-server", "unix-client"],
        "SSLKEYLOGFILE",
        "With `--tls`, a file to which the keys of each connection are appended, for programs that \
         decrypt recorded traffic. A warning on stderr says so.",
    ),
    (
        &["tcp-server", "udp-server", "unix-server"],
        "SKAT",
        "Set for `--run`, `--exec` and `--sh-exec`: the path of this skat.",
    ),
    (&["tcp-server", "unix-server"], "PROTO", "Set for `--exec` and `--sh-exec`: `TCP` or `UNIX`."),
    (
        &["tcp-server"],
        "TCPLOCALIP, TCPLOCALPORT, TCPREMOTEIP, TCPREMOTEPORT",
        "Set for `--exec` and `--sh-exec`: the address that the client connected to, and the \
         client's own. Variables of these names in skat's own environment are not passed on, nor \
         are those that hand sockets to skat (LISTEN_FDS and related ones, NOTIFY_SOCKET).",
    ),
    (
        &["unix-server"],
        "UNIXLOCALPATH, UNIXREMOTEPATH",
        "Set for `--exec` and `--sh-exec`: the server's name, and the client's if it has one. \
         An abstract name with a NUL is escaped, as in `@a\\u{0}b`.",
    ),
    (
        &["tcp-server", "udp-server"],
        "SKAT_HOST, SKAT_PORT, SKAT_ADDR",
        "Set for `--run`: where to connect to the server, as a host, a port, and both in one \
         word. If it listens on all addresses, this is a loopback address.",
    ),
    (
        &["udp-server"],
        "PROTO, UDPLOCALIP, UDPLOCALPORT, UDPREMOTEIP, UDPREMOTEPORT",
        "Set for `--exec` and `--sh-exec`: `UDP`, the address and port that the client used, and \
         its own. `SKAT` is set too.",
    ),
    (
        &["unix-client"],
        "TMPDIR",
        "Where a datagram client creates the directory for its own socket; /tmp if not set, if \
         relative, or if the path of the socket would be too long.",
    ),
    (
        &["unix-server"],
        "SKAT_ADDR",
        "Set for `--run`: PATH, where to connect to the server. `SKAT_HOST` and `SKAT_PORT` are \
         not set.",
    ),
    (
        &["tcp-server", "udp-server", "unix-server"],
        "LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES",
        "Sockets from a service manager, if LISTEN_PID is skat's process ID.",
    ),
    (
        &["tcp-server", "udp-server", "unix-server"],
        "NOTIFY_SOCKET",
        "The socket on which to notify a service manager that the server listens, and that it \
         stops: a path, or `@NAME`.",
    ),
    (
        &[
            "skat",
            "tcp-server",
            "tcp-client",
            "udp-server",
            "udp-client",
            "unix-server",
            "unix-client",
            "resolve",
            "info",
        ],
        "NO_COLOR",
        "If set and not empty, no colours are used. They are only ever used on terminals.",
    ),
    (
        &[
            "skat",
            "tcp-server",
            "tcp-client",
            "udp-server",
            "udp-client",
            "unix-server",
            "unix-client",
            "resolve",
            "info",
        ],
        "TERM",
        "If unset or `dumb`, no colours are used.",
    ),
    (
        SERVERS,
        "TZ",
        "The time zone of local times, as for any program: `--stamp`, and the `time` of \
         `--log json`.",
    ),
    (
        &["tcp-client", "udp-client", "unix-client", "resolve", "info"],
        "TZ",
        "The time zone of the `time` of `--log json`, as for any program.",
    ),
    (
        &["tcp-server", "tcp-client", "unix-server", "unix-client"],
        "SKAT_PUMP",
        "For diagnosis. `copy`: data is copied through memory even where the kernel could move it \
         by itself (splice(2)).",
    ),
    (
        &["udp-server", "udp-client"],
        "SKAT_PUMP",
        "For diagnosis. `copy`: datagrams are sent and received one by one even where the kernel \
         can batch them (`UDP_SEGMENT` and `UDP_GRO` of udp(7)).",
    ),
    (
        &["tcp-server", "tcp-client", "udp-server", "udp-client", "unix-server", "unix-client"],
        "SKAT_STDIO",
        "For diagnosis. `helper`: stdin and stdout are handled by helper threads, as if they were \
         pipes or terminals that cannot be reopened.",
    ),
];

/// Stands for a space where a line of help must not be broken. Whoever prints help writes a space.
pub const HARD_SPACE: char = '\u{a0}';

/// What `--help` says after a command's options: its examples, and where to read on.
#[must_use]
pub fn epilog(page: &str) -> String {
    let mut text = String::from("Examples:\n");
    let offered = |it: &&Example| cfg!(feature = "tls") || !it.command.contains("tls");
    for example in EXAMPLES.iter().filter(|example| example.page == page).filter(offered) {
        // To be pasted at any width.
        let command = example.command.replace('\n', "\n    ").replace(' ', "\u{a0}");
        text.extend(["  ", example.about, ":\n    ", command.as_str(), "\n"]);
    }
    text.push('\n');
    text.push_str(match page {
        "skat" => "See 'skat COMMAND --help' for a command, and 'man skat' for the manual.\n",
        "info" => "",
        "resolve" => "DUR is 500ms, 2s, 1.5m or 1h; a bare number is seconds.\n",
        _ => {
            "DUR is 500ms, 2s, 1.5m or 1h; a bare number is seconds. SIZE is 512, 64K, 1M or 2G.\n"
        }
    });
    text.push_str("'skat info errors' lists the exit statuses.");
    text
}
