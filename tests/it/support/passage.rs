//! How bytes pass between a peer and the process that serves it.

use super::{Skat, Way, server};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// The peer's own socket is the process's stdin and stdout.
    Socket,
    /// Through skat, which has to know when there are none.
    Spliced,
    /// The same, through skat's memory.
    Copied,
}

pub const PASSAGES: [Passage; 3] = [Passage::Socket, Passage::Spliced, Passage::Copied];

/// A server with these options whose bytes pass like this.
pub fn server_by(passage: Passage, options: &[&str]) -> Skat {
    let relayed = [options, &["--idle-timeout", "5m"]].concat();
    match passage {
        Passage::Socket => server(options),
        Passage::Spliced => server(&relayed),
        Passage::Copied => server(&relayed).way(Way::Copying),
    }
}
