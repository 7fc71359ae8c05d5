//! The behaviour of the program, seen from outside: skat as a process, with scripted peers.
//!
//! Every wait is for something, and bounded; a skat that hangs is killed and the test fails.
//! Tests of data run on each way of moving bytes (`on_each_way!`).

// A test fails by a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// What all tests use: skat under test, scripted peers, what the system says of a process.
mod support;

// How a conversation ends: who ends first, resets, peers and readers that go away, signals.
mod ending;
mod gone;
mod hostile;
mod hostile_streams;
mod resets;
mod signals;
mod silence;
mod stdout_gone;

// What passes and through what: every kind of stdin and stdout, much of it, none of it.
mod bulk;
mod idle;
mod nonblocking;
mod stdio_kinds;

// Options of a conversation; one conversation after another.
mod conversation_options;
mod keep_open;

// Before there is a connection: what is written on the command line, connecting, listening.
mod connecting;
mod kernel_options;
mod listening;
mod misaddressed;
mod mistakes;
mod several_addresses;
mod usage;

// Servers that need no stdin; the command that a server is there for.
mod many;
mod run_command;
mod services;
mod stamp;

// Processes that serve peers: the bytes, the process itself, who leaves first.
mod exec;
mod exec_ending;
mod exec_process;
mod unix_exec;

// Connections joined with others: with each other in a chat, with a target by a relay, and what
// that bears.
mod chat;
mod forward;
mod forward_load;
mod forward_targets;

// What is told on stderr.
mod log;

// Who may come; sockets that somebody else has opened.
mod access;
mod hand_over;
mod unix_hand_over;

// The same bytes with nc, ncat and socat; the table that compares them; what strace(1) sees.
mod other_programs;
mod readme_table;
mod system_calls;

// Commands that the README and the manual show.
mod shown;

// Look-ups against a hosts file and a name server of the test's own, and against Python; facts.
mod info;
mod resolve;

// UDP: services and conversations of a server, what the system refuses it, its lifetime, how a
// client's exchange ends, names with several addresses and look-ups that take their time, frames,
// segmentation offload, relays, processes, and every kind of stdin and stdout.
mod udp_conversation;
mod udp_errors;
mod udp_exchange;
mod udp_exec;
mod udp_failover;
mod udp_forward;
mod udp_frames;
mod udp_lifetime;
mod udp_look_up;
mod udp_segments;
mod udp_service;
mod udp_stdio;

// UDP beyond two: broadcast and multicast; other programs; what strace(1) sees.
mod udp_casting;
mod udp_peers;

// Unix sockets: their files; streams, datagrams and records over them.
mod unix_dgram;
mod unix_dgram_conversation;
mod unix_dgram_forward;
mod unix_file;
mod unix_own_name;
mod unix_relaying;
mod unix_seqpacket;
mod unix_services;
mod unix_stream;
mod unix_unnamed;

// Probes, which only find out what is open: TCP and UDP.
mod probe_tcp;
mod probe_udp;

// The dialogue in lockstep, `--prompt`, over TCP and UDP.
mod prompt;

// TLS: conversations over it, their options, servers and their handlers, strange peers, what is
// told, who is trusted and must show a certificate, Unix sockets, other programs.
#[cfg(feature = "tls")]
mod tls_conversation;
#[cfg(feature = "tls")]
mod tls_handlers;
#[cfg(feature = "tls")]
mod tls_hostile;
#[cfg(feature = "tls")]
mod tls_mutual;
#[cfg(feature = "tls")]
mod tls_options;
#[cfg(feature = "tls")]
mod tls_programs;
#[cfg(feature = "tls")]
mod tls_service;
#[cfg(feature = "tls")]
mod tls_told;
#[cfg(feature = "tls")]
mod tls_trust;
#[cfg(feature = "tls")]
mod tls_unix;

use assert_cmd::Command;

/// A server and its client in one command.
#[test]
fn a_line_is_stamped_and_comes_back() {
    let mut skat = Command::new(env!("CARGO_BIN_EXE_skat"));
    skat.args(["tcp-server", "0", "--stamp", "--run"])
        .arg(r#"echo hello | "$SKAT" tcp-client "$SKAT_HOST" "$SKAT_PORT""#)
        .timeout(std::time::Duration::from_secs(20));
    skat.assert().success().stdout(predicates::str::is_match(r"^\[.{24}\]: hello\n$").unwrap());
}
