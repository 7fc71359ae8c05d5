//! A prompt stands at the end of an unfinished line: what is told next begins a line of its own.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// The last line on stderr is a prompt's.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Shows a prompt.
pub fn show(text: &str) {
    // Where stderr cannot be written nobody misses the prompt.
    let _ = io::stderr().write_all(text.as_bytes());
    if !text.is_empty() {
        STANDS.store(!text.ends_with('\n'), Ordering::Relaxed);
    }
}

/// A terminal has echoed a whole line behind the prompt.
pub fn was_typed_behind() {
    if io::stderr().is_terminal() {
        STANDS.store(false, Ordering::Relaxed);
    }
}

/// Ends the line on which a prompt stands, if one does.
pub fn end_line() {
    let _ = io::stderr().write_all(line_end().as_bytes());
}

/// What ends the line on which a prompt stands; nothing if none does.
pub(super) fn line_end() -> &'static str {
    if STANDS.swap(false, Ordering::Relaxed) { "\n" } else { "" }
}
