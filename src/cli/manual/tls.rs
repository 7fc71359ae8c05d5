//! The section of the manual on TLS.

use super::Part::{Item, On, Text};
use super::{SERVERS, STREAMS, Section};

/// TLS.
pub const SECTION: Section = Section {
    title: "TLS",
    pages: STREAMS,
    body: &[
        Text(
            "With `--tls`, the connection uses TLS 1.3 or 1.2. No byte of stdin is sent, and no \
             process started, before the peer is verified. A failed handshake exits with status 7 \
             and the reason; one that takes longer than `--handshake-timeout`, with status 6. `-v` \
             logs the negotiated parameters and the peer's certificate.",
        ),
        On(
            SERVERS,
            &Text(
                "A server drops a client whose handshake fails and waits for others, unless it serves \
                 only one (`--once`). It logs why; a service does so only with `-v`.",
            ),
        ),
        Item(
            "What a client trusts",
            "A certificate for the name or address it was given, issued by one of the system's \
             certificate authorities, or by those in `SSL_CERT_FILE` and `SSL_CERT_DIR`. With \
             `--ca`, one issued by an authority in the file. A certificate that is itself among these \
             is trusted too. With \
             `--pin`, only the certificate with this SHA-256 fingerprint, whatever it says, unless `--ca` \
             has a say too. With \
             `--insecure`, any certificate: this gives no protection from anyone in between.",
        ),
        On(
            SERVERS,
            &Item(
                "A server's certificate",
                "The one in `--cert`. Without it, the server makes a self-signed certificate for the \
                 run, for localhost, the host's name and the listening address, and prints its \
                 fingerprint on stderr, in the form that `--pin` takes.",
            ),
        ),
        On(
            SERVERS,
            &Item(
                "TLS to a target",
                "`--forward tls:HOST:PORT` speaks TLS to the target, whether or not the clients use it \
                 (`--tls`). `--ca`, `--pin`, `--insecure` and `--server-name` then apply to the target. \
                 `--tls-min`, `--handshake-timeout` and `--ignore-unexpected-eof` apply to both sides. \
                 `--cert`, `--key` and `--alpn` apply to the clients with `--tls`, and to the target \
                 without it; to have them on both sides, run one server for each.",
            ),
        ),
        Item(
            "Application protocols",
            "With `--alpn`, a client refuses a server that chooses none of those in the list, or \
             none at all. A server refuses a client that offers only others, and serves one that \
             offers none.",
        ),
        Item(
            "Closing",
            "EOF on stdin sends close_notify, and skat keeps receiving. If the peer closes without \
             close_notify, the data may be truncated: skat delivers what arrived and exits with \
             status 1, unless `--ignore-unexpected-eof` is given. In TLS 1.2, close_notify asks the \
             peer to close too, and some servers then drop their answer: a client that got none \
             says so, and `--no-half-close` keeps the sending side open.",
        ),
    ],
};
