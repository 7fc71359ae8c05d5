//! What the operating system gives, one call a function: descriptors, signals, processes and what
//! else has no safe form in `nix` or `socket2`. It is the only home of `unsafe`: callers see safe
//! functions.
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
pub mod stdio;
