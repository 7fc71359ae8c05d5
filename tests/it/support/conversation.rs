//! A conversation of skat with a scripted peer, in either role.

use super::unix::{
    UnixListener, abstract_name, connect, unix_client, unix_server, until_listening,
};
use super::{Listener, Peer, Running, Skat, Way, client, server};

/// The command that skat runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Server,
    Client,
    UnixServer,
    UnixClient,
}

pub const ROLES: [Role; 4] = [Role::Server, Role::Client, Role::UnixServer, Role::UnixClient];
/// For what only TCP has: acknowledgements, windows, resets by close(2).
pub const TCP_ROLES: [Role; 2] = [Role::Server, Role::Client];

/// Begins a conversation; skat's stdin and stdout are the test's.
#[track_caller]
pub fn converse(role: Role, options: &[&str], way: Way) -> (Running, Peer) {
    begin(role, options, way, Skat::start)
}

/// Begins a conversation of a skat that is prepared first.
#[track_caller]
pub fn converse_with(
    role: Role,
    options: &[&str],
    way: Way,
    prepare: impl FnOnce(Skat) -> Skat,
) -> (Running, Peer) {
    begin(role, options, way, |skat| prepare(skat).start())
}

/// The same with a stdout that only the test reads.
#[track_caller]
pub fn converse_unread(role: Role, options: &[&str], way: Way) -> (Running, Peer) {
    begin(role, options, way, Skat::start_unread)
}

#[track_caller]
fn begin(
    role: Role,
    options: &[&str],
    way: Way,
    start: impl FnOnce(Skat) -> Running,
) -> (Running, Peer) {
    match role {
        Role::Server => {
            let running = start(server(options).way(way)).until_listening();
            let peer = running.connect();
            (running, peer)
        }
        Role::Client => {
            let listener = Listener::new();
            let running = start(client(listener.address(), options).way(way));
            (running, listener.accept())
        }
        Role::UnixServer => {
            let name = abstract_name();
            let running = until_listening(start(unix_server(&name, options).way(way)));
            (running, connect(&name))
        }
        Role::UnixClient => {
            let name = abstract_name();
            let listener = UnixListener::on(&name);
            let running = start(unix_client(&name, options).way(way));
            (running, listener.accept())
        }
    }
}
