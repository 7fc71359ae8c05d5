//! What the manual says of probes.

use super::Part::Text;
use super::Section;

/// Of TCP ports.
pub const TCP: Section = Section {
    title: "PROBES",
    pages: &["tcp-client"],
    body: &[
        Text(
            "With `--probe`, the client only connects: it sends and reads nothing, and closes each \
             connection once it is established. PORT may be a list of numbers, ranges and service \
             names, such as `22,80,8000-8100,http`. Up to `--jobs` ports are probed at once. For \
             each open port, a line HOST PORT is printed, in the order of the list, as soon as all \
             ports before it are known; with `-v`, stderr names each port that is not open, with \
             the reason.",
        ),
        Text(
            "A probe is a real connection: it uses up a server that serves only one, such as one \
             with `--once`.",
        ),
        Text(
            "Status 0 means that at least one port is open. Otherwise it is 5 if all refused, 6 if \
             one did not answer in time (a firewall may drop the packets). `--connect-timeout` \
             limits each probe; without it, the system's limit applies, about two minutes.",
        ),
        Text(
            "With `--retry-for`, ports that are not open are retried until all are: status 0 then \
             means that every port is open.",
        ),
    ],
};

/// Of UDP ports.
pub const UDP: Section = Section {
    title: "PROBES",
    pages: &["udp-client"],
    body: &[
        Text(
            "With `--probe`, the client sends a datagram to each port of a list of numbers, ranges \
             and service names, such as `53,5000-5010`, up to `--jobs` at once, and waits for an \
             answer. For each port that answers, a line HOST PORT is printed, in the order of the \
             list, as soon as all ports before it are known; with `-v`, stderr names each of the \
             others, with the reason.",
        ),
        Text(
            "The datagram is all of stdin (or one datagram in the format of `--frame`); it is empty \
             if stdin is empty or a terminal. Most services answer only a datagram that makes sense \
             to them. In a script whose own stdin is not meant for the probe, add </dev/null.",
        ),
        Text(
            "Status 0 means that a port answered: it is open. 5: all refused (ICMP port \
             unreachable), they are closed. 8: one neither answered nor refused; it may be open but \
             silent, or filtered. `--connect-timeout` is the time to wait, one second by default; \
             the datagram is sent three times within it, since datagrams get lost and refusals are \
             rate-limited. With `--retry-for`, status 0 means that every port answered.",
        ),
    ],
};
