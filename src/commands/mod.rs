//! The commands: each client and server is its textbook loop, in named steps.

pub mod info;
mod loops;
pub mod resolve;
pub mod tcp_client;
pub mod tcp_server;
pub mod udp_client;
pub mod udp_server;
pub mod unix_client;
pub mod unix_server;
