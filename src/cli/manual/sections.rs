//! The sections of the manual.

use super::Part::{Item, On, Text};
use super::{
    CLIENTS, DURATIONS_AND_SIZES, SERVERS, STREAMS, Section, ending, exec, probes, relaying, tls,
    unix,
};

/// Every section, in the order in which a page has them, between its options and SEE ALSO.
pub const SECTIONS: &[Section] = &[
    Section {
        title: "SERVICES AND CONVERSATIONS",
        pages: &["tcp-server"],
        body: &[
            Text(
                "By default, the server holds a conversation: it accepts one client, closes the \
                 listening socket, sends stdin to the client, prints what it receives, and exits. \
                 With `--keep-open`, it talks to one client after another until interrupted; stdout \
                 stays open until skat exits. Input read for a client that has left is not sent to \
                 the next; an error message says how many bytes.",
            ),
            Text(
                "With `--echo`, `--stamp`, `--discard`, `--exec`, `--sh-exec`, `--forward`, `--chat` \
                 or `--broker`, it runs a service: any number of clients at a time, until \
                 interrupted, and stdin is not read. `--once` serves one connection and exits. \
                 `--stamp` answers a line longer than `--bufsize` in pieces, and also a last line \
                 without a newline.",
            ),
            Text(
                "A port can be bound again right after a server on it has stopped. A port that \
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
                 answer. By default, it prints datagrams on stdout and sends stdin to the client \
                 heard from last, or as `--reply-to` says; stdin is not read before the first \
                 datagram. With one of the following, it runs a service, and stdin is not read.",
            ),
            Item(
                "--echo, --stamp, --discard",
                "Each datagram is answered to its sender, or dropped.",
            ),
            Item(
                "--forward HOST:PORT",
                "Each client gets a session with its own socket to the target; answers that arrive \
                 there are sent back from the address that it used. A name is looked up per session. \
                 A target that refuses is logged once and ends nothing; if it has several \
                 addresses, the next one gets what the first refuses. A session ends after \
                 `--idle-timeout` (60 s) without a datagram either way, or when another client \
                 needs its place (`--max-conns`, 16384). `--broadcast` and `--multicast-if` are for \
                 broadcast and multicast targets. With `--once`, one datagram and its answer are \
                 relayed: status 5 if the target refuses, 6 if it does not answer.",
            ),
            Item(
                "--exec CMD, --sh-exec CMD",
                "A process is started per datagram, which is its stdin. All its output until it \
                 exits is the answer, one datagram; without output there is none. Output larger \
                 than a datagram is an error that states the size. Its stderr is skat's. At most \
                 `--max-conns` (100) run at a time; later datagrams wait in the socket's buffer. A \
                 process without output for `--idle-timeout` is stopped, and all are when skat \
                 stops. With `--once`, skat exits with the status of the process. If the program is \
                 missing or not executable, the status is 127 or 126.",
            ),
            Text(
                "Answers come from the address that the client used, even if the server listens on \
                 all addresses. A port that another program uses is not shared, status 9, except \
                 between receivers of a multicast group (`--join`).",
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
                "`--frame` sets how stdin is split into datagrams, and how datagrams are printed. \
                 Boundaries are kept; an empty datagram is a datagram, never EOF. A datagram too \
                 large to send, or truncated when received, is an error that states its size. A \
                 line that cannot be sent ends a client with status 1; a datagram server logs it and \
                 continues with the next.",
            ),
            Item(
                "line",
                "One datagram per line, including the newline. Datagrams are printed with a newline \
                 added if they lack one.",
            ),
            Item(
                "block[:SIZE]",
                "One datagram per SIZE bytes (1400). Datagrams are printed as they are.",
            ),
            Item(
                "whole",
                "All of stdin is one datagram, an empty one if stdin is empty. Datagrams are printed \
                 as they are.",
            ),
            Item(
                "len32",
                "Each datagram is preceded by its length, in 4 bytes, big-endian; both ways.",
            ),
            Item(
                "hex",
                "One line of hexadecimal digits per datagram, both ways. Spaces, tabs and CRs between \
                 bytes of stdin are ignored.",
            ),
        ],
    },
    exec::SECTION,
    Section {
        title: "ACCESS CONTROL",
        pages: &["tcp-server", "udp-server"],
        body: &[
            Text(
                "`--allow` and `--deny` take an address, a network such as `10.0.0.0/8` or \
                 `fd00::/8`, or `@FILE`: a file with any number of these per line, blank lines, and \
                 comments after a `#`. With an `--allow`, all other addresses are denied; `--deny` \
                 takes precedence. IPv4 rules match IPv4 clients on every socket, including \
                 dual-stack ones.",
            ),
            Text(
                "A denied client is reset before any data is sent or printed or a program started; \
                 denied datagrams are dropped. Neither counts as the client that `--once`, a \
                 conversation or `--accept-timeout` waits for. `-v` logs each.",
            ),
        ],
    },
    Section {
        title: "READINESS",
        pages: SERVERS,
        body: &[
            Text(
                "Once it listens, the server says so on stderr, with the real port if 0 was given. \
                 Scripts need not sleep or guess:",
            ),
            Item(
                "--ready-file PATH",
                "Written to a temporary file and renamed, so that a reader finds all of it or none: \
                 a line ADDRESS:PORT per socket, or the PATH of a Unix socket. Only a regular file \
                 is replaced.",
            ),
            Item("--ready-fd N", "The same lines are written to an inherited descriptor."),
            Item(
                "NOTIFY_SOCKET",
                "If this is in the environment, a service manager is sent READY=1, and STOPPING=1 \
                 when the server stops (sd_notify(3)). A failure to send is a warning.",
            ),
            Item(
                "--run CMD",
                "The command is run with /bin/sh once the server listens, with the variables under \
                 ENVIRONMENT set. When it exits, what is open or queued is served to its end; then \
                 skat exits with the command's status, 128+N if signal N killed it. If \
                 that is 0 and what skat served itself has failed, the status is that of the \
                 failure. A signal to skat is passed on to the command first. The command inherits skat's \
                 stdin only if skat does not read it itself.",
            ),
        ],
    },
    Section {
        title: "INHERITED SOCKETS",
        pages: SERVERS,
        body: &[
            Text(
                "`--listen-fd N` serves on a socket opened by the process that started skat. Sockets \
                 from systemd socket activation need no option: with LISTEN_PID and LISTEN_FDS in \
                 the environment (sd_listen_fds(3)), skat serves on all of them. A descriptor that \
                 is not open, or a socket of the wrong kind, is a usage error.",
            ),
            On(
                &["tcp-server"],
                &Text(
                    "The socket must be listening; HOST and PORT cannot be given. It is made \
                     non-blocking, for all who share it.",
                ),
            ),
            On(&["udp-server"], &Text("The socket must be bound; HOST and PORT cannot be given.")),
            On(
                &["unix-server"],
                &Text(
                    "The socket must be listening, with `--type dgram` bound; PATH cannot be given. A \
                     listening socket is made non-blocking, for all who share it. The file is not \
                     removed.",
                ),
            ),
            Text(
                "Neither the sockets nor these variables are passed on to programs that skat runs.",
            ),
        ],
    },
    Section {
        title: "LOCKSTEP",
        pages: CLIENTS,
        body: &[Text(
            "With `--prompt`, the client takes turns with the server, as the classic examples do: it \
             prints the prompt on stderr, sends a line of stdin, waits for one answer (a line; for \
             UDP a datagram), prints it, and prompts again. An empty line or EOF on stdin ends it. \
             Use it with servers that send exactly one answer per line. Without `--prompt`, both \
             directions flow independently, which is right for everything else.",
        )],
    },
    probes::TCP,
    probes::UDP,
    Section {
        title: "ADDRESSES, DURATIONS AND SIZES",
        pages: &["tcp-server", "tcp-client", "udp-server", "udp-client"],
        body: &[
            Text(
                "Two words are HOST and PORT. One word is a PORT if it is all digits, a HOST if it is \
                 an IPv6 address or has no colon, and HOST:PORT otherwise: `[::1]:80`, `:80`, \
                 `host.example:http`. A PORT is 0 to 65535, or a service name; a client's cannot be \
                 0. A HOST may have a zone: `fe80::1%eth0`. IPv4-mapped addresses are shown as IPv4.",
            ),
            On(
                SERVERS,
                &Text(
                    "By default, the PORT is 21567, and the server listens on all addresses of the \
                     machine, IPv4 and IPv6 on one port. If HOST is a name with several addresses, \
                     it listens on all of them, on one port; one of IPv6 is left out if the system \
                     has no IPv6.",
                ),
            ),
            On(
                CLIENTS,
                &Text(
                    "By default, the PORT is 21567, and the HOST is `localhost` (with `--numeric`, \
                     `::1` and `127.0.0.1`). With `--probe`, one word is a PORT also if it consists \
                     of digits, commas and hyphens.",
                ),
            ),
            On(
                &["tcp-client"],
                &Text(
                    "All addresses of a name are tried, alternating IPv6 and IPv4; each next attempt \
                     starts after 250 ms, earlier if `--connect-timeout` leaves less time for each, \
                     or at once when one fails (RFC 8305). If all fail, the error names each with \
                     its reason.",
                ),
            ),
            On(
                &["udp-client"],
                &Text(
                    "If an address of a name refuses before it has answered, the client moves on to \
                     the next. If all refuse, the error names each with its reason.",
                ),
            ),
            DURATIONS_AND_SIZES,
        ],
    },
    unix::NAMES,
    Section {
        title: "LOGGING",
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
                "stderr gets one line per event, starting with `skat: `. The listening address, \
                 warnings and errors are always logged (with `--quiet`, only errors); connections, \
                 datagrams (also how many were lost because the receive buffer was full: see `-O \
                 rcvbuf=SIZE`) and the end with `-v`; every step with `-vv`. Text from peers and \
                 arguments is escaped. A server, or a client that is connected, does not wait long for \
                 a stderr that is not read (a second, and a hundredth of its time): it drops lines, \
                 and the next one that is written says how many.",
            ),
            Text(
                "With `--log json`, each line is an object with `time` (RFC 3339) and `event`: \
                 `listening`, `connecting`, `connected`, `certificate` (made for the run), `denied`, \
                 `disconnected`, `datagram`, `not-open` (of a probe), `error`, `ended`, `warning` or \
                 `step`; then, as they apply, `local`, `peer`, `bytes_in`, `bytes_out`, `seconds`, \
                 `reason` and `status`. `seconds` is how long the connection was open, or, when a \
                 server has ended, how long it ran. A prompt, and what a program writes on stderr, \
                 is not JSON.",
            ),
            On(
                STREAMS,
                &Text(
                    "With `--tls`, `connected` also has `tls` (the version), `cipher`, `alpn`, and of \
                     the peer's certificate `subject`, `issuer`, `not_before`, `not_after` and \
                     `fingerprint` (SHA-256), which `certificate` has too.",
                ),
            ),
        ],
    },
    Section {
        title: "LOGGING",
        pages: &["resolve", "info"],
        body: &[
            Text("stderr gets one line per error, starting with `skat: `."),
            On(&["resolve"], &Text("With `-v`, it also gets one per look-up, with its time.")),
            Text(
                "With `--log json`, each line is an object with `time` (RFC 3339), `event` (`error`, \
                 `warning` or `step`), `reason` and, for what ends skat, `status`.",
            ),
        ],
    },
    tls::SECTION,
    ending::CONVERSATION,
    unix::DIFFERENCES,
    ending::EXCHANGE,
    Section {
        title: "OUTPUT",
        pages: &["resolve"],
        body: &[
            Text(
                "By default: the addresses of a name, one per line, in the system's order, each once \
                 (getaddrinfo(3), which replaces gethostbyname(3)); or the names of an address \
                 (getnameinfo(3) with NI_NAMEREQD). An address is what inet_pton(3) accepts, with or \
                 without a zone: `127.1` is a name, which getaddrinfo reads as an address. Addresses \
                 are printed as by inet_ntop(3), with the interface name as zone.",
            ),
            Text(
                "`-` reads names from stdin, one per line. With `-` or several names, each line is \
                 prefixed with the name and a tab, in input order, whichever is answered first. A \
                 name that fails is a line on stderr, and the rest are still looked up.",
            ),
            Item(
                "--host-entry",
                "Lines of two fields, separated by a tab: `name` and the host's name, `alias` and an \
                 alias, `address` and an address.",
            ),
            Item(
                "--json",
                "One object per name, with `query`, `status` (see FAILURES; `ok` for success), \
                 `seconds` and, for a failure, `reason`. The answer is in `addresses` or `names`; with \
                 `--all` in `entries`, each with `family`, `type`, `protocol`, `address`, `port` and \
                 `canonical`; with `--canonical` or `--fqdn` in the field of that name; with \
                 `--host-entry` in `name`, `aliases` and `addresses`; with `--name-info` in `host` \
                 and `service`; with `--service` or `--port` in `name`, `aliases`, `port` and \
                 `protocol`; with `--protocol` in `name`, `aliases` and `number`.",
            ),
            Text(
                "A numeric name causes no query. An international name, `bücher.example`, is looked \
                 up in its ASCII form (IDNA 2008, UTS 46).",
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
                 does not say which.",
            ),
            Item(
                "refused",
                "Not looked up, because it cannot be a name: empty, with a space or a NUL, a label \
                 over 63 bytes, a malformed international name, a number out of range. Status 2; \
                 among several names it counts as 3.",
            ),
            Text(
                "These are the values of `status` in `--json`. With several names, the exit status is \
                 the worst of them, 4 over 3.",
            ),
        ],
    },
];
