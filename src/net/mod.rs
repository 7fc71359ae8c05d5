//! Sockets and names: each function is one call of the textbook, with its operation and address
//! in the error.

pub mod access;
pub mod address;
pub mod attempt;
pub mod binding;
pub mod circle;
pub mod connect;
pub mod inherited;
pub mod inspection;
pub mod notify;
pub mod options;
pub mod ports;
pub mod resolver;
pub mod retry;
pub mod symbols;
pub mod tcp;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
pub mod tls;
pub mod udp;
pub mod unix;
