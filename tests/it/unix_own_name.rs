//! The name that a datagram client of a Unix socket is answered at: by its target, whosever that is
//! and wherever it runs, and by nobody else.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use socket2::{SockAddr, Type};

use crate::support::programs::is_usable;
use crate::support::unix::{abstract_name, listening, receive, socket, unix_client};
use crate::support::{Skat, shell, wait_until};
use crate::unix_dgram::{peer, server};

fn client(name: &str) -> Skat {
    unix_client(name, &["--type", "dgram", "--replies", "1", "--after-eof", "20"])
}

/// The server looks for the name from its own working directory.
#[test]
fn a_relative_folder_for_it_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let name = abstract_name();
    let skat = listening(server(&name, &["--echo"]));
    for relative in ["", "."] {
        let mut asking = client(&name).env("TMPDIR", relative).directory(folder.path()).start();
        asking.type_in("hello\n");
        asking.wait_for_stdout("hello\n");
        asking.finish().assert_status(0).assert_silent();
    }
    skat.stop().assert_silent();
}

/// Of two users without rights over each other, either may be the server.
#[test]
fn a_server_of_another_user_answers() {
    let user = |id| format!("--reuid={id} --clear-groups");
    let works = |id| {
        let user = user(id);
        let words: Vec<&str> = user.split(' ').collect();
        is_usable("setpriv", &[&words[..], &[env!("CARGO_BIN_EXE_skat"), "--version"]].concat())
    };
    if !works(54321) {
        return;
    }
    let name = abstract_name();
    let serve = format!("exec setpriv {} \"$SKAT\" unix-server --type dgram", user(54321));
    let skat = listening(shell(&format!("{serve} --echo {name}")));
    let ask = "unix-client --type dgram --replies 1 --after-eof 20";
    for id in [0, 54322] {
        let line = format!("exec setpriv {} \"$SKAT\" {ask} {name}", user(id));
        let mut asking = shell(&line).env("TMPDIR", "/tmp").start();
        asking.type_in("hello\n");
        asking.wait_for_stdout("hello\n");
        asking.finish().assert_status(0).assert_silent();
    }
    skat.stop().assert_silent();
}

/// What lets a server of another user answer lets nobody else do it: the socket is connected.
#[test]
fn nobody_but_the_target_can_send_to_it() {
    let name = abstract_name();
    let target = peer(&name);
    let mut asking = client(&name).start();
    asking.type_in("question\n");
    let mut bytes = [std::mem::MaybeUninit::uninit(); 16];
    let (_, from) = target.recv_from(&mut bytes).expect("a question");
    let path = from.as_pathname().expect("a path").to_owned();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o666);
    let address = SockAddr::unix(&path).unwrap();
    let refused = socket(Type::DGRAM).send_to(b"not yours\n", &address).unwrap_err();
    assert_eq!(refused.raw_os_error(), Some(nix::libc::EPERM), "{refused}");
    target.send_to(b"answer\n", &address).unwrap();
    asking.wait_for_stdout("answer\n");
    asking.finish().assert_status(0);
}

/// Where others can rename the directory, they can lead its path to any file of the user's.
#[test]
fn no_other_file_is_given_permissions() {
    // Time to do it: what is sent comes after all permissions.
    let slowly = "strace -f -qq -o /dev/null -e trace=connect -e inject=connect:delay_enter=500000";
    if !is_usable("strace", &["true"]) {
        return;
    }
    let (folder, name) = (tempfile::tempdir().unwrap(), abstract_name());
    let target = peer(&name);
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let line = format!("exec {slowly} \"$SKAT\" unix-client --type dgram {name}");
    let mut asking = shell(&line).env("TMPDIR", folder.path()).start();
    let directory = || {
        let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.into_iter().find(|path| path.join("socket").exists())
    };
    wait_until("a socket", || directory().is_some());
    let directory = directory().unwrap();
    fs::rename(&directory, folder.path().join("moved")).unwrap();
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o700)).unwrap();
    symlink(&secret, directory.join("socket")).unwrap();
    asking.type_in("question\n");
    assert_eq!(receive(&target), b"question\n");
    for (path, expected) in [(&secret, 0o600), (&directory, 0o700)] {
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, expected, "{path:?}");
    }
    asking.close_stdin();
    asking.finish().assert_status(0);
}
