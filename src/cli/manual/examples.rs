//! The examples of the manual.

use super::Example;

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
        page: "tcp-server",
        about: "Relay a port to another machine",
        command: "skat tcp-server --forward host.example:80 localhost 8080",
    },
    Example {
        page: "tcp-server",
        about: "Offer a daemon that only has a Unix socket on a port, and ask it",
        command: "skat tcp-server --forward unix:/run/docker.sock localhost 2375",
    },
    Example {
        page: "tcp-server",
        about: "Try a relay: an echo service, a relay to it, and a client of the relay",
        command: "skat tcp-server --echo --run '\"$SKAT\" tcp-server --forward \"$SKAT_ADDR\" --run \"echo hello | \\\"\\$SKAT\\\" tcp-client \\\"\\$SKAT_ADDR\\\"\" localhost 0' localhost 0",
    },
    Example {
        page: "tcp-server",
        about: "A chat of all who connect, for 50 at a time",
        command: "skat tcp-server --chat --max-conns 50 9000",
    },
    Example {
        page: "tcp-server",
        about: "Answer each connection with a program's output, and try it in one command",
        command: "skat tcp-server --exec 'tr a-z A-Z' --run 'echo hello | \"$SKAT\" tcp-client \"$SKAT_ADDR\" | grep -qx HELLO' localhost 0",
    },
    Example {
        page: "tcp-server",
        about: "A pipeline for each connection, ten at a time at most; who is silent is dropped",
        command: "skat tcp-server --sh-exec 'gzip -dc | sort -u' --max-conns 10 --idle-timeout 1m localhost 9000",
    },
    Example {
        page: "tcp-server",
        about: "Run a program for one client, and exit with its status",
        command: "skat tcp-server --once --exec 'tar -xf -' localhost 9000",
    },
    Example {
        page: "tcp-server",
        about: "Serve the machines of two networks, but for one, and this machine",
        command: "skat tcp-server --echo --allow 192.0.2.0/24 --allow fd00::/8 --deny 192.0.2.13 --allow ::1 7000",
    },
    Example {
        page: "tcp-server",
        about: "Receive a file over TLS; the certificate's fingerprint, on stderr, is for the client",
        command: "skat tcp-server --tls 9000 >file",
    },
    Example {
        page: "tcp-server",
        about: "Put TLS before a server that does not speak it",
        command: "skat tcp-server --tls --cert server.pem --key server.key --forward localhost:8080 443",
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
    Example {
        page: "tcp-client",
        about: "Send lines one by one, each after the answer to the one before",
        command: "skat tcp-client --prompt host.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "Which of these ports are open, each known within a second",
        command: "skat tcp-client --probe --connect-timeout 1s host.example 22,80,8000-8100",
    },
    Example {
        page: "tcp-client",
        about: "Wait up to a minute until all of these ports of a machine are open",
        command: "skat tcp-client --probe --retry-for 1m host.example 5432,6379",
    },
    Example {
        page: "tcp-client",
        about: "Ask a web server over TLS, verified by name",
        command: "printf 'GET / HTTP/1.0\\nHost: example.org\\n\\n' | skat tcp-client --tls --crlf example.org https",
    },
    Example {
        page: "udp-server",
        about: "A time-stamping service and a client to try it, in one command",
        command: "skat udp-server --stamp --run 'echo hello | \"$SKAT\" udp-client'",
    },
    Example {
        page: "udp-server",
        about: "Print what comes, a datagram a line, with its sender on stderr",
        command: "skat udp-server -v 5514",
    },
    Example {
        page: "udp-server",
        about: "See the bytes of the next datagram",
        command: "skat udp-server --once --frame hex 9000",
    },
    Example {
        page: "udp-server",
        about: "Receive a multicast group on one interface",
        command: "skat udp-server --join 239.1.2.3%eth0 5000",
    },
    Example {
        page: "udp-server",
        about: "Have a program answer each datagram, ten at a time",
        command: "skat udp-server --exec 'tr a-z A-Z' --max-conns 10 9000",
    },
    Example {
        page: "udp-server",
        about: "Relay to a name server, and forget a client that has been quiet for ten seconds",
        command: "skat udp-server --forward ns.example:domain --idle-timeout 10s 5353",
    },
    Example {
        page: "udp-server",
        about: "Run a test against an echo service on a free port, and exit with the test's status",
        command: "skat udp-server --echo --run 'echo ping | \"$SKAT\" udp-client --replies 1 \"$SKAT_ADDR\" | grep -qx ping' localhost 0",
    },
    Example {
        page: "udp-client",
        about: "Send a measurement, and wait for nothing",
        command: "echo 'builds:1|c' | skat udp-client --send-only localhost 8125",
    },
    Example {
        page: "udp-client",
        about: "Ask, and fail with status 8 if no answer comes within two seconds",
        command: "echo ping | skat udp-client --replies 1 --after-eof 2s host.example 9000",
    },
    Example {
        page: "udp-client",
        about: "Send lines one by one, each after the answer to the one before",
        command: "skat udp-client --prompt host.example 9000",
    },
    Example {
        page: "udp-client",
        about: "Ask a name server for the address of example.org, in bytes",
        command: "echo abcd01000001000000000000076578616d706c65036f72670000010001 | skat udp-client --frame hex ns.example domain",
    },
    Example {
        page: "udp-client",
        about: "Find out whether a name server answers",
        command: "echo abcd01000001000000000000076578616d706c65036f72670000010001 | skat udp-client --probe --frame hex ns.example domain",
    },
    Example {
        page: "udp-client",
        about: "Ask everybody on the local network, and print who answers within a second",
        command: "echo discover | skat udp-client --broadcast -v 255.255.255.255 9999",
    },
    Example {
        page: "udp-client",
        about: "Send a file in datagrams of 1200 bytes, a megabyte a second",
        command: "skat udp-client --send-only --frame block:1200 --rate 1M host.example 9000 <file",
    },
    Example {
        page: "unix-server",
        about: "A time-stamping service and a client to try it, in one command",
        command: "skat unix-server --stamp --run 'echo hello | \"$SKAT\" unix-client \"$SKAT_ADDR\"' @try",
    },
    Example {
        page: "unix-server",
        about: "Talk with whoever connects, and let nobody else than this user do it",
        command: "skat unix-server --mode 600 talk.sock",
    },
    Example {
        page: "unix-server",
        about: "Collect what other programs send, one after another, until interrupted",
        command: "skat unix-server --keep-open --mode 660 collect.sock </dev/null >>collected",
    },
    Example {
        page: "unix-server",
        about: "See the bytes of the datagrams that programs send",
        command: "skat unix-server --type dgram --frame hex log.sock",
    },
    Example {
        page: "unix-client",
        about: "Ask a daemon by its socket",
        command: "printf 'GET /version HTTP/1.0\\n\\n' | skat unix-client --crlf /run/docker.sock",
    },
    Example {
        page: "unix-client",
        about: "Wait for a server that is being started, then talk to it",
        command: "echo ping | skat unix-client --retry-for 30s service.sock",
    },
    Example {
        page: "unix-client",
        about: "Send a record given in bytes, and see those that come back",
        command: "echo 01000008 | skat unix-client --type seqpacket --frame hex service.sock",
    },
    Example {
        page: "unix-client",
        about: "Write to the system's log, which takes datagrams",
        command: "echo '<13>backup: done' | skat unix-client --type dgram --send-only /dev/log",
    },
    Example {
        page: "unix-client",
        about: "Talk with a server in the abstract namespace, a line and its answer in turn",
        command: "skat unix-client --prompt @service",
    },
    Example {
        page: "resolve",
        about: "The addresses of a name, one a line",
        command: "skat resolve host.example",
    },
    Example {
        page: "resolve",
        about: "Many names, 100 at once; the status is 4 if any could not be looked up for now, \
                else 3 if any does not exist",
        command: "skat resolve --jobs 100 --timeout 5 --json - <names",
    },
    Example {
        page: "resolve",
        about: "What a TCP client would try, in its order",
        command: "skat resolve --all --type stream host.example:https",
    },
    Example {
        page: "resolve",
        about: "The port of a service, and the service of a port",
        command: "skat resolve --service domain/udp; skat resolve --port 53/udp",
    },
    Example {
        page: "info",
        about: "Whether this machine can do IPv6, multipath TCP, fast open …",
        command: "skat info features",
    },
    Example {
        page: "info",
        about: "The socket options that -O knows, with their defaults here",
        command: "skat info options tcp",
    },
    Example {
        page: "info",
        about: "What the functions of the C library make of an address",
        command: "skat info address 127.1 ::ffff:10.0.0.1 --json",
    },
];
