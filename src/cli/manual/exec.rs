//! What the manual says of programs that serve clients.

use super::Part::{Item, Text};
use super::Section;

/// How a process and its connection are joined, and how both end.
pub const SECTION: Section = Section {
    title: "RUNNING PROGRAMS",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--exec` or `--sh-exec`, a process is started per connection. The connection itself \
             is its stdin and stdout; its stderr is skat's. It inherits no other descriptors and \
             starts with default signal handling, the descriptor limit that skat was started with, \
             and the variables under ENVIRONMENT. When the client half-closes, the process sees EOF; \
             output it writes afterwards is still delivered.",
        ),
        Text(
            "`--exec` splits CMD into words using shell quoting and runs the program as execvp(3) \
             finds it; no shell is run and nothing is expanded, so pipes and redirections need \
             `--sh-exec`. If the program is missing or not executable, skat exits with 127 or 126 \
             before it listens. Never put data from clients into a `--sh-exec` command line.",
        ),
        Item(
            "The process exits",
            "skat shuts down the sending side of the connection, reads what the client still sends \
             until it closes too, at most for two seconds, and closes. This way the last output \
             arrives even if the process left input unread. Other processes that inherited the \
             connection can send no more. With `--once`, skat exits with the status of the process, \
             128+N if signal N killed it.",
        ),
        Item(
            "The client closes",
            "The process sees EOF, and its writes fail. It is not killed: if it neither reads nor \
             writes, it keeps running and counts as a connection.",
        ),
        Item(
            "skat is stopped",
            "By a signal or `--max-time`: each process group gets SIGTERM, and SIGKILL a second \
             later. A second signal kills them at once.",
        ),
        Text(
            "With `--idle-timeout`, and with `-v` on a Unix socket (whose bytes the system does not \
             count), data passes through skat: the process gets a socket that is joined to the \
             connection. If the connection is idle for too long, the process gets SIGTERM, and \
             SIGKILL a second later.",
        ),
    ],
};
