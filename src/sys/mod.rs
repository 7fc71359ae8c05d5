//! What the operating system gives, one call a function: the only home of `unsafe`.
//!
//! Everything here either has no safe form in `nix` or `socket2`, or differs by system. Callers
//! see safe functions and no `cfg`.
#![allow(unsafe_code)]

pub mod backtraces;
pub mod children;
pub mod connection;
pub mod datagrams;
pub mod descriptor;
pub mod interruption;
pub mod netdb;
mod owned;
pub mod process;
pub mod signals;
pub mod socket_file;
pub mod sockopt;
pub mod spawn;
