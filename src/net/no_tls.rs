//! What stands in for TLS in a skat that is built without it: settings that nobody can make.

use socket2::SockAddr;

use crate::report::Report;

/// What connections are made from.
#[derive(Clone, Debug)]
pub enum Context {}

/// How a client speaks TLS.
#[derive(Clone, Debug)]
pub enum ClientSettings {}

impl ClientSettings {
    /// A context for talking to `host`.
    ///
    /// # Errors
    /// None: there are no settings.
    pub fn context(&self, _host: &str, _report: Report) -> anyhow::Result<Context> {
        match *self {}
    }
}

/// How a server speaks TLS.
#[derive(Clone, Debug)]
pub enum ServerSettings {}

impl ServerSettings {
    /// What its files hold.
    ///
    /// # Errors
    /// None: there are no settings.
    pub fn load(&self, _report: Report) -> anyhow::Result<ServerFiles> {
        match *self {}
    }
}

/// What a server's files hold.
#[derive(Debug)]
pub enum ServerFiles {}

impl ServerFiles {
    /// A context for serving at `locals`.
    ///
    /// # Errors
    /// None: there are no files.
    pub fn context(self, _locals: &[SockAddr], _report: Report) -> anyhow::Result<Context> {
        match self {}
    }
}
