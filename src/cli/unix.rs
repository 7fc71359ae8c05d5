//! What commands of Unix sockets have in common.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use crate::net::unix::Name;

/// PATH.
#[derive(Debug, Args)]
pub struct PathArgument {
    /// A file path, or @NAME in the abstract namespace
    #[arg(value_name = "PATH", value_hint = ValueHint::FilePath)]
    path: OsString,
}

impl PathArgument {
    pub fn name(&self) -> anyhow::Result<Name> {
        Name::parse(&self.path)
    }
}

/// Reads permissions in octal, 0 to 777.
pub fn mode(text: &str) -> Result<u32, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match u32::from_str_radix(text, 8) {
        Ok(mode @ 0..=0o777) if digits => Ok(mode),
        _ => Err("not permissions in octal, 0 to 777, such as 660".to_owned()),
    }
}
