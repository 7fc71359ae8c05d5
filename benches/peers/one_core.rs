//! Where only one process has something to do at a time.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Has what is started run on one core. With one request under way nobody works while another
/// does: on two cores the figure is the time in which one wakes the other, which is the machine's,
/// and by far the most where that is a virtual one.
pub struct OneCore {
    before: CpuSet,
}

impl OneCore {
    /// The first that this process may use, until it is dropped.
    pub fn take() -> nix::Result<Self> {
        let before = sched_getaffinity(Pid::from_raw(0))?;
        let mut one = CpuSet::new();
        let first = (0..CpuSet::count()).find(|core| before.is_set(*core).unwrap_or(false));
        one.set(first.unwrap_or(0))?;
        sched_setaffinity(Pid::from_raw(0), &one)?;
        Ok(Self { before })
    }
}

impl Drop for OneCore {
    fn drop(&mut self) {
        // It was possible before.
        let _ = sched_setaffinity(Pid::from_raw(0), &self.before);
    }
}
