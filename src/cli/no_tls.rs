//! What stands in for the options of TLS in a skat that is built without it: none.

use clap::Args;

use crate::net::tls::{ClientSettings, ServerSettings};

/// What clients have.
#[derive(Debug, Args)]
pub struct TlsClientArguments {}

impl TlsClientArguments {
    /// How to speak TLS: not at all.
    #[allow(clippy::unused_self)]
    pub fn settings(&self) -> Option<ClientSettings> {
        None
    }
}

/// What servers have.
#[derive(Debug, Args)]
pub struct TlsServerArguments {}

impl TlsServerArguments {
    /// How to speak TLS: not at all.
    #[allow(clippy::unused_self)]
    pub fn settings(&self) -> Option<ServerSettings> {
        None
    }
}

/// How a server speaks TLS with those that it forwards to: not at all.
pub fn to_target() -> Option<ClientSettings> {
    None
}
