//! The sections of the manual on how it ends.

use super::Part::{Item, On, Text};
use super::{CLIENTS, SERVERS, STREAMS, Section};

/// Of streams.
pub const CONVERSATION: Section = Section {
    title: "HOW A CONVERSATION ENDS",
    pages: STREAMS,
    body: &[
        Text(
            "A conversation consists of two flows: stdin to the peer, and the peer to stdout. \
             Each ends independently of the other.",
        ),
        Item(
            "EOF on stdin",
            "The rest of the input is sent, then the connection is half-closed (FIN), and skat \
             keeps receiving until the peer closes too. There is no hidden timer. A server \
             whose stdin gave no data at all, as with /dev/null, sends its FIN only after the \
             peer's. `--no-half-close` keeps the sending side open. If stdin cannot be read on, \
             the status is 1, whatever ends the conversation. A stdin that is only open for \
             writing, as from nohup(1), counts as empty; a terminal is read in the foreground \
             only.",
        ),
        On(
            SERVERS,
            &Item(
                "EOF from the peer",
                "Received data is written and stdout is closed. If stdin is a terminal, or with \
                 `--no-stdin` or `--keep-open`, the conversation is over (with `--keep-open`, a \
                 peer that has closed and does not read is given up after a second). Otherwise \
                 skat keeps sending stdin, since the peer may still be reading. Keepalive probes \
                 detect within about 70 seconds that a half-closed peer is gone.",
            ),
        ),
        On(
            CLIENTS,
            &Item(
                "EOF from the peer",
                "Received data is written and stdout is closed. If stdin is a terminal, or with \
                 `--no-stdin`, the conversation is over. Otherwise skat keeps sending stdin, since \
                 the peer may still be reading. Keepalive probes detect within about 70 seconds \
                 that a half-closed peer is gone.",
            ),
        ),
        Item(
            "--after-eof DUR",
            "After either EOF, the conversation ends once DUR has passed without a byte. (What \
             waits for the reader of stdout is not silence.) To send \
             stdin to a server that never closes and quit, use `--after-eof 0`. Status 0 still \
             means that everything was acknowledged; data that is not acknowledged within \
             another second is status 1.",
        ),
        Item(
            "Reset",
            "Received data is written, then the error is reported: status 1. After the peer's \
             FIN, a reset does no harm if all data sent was acknowledged: status 0.",
        ),
        Item(
            "The reader of stdout exits",
            "This is noticed at once, even without traffic. The connection is closed and skat is \
             silently killed by SIGPIPE, as any filter is. Any other write error, such as a full \
             disk, is reported: status 1.",
        ),
        Item(
            "SIGINT, SIGTERM, SIGHUP",
            "skat stops accepting, half-closes its connections, waits up to one second for data \
             in transit, and dies of that signal. A second signal ends it at once. A signal \
             that was ignored when skat started, as by nohup(1), stays ignored.",
        ),
        Text(
            "Status 0 means that the peer has acknowledged every byte. stdin and stdout are \
             never made non-blocking for other programs that share them.",
        ),
    ],
};

/// Of datagrams.
pub const EXCHANGE: Section = Section {
    title: "HOW AN EXCHANGE ENDS",
    pages: &["udp-client"],
    body: &[
        Text("UDP has no end-of-stream: a client can only decide how long to wait for answers."),
        Item(
            "EOF on stdin",
            "By default, the client waits for one reply per datagram sent, at most one second, \
             restarted by each reply. `--after-eof` sets another time, which is then always \
             waited for. With broadcast and multicast, where several may answer, the client \
             always waits the whole second.",
        ),
        Item(
            "--replies N",
            "The client exits with status 0 as soon as N datagrams have arrived, and with status \
             8 if they do not arrive in time.",
        ),
        Item(
            "--send-only",
            "The client exits as soon as stdin is sent. If nothing listens on the port and a \
             refusal arrives before that, the status is 5.",
        ),
        Item(
            "The address refuses",
            "Unanswered datagrams are sent to the next address; status 5 if all refuse. Datagrams \
             lost on the way, or never read, go unnoticed.",
        ),
        Item(
            "The reader of stdout exits",
            "This is noticed at once; skat is silently killed by SIGPIPE, as any filter is.",
        ),
    ],
};
