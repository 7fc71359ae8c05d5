//! Options on who may talk to a server.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use crate::net::access::Access;

const ACCESS: &str = "Access control";

/// What servers have whose peers have IP addresses.
#[derive(Debug, Args)]
pub struct AccessArguments {
    /// Allow only this address or network (10.0.0.0/8), or those in @FILE; repeatable
    #[arg(long, value_name = "SPEC", value_hint = ValueHint::Other, help_heading = ACCESS)]
    allow: Vec<OsString>,
    /// Deny this address or network, or those in @FILE, even if allowed; repeatable
    #[arg(long, value_name = "SPEC", value_hint = ValueHint::Other, help_heading = ACCESS)]
    deny: Vec<OsString>,
}

impl AccessArguments {
    pub fn access(&self) -> anyhow::Result<Access> {
        Access::parse(&self.allow, &self.deny)
    }
}
