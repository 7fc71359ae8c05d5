//! The section of the manual on TLS.

use super::Part::{Item, Text};
use super::Section;

/// TLS.
pub const SECTION: Section = Section {
    title: "TLS",
    pages: &["tcp-server", "tcp-client", "unix-server", "unix-client"],
    body: &[
        Text(
            "With `--tls` the connection is secured by TLS 1.3 or 1.2. No byte of stdin is sent, \
             and no process started, before the peer is verified. A failed handshake is status 7 \
             and says what is wrong; one that takes longer than `--handshake-timeout` is status 6. \
             A server reports it, drops that peer and waits for others, unless it serves the first \
             that comes (`--once`). `-v` tells what was agreed on, and whose certificate it is.",
        ),
        Item(
            "Whom a client trusts",
            "A server whose certificate has the name, or the address, that was asked for, from one \
             of the authorities that the system knows; `SSL_CERT_FILE` and `SSL_CERT_DIR` name \
             others. With `--ca`, from one of the authorities in a file, or a certificate that is \
             itself in the file (one that may not sign others is trusted for itself only). With \
             `--pin`, the one certificate with this SHA-256 fingerprint, whatever it says. With \
             `--insecure`, any server: this does not protect from whoever is in between.",
        ),
        Item(
            "Who a server is",
            "What `--cert` says. Without it the server makes a certificate for the run, for \
             localhost, the host's name and the address that it listens on, and reports its \
             fingerprint on stderr, in the form that clients take with `--pin`.",
        ),
        Item(
            "TLS with a target",
            "`--forward tls:HOST:PORT` speaks TLS with the target as a client would, whether or \
             not `--tls` has the peers speak it: `--ca`, `--pin`, `--insecure` and \
             `--server-name` say whom to trust there. `--tls-min`, `--handshake-timeout` and \
             `--ignore-unexpected-eof` are for both sides. `--cert`, `--key` and `--alpn` are for \
             the peers with `--tls`, and for the target without it: who wants them on both sides \
             runs one server for each.",
        ),
        Item(
            "The end",
            "The end of stdin sends close_notify and goes on receiving. A peer that ends without \
             close_notify may have been cut off: what came is delivered, and the status is 1; \
             `--ignore-unexpected-eof` accepts this as a normal end. In TLS 1.2 a close_notify \
             asks the peer to end too, and some servers drop an answer for it: a client to which \
             none came says so, and `--no-half-close` keeps the sending side open.",
        ),
    ],
};
