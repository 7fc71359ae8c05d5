//! A terminal with the test at its other end (pty(7)).

use std::fs::File;
use std::os::fd::OwnedFd;

use nix::fcntl::{OFlag, open};
use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};
use nix::sys::stat::Mode;
use nix::sys::termios::{self, LocalFlags, SetArg};

use super::Bounded;

/// Both ends of a terminal, which no other test's process inherits.
pub struct Terminal {
    /// Where the test types and reads.
    pub ours: Bounded<File>,
    /// What skat takes for stdin or stdout.
    pub its: OwnedFd,
    pub name: String,
}

impl Terminal {
    pub fn open() -> Self {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let ours = posix_openpt(flags).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname_r(&ours).unwrap();
        let its = open(name.as_str(), flags, Mode::empty()).unwrap();
        Self { ours: Bounded::new(File::from(OwnedFd::from(ours))), its, name }
    }

    /// Neither echoes nor changes what passes; still hands out whole lines.
    pub fn plain(self) -> Self {
        let mut modes = termios::tcgetattr(&self.its).unwrap();
        termios::cfmakeraw(&mut modes);
        modes.local_flags |= LocalFlags::ICANON;
        termios::tcsetattr(&self.its, SetArg::TCSANOW, &modes).unwrap();
        self
    }

    pub fn its(&self) -> OwnedFd {
        self.its.try_clone().unwrap()
    }
}
