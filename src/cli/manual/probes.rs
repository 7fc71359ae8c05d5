//! What the manual says of probes.

use super::Part::Text;
use super::Section;

/// Of TCP ports.
pub const TCP: Section = Section {
    title: "PROBES",
    pages: &["tcp-client"],
    body: &[
        Text(
            "With `--probe` the client only connects: it sends nothing, reads nothing, and \
                 closes each connection as soon as it stands. PORT may be a list of numbers, ranges \
                 and names of services, as in `22,80,8000-8100,http`. Up to `--jobs` ports are asked at \
                 once. For each that is open a line HOST PORT is printed, in the order of the list, as \
                 soon as all before it are known; with `-v` stderr names each that is not, with its \
                 reason.",
        ),
        Text(
            "Status 0 means that a port is open. Otherwise it is 5 if all have refused, 6 if one \
             did not answer in time (a firewall may drop what comes). `--connect-timeout` bounds \
             each port; without it that time is the system's, about two minutes.",
        ),
        Text(
            "With `--retry-for` the ports that are not open are tried again until all are: \
                 status 0 then means that every port is open.",
        ),
    ],
};

/// Of UDP ports.
pub const UDP: Section = Section {
    title: "PROBES",
    pages: &["udp-client"],
    body: &[
        Text(
            "With `--probe` the client sends a datagram to each port of a list of numbers, \
                 ranges and names of services, as in `53,5000-5010`, up to `--jobs` at once, and waits \
                 for its answer. For each port that answers a line HOST PORT is printed, in the order \
                 of the list, as soon as all before it are known; with `-v` stderr names each of the \
                 others, with its reason.",
        ),
        Text(
            "The datagram is what stdin gives, all of it (or one datagram of the `--frame` that is \
                 given); an empty one if stdin is empty or a terminal. Most services are silent unless \
                 the datagram makes sense to them. A script whose own stdin is not for the probe gives \
                 it </dev/null.",
        ),
        Text(
            "Status 0 means that a port has answered: it is open. 5: all have refused (ICMP port \
                 unreachable), they are closed. 8: neither an answer nor a refusal came from one, \
                 which may be open and not interested, or filtered. `--connect-timeout` says how long \
                 that takes, one second if left out; the datagram is sent three times within it, since \
                 datagrams are lost and refusals are limited to so many a second. With `--retry-for`, \
                 status 0 means that every port has answered.",
        ),
    ],
};
