//! Options on who may talk to a server.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use crate::net::access::Access;

const ACCESS: &str = "Who may come";

/// What servers have whose peers have IP addresses.
#[derive(Debug, Args)]
pub struct AccessArguments {
    /// Only this address or network (10.0.0.0/8) may come, or those in @FILE; repeatable
    #[arg(long, value_name = "SPEC", value_hint = ValueHint::Other, help_heading = ACCESS)]
    allow: Vec<OsString>,
    /// This address or network, or those in @FILE, may not come, even if allowed; repeatable
    #[arg(long, value_name = "SPEC", value_hint = ValueHint::Other, help_heading = ACCESS)]
    deny: Vec<OsString>,
}

impl AccessArguments {
    pub fn access(&self) -> anyhow::Result<Access> {
        Access::parse(&self.allow, &self.deny)
    }
}
