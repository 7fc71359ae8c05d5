//! The same bytes with other people's programs: nc (netcat-openbsd), ncat and socat, in both
//! roles.

use crate::support::programs::program;
use crate::support::{
    Finished, Running, Skat, Way, assert_same_bytes, client, free_port, on_each_way, pattern,
    server, wait_until,
};

/// Starts another program's server; skat's `--retry-for` waits until it listens.
fn client_of(port: &str, way: Way) -> Skat {
    client(format!("127.0.0.1:{port}").parse().unwrap(), &["--retry-for", "20"]).way(way)
}

/// The other sends, then skat, then both end, and both got everything. (nc stops at its peer's
/// end whatever it has not sent by then: skat must not end before it has everything.)
fn exchange(mut skat: Running, mut other: Running, from_skat: &[u8], from_other: &[u8]) {
    let others = other.type_all(from_other);
    wait_until("all of it", || skat.stdout().len() == from_other.len());
    let typing = [others, skat.type_all(from_skat)];
    let (skat, other): (Finished, Finished) = (skat.finish(), other.finish());
    for thread in typing {
        thread.join().unwrap();
    }
    skat.assert_status(0);
    assert_same_bytes(&skat.stdout, from_other);
    assert_same_bytes(&other.stdout, from_skat);
}

on_each_way! {
    fn nc_connects(way) {
        let skat = server(&[]).way(way).listen();
        let port = skat.address.port().to_string();
        let Some(nc) = program("nc", &["-N", "127.0.0.1", &port]) else { return };
        said_first(skat, nc.start());
    }

    fn nc_listens(way) {
        let port = free_port().to_string();
        let Some(nc) = program("nc", &["-N", "-l", "127.0.0.1", &port]) else { return };
        let nc = nc.start();
        said_first(client_of(&port, way).start(), nc);
    }

    fn ncat_connects(way) {
        let skat = server(&[]).way(way).listen();
        let port = skat.address.port().to_string();
        let Some(ncat) = program("ncat", &["127.0.0.1", &port]) else { return };
        said_first(skat, ncat.start());
    }

    fn ncat_listens(way) {
        let port = free_port().to_string();
        let Some(ncat) = program("ncat", &["-l", "127.0.0.1", &port]) else { return };
        let ncat = ncat.start();
        said_first(client_of(&port, way).start(), ncat);
    }

    fn socat_connects(way) {
        let skat = server(&[]).way(way).listen();
        let address = format!("TCP:{}", skat.address);
        let Some(socat) = program("socat", &["-t", "20", "-", &address]) else { return };
        exchange(skat, socat.start(), &pattern(200_000), &pattern(100_001));
    }

    fn socat_listens(way) {
        let port = free_port().to_string();
        let address = format!("TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr");
        let Some(socat) = program("socat", &["-t", "20", "-", &address]) else { return };
        let socat = socat.start();
        exchange(client_of(&port, way).start(), socat, &pattern(200_000), &pattern(100_001));
    }
}

/// nc and ncat may stop at the peer's end, whatever they have left to send: they have their say
/// first, then skat sends and ends.
fn said_first(mut skat: Running, mut other: Running) {
    let (from_skat, from_other) = (pattern(200_000), pattern(50_001));
    other.type_in(&from_other);
    skat.wait_for_stdout(&from_other);
    let typing = skat.type_all(&from_skat);
    wait_until("all of it", || other.stdout().len() == from_skat.len());
    other.close_stdin();
    let (skat, other) = (skat.finish(), other.finish());
    typing.join().unwrap();
    skat.assert_status(0).assert_stdout(&from_other);
    assert_same_bytes(&other.stdout, &from_skat);
}

#[test]
fn others_talk_to_an_echo() {
    let skat = server(&["--echo"]).listen();
    let (port, address) = (skat.address.port().to_string(), format!("TCP:{}", skat.address));
    let peers = [
        ("nc", vec!["-N", "127.0.0.1", &port]),
        ("ncat", vec!["127.0.0.1", &port]),
        ("socat", vec!["-t", "20", "-", &address]),
    ];
    for (name, arguments) in peers {
        let Some(other) = program(name, &arguments) else { continue };
        let mut other = other.start();
        let data = pattern(100_000);
        let typing = other.type_all(&data);
        let finished = other.finish();
        typing.join().unwrap();
        assert_same_bytes(&finished.stdout, &data);
    }
    skat.stop().assert_silent();
}

/// `nc` and `ncat` hang after the peer has gone; skat does not wait for them either.
#[test]
fn a_program_that_is_killed_is_a_reset_or_an_end() {
    let skat = server(&[]).listen();
    let port = skat.address.port().to_string();
    let Some(nc) = program("nc", &["127.0.0.1", &port]) else { return };
    let mut nc: Running = nc.start();
    nc.type_in("last words");
    skat.wait_for_stdout("last words");
    nc.signal(nix::sys::signal::Signal::SIGKILL);
    nc.finish();
    skat.wait_for_end_of_stdout();
    let mut skat = skat;
    skat.close_stdin();
    skat.finish().assert_status(0);
}

/// skat as socat's child has a socket for stdin and stdout.
#[test]
fn socat_runs_skat() {
    let skat = server(&["--echo"]).listen();
    let port = skat.address.port();
    let command = format!("EXEC:{} tcp-client 127.0.0.1 {port}", env!("CARGO_BIN_EXE_skat"));
    let Some(socat) = program("socat", &["-t", "20", "-", &command]) else { return };
    let mut socat = socat.start();
    let typing = socat.type_all(pattern(100_000));
    socat.finish().assert_status(0).assert_stdout(pattern(100_000));
    typing.join().unwrap();
    skat.stop();
}
