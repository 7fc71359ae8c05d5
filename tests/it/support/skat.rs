//! skat under test: started, talked to, waited for, and never left behind.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, Once};
use std::thread::JoinHandle;
use std::time::Instant;

use nix::sys::signal::{SigHandler, Signal, kill, killpg, signal};
use nix::unistd::Pid;

use super::bounded::Bounded;
use super::finished::{Collected, Finished};
use super::peer::Peer;
use super::{PATIENCE, wait_until};

/// How skat is made to move bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The fastest that it knows.
    Fast,
    /// Through memory.
    Copying,
    /// Through memory, stdin and stdout by helper threads.
    Helpers,
}

/// The tests may run under nohup or in a shell's background, where signals are ignored, which skat
/// would inherit. One that has a handler is at its default in each program that is started.
#[allow(unsafe_code, clippy::exit, clippy::disallowed_methods)]
fn forget_ignored_signals() {
    static ONCE: Once = Once::new();
    let end = || {
        for group in RUNNING.lock().unwrap().iter() {
            let _ = killpg(*group, Signal::SIGKILL);
        }
        std::process::exit(130)
    };
    ONCE.call_once(|| {
        ctrlc::set_handler(end).expect("signals are handled");
        // SAFETY: the default action is no handler.
        unsafe { signal(Signal::SIGQUIT, SigHandler::SigDfl) }.expect("it can be caught");
    });
}

/// The process groups of what runs, which a terminal's Ctrl-C does not reach.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// A skat to be started.
pub struct Skat {
    command: Command,
}

/// skat with these arguments.
pub fn skat<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Skat {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skat"));
    command.args(arguments);
    Skat::new(command)
}

/// A tcp-server with these options on a free port of 127.0.0.1.
pub fn server(options: &[&str]) -> Skat {
    skat([&["tcp-server"], options, &["127.0.0.1", "0"]].concat())
}

/// A tcp-client of `address` with these options.
pub fn client(address: SocketAddr, options: &[&str]) -> Skat {
    let address = address.to_string();
    skat([&["tcp-client"], options, &[address.as_str()]].concat())
}

/// A shell script in which `"$SKAT"` is skat; `exec` it, so that the process is skat's.
pub fn shell(script: &str) -> Skat {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    Skat::new(command)
}

impl Skat {
    fn new(mut command: Command) -> Self {
        forget_ignored_signals();
        command.env("SKAT", env!("CARGO_BIN_EXE_skat"));
        command.env_remove("SKAT_PUMP").env_remove("SKAT_STDIO").env("NO_COLOR", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // So that what a script has started goes with it.
        command.process_group(0);
        Self { command }
    }

    /// Another program, held to the same bounds.
    pub fn another(name: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(name);
        command.args(arguments);
        Self::new(command)
    }

    pub fn way(self, way: Way) -> Self {
        match way {
            Way::Fast => self,
            Way::Copying => self.env("SKAT_PUMP", "copy"),
            Way::Helpers => self.env("SKAT_PUMP", "copy").env("SKAT_STDIO", "helper"),
        }
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn directory(mut self, path: &std::path::Path) -> Self {
        self.command.current_dir(path);
        self
    }

    pub fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.command.stdin(stdin);
        self
    }

    pub fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.command.stdout(stdout);
        self
    }

    /// Starts it. A stdout that is not the test's own is collected.
    #[track_caller]
    pub fn start(self) -> Running {
        let mut running = self.start_unread();
        running.stdout = running.child.stdout.take().map(Collected::from);
        running
    }

    /// Starts it with a stdout that only the test reads, or leaves unread.
    #[track_caller]
    pub fn start_unread(mut self) -> Running {
        let mut child = self.command.spawn().expect("skat starts");
        RUNNING.lock().unwrap().push(group(&child));
        // The command keeps the test's own descriptors open as long as it lives.
        drop(self.command);
        let stdin = child.stdin.take().map(Bounded::new);
        let stderr = child.stderr.take().map(Collected::from).expect("stderr is piped");
        let unspecified = (Ipv4Addr::UNSPECIFIED, 0).into();
        Running { child, stdin, stdout: None, stderr, address: unspecified, status: None }
    }

    /// Starts a server and waits until it says where it listens.
    #[track_caller]
    pub fn listen(self) -> Running {
        self.start().until_listening()
    }

    /// Runs it to its end, with nothing more on a stdin of its own.
    #[track_caller]
    pub fn run(self) -> Finished {
        let mut running = self.start();
        running.close_stdin();
        running.finish()
    }
}

fn group(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap())
}

/// A running skat; killed when dropped, with what it or its script has started in its group.
pub struct Running {
    child: Child,
    stdin: Option<Bounded<ChildStdin>>,
    stdout: Option<Collected>,
    stderr: Collected,
    /// Where it listens, once it has said so.
    pub address: SocketAddr,
    status: Option<ExitStatus>,
}

impl Running {
    /// Waits for the ready line and notes the address.
    #[track_caller]
    pub fn until_listening(mut self) -> Self {
        let line = self.wait_for_stderr("listening");
        let json = line.split_once(r#""listening","local":""#);
        let (_, rest) = json.or_else(|| line.split_once("listening on ")).expect("just seen");
        let address = rest.split(['\n', '"']).next().expect("never empty");
        self.address = address.parse().expect("an address");
        if self.address.ip().is_unspecified() {
            self.address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        self
    }

    /// Waits for a whole line with `text` on stderr; gives all of stderr up to now.
    #[track_caller]
    pub fn wait_for_stderr(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let told = self.stderr();
            if told.split_inclusive('\n').any(|line| line.contains(text) && line.ends_with('\n')) {
                return told;
            }
            let over = self.has_ended() && self.stderr.is_complete();
            assert!(!over && Instant::now() < end, "no '{text}' on stderr: {}", self.stderr());
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.bytes()).into_owned()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A scripted peer of this server.
    #[track_caller]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.address)
    }

    /// Writes to skat's stdin. One that has ended reads nothing, and tells why.
    #[track_caller]
    pub fn type_in(&mut self, bytes: impl AsRef<[u8]>) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        match stdin.write_all(bytes.as_ref()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            written => written.expect("skat reads stdin"),
        }
    }

    /// Types all of this and ends stdin, from a thread of its own, as far as it is read.
    pub fn type_all(&mut self, bytes: impl AsRef<[u8]>) -> JoinHandle<()> {
        let (mut stdin, bytes) = (self.take_stdin(), bytes.as_ref().to_vec());
        std::thread::spawn(move || {
            let _ = stdin.write_all(&bytes);
        })
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    pub fn take_stdin(&mut self) -> Bounded<ChildStdin> {
        self.stdin.take().expect("stdin is open")
    }

    /// The stdout of a skat that was started with `start_unread`.
    pub fn take_stdout(&mut self) -> Bounded<ChildStdout> {
        Bounded::new(self.child.stdout.take().expect("stdout is the test's"))
    }

    /// What stdout has given up to now.
    pub fn stdout(&self) -> Vec<u8> {
        self.stdout.as_ref().map(Collected::bytes).unwrap_or_default()
    }

    /// Waits until stdout has given exactly this.
    #[track_caller]
    pub fn wait_for_stdout(&self, wanted: impl AsRef<[u8]>) {
        let wanted = wanted.as_ref();
        let stdout = self.stdout.as_ref().expect("stdout is collected");
        wait_until(&format!("stdout of {} bytes", wanted.len()), || stdout.len() >= wanted.len());
        super::assert_same_bytes(&self.stdout(), wanted);
    }

    /// Waits for the end of stdout, which skat outlives.
    #[track_caller]
    pub fn wait_for_end_of_stdout(&self) {
        let stdout = self.stdout.as_ref().expect("stdout is collected");
        wait_until("the end of stdout", || stdout.is_complete());
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.id()).unwrap()), signal).expect("skat runs");
    }

    pub fn has_ended(&mut self) -> bool {
        if self.status.is_none() {
            self.status = self.child.try_wait().expect("skat is a child");
        }
        self.status.is_some()
    }

    /// Fails if it has ended by itself.
    #[track_caller]
    pub fn assert_running(&mut self) {
        assert!(!self.has_ended(), "skat ended ({:?}): {}", self.status, self.stderr());
    }

    /// Waits for the end; a skat that hangs is killed and shown.
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        let end = Instant::now() + PATIENCE;
        while !self.has_ended() {
            if Instant::now() > end {
                let (stderr, stdout) = (self.stderr(), self.stdout());
                drop(self);
                panic!("skat hangs; stderr: {stderr}; {} bytes of stdout", stdout.len());
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let stdout = self.stdout.take().map(Collected::whole).unwrap_or_default();
        let stderr = std::mem::replace(&mut self.stderr, Collected::nothing()).whole();
        Finished {
            status: self.status.expect("it has ended"),
            stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Tells it to end, and checks that it ends of that.
    #[track_caller]
    pub fn stop(self) -> Finished {
        self.signal(Signal::SIGTERM);
        let finished = self.finish();
        finished.assert_died_of(Signal::SIGTERM);
        finished
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = group(&self.child);
        if !self.has_ended() {
            let _ = killpg(group, Signal::SIGKILL);
            let _ = self.child.wait();
        }
        RUNNING.lock().unwrap().retain(|other| *other != group);
    }
}

/// An argument of any bytes.
pub fn bytes_argument(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}
