//! Sockets that another process has opened for this one: named by number, or handed over by a
//! service manager (sd_listen_fds(3)).

use std::ffi::OsString;
use std::os::fd::{OwnedFd, RawFd};

use anyhow::Context as _;
use socket2::{Domain, Socket, Type};

use super::address::Family;
use crate::outcome::{Cause, failure, refusal};
use crate::report::escape;
use crate::sys::descriptor;

/// The first descriptor that a service manager hands over (SD_LISTEN_FDS_START).
const FIRST: RawFd = 3;

/// Descriptors to serve on.
#[derive(Clone, Debug)]
pub struct Inherited {
    numbers: Vec<Number>,
    /// Handed over but not asked for: nobody else may inherit them.
    others: Vec<Number>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    fd: RawFd,
    /// What the service manager calls it (LISTEN_FDNAMES).
    name: Option<String>,
}

/// What a server can serve on.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its families.
    pub domains: &'static [Domain],
    /// Its type.
    pub socket_type: Type,
    /// The same in words.
    pub what: &'static str,
}

/// What a tcp-server can serve on.
pub const TCP: Wanted = Wanted {
    domains: &[Domain::IPV4, Domain::IPV6],
    socket_type: Type::STREAM,
    what: "a listening TCP socket",
};
/// What a udp-server can serve on.
pub const UDP: Wanted = Wanted {
    domains: &[Domain::IPV4, Domain::IPV6],
    socket_type: Type::DGRAM,
    what: "a bound UDP socket",
};

impl Inherited {
    /// The descriptor that the user names, or those that the environment hands over to this
    /// process.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a number that no socket for skat can have, and for variables that
    /// are malformed.
    pub fn find(named: Option<RawFd>) -> anyhow::Result<Option<Self>> {
        let handed = handed_over(std::process::id(), |name| std::env::var_os(name))?;
        Ok(match (named, handed) {
            (Some(1 | 2), _) => {
                let text = "--listen-fd: stdout and stderr cannot be served on";
                return Err(refusal(Cause::Usage, text));
            }
            (Some(fd), mut others) => {
                let named = others.iter().position(|number| number.fd == fd);
                let number =
                    named.map_or(Number { fd, name: None }, |index| others.swap_remove(index));
                Some(Self { numbers: vec![number], others })
            }
            (None, numbers) if numbers.is_empty() => None,
            (None, numbers) => Some(Self { numbers, others: Vec::new() }),
        })
    }

    /// True if a descriptor is one of them, or was handed over with them.
    #[must_use]
    pub fn contains(&self, fd: RawFd) -> bool {
        self.numbers.iter().chain(&self.others).any(|number| number.fd == fd)
    }

    /// Takes the sockets over: nothing that is started later inherits them.
    ///
    /// # Errors
    /// [`Cause::Usage`] for a descriptor that is not open or not what is wanted.
    pub fn take(&self, wanted: Wanted, family: Family) -> anyhow::Result<Vec<Socket>> {
        for other in &self.others {
            // One that is not open cannot be inherited either.
            let _ = descriptor::close_on_exec(other.fd);
        }
        // All are looked at before the first is taken: its copy could get the number of one that is
        // missing.
        if let Some(gone) = self.numbers.iter().find(|number| !descriptor::is_open(number.fd)) {
            return Err(refusal(Cause::Usage, format!("{}: it is not open", gone.shown())));
        }
        let take = |number: &Number| {
            let socket = number.take(wanted, family);
            socket.with_context(|| number.shown()).map_err(|error| failure(Cause::Usage, error))
        };
        self.numbers.iter().map(take).collect()
    }
}

impl Number {
    fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("descriptor {} ({})", self.fd, escape(name.as_bytes())),
            None => format!("descriptor {}", self.fd),
        }
    }

    fn take(&self, wanted: Wanted, family: Family) -> anyhow::Result<Socket> {
        let fd = OwnedFd::from(descriptor::take(self.fd).context("take it over")?);
        if self.fd == 0 {
            // What is served on is not read as stdin.
            descriptor::empty_stdin().context("open /dev/null")?;
        }
        let socket = Socket::from(fd);
        check(&socket, wanted, family)?;
        if wanted.socket_type != Type::DGRAM {
            // Seen by all who share it; but none of them may take a connection and leave skat
            // waiting in accept(2).
            socket.set_nonblocking(true).context("set nonblocking")?;
        }
        Ok(socket)
    }
}

/// Refuses what a server cannot serve on (getsockopt(2): SO_TYPE, SO_DOMAIN, SO_ACCEPTCONN).
fn check(socket: &Socket, wanted: Wanted, family: Family) -> anyhow::Result<()> {
    let what = wanted.what;
    let Ok(socket_type) = socket.r#type() else { anyhow::bail!("not a socket, and not {what}") };
    let domain = socket.domain().context("ask for its family")?;
    if socket_type != wanted.socket_type || !wanted.domains.contains(&domain) {
        anyhow::bail!("a socket of another kind, not {what}");
    }
    let local = socket.local_addr().context("ask for its address")?;
    let bound = match local.as_socket() {
        Some(address) if !family.allows(address.ip()) => {
            anyhow::bail!("a socket of the other family")
        }
        Some(address) => address.port() != 0,
        None => !local.is_unnamed(),
    };
    let listens = || socket.is_listener().unwrap_or(false);
    let ready = if socket_type == Type::DGRAM { bound } else { listens() };
    if !ready {
        let lacks = if socket_type == Type::DGRAM { "is not bound" } else { "does not listen" };
        anyhow::bail!("a socket that {lacks}, not {what}");
    }
    Ok(())
}

/// What the environment hands over to process `id`; nothing if it is meant for another.
fn handed_over(
    id: u32,
    variable: impl Fn(&str) -> Option<OsString>,
) -> anyhow::Result<Vec<Number>> {
    let (Some(for_whom), Some(count)) = (variable("LISTEN_PID"), variable("LISTEN_FDS")) else {
        return Ok(Vec::new());
    };
    if number::<u32>("LISTEN_PID", &for_whom)? != id {
        return Ok(Vec::new());
    }
    // A service manager that hands over more has a limit of descriptors to match.
    let count = RawFd::from(number::<u16>("LISTEN_FDS", &count)?);
    let names = variable("LISTEN_FDNAMES").unwrap_or_default();
    let names = names.to_string_lossy();
    let mut names = names.split(':').map(|name| (!name.is_empty()).then(|| name.to_owned()));
    Ok((FIRST..FIRST + count).map(|fd| Number { fd, name: names.next().flatten() }).collect())
}

fn number<N: std::str::FromStr>(variable: &str, value: &OsString) -> anyhow::Result<N> {
    let number = value.to_str().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        let value = escape(value.as_encoded_bytes());
        refusal(
            Cause::Usage,
            format!("{variable}='{value}' in the environment is not such a number"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::cause_of;

    fn from(variables: &[(&str, &str)]) -> anyhow::Result<Vec<Number>> {
        handed_over(7, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn only_what_is_meant_for_this_process_counts() {
        let number = |fd, name: Option<&str>| Number { fd, name: name.map(str::to_owned) };
        for none in [
            &[][..],
            &[("LISTEN_FDS", "1")],
            &[("LISTEN_PID", "7")],
            &[("LISTEN_PID", "7"), ("LISTEN_FDS", "0")],
            &[("LISTEN_PID", "8"), ("LISTEN_FDS", "2")],
        ] {
            assert_eq!(from(none).unwrap(), [], "{none:?}");
        }
        let two = [("LISTEN_PID", "7"), ("LISTEN_FDS", "2")];
        assert_eq!(from(&two).unwrap(), [number(3, None), number(4, None)]);
        let named = [two[0], two[1], ("LISTEN_FDNAMES", "web:admin")];
        assert_eq!(from(&named).unwrap(), [number(3, Some("web")), number(4, Some("admin"))]);
        let partly = [two[0], two[1], ("LISTEN_FDNAMES", ":admin")];
        assert_eq!(from(&partly).unwrap(), [number(3, None), number(4, Some("admin"))]);
    }

    #[test]
    fn malformed_variables_are_refused() {
        for (id, count) in [("x", "1"), ("", "1"), ("7", "x"), ("7", "-1"), ("7", "99999999")] {
            let error = from(&[("LISTEN_PID", id), ("LISTEN_FDS", count)]).unwrap_err();
            assert_eq!(cause_of(&error), Cause::Usage, "{id} {count}");
        }
    }
}
