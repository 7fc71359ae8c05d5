//! What strace(1) has written.

/// The calls of a trace that found something to do, each once where it is repeated.
pub fn calls(trace: &str) -> Vec<String> {
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines = trace.lines().filter(|line| !line.contains("EAGAIN"));
    let mut calls: Vec<String> = lines
        .filter_map(|line| line.split_once(' ')?.1.trim_start().split_once('('))
        .map(|(call, _)| call.to_owned())
        // A call that the thread did not outlive has no name.
        .filter(|call| call.bytes().all(|letter| letter.is_ascii_alphanumeric()))
        .collect();
    calls.dedup();
    calls
}
