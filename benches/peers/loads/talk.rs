//! What is asked over a connection that stands, and which answer is right.

/// A stamp in ctime(3)'s form: `[Sun Nov 22 10:29:05 2026]: `.
const STAMP: usize = 28;
/// A line with its end.
const LINE: usize = 2;

#[derive(Clone, Copy, Debug)]
pub enum Talk {
    /// So many bytes, which come back.
    Echo(usize),
    /// So many short lines, each of which comes back with the time before it.
    Stamp(usize),
}

impl Talk {
    /// The first request of a connection.
    pub fn request(self, connection: usize) -> Vec<u8> {
        match self {
            Talk::Echo(size) => {
                (0..size).map(|place| (place * 7 + connection * 13) as u8).collect()
            }
            Talk::Stamp(lines) => b"a\n".repeat(lines),
        }
    }

    /// Makes another request of the one before.
    pub fn vary(self, request: &mut [u8]) {
        match self {
            Talk::Echo(_) => {
                for (place, byte) in request.iter_mut().enumerate().take(8) {
                    *byte = byte.wrapping_add(place as u8 + 1);
                }
            }
            Talk::Stamp(_) => request[0] = if request[0] == b'z' { b'a' } else { request[0] + 1 },
        }
    }

    /// How many bytes an answer has.
    pub fn answer_size(self) -> usize {
        match self {
            Talk::Echo(size) => size,
            Talk::Stamp(lines) => lines * (STAMP + LINE),
        }
    }

    pub fn is_right(self, request: &[u8], answer: &[u8]) -> bool {
        match self {
            Talk::Echo(_) => answer == request,
            Talk::Stamp(_) => {
                let mut pairs = request.chunks(LINE).zip(answer.chunks(STAMP + LINE));
                pairs.all(|(line, stamped)| stamped[0] == b'[' && stamped.ends_with(line))
            }
        }
    }
}
