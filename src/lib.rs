//! skat: a network Swiss-army knife.
//!
//! The modules, in the order of their layers; each imports only those below it.

pub mod cli;
pub mod commands;
pub mod engine;
pub mod net;
pub mod outcome;
pub mod report;
pub mod sys;
