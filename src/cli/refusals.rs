//! Options that would do nothing with something else that was asked for: refused, instead of being
//! ignored silently.

/// A service, which reads no stdin.
pub const SERVICE: &str = "a service";
/// A dialogue, which has its own order.
pub const LOCKSTEP: &str = "--prompt";

/// Whether an option was given, and its name.
pub type Given<'a> = (bool, &'a str);

/// Refuses options that would do nothing `with` something else that was asked for.
pub fn refuse(options: &[Given<'_>], with: &str) -> anyhow::Result<()> {
    let given: Vec<&str> =
        options.iter().filter(|(given, _)| *given).map(|(_, name)| *name).collect();
    match given[..] {
        [] => Ok(()),
        [name] => super::usage(format!("{name} has no effect with {with}")),
        _ => super::usage(format!("{} have no effect with {with}", given.join(", "))),
    }
}
