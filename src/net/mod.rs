//! Sockets and names: the calls of the textbook, each in one function that puts operation and
//! address into its error, and what they are given: addresses, options, the terms of TLS, whom to
//! let in.

pub mod access;
pub mod address;
pub mod attempt;
pub mod binding;
pub mod connect;
pub mod forwarding_loop;
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
