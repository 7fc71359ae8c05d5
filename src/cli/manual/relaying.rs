//! What the manual says of servers that connect clients to others.

use super::Part::{Item, Text};
use super::Section;

/// How connections are relayed.
pub const FORWARDING: Section = Section {
    title: "FORWARDING",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--forward`, each client gets its own connection to the target: `HOST:PORT`, \
             `tls:HOST:PORT` (TLS, verified by name) or `unix:PATH` (`unix:@NAME`). A name is looked \
             up per connection and all its addresses are tried, as by a client. Nothing is read from \
             the client until the target is connected, which may take up to 10 seconds.",
        ),
        Text(
            "`-4` and `-6` apply to the listening address, not to the target; `-n` forbids names for \
             both. Options of `-O` are set on both connections if both are TCP or both are Unix \
             sockets.",
        ),
        Item(
            "Half-close",
            "EOF from one side is passed on as a half-close, and the other direction stays open. If \
             one side has closed and no data arrives for a second, keepalive probes start on both: a \
             peer that is gone is noticed within about 70 seconds.",
        ),
        Item(
            "Reset",
            "A reset or other failure on one side resets the other, once that side has received all \
             earlier data or has accepted none of it for a second. Unix sockets have no resets: their \
             peer sees EOF.",
        ),
        Item(
            "Target unreachable",
            "The client is reset. The failure is logged, at most once per second, and no client is \
             accepted for 50 ms, then for twice as long, up to one second. With `--once`, the exit \
             status gives the cause.",
        ),
        Text(
            "A target that is the server itself is refused where that can be seen: at the start if \
             it is given as an address, otherwise when it is connected to. Each client takes two \
             descriptors; when all are in use, new clients wait in the backlog.",
        ),
    ],
};

/// How clients hear each other.
pub const CHAT: Section = Section {
    title: "CHAT AND BROKER",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--chat`, each line from a client goes to all others, prefixed with its name: \
             `<user-3> hello`. Names are numbered in the order of connection and never reused. A \
             newline is added to a last line without one; a line longer than `--bufsize` is sent in \
             pieces. With `--broker`, the others get the bytes as they arrive; those of several \
             clients may be mixed within a line. stdin and stdout are not used.",
        ),
        Text(
            "A client that has half-closed keeps receiving until it closes; one that has closed is \
             noticed when data is sent to it, or within about 70 seconds.",
        ),
        Text(
            "Slow clients do not hold up others: one with more than 1 MiB waiting to be sent (or four \
             times `--bufsize`, if that is more) is reset, and this is logged.",
        ),
    ],
};
