//! What the manual says of servers that join peers with others.

use super::Part::{Item, Text};
use super::Section;

/// How connections are relayed.
pub const FORWARDING: Section = Section {
    title: "FORWARDING",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--forward` each peer gets a connection of its own to the target, `HOST:PORT` or \
             `unix:PATH` (`unix:@NAME`). A name is looked up for each, and all its addresses are \
             tried, as a client tries them. Nothing is read from the peer before the connection to \
             the target stands, which may take up to 10 seconds.",
        ),
        Text(
            "`-4` and `-6` say where the server listens, not where it leads to; `-n` refuses a name \
             in both places. Options of `-O` are set on both connections where both are TCP.",
        ),
        Item(
            "An end",
            "When one side ends its sending, that is passed on as a half-close, and the other \
             direction goes on. When one side has ended and nothing has come for a second, both \
             are probed: one that is gone for good is noticed within about 70 seconds.",
        ),
        Item(
            "A reset",
            "A reset or another failure of one side is passed on as a reset of the other, once \
             that side has received what came before, or has taken none of it for a second. A Unix \
             socket knows no reset, and sees an end.",
        ),
        Item(
            "A target that cannot be reached",
            "The peer's connection is closed by a reset. The failure is reported on stderr, once a \
             second at most, and no peer is accepted for 50 ms, then for twice as long, up to a \
             second. With `--once` the status says why.",
        ),
        Text(
            "A target that is the server itself is refused, as far as it shows: before any traffic \
             if it is given as an address, else when it is connected to. Each peer takes two \
             descriptors; when all are in use, new peers wait in the backlog.",
        ),
    ],
};

/// How peers hear each other.
pub const CHAT: Section = Section {
    title: "CHAT AND BROKER",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--chat` each line that a peer sends goes to all others, after its name in angle \
             brackets: `<user-3> hello`. Names are given in the order in which peers come; none is \
             given twice. A last line without a newline gets one; a line longer than `--bufsize` \
             goes as several. With `--broker` all others get the bytes as they come, and may get \
             those of several peers mixed within a line. stdin and stdout have no part in it.",
        ),
        Text(
            "A peer that has half-closed goes on listening until it closes; one that has closed is \
             noticed when it is told something, or within about 70 seconds.",
        ),
        Text(
            "Nobody waits for another: a peer with more than 1 MiB before it that it has not taken \
             (or four times `--bufsize`, if that is more) is dropped by a reset, which is reported \
             on stderr.",
        ),
    ],
};
