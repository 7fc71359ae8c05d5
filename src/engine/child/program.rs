//! The program of `--exec` and `--sh-exec`: read once, looked up once, started for every peer.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use nix::unistd::{AccessFlags, access};
use socket2::SockAddr;

use super::{Child, Contact, environment};
use crate::outcome::{Cause, failure, refusal};
use crate::report::{Report, escape};
use crate::sys::spawn::{Image, Started, spawn};

/// Where execvp(3) looks without a PATH.
const DEFAULT_PATH: &str = "/bin:/usr/bin";
const SHELL: &CStr = c"/bin/sh";

/// What is run for each peer.
#[derive(Clone, Debug)]
pub struct Program(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    /// The name, as the user wrote it.
    name: String,
    file: CString,
    arguments: Vec<CString>,
    environment: Vec<CString>,
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
        Self::new(file, words)
    }

    /// A line for `/bin/sh -c`.
    ///
    /// # Errors
    /// [`Cause::Usage`] for an empty line.
    pub fn shell(line: &OsStr) -> anyhow::Result<Self> {
        if line.as_bytes().iter().all(u8::is_ascii_whitespace) {
            return Err(refusal(Cause::Usage, "--sh-exec: the command is empty"));
        }
        let words = vec!["/bin/sh".into(), "-c".into(), line.to_owned()];
        Self::new(PathBuf::from(&words[0]), words)
    }

    fn new(file: PathBuf, words: Vec<OsString>) -> anyhow::Result<Self> {
        let name = escape(words[0].as_bytes());
        let arguments = c_strings(words)?;
        let environment = c_strings(environment::common())?;
        let file = c_string(file.into_os_string())?;
        Ok(Self(Arc::new(Parts { name, file, arguments, environment })))
    }

    /// Warns of what a forgotten HOST does.
    pub fn warn_if_open_to_all(locals: &[SockAddr], report: Report) {
        let all = |local: &SockAddr| local.as_socket().is_some_and(|it| it.ip().is_unspecified());
        if locals.iter().any(all) {
            report.warning(
                "anyone who can reach this port can run the command; listen on localhost, or \
                 restrict with --allow",
            );
        }
    }

    /// Starts the program for a contact. It has these two descriptors, skat's stderr and no
    /// other; it leads a process group of its own, and no signal is ignored or blocked.
    ///
    /// # Errors
    /// [`Cause::NoProgram`] and [`Cause::NotExecutable`], if the file has changed meanwhile; the
    /// system's, if it gives no process.
    pub fn start(
        &self,
        contact: &Contact<'_>,
        stdin: impl AsFd,
        stdout: impl AsFd,
    ) -> anyhow::Result<Child> {
        let Parts { name, file, arguments, environment } = &*self.0;
        let of_contact = c_strings(contact.variables())?;
        let image = Image {
            file,
            arguments,
            environment: [environment, &of_contact],
            stdio: [stdin.as_fd(), stdout.as_fd()],
        };
        let started = match spawn(&image) {
            Err(error) if error.raw_os_error() == Some(libc::ENOEXEC) => self.by_shell(&image),
            other => other,
        };
        let started = started.map_err(cannot_run).with_context(|| format!("run {name}"))?;
        Ok(Child::new(started))
    }

    /// A script that does not say by what it is to be run is run by the shell, as execvp(3) does
    /// it.
    fn by_shell(&self, image: &Image<'_>) -> io::Result<Started> {
        let Parts { file, arguments, .. } = &*self.0;
        let words = [file, file].into_iter().chain(&arguments[1..]);
        let arguments: Vec<CString> = words.cloned().collect();
        spawn(&Image { file: SHELL, arguments: &arguments, ..*image })
    }
}

fn c_strings(texts: Vec<OsString>) -> anyhow::Result<Vec<CString>> {
    texts.into_iter().map(c_string).collect()
}

/// No argument and no variable of this process has a NUL in it, and those of a contact have none.
fn c_string(text: OsString) -> anyhow::Result<CString> {
    CString::new(text.into_vec()).context("a NUL byte in a command")
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

    fn words(line: &str) -> anyhow::Result<Vec<CString>> {
        Program::words(line.as_ref()).map(|program| program.0.arguments.clone())
    }

    #[test]
    fn words_are_those_of_a_shell() {
        let wanted = [c"sh", c"-c", c"echo  \"$0\" *", c"a b", c""];
        assert_eq!(words(r#"sh -c 'echo  "$0" *' a\ b """#).unwrap(), wanted.map(CStr::to_owned));
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
