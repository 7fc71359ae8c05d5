//! What the manual pages and `--help` say beyond the options.

/// A command that a reader can try, and what it is for.
pub struct Example {
    /// The subcommand whose page it is on.
    pub page: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The command line.
    pub command: &'static str,
}

/// Every example, page by page.
pub const EXAMPLES: &[Example] = &[
    Example {
        page: "tcp-server",
        about: "A time-stamping service and a client to try it, in one command",
        command: "skat tcp-server --stamp --run 'echo hello | \"$SKAT\" tcp-client'",
    },
    Example { page: "tcp-server", about: "Receive a file", command: "skat tcp-server 9000 >file" },
    Example {
        page: "tcp-client",
        about: "Send a file; the exit status tells whether all of it was acknowledged",
        command: "skat tcp-client host.example 9000 <file",
    },
];

/// The examples of a page, as `--help` shows them.
#[must_use]
pub fn examples(page: &str) -> String {
    let mut text = String::from("Examples:\n");
    for example in EXAMPLES.iter().filter(|example| example.page == page) {
        text.extend(["  ", example.about, ":\n      ", example.command, "\n"]);
    }
    text
}
