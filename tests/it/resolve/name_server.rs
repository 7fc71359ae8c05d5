//! A name server with a story for each kind of answer. It knows as much of RFC 1035 as that takes.

use std::io;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const A: u16 = 1;
const CNAME: u16 = 5;
const PTR: u16 = 12;
const AAAA: u16 = 28;

const SERVFAIL: u8 = 2;
const NXDOMAIN: u8 = 3;
const REFUSED: u8 = 5;

/// How long the names that begin with `late` take, and those that begin with `slow`.
pub const LATE: Duration = Duration::from_millis(500);
const SLOW: Duration = Duration::from_secs(1);

pub struct NameServer {
    asked: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NameServer {
    /// Serves 127.0.0.1, port 53.
    pub fn start() -> io::Result<Self> {
        #[allow(clippy::disallowed_methods)]
        let socket = UdpSocket::bind("127.0.0.1:53")?;
        socket.set_read_timeout(Some(Duration::from_millis(50)))?;
        let (asked, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (log, end) = (Arc::clone(&asked), Arc::clone(&over));
        let thread = thread::spawn(move || {
            let mut datagram = [0; 512];
            while !end.load(Ordering::Relaxed) {
                let Ok((length, peer)) = socket.recv_from(&mut datagram) else { continue };
                let Some(question) = Question::read(&datagram[..length]) else { continue };
                log.lock().unwrap().push(question.name.clone());
                let Some((delay, answer)) = question.answer() else { continue };
                if delay.is_zero() {
                    let _ = socket.send_to(&answer, peer);
                    continue;
                }
                let socket = socket.try_clone().unwrap();
                thread::spawn(move || {
                    thread::sleep(delay);
                    let _ = socket.send_to(&answer, peer);
                });
            }
        });
        Ok(Self { asked, over, thread: Some(thread) })
    }

    /// The names that were asked for since this was called last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

struct Question {
    /// The datagram up to the end of the question.
    head: Vec<u8>,
    name: String,
    kind: u16,
}

/// Type and data of a record of the name asked for.
type Record = (u16, Vec<u8>);

impl Question {
    fn read(datagram: &[u8]) -> Option<Self> {
        let mut labels = Vec::new();
        let mut at = 12;
        loop {
            let length = usize::from(*datagram.get(at)?);
            at += 1;
            if length == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(datagram.get(at..at + length)?).into_owned());
            at += length;
        }
        let kind = u16::from_be_bytes([*datagram.get(at)?, *datagram.get(at + 1)?]);
        let head = datagram.get(..at + 4)?.to_vec();
        Some(Self { head, name: labels.join("."), kind })
    }

    /// After how long which answer comes; `None` for silence.
    fn answer(self) -> Option<(Duration, Vec<u8>)> {
        let v4 = |last: u8| (A, vec![192, 0, 2, last]);
        let v6 = |last: u8| {
            let mut address = vec![0x20, 0x01, 0x0d, 0xb8];
            address.resize(15, 0);
            address.push(last);
            (AAAA, address)
        };
        let name = self.name.to_ascii_lowercase();
        let records: Vec<Record> = match name.as_str() {
            "one.test" => vec![v4(1)],
            "both.test" => vec![v4(2), v6(2)],
            "alias.test" => vec![(CNAME, encoded("both.test")), v4(2), v6(2)],
            "six.test" => vec![v6(6)],
            "many.test" => (100..120).map(v4).collect(),
            "compatible.test" => {
                vec![(AAAA, [vec![0; 12], vec![1, 2, 3, 4]].concat())]
            }
            "xn--bcher-kva.test" => vec![v4(77)],
            "nodata.test" => vec![],
            "1.2.0.192.in-addr.arpa" => vec![(PTR, encoded("one.test"))],
            "2.2.0.192.in-addr.arpa" => vec![(PTR, encoded("both.test"))],
            "fail.test" | "8.2.0.192.in-addr.arpa" => return Some(self.reply(SERVFAIL, &[])),
            "refused.test" => return Some(self.reply(REFUSED, &[])),
            "silent.test" | "9.2.0.192.in-addr.arpa" => return None,
            name if name.starts_with("silent") => return None,
            name if name.starts_with("late") => {
                return Some((LATE, self.reply(0, &[v4(3)]).1));
            }
            name if name.starts_with("slow") => {
                return Some((SLOW, self.reply(0, &[v4(4)]).1));
            }
            name if name.starts_with("2.0.0.0.0.0") && name.ends_with("ip6.arpa") => {
                vec![(PTR, encoded("both.test"))]
            }
            _ => return Some(self.reply(NXDOMAIN, &[])),
        };
        Some(self.reply(0, &records))
    }

    fn reply(&self, code: u8, records: &[Record]) -> (Duration, Vec<u8>) {
        // An alias is part of each answer.
        let fitting: Vec<&Record> =
            records.iter().filter(|(kind, _)| *kind == self.kind || *kind == CNAME).collect();
        let mut reply = self.head.clone();
        // A response with recursion, one question, these answers.
        reply[2] = 0x81;
        reply[3] = 0x80 | code;
        reply[4..12].fill(0);
        reply[5] = 1;
        reply[7] = u8::try_from(fitting.len()).unwrap();
        let mut owner = vec![0xc0, 12];
        for (kind, data) in fitting {
            reply.extend(&owner);
            reply.extend(kind.to_be_bytes());
            reply.extend([0, 1, 0, 0, 0, 60]);
            reply.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            reply.extend(data);
            if *kind == CNAME {
                owner.clone_from(data);
            }
        }
        (Duration::ZERO, reply)
    }
}

fn encoded(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}
