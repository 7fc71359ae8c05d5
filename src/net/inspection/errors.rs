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

/// The exit statuses of skat, and errno(3)'s names.
#[must_use]
pub fn errors() -> Facts {
    let causes = STATUSES.iter().map(|(_, status, meaning)| (status.to_string(), *meaning));
    let others = OTHER_STATUSES.iter().map(|(status, meaning)| ((*status).to_owned(), *meaning));
    let success = ("0".to_owned(), SUCCESS);
    let statuses: Vec<(String, &str)> = iter::once(success).chain(causes).chain(others).collect();
    let meaning = |errno: &Errno| system_text(&io::Error::from(*errno));
    let errnos: Vec<Errno> =
        (1..ERRNO_END).map(Errno::from_raw).filter(|errno| *errno != Errno::UnknownErrno).collect();
    let mut rows: Vec<Vec<String>> =
        statuses.iter().map(|(status, meaning)| row(["exit", status, meaning])).collect();
    rows.extend(errnos.iter().map(|errno| {
        let number = (*errno as i32).to_string();
        row([&format!("{errno:?}"), &number, &meaning(errno)])
    }));
    let value_of = |status: &String| status.parse::<u8>().map_or(json!(status), Value::from);
    let statuses: Vec<Value> = statuses
        .iter()
        .map(|(status, meaning)| json!({ "status": value_of(status), "meaning": meaning }))
        .collect();
    let errnos: Vec<Value> = errnos
        .iter()
        .map(|errno| {
            json!({
                "name": format!("{errno:?}"), "number": *errno as i32, "meaning": meaning(errno),
            })
        })
        .collect();
    Facts { rows, value: json!({ "statuses": statuses, "errno": errnos }) }
}
