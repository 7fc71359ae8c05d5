//! What the system says of a process (proc(5)).

use std::fs;
use std::time::Duration;

use super::{Running, wait_until};

/// How many descriptors it has.
pub fn descriptors(id: u32) -> usize {
    fs::read_dir(format!("/proc/{id}/fd")).expect("it runs").count()
}

/// The most memory that it ever had, in MiB (VmHWM).
pub fn peak_memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells it");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number");
    kib / 1024
}

/// Ticks (hundredths of a second) that it has computed.
pub fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    let (_, fields) = stat.rsplit_once(')').expect("the name in brackets");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |at: usize| fields[at].parse::<u64>().expect("a number");
    number(11) + number(12)
}

/// True if the process waits for something.
pub fn sleeps(id: u32) -> bool {
    is_in_state('S', id)
}

/// True if the process is in a state by its letter in proc(5): `T` if a signal has stopped it.
pub fn is_in_state(state: char, id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("it runs");
    stat.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with(state))
}

/// How often its threads have begun to wait.
fn waits(id: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{id}/task")).expect("it runs");
    let of_thread = |thread: fs::DirEntry| {
        // A thread may end meanwhile.
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        count.map_or(0, |count| count.trim().parse::<u64>().expect("a number"))
    };
    threads.map(|thread| of_thread(thread.expect("it runs"))).sum()
}

/// How many descriptors each of its epoll instances watches.
pub fn watched(id: u32) -> Vec<usize> {
    let descriptors = fs::read_dir(format!("/proc/{id}/fdinfo")).expect("it runs");
    let watched_by = |descriptor: fs::DirEntry| {
        // A descriptor may be closed meanwhile.
        let info = fs::read_to_string(descriptor.path()).unwrap_or_default();
        info.lines().filter(|line| line.starts_with("tfd:")).count()
    };
    let watched = descriptors.map(|descriptor| watched_by(descriptor.expect("it runs")));
    watched.filter(|count| *count > 0).collect()
}

/// Fails if skat computes while it has nothing to do, or wakes up again and again to look. A
/// spinning one takes 30 ticks of 30, and one that looks each 5 ms waits 60 times.
#[track_caller]
pub fn assert_idle(running: &Running) {
    let id = running.id();
    // What spins never rests; what is late, because others compute, does in the end.
    let mut seen = Vec::new();
    while seen.len() < 5 {
        wait_until("a quiet skat", || sleeps(id));
        let before = (ticks(id), waits(id));
        std::thread::sleep(Duration::from_millis(300));
        let used = (ticks(id) - before.0, waits(id).saturating_sub(before.1));
        if used.0 <= 1 && used.1 <= 20 {
            return;
        }
        seen.push(used);
    }
    panic!("it computes with nothing to do; ticks and waits: {seen:?}");
}

/// The one process that it has started, as a number that kill(2) takes.
#[track_caller]
pub fn only_child(id: u32) -> i32 {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).expect("it runs");
    children.trim().parse().expect("one child")
}

/// How many threads it has.
pub fn threads(id: u32) -> usize {
    fs::read_dir(format!("/proc/{id}/task")).expect("it runs").count()
}

/// True if a process with this number exists.
pub fn exists(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
}
