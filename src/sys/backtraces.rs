//! Errors without backtraces, which nobody is shown: taking one costs more than asking a port.

use std::backtrace::Backtrace;
use std::env;
use std::fs;

/// The standard library reads this once, at the first backtrace of an error, before RUST_BACKTRACE.
/// Panics read only that one.
const VARIABLE: &str = "RUST_LIB_BACKTRACE";

/// Stops errors from taking backtraces, whatever the environment says; it stays as it is for
/// programs that are started.
pub fn disable_for_errors() {
    let before = env::var_os(VARIABLE);
    let wanted = before.is_some() || env::var_os("RUST_BACKTRACE").is_some();
    if !wanted || !is_single_threaded() {
        return;
    }
    // SAFETY: there is no other thread that could read the environment.
    unsafe { env::set_var(VARIABLE, "0") };
    let _ = Backtrace::capture();
    // SAFETY: as above.
    unsafe {
        match before {
            Some(value) => env::set_var(VARIABLE, value),
            None => env::remove_var(VARIABLE),
        }
    }
}

fn is_single_threaded() -> bool {
    fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
}
