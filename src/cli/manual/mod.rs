//! What the manual pages say beyond the options; `--help` shows the examples too.
//!
//! In a text, `...` between backquotes is something to type, and is set in bold.

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

/// What the page of them all says after its first sentence.
pub const DESCRIPTION: &[&str] = &[
    "A client or a server carries its stdin to the peer, and what the peer sends to its stdout; or \
     a server provides a service. stdout carries only what peers send, and answers; everything \
     else is reported on stderr, one line per event. The exit status says what happened.",
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

/// What the pages say of the environment.
pub const ENVIRONMENT: &[(&[&str], &str, &str)] = &[
    (&["resolve"], "RES_OPTIONS, LOCALDOMAIN", "Read by the system's resolver: resolv.conf(5)."),
    (
        &["tcp-server", "tcp-client", "unix-server", "unix-client"],
        "SSLKEYLOGFILE",
        "With `--tls`, a file to which the keys of each connection are added, for programs that \
         decrypt what they have recorded. stderr says so.",
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
        "Set for `--exec` and `--sh-exec`: the address that the client has connected to, and the \
         client's own. Variables of this kind that skat was started with are not passed on, nor \
         are those that hand sockets to skat alone (LISTEN_FDS and its like, NOTIFY_SOCKET).",
    ),
    (
        &["unix-server"],
        "UNIXLOCALPATH, UNIXREMOTEPATH",
        "Set for `--exec` and `--sh-exec`: the server's name, and the client's if it has one.",
    ),
    (
        &["tcp-server", "udp-server"],
        "SKAT_HOST, SKAT_PORT, SKAT_ADDR",
        "Set for `--run`: where to connect to the server, as a host, a port, and both in one \
         word. Where it listens on every address, this is a loopback address.",
    ),
    (
        &["udp-server"],
        "PROTO, UDPLOCALIP, UDPLOCALPORT, UDPREMOTEIP, UDPREMOTEPORT",
        "Set for `--exec` and `--sh-exec`: `UDP`, the address and port that were asked, and those \
         of the peer. `SKAT` is set too.",
    ),
    (
        &["unix-client"],
        "TMPDIR",
        "Where a client of datagrams makes the directory for its own socket; /tmp if not set.",
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
        "Sockets that a service manager hands over, if LISTEN_PID is skat's own number.",
    ),
    (
        &["tcp-server", "udp-server", "unix-server"],
        "NOTIFY_SOCKET",
        "Where a service manager is told that the server listens, and that it stops: a path, or \
         `@NAME`.",
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
        "If set and not empty, nothing is coloured. Colours are used on terminals only.",
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
        "Where it is unset or `dumb`, nothing is coloured.",
    ),
    (
        &["tcp-server", "tcp-client", "udp-server", "udp-client", "unix-server", "unix-client"],
        "TZ",
        "The time zone of local times, as for any program: `--stamp`, and the `time` of \
         `--log json`.",
    ),
    (
        &["tcp-server", "tcp-client", "unix-server", "unix-client"],
        "SKAT_PUMP",
        "For diagnosis. `copy`: bytes are copied through memory even where the kernel could move \
         them by itself (splice(2)).",
    ),
    (
        &["udp-server", "udp-client"],
        "SKAT_PUMP",
        "For diagnosis. `copy`: each datagram is sent and received by itself even where the kernel \
         accepts and delivers runs of equal ones (`UDP_SEGMENT` and `UDP_GRO` of udp(7)).",
    ),
    (
        &["tcp-server", "tcp-client", "udp-server", "udp-client", "unix-server", "unix-client"],
        "SKAT_STDIO",
        "For diagnosis. `helper`: stdin and stdout are carried by helper threads, as where they \
         are pipes or terminals that cannot be reopened.",
    ),
];

/// The examples of a page, as `--help` shows them.
#[must_use]
pub fn examples(page: &str) -> String {
    let mut text = String::from("Examples:\n");
    let offered = |it: &&Example| cfg!(feature = "tls") || !it.command.contains("tls");
    for example in EXAMPLES.iter().filter(|example| example.page == page).filter(offered) {
        text.extend(["  ", example.about, ":\n      ", example.command, "\n"]);
    }
    text
}
