//! The examples of the manual.

use super::Example;

/// Every example, page by page.
pub const EXAMPLES: &[Example] = &[
    Example {
        page: "skat",
        about: "Start a time-stamping service and try it with a client, in one command",
        command: "skat tcp-server --stamp --run 'echo hello | \"$SKAT\" tcp-client'",
    },
    Example {
        page: "skat",
        about: "Receive a directory",
        command: "skat tcp-server 9000 | tar -xf -",
    },
    Example {
        page: "skat",
        about: "Send a directory, from another machine",
        command: "tar -cf - directory | skat tcp-client host.example 9000",
    },
    Example {
        page: "tcp-server",
        about: "Start a time-stamping service and try it with a client, in one command",
        command: "skat tcp-server --stamp --run 'echo hello | \"$SKAT\" tcp-client'",
    },
    Example {
        page: "tcp-server",
        about: "Talk to a client; what you type is sent, what it sends is printed",
        command: "skat tcp-server 9000",
    },
    Example { page: "tcp-server", about: "Receive a file", command: "skat tcp-server 9000 >file" },
    Example {
        page: "tcp-server",
        about: "Append what one client after another sends, until interrupted",
        command: "skat tcp-server --keep-open 9000 </dev/null >>collected",
    },
    Example {
        page: "tcp-server",
        about: "Run a test against an echo service on a free port, and exit with the test's status",
        command: "skat tcp-server --echo localhost 0 \\\n    --run 'echo ping | \"$SKAT\" tcp-client \"$SKAT_ADDR\" | grep -x ping'",
    },
    Example {
        page: "tcp-server",
        about: "Write the address of a service to a file for other programs",
        command: "skat tcp-server --echo --ready-file address 127.0.0.1 0",
    },
    Example {
        page: "tcp-server",
        about: "Serve at most 100 clients at a time, and drop those idle for a minute",
        command: "skat tcp-server --stamp=rfc3339 --max-conns 100 --idle-timeout 1m 9000",
    },
    Example {
        page: "tcp-server",
        about: "Relay a port to another machine",
        command: "skat tcp-server --forward host.example:80 localhost 8080",
    },
    Example {
        page: "tcp-server",
        about: "Make a daemon that listens on a Unix socket reachable over TCP",
        command: "skat tcp-server --forward unix:/run/docker.sock localhost 2375",
    },
    Example {
        page: "tcp-server",
        about: "Try a relay: an echo service, a relay to it, and a client of the relay",
        command: "skat tcp-server --echo localhost 0 \\\n    --run '\"$SKAT\" tcp-server --forward \"$SKAT_ADDR\" localhost 0 \\\n    --run \"echo hello | $SKAT tcp-client \\$SKAT_ADDR\"'",
    },
    Example {
        page: "tcp-server",
        about: "Run a chat for up to 50 clients",
        command: "skat tcp-server --chat --max-conns 50 9000",
    },
    Example {
        page: "tcp-server",
        about: "Run a program per connection, and try it in one command",
        command: "skat tcp-server --exec 'tr a-z A-Z' localhost 0 \\\n    --run 'echo hello | \"$SKAT\" tcp-client \"$SKAT_ADDR\" | grep -x HELLO'",
    },
    Example {
        page: "tcp-server",
        about: "Run a pipeline per connection, at most ten at a time; idle clients are dropped",
        command: "skat tcp-server --sh-exec 'gzip -dc | sort -u' --max-conns 10 \\\n    --idle-timeout 1m localhost 9000",
    },
    Example {
        page: "tcp-server",
        about: "Run a program for one client, and exit with its status",
        command: "skat tcp-server --once --exec 'tar -xf -' localhost 9000",
    },
    Example {
        page: "tcp-server",
        about: "Serve two networks except one address, and this machine",
        command: "skat tcp-server --echo --allow 192.0.2.0/24 --allow fd00::/8 \\\n    --deny 192.0.2.13 --allow ::1 7000",
    },
    Example {
        page: "tcp-server",
        about: "Receive a file over TLS; the client checks the fingerprint printed on stderr with --pin",
        command: "skat tcp-server --tls 9000 >file",
    },
    Example {
        page: "tcp-server",
        about: "Add TLS in front of a plaintext server",
        command: "skat tcp-server --tls --cert server.pem --key server.key \\\n    --forward localhost:8080 443",
    },
    Example {
        page: "tcp-client",
        about: "Talk to a server; what you type is sent, what it sends is printed",
        command: "skat tcp-client host.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "Send a file; status 0 means that all of it was acknowledged",
        command: "skat tcp-client host.example 9000 <file",
    },
    Example {
        page: "tcp-client",
        about: "Send a line to a server that never closes, and quit once it is acknowledged",
        command: "echo 'build done' | skat tcp-client --after-eof 0 chat.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "Query a web server, with CRLF line endings",
        command: "printf 'GET / HTTP/1.0\\nHost: example.org\\n\\n' | \\\n    skat tcp-client --crlf example.org http",
    },
    Example {
        page: "tcp-client",
        about: "Wait up to 30 seconds for a server that is still starting, then talk to it",
        command: "echo hello | skat tcp-client --retry-for 30s localhost 9000",
    },
    Example {
        page: "tcp-client",
        about: "Print a server's greeting, and quit when it has been silent for a second",
        command: "skat tcp-client --after-eof 1s host.example ssh </dev/null",
    },
    Example {
        page: "tcp-client",
        about: "Find out why a connection fails; log every step and every address with its reason",
        command: "skat tcp-client -vv --connect-timeout 3s host.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "Send line by line, each after the answer to the previous one",
        command: "skat tcp-client --prompt host.example 9000",
    },
    Example {
        page: "tcp-client",
        about: "List which of these ports are open, waiting at most a second for each",
        command: "skat tcp-client --probe --connect-timeout 1s host.example 22,80,8000-8100",
    },
    Example {
        page: "tcp-client",
        about: "Wait up to a minute until all of these ports are open",
        command: "skat tcp-client --probe --retry-for 1m host.example 5432,6379",
    },
    Example {
        page: "tcp-client",
        about: "Query a web server over TLS, verified by name",
        command: "printf 'GET / HTTP/1.0\\nHost: example.org\\n\\n' | \\\n    skat tcp-client --tls --crlf example.org https",
    },
    Example {
        page: "tcp-client",
        about: "Show a server's certificate: its subject, dates and fingerprint, whoever issued it",
        command: "skat tcp-client --tls --insecure -v --after-eof 0 \\\n    host.example https </dev/null",
    },
    Example {
        page: "udp-server",
        about: "Start a time-stamping service and try it with a client, in one command",
        command: "skat udp-server --stamp --run 'echo hello | \"$SKAT\" udp-client'",
    },
    Example {
        page: "udp-server",
        about: "Print each datagram as a line, and log its sender on stderr",
        command: "skat udp-server -v 5514",
    },
    Example {
        page: "udp-server",
        about: "Print the next datagram in hex",
        command: "skat udp-server --once --frame hex 9000",
    },
    Example {
        page: "udp-server",
        about: "Receive a multicast group on one interface",
        command: "skat udp-server --join 239.1.2.3%eth0 5000",
    },
    Example {
        page: "udp-server",
        about: "Answer each datagram with the output of a program, at most ten at a time",
        command: "skat udp-server --exec 'tr a-z A-Z' --max-conns 10 9000",
    },
    Example {
        page: "udp-server",
        about: "Relay to a name server, and end a client's session after ten seconds without traffic",
        command: "skat udp-server --forward ns.example:domain --idle-timeout 10s 5353",
    },
    Example {
        page: "udp-server",
        about: "Run a test against an echo service on a free port, and exit with the test's status",
        command: "skat udp-server --echo localhost 0 \\\n    --run 'echo ping | \"$SKAT\" udp-client \"$SKAT_ADDR\" | grep -x ping'",
    },
    Example {
        page: "udp-client",
        about: "Send a measurement without waiting for an answer, whether or not anything listens",
        command: "echo 'builds:1|c' | skat udp-client --send-only localhost 8125 || true",
    },
    Example {
        page: "udp-client",
        about: "Send a request, and fail with status 8 if no answer arrives within two seconds",
        command: "echo ping | skat udp-client --replies 1 --after-eof 2s host.example 9000",
    },
    Example {
        page: "udp-client",
        about: "Send line by line, each after the answer to the previous one",
        command: "skat udp-client --prompt host.example 9000",
    },
    Example {
        page: "udp-client",
        about: "Query a name server for the address of example.org, with the packet in hex",
        command: "echo abcd01000001000000000000076578616d706c65036f72670000010001 | \\\n    skat udp-client --frame hex ns.example domain",
    },
    Example {
        page: "udp-client",
        about: "Check whether a name server answers",
        command: "echo abcd01000001000000000000076578616d706c65036f72670000010001 | \\\n    skat udp-client --probe --frame hex ns.example domain",
    },
    Example {
        page: "udp-client",
        about: "Broadcast to the local network, and log who answers within a second",
        command: "echo discover | skat udp-client --broadcast -v 255.255.255.255 9999",
    },
    Example {
        page: "udp-client",
        about: "Send a file in datagrams of 1200 bytes, at one megabyte per second",
        command: "skat udp-client --send-only --frame block:1200 --rate 1M \\\n    host.example 9000 <file",
    },
    Example {
        page: "unix-server",
        about: "Start a time-stamping service and try it with a client, in one command",
        command: "skat unix-server --stamp @try \\\n    --run 'echo hello | \"$SKAT\" unix-client \"$SKAT_ADDR\"'",
    },
    Example {
        page: "unix-server",
        about: "Talk to a client, but only to one run by this user",
        command: "skat unix-server --mode 600 talk.sock",
    },
    Example {
        page: "unix-server",
        about: "Append what one client after another sends, until interrupted",
        command: "skat unix-server --keep-open --mode 660 collect.sock \\\n    </dev/null >>collected",
    },
    Example {
        page: "unix-server",
        about: "Print each datagram received in hex",
        command: "skat unix-server --type dgram --frame hex log.sock",
    },
    Example {
        page: "unix-client",
        about: "Query a daemon on its Unix socket",
        command: "printf 'GET /version HTTP/1.0\\n\\n' | \\\n    skat unix-client --crlf /run/docker.sock",
    },
    Example {
        page: "unix-client",
        about: "Wait for a server that is still starting, then talk to it",
        command: "echo ping | skat unix-client --retry-for 30s service.sock",
    },
    Example {
        page: "unix-client",
        about: "Send a record given in hex, and print the answers in hex",
        command: "echo 01000008 | \\\n    skat unix-client --type seqpacket --frame hex service.sock",
    },
    Example {
        page: "unix-client",
        about: "Write to the system log, which is a datagram socket",
        command: "echo '<13>backup: done' | \\\n    skat unix-client --type dgram --send-only /dev/log",
    },
    Example {
        page: "unix-client",
        about: "Talk to a server in the abstract namespace, line by line",
        command: "skat unix-client --prompt @service",
    },
    Example {
        page: "resolve",
        about: "Print the addresses of a name, one per line",
        command: "skat resolve host.example",
    },
    Example {
        page: "resolve",
        about: "Look up many names, 100 at once; the status is 4 if any look-up temporarily failed, \
                else 3 if any name does not exist",
        command: "skat resolve --jobs 100 --timeout 5 --json - <names",
    },
    Example {
        page: "resolve",
        about: "Print the addresses that a TCP client would try (it alternates IPv6 and IPv4)",
        command: "skat resolve --all --type stream host.example:https",
    },
    Example {
        page: "resolve",
        about: "Print the port of a service, and the service on a port",
        command: "skat resolve --service domain/udp; skat resolve --port 53/udp",
    },
    Example {
        page: "info",
        about: "Check whether this machine supports IPv6, multipath TCP, fast open …",
        command: "skat info features",
    },
    Example {
        page: "info",
        about: "List the socket options that -O accepts, with the system's defaults",
        command: "skat info options tcp",
    },
    Example {
        page: "info",
        about: "Show how the C library's functions read an address",
        command: "skat info address 127.1 ::ffff:10.0.0.1 --json",
    },
];
