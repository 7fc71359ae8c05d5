//! What is left of a skat that has ended: its status, and what its pipes brought.

use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use nix::sys::signal::Signal;

use super::wait_until;

/// A skat that has ended.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Finished {
    #[track_caller]
    pub fn assert_status(&self, status: i32) -> &Self {
        assert_eq!(self.status.code(), Some(status), "{:?}: {}", self.status, self.stderr);
        self
    }

    #[track_caller]
    pub fn assert_died_of(&self, signal: Signal) -> &Self {
        let died_of = self.status.signal();
        assert_eq!(died_of, Some(signal as i32), "{:?}: {}", self.status, self.stderr);
        self
    }

    #[track_caller]
    pub fn assert_stdout(&self, wanted: impl AsRef<[u8]>) -> &Self {
        super::assert_same_bytes(&self.stdout, wanted.as_ref());
        self
    }

    #[track_caller]
    pub fn assert_told(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "no '{text}' in: {}", self.stderr);
        self
    }

    /// Nothing on stderr but the line that every server says.
    #[track_caller]
    pub fn assert_silent(&self) -> &Self {
        let told = self.stderr.lines().find(|line| !line.contains("listening on"));
        assert_eq!(told, None, "{}", self.stderr);
        self
    }
}

/// What a thread collects from a pipe, up to its end.
pub struct Collected {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Collected {
    pub fn from(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                shared.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { bytes, thread: Some(thread) }
    }

    pub fn nothing() -> Self {
        Self { bytes: Arc::default(), thread: None }
    }

    pub fn len(&self) -> usize {
        self.bytes.lock().unwrap().len()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    pub fn is_complete(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Everything. A pipe that a process left behind keeps open is a failure too.
    #[track_caller]
    pub fn whole(self) -> Vec<u8> {
        wait_until("the end of a pipe that skat held", || self.is_complete());
        self.bytes()
    }
}
