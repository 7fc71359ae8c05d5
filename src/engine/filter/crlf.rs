//! LF becomes CRLF.

/// Puts a CR before each LF that has none; a CRLF that comes in two pieces stays one.
#[derive(Debug, Default)]
pub struct Crlf {
    after_cr: bool,
}

impl Crlf {
    /// Takes bytes and appends what becomes of them.
    pub fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) {
        for &byte in input {
            if byte == b'\n' && !self.after_cr {
                output.push(b'\r');
            }
            output.push(byte);
            self.after_cr = byte == b'\r';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_existing_crlf_stays_one_across_any_split() {
        let input = b"a\nb\r\nc\r\r\n\n\r";
        for split in 0..=input.len() {
            let (mut crlf, mut output) = (Crlf::default(), Vec::new());
            crlf.feed(&input[..split], &mut output);
            crlf.feed(&input[split..], &mut output);
            assert_eq!(output, b"a\r\nb\r\nc\r\r\n\r\n\r");
        }
    }

    proptest! {
        #[test]
        fn every_lf_follows_a_cr(input: Vec<u8>) {
            let (mut crlf, mut output) = (Crlf::default(), Vec::new());
            crlf.feed(&input, &mut output);
            let bare = output.iter().enumerate()
                .any(|(i, byte)| *byte == b'\n' && (i == 0 || output[i - 1] != b'\r'));
            prop_assert!(!bare);
            let plain = |bytes: &[u8]| -> Vec<u8> {
                bytes.iter().copied().filter(|byte| *byte != b'\r').collect()
            };
            prop_assert_eq!(plain(&input), plain(&output));
        }
    }
}
