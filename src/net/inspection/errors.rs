//! What numbers mean: skat's exit statuses, and the system's errors.

use std::io;
use std::iter;

use nix::errno::Errno;
use serde_json::{Value, json};

use super::{Facts, row};
use crate::outcome::{OTHER_STATUSES, STATUSES, SUCCESS};
use crate::report::system_text;

/// Past the last number of errno(3) on any Linux.
const ERRNO_END: i32 = 256;
/// The second names of numbers (errno(3)).
const ALIASES: [(&str, i32); 3] = [
    ("EDEADLOCK", libc::EDEADLOCK),
    ("ENOTSUP", libc::ENOTSUP),
    ("EWOULDBLOCK", libc::EWOULDBLOCK),
];

/// The exit statuses of skat, and errno(3)'s names.
#[must_use]
pub fn errors() -> Facts {
    let causes = STATUSES.iter().map(|(_, status, meaning)| (status.to_string(), *meaning));
    let others = OTHER_STATUSES.iter().map(|(status, meaning)| ((*status).to_owned(), *meaning));
    let success = ("0".to_owned(), SUCCESS);
    let statuses: Vec<(String, &str)> = iter::once(success).chain(causes).chain(others).collect();
    let meaning = |number: i32| system_text(&io::Error::from_raw_os_error(number));
    let errnos = errnos();
    let mut rows: Vec<Vec<String>> =
        statuses.iter().map(|(status, meaning)| row(["exit", status, meaning])).collect();
    rows.extend(
        errnos.iter().map(|(name, number)| row([name, &number.to_string(), &meaning(*number)])),
    );
    let value_of = |status: &String| status.parse::<u8>().map_or(json!(status), Value::from);
    let statuses: Vec<Value> = statuses
        .iter()
        .map(|(status, meaning)| json!({ "status": value_of(status), "meaning": meaning }))
        .collect();
    let errnos: Vec<Value> = errnos
        .iter()
        .map(
            |(name, number)| json!({ "name": name, "number": number, "meaning": meaning(*number) }),
        )
        .collect();
    Facts { rows, value: json!({ "statuses": statuses, "errno": errnos }) }
}

/// Every name with its number, in the order of the numbers.
fn errnos() -> Vec<(String, i32)> {
    let mut errnos: Vec<(String, i32)> = (1..ERRNO_END)
        .map(Errno::from_raw)
        .filter(|errno| *errno != Errno::UnknownErrno)
        .map(|errno| (format!("{errno:?}"), errno as i32))
        .chain(ALIASES.map(|(name, number)| (name.to_owned(), number)))
        .collect();
    errnos.sort_by_key(|(_, number)| *number);
    errnos
}
