//! The commands: each file is its textbook loop, in named steps.

pub mod tcp_client;
pub mod tcp_server;
