//! What the manual says of programs that serve peers.

use super::Part::{Item, Text};
use super::Section;

/// How a process and its connection are joined, and how both end.
pub const SECTION: Section = Section {
    title: "PROGRAMS FOR PEERS",
    pages: &["tcp-server", "unix-server"],
    body: &[
        Text(
            "With `--exec` or `--sh-exec` a process is started for each connection. The connection \
             itself is its stdin and stdout; its stderr is skat's. It has no other descriptor, no \
             signal ignored or blocked, the limit of descriptors that skat was started with, and \
             the variables of ENVIRONMENT. The end of what the client sends is the end of the \
             process's input; its answer to that still arrives.",
        ),
        Text(
            "`--exec` splits CMD into words, by the quotes and backslashes of a shell, and runs \
             the program as execvp(3) finds it; nothing is expanded. A program that is missing or \
             cannot be executed is detected before the server listens: status 127 or 126. Never \
             put what a client says into a command line of `--sh-exec`.",
        ),
        Item(
            "The process ends",
            "The sending side of the connection is shut down; skat reads what the client still \
             sends, until it ends too, but no longer than two seconds, and closes. So the last \
             output arrives, although input was left unread. Other processes that have inherited \
             the connection can send no more. With `--once`, skat exits with the status of the \
             process, 128+N if signal N killed it.",
        ),
        Item(
            "The client leaves",
            "The process reads the end of its input, and its writes fail. It is not killed: one \
             that does neither goes on, and counts as a connection.",
        ),
        Item(
            "skat is stopped",
            "By a signal or by `--max-time`: each process, with what it has started in its process \
             group, gets SIGTERM, and SIGKILL a second later. A second signal kills them at once.",
        ),
        Text(
            "With `--idle-timeout`, and with `-v` on a Unix socket, whose bytes the system does not \
             count, the bytes pass through skat: the process has a socket that is joined with the \
             connection. A process whose connection is idle for too long gets SIGTERM, and SIGKILL \
             a second later.",
        ),
    ],
};
