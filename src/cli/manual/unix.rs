//! What the manual says of Unix sockets alone.

use super::Part::{Item, Text};
use super::Section;

/// What a server does, and with whose name.
pub const SERVING: Section = Section {
    title: "SERVICES AND CONVERSATIONS",
    pages: &["unix-server"],
    body: &[
        Text(
            "Without a handler the server holds a conversation: it accepts one peer, closes the \
             listening socket, carries stdin to the peer and the peer to stdout, and exits. With \
             `--keep-open` it talks with one peer after another until interrupted; stdout stays \
             open until skat ends. With a handler (`--echo`, `--stamp`, `--discard`, `--exec`, \
             `--sh-exec`) it is a service: any number of peers at a time, until interrupted; stdin is not read.",
        ),
        Text(
            "A socket file that nobody serves any more is replaced. One that any program still \
             serves stays as it is, and so does any file that is not a socket: status 9. The check \
             does not disturb a server that is there.",
        ),
        Text(
            "The file has its permissions, by `--mode` or umask(2), from the moment that it \
             exists. It is removed when no more peers are accepted: once the one peer of a \
             conversation has come, and at every exit, including by SIGINT, SIGTERM, SIGHUP and \
             SIGQUIT. What another program has put in its place is left there.",
        ),
    ],
};

/// How sockets are named.
pub const NAMES: Section = Section {
    title: "PATHS, DURATIONS AND SIZES",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "PATH is a file path of any bytes, or `@NAME` for a name in the abstract namespace of \
             Linux, which has no file and no permissions. A file whose name begins with `@` is \
             written `./@NAME`. A name has 107 bytes at most; a longer one is refused, never cut.",
        ),
        Text(
            "A duration is a number with a unit, `500ms`, `2s`, `1.5m` or `1h`; without a unit it \
             is seconds. A size is in bytes, or with a power of 1024: `512`, `64K`, `1M`, `2G`.",
        ),
    ],
};

/// What differs from TCP.
pub const DIFFERENCES: Section = Section {
    title: "DIFFERENCES FROM TCP",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "What is sent is in the peer's queue at once: nothing is unacknowledged. A peer that \
             closes with something unread in its queue resets the connection. A peer that is gone \
             is noticed at once, without probes. A reset that `--forward` meets at its target \
             cannot be passed on to a Unix socket, whose peer sees an end; skat reports it.",
        ),
        Text(
            "Where a server's backlog is full, a client waits until there is room, as long as \
             `--connect-timeout` allows.",
        ),
    ],
};

/// What `--type seqpacket` does.
pub const RECORDS: Section = Section {
    title: "RECORDS",
    pages: &["unix-server", "unix-client"],
    body: &[Text(
        "With `--type seqpacket` there are connections, as of streams, and what they carry are \
         records, as datagrams are: FRAMES says how stdin is cut into records and how records are \
         printed. A service answers record by record. An empty record is a record, never an end. \
         What cannot be sent as a record is an error, once all before it is sent, and ends the \
         sending side. A record has 1M at most, and the sender's buffer bounds it: `-O \
         sndbuf=SIZE`.",
    )],
};

/// What `--type dgram` does.
pub const DATAGRAMS: Section = Section {
    title: "DATAGRAMS",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "With `--type dgram` there are no connections. A server prints the datagrams of all its \
             peers and sends what stdin gives to the peer heard last (or as `--reply-to` says), or \
             answers each datagram as a service; it runs until interrupted, with `--once` until one \
             datagram and its answer. A client sends stdin's datagrams and prints the answers. It \
             ends when as many have come as were sent, at most a second after stdin's end, restarted \
             by each; `--after-eof`, `--replies` and `--send-only` say otherwise. FRAMES says how \
             stdin is cut.",
        ),
        Item(
            "Names",
            "A client is answered at a socket of its own, in a directory under TMPDIR (/tmp) that \
             only its user can enter, and that is removed with the client, even if a signal ends \
             it. With `--send-only` it has none. A sender without a name is received but cannot be \
             answered; skat says so.",
        ),
        Item(
            "Full queues",
            "Nothing is lost or dropped: where the peer's queue is full, the sender waits. Only a \
             service gives up a peer that does not read for a second, since others wait to be \
             served, and says how many datagrams were dropped.",
        ),
        Item(
            "Size",
            "The sender's buffer bounds the size of a datagram: `-O sndbuf=SIZE`. skat sends and \
             receives up to 1M.",
        ),
    ],
};
