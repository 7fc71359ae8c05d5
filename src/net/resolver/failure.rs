//! Why a look-up gave no answer, in the same terms whichever function was asked.

use std::fmt;
use std::io;

use libc::c_int;

use crate::outcome::{Cause, failure, refusal};
use crate::report;
use crate::sys::netdb::addresses::AddrinfoError;
use crate::sys::netdb::hosts::{self, HostError};

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for does not exist.
    NotFound,
    /// No service has the name, which no later look-up changes.
    NoService,
    /// The name exists, but not what was asked for of it.
    NoData,
    /// Nobody knows for now: a name server failed, or did not answer in time.
    Temporary,
    /// There was no answer in the time that the question had.
    Late,
    /// The question makes no sense, and was not asked.
    Refused,
}

impl Kind {
    /// The word for it in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::NotFound | Kind::NoService => "not-found",
            Kind::NoData => "no-data",
            Kind::Temporary | Kind::Late => "temporary",
            Kind::Refused => "refused",
        }
    }

    /// The cause of a run that fails for it.
    #[must_use]
    pub fn cause(self) -> Cause {
        match self {
            Kind::NotFound | Kind::NoService | Kind::NoData => Cause::NotFound,
            Kind::Temporary | Kind::Late => Cause::Temporary,
            Kind::Refused => Cause::Usage,
        }
    }
}

/// A failed look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: Kind,
    /// Why, in words.
    pub reason: String,
}

impl Failure {
    /// There is no such thing.
    pub fn not_found(reason: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, reason: reason.into() }
    }

    /// It exists, but not what was asked for.
    pub fn no_data(reason: impl Into<String>) -> Self {
        Self { kind: Kind::NoData, reason: reason.into() }
    }

    /// It cannot be known for now.
    pub fn temporary(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Temporary, reason: reason.into() }
    }

    /// It was not known in time.
    pub fn late(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Late, reason: reason.into() }
    }

    /// It is not asked.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, reason: reason.into() }
    }

    /// As an error that names the question.
    #[must_use]
    pub fn into_error(self, question: &str) -> anyhow::Error {
        let question = match question {
            "" => "''".to_owned(),
            question => report::escape(question.as_bytes()),
        };
        let message = format!("look up {question}: {}", self.reason);
        match self.kind {
            Kind::NoService => failure(self.kind.cause(), NoService(message)),
            kind => refusal(kind.cause(), message),
        }
    }
}

/// The error of a service that does not exist.
#[derive(Debug)]
pub struct NoService(String);

impl fmt::Display for NoService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoService {}

impl From<AddrinfoError> for Failure {
    fn from(error: AddrinfoError) -> Self {
        match error.code {
            libc::EAI_NONAME => Failure::not_found("no such name"),
            libc::EAI_SERVICE => {
                let reason = "no such service for this transport".to_owned();
                Failure { kind: Kind::NoService, reason }
            }
            libc::EAI_NODATA | EAI_ADDRFAMILY => {
                Failure::no_data("the name exists, but has no address of this kind")
            }
            libc::EAI_AGAIN => Failure::temporary(NO_ANSWER),
            libc::EAI_FAIL => Failure::temporary("the name server refused or failed"),
            libc::EAI_MEMORY => Failure::temporary("out of memory"),
            libc::EAI_FAMILY | libc::EAI_SOCKTYPE | libc::EAI_BADFLAGS => Failure::refused(
                "the system does not support this combination of family, type and flags",
            ),
            _ => {
                let reason = report::reason(&error.error);
                Failure::temporary(format!("the system's resolver failed: {reason}"))
            }
        }
    }
}

/// glibc's: the host has no address of the family (netdb.h).
const EAI_ADDRFAMILY: c_int = -9;
/// glibc does not distinguish a server that fails from one that is silent.
const NO_ANSWER: &str = "no answer for now: a name server failed, or none answered in time";

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        match error.code {
            hosts::HOST_NOT_FOUND => Failure::not_found("no such name"),
            hosts::NO_DATA => Failure::no_data("the name exists, but has no address of this kind"),
            hosts::TRY_AGAIN => Failure::temporary(NO_ANSWER),
            hosts::NO_RECOVERY => Failure::temporary("the name server refused or failed"),
            _ => {
                let reason = report::reason(&error.error);
                Failure::temporary(format!("the system's resolver failed: {reason}"))
            }
        }
    }
}

impl From<io::Error> for Failure {
    /// From functions that read a file and report errno only.
    fn from(error: io::Error) -> Self {
        let reason = report::reason(&error);
        Failure::temporary(format!("the system's data base failed: {reason}"))
    }
}
