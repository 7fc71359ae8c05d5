//! The sections of the manual.

use super::Part::{Item, Text};
use super::{Section, exec, probes, relaying, tls, unix};

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
                "With a handler (`--echo`, `--stamp`, `--discard`, `--forward`, `--chat`, `--broker`, \
                 `--exec`, `--sh-exec`) it is a service: any number of peers at a time, until \
                 interrupted; stdin is not read. `--once` serves one connection and exits. A line longer than `--bufsize` is stamped in pieces, and \
                 a last line without a newline is stamped too.",
            ),
            Text(
                "A restart right after a stop can bind the same port at once. A port that \
                 another server listens on is never shared: status 9.",
            ),
        ],
    },
    Section {
        title: "SERVICES AND CONVERSATIONS",
        pages: &["udp-server"],
        body: &[
            Text(
                "The server runs until interrupted; `--once` ends it after one datagram and its \
                 answer. Without a handler, datagrams go to stdout, and what stdin gives is sent \
                 to the peer that was heard last, or as `--reply-to` says; stdin is not read \
                 before a peer was heard. With a handler (`--echo`, `--stamp`, `--discard`, \
                 `--forward`, `--exec`, `--sh-exec`) it is a service; stdin is not read.",
            ),
            Item(
                "--echo, --stamp, --discard",
                "Each datagram is answered to its sender, or dropped.",
            ),
            Item(
                "--forward HOST:PORT",
                "Each peer has a session with a socket of its own to the target, and gets the \
                 answers that come there; they come from the address that the peer asked. A name \
                 is looked up for each session. A refusal by the target is reported once and does \
                 not stop the server; if the name has several addresses, the next one gets what \
                 the first refuses. A session ends after `--idle-timeout` (60 s) without a \
                 datagram either way, or when another peer needs its place (`--max-conns`, 16384). \
                 `--broadcast` and `--multicast-if` are for a broadcast or multicast target. With \
                 `--once`, one datagram is relayed, and its answer: status 5 if the target \
                 refuses, 6 if it is silent.",
            ),
            Item(
                "--exec CMD, --sh-exec CMD",
                "A process is started for each datagram, which is its stdin. What it writes to \
                 stdout until it ends is the answer, one datagram; if it writes nothing, there is \
                 no answer; if it writes more than a datagram holds, that is an error that says \
                 the size. Its stderr is skat's. At most `--max-conns` (100) run at a time; later \
                 datagrams wait in the socket's buffer. A process that is silent for \
                 `--idle-timeout` is stopped, and all are when skat stops. With `--once` skat \
                 exits with the status of the one. If the program does not exist the status is \
                 127, if it cannot be executed 126.",
            ),
            Text(
                "An answer comes from the address that was asked, even where the server listens on \
                 all. A port that another program has is not shared, status 9, except between \
                 receivers of a multicast group (`--join`).",
            ),
        ],
    },
    unix::SERVING,
    unix::DATAGRAMS,
    relaying::FORWARDING,
    relaying::CHAT,
    unix::RECORDS,
    Section {
        title: "FRAMES",
        pages: &["udp-server", "udp-client", "unix-server", "unix-client"],
        body: &[
            Text(
                "A frame says how stdin becomes datagrams, and datagrams stdout. Boundaries are \
                 kept; an empty datagram is a datagram, never an end. What is too large to be \
                 sent, or was cut when it was received, is an error that says its size.",
            ),
            Item(
                "line",
                "A datagram for each line, its newline included. A datagram is printed as it is, \
                 and a newline if it lacks one.",
            ),
            Item(
                "block[:SIZE]",
                "A datagram for each SIZE bytes (1400). Datagrams are printed as they are.",
            ),
            Item("whole", "All of stdin is one datagram. Datagrams are printed as they are."),
            Item(
                "len32",
                "Before each datagram its length, in 4 bytes, most significant first; both ways.",
            ),
            Item("hex", "A line of hexadecimal digits for each datagram, both ways."),
        ],
    },
    exec::SECTION,
    Section {
        title: "ACCESS",
        pages: &["tcp-server", "udp-server"],
        body: &[
            Text(
                "`--allow` and `--deny` take an address, a network such as `10.0.0.0/8` or \
                 `fd00::/8`, or `@FILE`: a file with any number of them on each line, blank lines, \
                 and comments after a `#`. With an `--allow`, all others are denied; a `--deny` \
                 takes precedence. An IPv4 rule matches IPv4 peers on every socket, including one \
                 that serves IPv6 too.",
            ),
            Text(
                "A denied peer gets a reset before anything is sent, printed or started; a denied \
                 datagram is dropped. Neither counts as the one that `--once`, a conversation or \
                 `--accept-timeout` waits for. `-v` reports each.",
            ),
        ],
    },
    Section {
        title: "READINESS",
        pages: &["tcp-server", "udp-server", "unix-server"],
        body: &[
            Text(
                "Once it listens, the server says so on stderr, with the real port where 0 was \
                 asked for. Scripts need not wait or guess:",
            ),
            Item(
                "--ready-file PATH",
                "The file appears by rename, so that a reader finds all of it or none: a line \
                 ADDRESS:PORT for each socket, or the PATH of a Unix socket.",
            ),
            Item("--ready-fd N", "The same lines are written to an inherited descriptor."),
            Item(
                "NOTIFY_SOCKET",
                "With this in the environment, a service manager is told READY=1, and STOPPING=1 \
                 when the server stops (sd_notify(3)). If it cannot be told, skat warns.",
            ),
            Item(
                "--run CMD",
                "The command is run by /bin/sh once the server listens, with the variables of \
                 ENVIRONMENT set. When it ends, what is open or queued is served to its end; then \
                 skat exits with the command's status, 128+N if signal N \
                 killed it. A signal to skat is passed on to the command first. The command has \
                 skat's stdin only where skat does not read it itself.",
            ),
        ],
    },
    Section {
        title: "INHERITED SOCKETS",
        pages: &["tcp-server", "udp-server", "unix-server"],
        body: &[
            Text(
                "`--listen-fd N` serves on a socket that was opened by whoever started skat: a \
                 listening one for tcp-server, a bound one for udp-server, either for unix-server, \
                 as `--type` says. Those of systemd's socket activation need no option: with \
                 LISTEN_PID and LISTEN_FDS in the environment (sd_listen_fds(3)) skat serves on \
                 all sockets that are handed over. HOST and PORT, or PATH, make no sense then. A \
                 descriptor that is not open, or a socket of another kind, is a usage error. A \
                 listening socket is made non-blocking, which all who share it see. The file of a \
                 Unix socket stays: it is not skat's.",
            ),
            Text("Neither the sockets nor these variables are inherited by what skat starts."),
        ],
    },
    Section {
        title: "LOCKSTEP",
        pages: &["tcp-client", "udp-client", "unix-client"],
        body: &[Text(
            "With `--prompt` the client takes turns with the server, as the classic examples do: it \
             prints the prompt on stderr, sends a line of stdin, waits for one answer (a line; for \
             UDP a datagram), prints it, and prompts again. An empty line or the end of stdin ends \
             it. This suits a server that answers each line with one. Without `--prompt` both \
             directions flow freely, which suits everything else.",
        )],
    },
    probes::TCP,
    probes::UDP,
    Section {
        title: "ADDRESSES, DURATIONS AND SIZES",
        pages: &["tcp-server", "tcp-client", "udp-server", "udp-client"],
        body: &[
            Text(
                "Two words are HOST and PORT. One word is a PORT if it is all digits (for `--probe`, \
                 digits, commas and hyphens), a HOST if \
                 it is an IPv6 address or holds no colon, and HOST:PORT otherwise: `[::1]:80`, \
                 `:80`, `host.example:http`. A PORT is 0 to 65535, or the name of a service; a \
                 client's cannot be 0. A HOST may carry a zone: `fe80::1%eth0`. Left out, the \
                 PORT is 21567, a client's HOST is `localhost`, and a server's HOST is every \
                 address of the machine, IPv4 and IPv6 on one port.",
            ),
            Text(
                "A server's HOST that is a name with several addresses is served on all of them, \
                 on one port. A TCP client tries every address, IPv6 and IPv4 in turn, the next \
                 one 250 ms after the last or at once when it fails (RFC 8305); a UDP client goes \
                 on to the next when one refuses before it answered. If all fail, the error names \
                 each with its reason. IPv4-mapped addresses are shown as IPv4.",
            ),
            Text(
                "A duration is a number with a unit, `500ms`, `2s`, `1.5m` or `1h`; without a \
                 unit it is seconds. A size is in bytes, or with a power of 1024: `512`, `64K`, \
                 `1M`, `2G`.",
            ),
        ],
    },
    unix::NAMES,
    Section {
        title: "MESSAGES",
        pages: &[
            "tcp-server",
            "tcp-client",
            "udp-server",
            "udp-client",
            "unix-server",
            "unix-client",
        ],
        body: &[
            Text(
                "stderr gets one line for each event, which begins with `skat: `. Where a server \
                 listens, warnings and errors are always reported (with `--quiet`, errors only); \
                 connections, datagrams (and how many were lost because the receive buffer was \
                 full: `-O rcvbuf=SIZE`) and the end with `-v`; each step with `-vv`. What a peer \
                 or an argument chose is escaped.",
            ),
            Text(
                "With `--log json` each line is an object with `time` (RFC 3339) and `event`: \
                 `listening`, `connecting`, `connected`, `certificate` (made for the run), `denied`, \
                 `disconnected`, `datagram`, `not-open` (of a probe), `error`, `ended`, `warning` or \
                 `step`; then, as they apply, `local`, `peer`, `bytes_in`, `bytes_out`, `seconds`, \
                 `reason` and `status`. With `--tls`, `connected` also has `tls` (the version), \
                 `cipher`, `alpn`, and of the peer's certificate `subject`, `issuer`, `not_before`, \
                 `not_after` and `fingerprint` (SHA-256), as `certificate` has it.",
            ),
        ],
    },
    tls::SECTION,
    Section {
        title: "HOW A CONVERSATION ENDS",
        pages: &["tcp-server", "tcp-client", "unix-server", "unix-client"],
        body: &[
            Text(
                "A conversation is two flows, stdin to the peer and the peer to stdout. Each \
                 ends on its own, and neither waits for the other.",
            ),
            Item(
                "stdin ends",
                "(A stdin that can only be written, as nohup(1) leaves it, counts as empty; a \
                 terminal is read in the foreground only.) What was read is sent, then the sending \
                 side is half-closed (a FIN), and skat goes on receiving until the peer ends too. \
                 There is no hidden timer. A server whose stdin ended without giving a byte, as \
                 with /dev/null, sends its FIN only after the peer's. `--no-half-close` keeps the \
                 sending side open.",
            ),
            Item(
                "The peer ends",
                "What came is written and stdout is closed. If stdin is a terminal, or with \
                 `--no-stdin` or `--keep-open`, that is all (with `--keep-open`, a peer that has \
                 ended and does not read is given up after a second). Otherwise skat sends what \
                 stdin still gives, since the peer may be reading. Keepalive probes find out within \
                 about 70 seconds that a half-closed peer is gone. `--after-eof` ends the wait \
                 earlier.",
            ),
            Item(
                "The connection is reset",
                "What had come is written, then an error is reported: status 1. After the peer's \
                 own end a reset does no harm if everything that was sent is acknowledged: status \
                 0.",
            ),
            Item(
                "stdout's reader goes",
                "This is noticed at once, even without traffic. The connection is closed and skat \
                 dies of SIGPIPE, silently, as a filter does. Any other failure to write, such as \
                 a full disk, is reported: status 1.",
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
    unix::DIFFERENCES,
    Section {
        title: "HOW AN EXCHANGE ENDS",
        pages: &["udp-client"],
        body: &[
            Text("UDP has no end: a client can only decide how long to listen."),
            Item(
                "stdin ends",
                "The client waits until as many datagrams have come as were sent, at most one \
                 second, restarted by each that comes. `--after-eof` sets another time, which is \
                 then waited for in any case. Where several may answer, by broadcast or \
                 multicast, the whole second is waited for.",
            ),
            Item(
                "--replies N",
                "The client ends with status 0 as soon as N datagrams have come, and with status \
                 8 if they do not come in time.",
            ),
            Item("--send-only", "The client ends as soon as stdin is sent."),
            Item(
                "The address refuses",
                "What was not answered is sent to the next address; status 5 when all refuse. \
                 Datagrams that are lost on the way, or that nobody reads, are not noticed.",
            ),
            Item(
                "stdout's reader goes",
                "This is noticed at once; skat dies of SIGPIPE, silently, as a filter does.",
            ),
        ],
    },
    Section {
        title: "WHAT IS PRINTED",
        pages: &["resolve"],
        body: &[
            Text(
                "Without an option of \"What is asked\": the addresses of a name, one per line, in \
                 the system's order, each once (getaddrinfo(3), which took the place of \
                 gethostbyname(3)); or the names of an address (getnameinfo(3) with NI_NAMEREQD). \
                 An address is what inet_pton(3) takes, with or without a zone: `127.1` is a name, \
                 which getaddrinfo reads as an address. Addresses are printed as inet_ntop(3) \
                 prints them, zones as names of interfaces.",
            ),
            Text(
                "Of several names, or with `-`, each line begins with the name and a tab, in the \
                 order asked, whichever is answered first. A name that fails gets a line on \
                 stderr, and the rest go on.",
            ),
            Text(
                "A numeric name sends no query. An international name, `bücher.example`, is \
                 looked up in its ASCII form (IDNA 2008, UTS 46).",
            ),
        ],
    },
    Section {
        title: "FAILURES",
        pages: &["resolve"],
        body: &[
            Item("not-found", "There is no such name, service or protocol: status 3."),
            Item("no-data", "The name exists, but has no address of the family: status 3."),
            Item(
                "temporary",
                "A name server failed, or none answered in time: status 4. The system's resolver \
                 does not tell which.",
            ),
            Item(
                "refused",
                "Not asked, because it cannot be a name: empty, with a space or a NUL, a label \
                 over 63 bytes, a malformed international name, a number out of range. Status 2; \
                 among several names it counts as 3.",
            ),
            Text(
                "These are the words of `--json`. The status of several names is the worst of \
                  them, 4 over 3.",
            ),
        ],
    },
];
