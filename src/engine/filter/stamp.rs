//! The time before each line.

use std::io::Write as _;

use jiff::Zoned;

use super::lines::Lines;

/// How the time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// `Sun Nov 22 10:29:05 2026`, local time, as ctime(3).
    #[default]
    Ctime,
    /// Seconds since 1970 with microseconds.
    Epoch,
    /// `2026-11-22T10:29:05+01:00`, local time (RFC 3339).
    Rfc3339,
}

impl TimeForm {
    /// Appends `[TIME]: ` for the present moment.
    pub fn stamp(self, output: &mut Vec<u8>) {
        self.stamp_at(&Zoned::now(), output);
    }

    fn stamp_at(self, now: &Zoned, output: &mut Vec<u8>) {
        // Writing to a vector cannot fail.
        let _ = match self {
            TimeForm::Ctime => write!(output, "[{}]: ", now.strftime("%a %b %e %H:%M:%S %Y")),
            TimeForm::Epoch => {
                let now = now.timestamp();
                write!(output, "[{}.{:06}]: ", now.as_second(), now.subsec_microsecond())
            }
            TimeForm::Rfc3339 => write!(output, "[{}]: ", now.strftime("%Y-%m-%dT%H:%M:%S%:z")),
        };
    }
}

/// Puts the time before each line of a stream, whatever pieces it comes in.
#[derive(Debug)]
pub struct Stamper {
    form: TimeForm,
    /// The time of the bytes at hand, as it is written.
    now: Vec<u8>,
    lines: Lines,
}

impl Stamper {
    /// A stamper that answers lines longer than `limit` in pieces of `limit` bytes.
    #[must_use]
    pub fn new(form: TimeForm, limit: usize) -> Self {
        Self { form, now: Vec::new(), lines: Lines::new(limit, b"") }
    }

    /// Takes bytes and appends what they answer.
    pub fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) {
        self.look_at_the_clock();
        self.lines.feed(&self.now, input, output);
    }

    /// Answers a last line that has no end.
    pub fn finish(&mut self, output: &mut Vec<u8>) {
        if self.lines.has_begun() {
            self.look_at_the_clock();
            self.lines.finish(&self.now, output);
        }
    }

    fn look_at_the_clock(&mut self) {
        self.now.clear();
        self.form.stamp(&mut self.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(pieces: &[&str], limit: usize) -> String {
        let mut stamper = Stamper::new(TimeForm::Epoch, limit);
        let mut output = Vec::new();
        for piece in pieces {
            stamper.feed(piece.as_bytes(), &mut output);
        }
        stamper.finish(&mut output);
        let text = String::from_utf8(output).unwrap();
        // Every stamp is replaced by a mark.
        let mut marked = String::new();
        for part in text.split('[') {
            match part.split_once("]: ") {
                Some((_, rest)) => marked.extend(["@", rest]),
                None => marked.push_str(part),
            }
        }
        marked
    }

    #[test]
    fn lines_are_answered_whatever_pieces_they_come_in() {
        assert_eq!(stamped(&["a\nb\n"], 64), "@a\n@b\n");
        assert_eq!(stamped(&["a", "b\n\n", "c"], 64), "@ab\n@\n@c");
        assert_eq!(stamped(&[], 64), "");
    }

    #[test]
    fn the_time_has_three_forms() {
        let at = "2026-11-03T01:02:03.000045+01:00[+01:00]".parse().unwrap();
        for (form, stamp) in [
            (TimeForm::Ctime, "[Tue Nov  3 01:02:03 2026]: "),
            (TimeForm::Epoch, "[1793664123.000045]: "),
            (TimeForm::Rfc3339, "[2026-11-03T01:02:03+01:00]: "),
        ] {
            let mut output = Vec::new();
            form.stamp_at(&at, &mut output);
            assert_eq!(String::from_utf8(output).unwrap(), stamp);
        }
    }

    #[test]
    fn a_line_over_the_limit_is_answered_in_pieces() {
        assert_eq!(stamped(&["abcde", "fg\n"], 3), "@abc@def@g\n");
    }
}
