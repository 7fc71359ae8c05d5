//! What the manual says of Unix sockets alone.

use super::Part::{Item, On, Text};
use super::{CLIENTS, DURATIONS_AND_SIZES, SERVERS, Section};

/// What a server does, and with whose name.
pub const SERVING: Section = Section {
    title: "SERVICES AND CONVERSATIONS",
    pages: &["unix-server"],
    body: &[
        Text(
            "By default, the server holds a conversation: it accepts one client, closes the listening \
             socket, sends stdin to the client, prints what it receives, and exits. With \
             `--keep-open`, it talks to one client after another until interrupted; stdout stays \
             open until skat exits. With `--echo`, `--stamp`, `--discard`, `--exec`, `--sh-exec`, \
             `--forward`, `--chat` or `--broker`, it runs a service: any number of clients at a \
             time, until interrupted, and stdin is not read.",
        ),
        Text(
            "A stale socket file is replaced. One that a program listens on, and any file that is \
             not a socket, is left alone: status 9. The check does not disturb a running server.",
        ),
        Text(
            "The file has the permissions of `--mode` or umask(2) from its creation on. It is removed \
             when no more clients are accepted: after the only client of a conversation has \
             connected, and at every exit, including by any signal but SIGKILL and faults such as \
             SIGSEGV. A file that another program has put in its place is left alone.",
        ),
    ],
};

/// How sockets are named.
pub const NAMES: Section = Section {
    title: "PATHS, DURATIONS AND SIZES",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "PATH is a file path of any bytes, or `@NAME` for a name in Linux's abstract namespace, \
             which has no file and no permissions. For a file whose name begins with `@`, write \
             `./@NAME`. A name longer than 107 bytes is refused, never truncated.",
        ),
        DURATIONS_AND_SIZES,
    ],
};

/// What differs from TCP.
pub const DIFFERENCES: Section = Section {
    title: "DIFFERENCES FROM TCP",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "Data sent is in the peer's receive queue at once: nothing is ever unacknowledged. If the \
             peer closes with unread data in its queue, the connection is reset. A peer that is gone \
             is noticed at once, without probes.",
        ),
        On(
            SERVERS,
            &Text(
                "A reset from the target of `--forward` cannot be passed on to a Unix socket, whose \
                 peer sees EOF; it is logged.",
            ),
        ),
        On(
            CLIENTS,
            &Text(
                "If the server's backlog is full, the client waits for room, up to \
                 `--connect-timeout`.",
            ),
        ),
    ],
};

/// What `--type seqpacket` does.
pub const RECORDS: Section = Section {
    title: "RECORDS",
    pages: &["unix-server", "unix-client"],
    body: &[
        Text(
            "With `--type seqpacket`, there are connections, as with streams, but they carry records, \
             as datagrams do: FRAMES describes how stdin is split into records and how records are \
             printed. An empty record is a record, never EOF. If a record cannot be sent, everything \
             before it is sent, then the error is reported and the sending side is closed. A record \
             has at most 1M, and the sender's buffer limits it: `-O sndbuf=SIZE`.",
        ),
        On(
            SERVERS,
            &Text(
                "A service answers record by record. `--forward` relays records to `unix:PATH`, a \
                 socket of the same type; `--broker` sends each record to all others; with `--chat`, \
                 each line is sent as a record, and the end of a record ends a line, of which an \
                 empty record is an empty one. A slow client of `--chat` or `--broker` may have 4 MiB \
                 waiting.",
            ),
        ),
    ],
};

/// What `--type dgram` does.
pub const DATAGRAMS: Section = Section {
    title: "DATAGRAMS",
    pages: &["unix-server", "unix-client"],
    body: &[
        On(
            SERVERS,
            &Text(
                "With `--type dgram`, there are no connections. The server prints the datagrams of \
                 all clients and sends stdin to the client heard from last (or as `--reply-to` \
                 says), or answers each datagram as a service. It runs until interrupted; with \
                 `--once`, until it has handled one datagram and its answer. FRAMES describes how \
                 stdin is split. Datagrams from clients without a name are printed; that they \
                 cannot be answered is logged.",
            ),
        ),
        On(
            CLIENTS,
            &Text(
                "With `--type dgram`, there are no connections. The client sends stdin as datagrams \
                 and prints the answers. By default it waits for one reply per datagram sent, at \
                 most one second after EOF on stdin, restarted by each reply; `--after-eof`, \
                 `--replies` and `--send-only` change that. FRAMES describes how stdin is split.",
            ),
        ),
        On(
            CLIENTS,
            &Item(
                "Names",
                "Answers are received on a socket of the client's own, in a directory under TMPDIR \
                 (/tmp) that is removed at exit, including by a signal. The server can answer, \
                 whoever runs it, if it can enter TMPDIR; nobody else can send there, since the socket \
                 is connected. With `--send-only`, there is none.",
            ),
        ),
        On(
            SERVERS,
            &Item(
                "--forward",
                "Datagrams are relayed to `unix:PATH`, a socket of the same type, or by UDP to \
                 `HOST:PORT`. Each client gets a session with its own socket to the target, in the \
                 abstract namespace, and the answers that arrive there. If the target's queue is \
                 full, all clients wait. A target that was restarted is connected to again; \
                 datagrams that do not reach it are counted and logged. Clients without a name share \
                 a session, and get no answers. A session ends after `--idle-timeout` (60 s) without \
                 a datagram either way, or when another client needs its place (`--max-conns`, \
                 16384). `--chat` and `--broker` need connections: a client that sends datagrams \
                 never says that it leaves.",
            ),
        ),
        Item(
            "Full queues",
            "Nothing is lost or dropped: if the peer's queue is full, the sender waits. Only a server \
             gives up on a peer that does not read for a second, so that others are served: it logs \
             this, and drops datagrams for that peer until it reads again. A client that \
             stdin has been for alone is waited for, until the command that the server runs has \
             ended.",
        ),
        Item(
            "Size",
            "The sender's buffer limits the size of a datagram: `-O sndbuf=SIZE`. skat sends and \
             receives up to 1M.",
        ),
    ],
};
