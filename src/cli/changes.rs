//! What a command says of an argument that it shares with others.

use clap::{Arg, Command};

/// Changes of arguments that come from a shared group.
pub trait ChangeArg {
    /// Changes the argument where it stands: help and manual have arguments, and their headings, in
    /// this order. (`Command::mut_arg` makes it the last.)
    #[must_use]
    fn change_arg(self, id: &str, change: impl FnOnce(Arg) -> Arg) -> Self;
}

impl ChangeArg for Command {
    fn change_arg(self, id: &str, change: impl FnOnce(Arg) -> Arg) -> Self {
        let mut change = Some(change);
        let changed = self.mut_args(|arg| match change.take_if(|_| arg.get_id() == id) {
            Some(change) => change(arg),
            None => arg,
        });
        debug_assert!(change.is_none(), "there is no argument '{id}'");
        changed
    }
}
