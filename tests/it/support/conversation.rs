//! A conversation of skat with a scripted peer, in either role.

use super::unix::{UnixListener, abstract_name, connect, unix_client, unix_server};
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
    converse_with(role, options, way, |skat| skat)
}

/// Begins a conversation of a skat that is prepared first.
#[track_caller]
pub fn converse_with(
    role: Role,
    options: &[&str],
    way: Way,
    prepare: impl FnOnce(Skat) -> Skat,
) -> (Running, Peer) {
    match role {
        Role::Server => {
            let running = prepare(server(options).way(way)).listen();
            let peer = running.connect();
            (running, peer)
        }
        Role::Client => {
            let listener = Listener::new();
            let running = prepare(client(listener.address(), options).way(way)).start();
            let peer = listener.accept();
            (running, peer)
        }
        Role::UnixServer => {
            let name = abstract_name();
            let mut running = prepare(unix_server(&name, options).way(way)).start();
            running.wait_for_stderr("listening");
            (running, connect(&name))
        }
        Role::UnixClient => {
            let name = abstract_name();
            let listener = UnixListener::on(&name);
            let running = prepare(unix_client(&name, options).way(way)).start();
            let peer = listener.accept();
            (running, peer)
        }
    }
}

/// The same with a stdout that only the test reads.
#[track_caller]
pub fn converse_unread(role: Role, options: &[&str], way: Way) -> (Running, Peer) {
    match role {
        Role::Server => {
            let running = server(options).way(way).start_unread().until_listening();
            let peer = running.connect();
            (running, peer)
        }
        Role::Client => {
            let listener = Listener::new();
            let running = client(listener.address(), options).way(way).start_unread();
            let peer = listener.accept();
            (running, peer)
        }
        Role::UnixServer => {
            let name = abstract_name();
            let mut running = unix_server(&name, options).way(way).start_unread();
            running.wait_for_stderr("listening");
            (running, connect(&name))
        }
        Role::UnixClient => {
            let name = abstract_name();
            let listener = UnixListener::on(&name);
            let running = unix_client(&name, options).way(way).start_unread();
            let peer = listener.accept();
            (running, peer)
        }
    }
}
