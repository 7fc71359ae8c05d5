//! socat's command line.

use super::Translation;

/// socat's names of addresses, and what skat has for each.
const KINDS: &[(&[&str], &[&str])] = &[
    (&["TCP", "TCP-CONNECT"], &["tcp-client"]),
    (&["TCP4", "TCP4-CONNECT"], &["tcp-client", "-4"]),
    (&["TCP6", "TCP6-CONNECT"], &["tcp-client", "-6"]),
    (&["TCP-LISTEN", "TCP-L"], &["tcp-server"]),
    (&["TCP4-LISTEN", "TCP4-L"], &["tcp-server", "-4"]),
    (&["TCP6-LISTEN", "TCP6-L"], &["tcp-server", "-6"]),
    (&["OPENSSL", "SSL", "OPENSSL-CONNECT"], &["tcp-client", "--tls"]),
    (&["OPENSSL-LISTEN", "SSL-L"], &["tcp-server", "--tls"]),
    (&["UDP", "UDP-CONNECT", "UDP-SENDTO"], &["udp-client"]),
    (&["UDP4", "UDP4-CONNECT", "UDP4-SENDTO"], &["udp-client", "-4"]),
    (&["UDP6", "UDP6-CONNECT", "UDP6-SENDTO"], &["udp-client", "-6"]),
    (&["UDP-LISTEN", "UDP-L", "UDP-RECV", "UDP-RECVFROM"], &["udp-server"]),
    (&["UDP4-LISTEN", "UDP4-L", "UDP4-RECV", "UDP4-RECVFROM"], &["udp-server", "-4"]),
    (&["UDP6-LISTEN", "UDP6-L", "UDP6-RECV", "UDP6-RECVFROM"], &["udp-server", "-6"]),
    (&["UNIX", "UNIX-CONNECT"], &["unix-client"]),
    (&["UNIX-LISTEN", "UNIX-L"], &["unix-server"]),
];

/// The skat command line that does what a socat one asks for, where stdin and stdout are one of
/// its two addresses; `None` if no word is an address of socat's.
pub fn translate(words: &[&str]) -> Option<Translation> {
    let (skat, rest) = words.iter().find_map(|word| address(word))?;
    let is_stdio = |word: &&str| ["-", "STDIO"].contains(&word.to_uppercase().as_str());
    if words.len() == 2 && words.iter().any(is_stdio) && !rest.contains([',', '!']) {
        let line = ["skat"].iter().chain(skat).copied().chain([rest]);
        return Some(Translation::Words(line.map(str::to_owned).collect()));
    }
    let name = skat.join(" ");
    Some(Translation::Unclear(format!(
        "skat has '{name}' for that (see 'skat {} --help')",
        skat[0]
    )))
}

/// What skat has for an address, and what follows the colon.
fn address(word: &str) -> Option<(&'static [&'static str], &str)> {
    let (kind, rest) = word.split_once(':')?;
    let known = |(names, _): &&(&[&str], _)| names.contains(&kind.to_uppercase().as_str());
    Some((KINDS.iter().find(known)?.1, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socat_lines_become_skat_lines() {
        for (socat, skat) in [
            ("TCP:localhost:80 -", Some("skat tcp-client localhost:80")),
            ("- TCP-LISTEN:8080", Some("skat tcp-server 8080")),
            ("STDIO udp6:[::1]:53", Some("skat udp-client -6 [::1]:53")),
            ("- UNIX-CONNECT:/x", Some("skat unix-client /x")),
            ("TCP-LISTEN:8080,fork TCP:host:80", None),
            ("-u TCP-LISTEN:8080 -", None),
        ] {
            match translate(&socat.split(' ').collect::<Vec<_>>()) {
                Some(Translation::Words(words)) => assert_eq!(Some(&*words.join(" ")), skat),
                Some(Translation::Unclear(_)) => assert_eq!(skat, None, "{socat}"),
                None => panic!("{socat}"),
            }
        }
        assert!(translate(&["host:80", "-"]).is_none());
    }
}
