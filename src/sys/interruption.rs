//! System calls that a signal interrupts.

use std::io;

/// Calls until no signal interrupts.
#[inline]
pub fn uninterrupted<T, E: Into<io::Error>>(
    mut call: impl FnMut() -> Result<T, E>,
) -> io::Result<T> {
    loop {
        match call().map_err(E::into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
