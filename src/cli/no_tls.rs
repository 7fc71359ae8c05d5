//! What stands in for the options of TLS in a skat that is built without it: none.

use clap::Args;

use super::refusals::Given;
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

    /// How to speak TLS with a target: not at all.
    #[allow(clippy::unused_self)]
    pub fn to_target(&self) -> Option<ClientSettings> {
        None
    }

    /// Refuses nothing, because nothing is offered.
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    pub fn refuse_without_target(&self) -> anyhow::Result<()> {
        Ok(())
    }

    /// The options that were given: none.
    #[allow(clippy::unused_self)]
    pub fn given(&self) -> Vec<Given<'static>> {
        Vec::new()
    }
}
