//! The program of `--exec` and `--sh-exec`: read once, looked up once, started for every peer.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::Context as _;
use nix::unistd::{AccessFlags, access};

use super::{Child, Contact, environment};
use crate::outcome::{Cause, failure, refusal};
use crate::report::escape;
use crate::sys::process as system;

/// Where execvp(3) looks without a PATH.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// What is run for each peer.
#[derive(Clone, Debug)]
pub struct Program(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    file: PathBuf,
    words: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Program {
    /// A line that is split into words as a shell does it, and run without one.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a line without a word or with a quote that is not closed;
    /// [`Cause::NoProgram`] and [`Cause::NotExecutable`] for one that cannot be run.
    pub fn words(line: &OsStr) -> anyhow::Result<Self> {
        let mut lexer = shlex::bytes::Shlex::new(line.as_bytes());
        let words: Vec<OsString> = lexer.by_ref().map(OsString::from_vec).collect();
        if lexer.had_error {
            let shown = escape(line.as_bytes());
            return Err(refusal(Cause::Usage, format!("--exec '{shown}': a quote is not closed")));
        }
        let Some(name) = words.first() else {
            return Err(refusal(Cause::Usage, "--exec: the command is empty"));
        };
        let file = look_up(name)?;
        Ok(Self::new(file, words))
    }

    /// A line for `/bin/sh -c`.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an empty line.
    pub fn shell(line: &OsStr) -> anyhow::Result<Self> {
        if line.as_bytes().iter().all(u8::is_ascii_whitespace) {
            return Err(refusal(Cause::Usage, "--sh-exec: the command is empty"));
        }
        Ok(Self::new("/bin/sh".into(), vec!["/bin/sh".into(), "-c".into(), line.to_owned()]))
    }

    fn new(file: PathBuf, words: Vec<OsString>) -> Self {
        Self(Arc::new(Parts { file, words, environment: environment::common() }))
    }

    /// The program's name, as the user wrote it.
    #[must_use]
    pub fn name(&self) -> String {
        escape(self.0.words[0].as_bytes())
    }

    /// Starts the program for a contact. It has these two descriptors, skat's stderr and no
    /// other; its signals are as a login shell has them; it leads a process group of its own.
    ///
    /// # Errors
    /// [`Cause::NoProgram`] and [`Cause::NotExecutable`], if the file has changed meanwhile; the
    /// system's, if it gives no process.
    pub fn start(
        &self,
        contact: &Contact<'_>,
        stdin: OwnedFd,
        stdout: OwnedFd,
    ) -> anyhow::Result<Child> {
        let parts = &*self.0;
        let mut command = Command::new(&parts.file);
        command.arg0(&parts.words[0]).args(&parts.words[1..]).env_clear();
        command.envs(parts.environment.iter().map(|(name, value)| (name, value)));
        command.envs(contact.variables());
        command.stdin(stdin).stdout(stdout).process_group(0);
        system::restore_limit(&mut command);
        let child = command.spawn().and_then(Child::new);
        child.map_err(cannot_run).with_context(|| format!("run {}", self.name()))
    }
}

/// The file that execvp(3) would find.
fn look_up(name: &OsStr) -> anyhow::Result<PathBuf> {
    let found = if name.as_bytes().contains(&b'/') {
        check(Path::new(name)).map(|()| PathBuf::from(name))
    } else {
        let path = std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
        let mut worst = io::Error::from_raw_os_error(libc::ENOENT);
        let mut files =
            std::env::split_paths(&path).map(|folder| Path::new(".").join(folder).join(name));
        let found = files.find(|file| match check(file) {
            Ok(()) => true,
            Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
                worst = error;
                false
            }
            Err(_) => false,
        });
        found.ok_or(worst)
    };
    found.map_err(cannot_run).with_context(|| format!("run {}", escape(name.as_bytes())))
}

/// Fails as execve(2) would.
fn check(file: &Path) -> io::Result<()> {
    access(file, AccessFlags::X_OK)?;
    if std::fs::metadata(file)?.is_file() {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(libc::EACCES))
    }
}

/// Gives an error of execve(2) the status that a shell would end with.
fn cannot_run(error: io::Error) -> anyhow::Error {
    let cause = match error.raw_os_error() {
        Some(libc::ENOENT | libc::ENOTDIR) => Cause::NoProgram,
        Some(libc::EACCES | libc::ENOEXEC | libc::EISDIR | libc::ELOOP) => Cause::NotExecutable,
        _ => Cause::Transfer,
    };
    failure(cause, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::cause_of;

    fn words(line: &str) -> anyhow::Result<Vec<OsString>> {
        Program::words(line.as_ref()).map(|program| program.0.words.clone())
    }

    #[test]
    fn words_are_those_of_a_shell() {
        let wanted = ["sh", "-c", "echo  \"$0\" *", "a b", ""];
        assert_eq!(words(r#"sh -c 'echo  "$0" *' a\ b """#).unwrap(), wanted);
    }

    #[test]
    fn what_cannot_be_run_has_the_cause_of_a_shell() {
        for (line, cause) in [
            ("", Cause::Usage),
            ("  ", Cause::Usage),
            ("sh -c 'echo", Cause::Usage),
            ("there-is-no-such-program", Cause::NoProgram),
            ("/there/is/none", Cause::NoProgram),
            ("/etc/passwd/none", Cause::NoProgram),
            ("/etc/passwd", Cause::NotExecutable),
            ("/etc", Cause::NotExecutable),
        ] {
            assert_eq!(cause_of(&words(line).unwrap_err()), cause, "{line}");
        }
    }
}
