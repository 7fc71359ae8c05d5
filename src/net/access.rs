//! Who may talk to a server: `--allow` and `--deny`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use ipnet::{IpNet, Ipv4Net};
use socket2::SockAddr;

use crate::outcome::{Cause, WithCause as _, refusal};
use crate::report::escape;

/// Whom a server talks to; by default everybody.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Nobody else, if there is a list.
    allowed: Option<Arc<Networks>>,
    denied: Arc<Networks>,
}

/// Networks that do not overlap, in the order of their addresses.
#[derive(Debug, Default)]
struct Networks(Vec<IpNet>);

impl Access {
    /// Reads the rules of `--allow` and of `--deny`: an address, a CIDR, or `@FILE` with any
    /// number of them.
    ///
    /// # Errors
    /// [`Cause::Usage`] for what is neither and for a file that cannot be read, with file and
    /// line.
    pub fn parse(allow: &[OsString], deny: &[OsString]) -> anyhow::Result<Self> {
        let allowed = Networks::parse(allow).context("--allow")?;
        let denied = Networks::parse(deny).context("--deny")?;
        let allowed = (!allow.is_empty()).then(|| Arc::new(allowed));
        Ok(Self { allowed, denied: Arc::new(denied) })
    }

    /// True unless only some are allowed.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        self.allowed.is_none()
    }

    /// True if the peer is allowed, or there is no list of allowed peers, and it is not denied. A
    /// peer without an IP address matches no rule.
    #[must_use]
    pub fn admits(&self, peer: &SockAddr) -> bool {
        let Some(peer) = peer.as_socket() else { return true };
        // On a dual-stack socket an IPv4 peer has an IPv4-mapped address.
        let peer = peer.ip().to_canonical();
        let allowed = self.allowed.as_ref().is_none_or(|networks| networks.have(peer));
        allowed && !self.denied.have(peer)
    }
}

impl Networks {
    fn parse(rules: &[OsString]) -> anyhow::Result<Self> {
        let mut networks = Vec::new();
        for rule in rules {
            match rule.as_bytes().strip_prefix(b"@") {
                Some(path) => read(Path::new(OsStr::from_bytes(path)), &mut networks)?,
                None => networks.push(network(&rule.to_string_lossy())?),
            }
        }
        let mut networks = IpNet::aggregate(&networks);
        networks.sort_by_key(IpNet::network);
        Ok(Self(networks))
    }

    fn have(&self, address: IpAddr) -> bool {
        let after = self.0.partition_point(|network| network.network() <= address);
        after.checked_sub(1).is_some_and(|last| self.0[last].contains(&address))
    }
}

/// Reads a file of rules: any number a line, `#` before a comment.
fn read(path: &Path, networks: &mut Vec<IpNet>) -> anyhow::Result<()> {
    let shown = escape(path.as_os_str().as_bytes());
    let bytes = fs::read(path).cause(Cause::Usage).with_context(|| format!("read {shown}"))?;
    // A byte order mark, which some editors write first, is not part of a rule.
    let text = String::from_utf8_lossy(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes));
    for (index, line) in text.lines().enumerate() {
        let rules = line.split('#').next().unwrap_or_default();
        for rule in rules.split_whitespace() {
            let place = || format!("{shown}, line {}", index + 1);
            networks.push(network(rule).with_context(place)?);
        }
    }
    Ok(())
}

/// An address, or a network as ADDRESS/BITS; what follows those bits does not matter.
fn network(rule: &str) -> anyhow::Result<IpNet> {
    let address = || rule.parse::<IpAddr>().map(IpNet::from);
    let network = rule.parse::<IpNet>().or_else(|_| address()).map_err(|_| {
        let advice = match rule.split_once('%') {
            Some((address, _)) if address.parse::<IpAddr>().is_ok() => " (a rule has no zone)",
            _ => "",
        };
        let rule = escape(rule.as_bytes());
        let text = format!("'{rule}' is not an address, a network (10.0.0.0/8) or @FILE");
        refusal(Cause::Usage, text + advice)
    })?;
    Ok(match network {
        // An IPv4-mapped network is that of IPv4.
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => Ipv4Net::new(v4, v6.prefix_len() - 96).map_or(network, IpNet::V4),
            None => network,
        },
        _ => network,
    }
    .trunc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::SocketAddr;

    fn access(allow: &[&str], deny: &[&str]) -> anyhow::Result<Access> {
        let words = |rules: &[&str]| rules.iter().map(OsString::from).collect::<Vec<_>>();
        Access::parse(&words(allow), &words(deny))
    }

    fn admits(access: &Access, peer: &str) -> bool {
        access.admits(&SocketAddr::new(peer.parse().unwrap(), 9).into())
    }

    #[test]
    fn deny_beats_allow_and_allow_excludes_all_others() {
        let all = access(&[], &[]).unwrap();
        assert!(admits(&all, "192.0.2.1") && admits(&all, "2001:db8::1"));
        let some = access(&["10.0.0.0/8", "fe80::/10", "192.0.2.7"], &["10.1.0.0/16"]).unwrap();
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "10.255.0.1", "fe80::1", "192.0.2.7"] {
            assert!(admits(&some, peer), "{peer}");
        }
        for peer in ["10.1.2.3", "::ffff:10.1.2.3", "11.0.0.1", "192.0.2.8", "::1", "::10.0.0.1"] {
            assert!(!admits(&some, peer), "{peer}");
        }
        let others = access(&[], &["0.0.0.0/0"]).unwrap();
        assert!(!admits(&others, "::ffff:192.0.2.1") && admits(&others, "2001:db8::1"));
        let others = access(&[], &["::/0"]).unwrap();
        assert!(admits(&others, "::ffff:192.0.2.1") && !admits(&others, "2001:db8::1"));
        let mapped = access(&["::ffff:10.0.0.0/104", "::ffff:192.0.2.1"], &[]).unwrap();
        assert!(admits(&mapped, "10.9.9.9") && admits(&mapped, "192.0.2.1"));
        assert!(!admits(&mapped, "192.0.2.2"));
        // What follows the bits of the network does not matter.
        assert!(admits(&access(&["192.0.2.77/24"], &[]).unwrap(), "192.0.2.1"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for rule in
            ["", "host.example", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129", "/8", "10.0.0.1 "]
        {
            let error = access(&[rule], &[]).unwrap_err();
            assert_eq!(crate::outcome::cause_of(&error), Cause::Usage, "{rule}");
        }
    }

    proptest! {
        /// However rules overlap, the sorted list says what each rule says.
        #[test]
        fn a_list_has_what_its_rules_have(
            rules in prop::collection::vec((0_u32..1024, 22_u8..=32), 0..20),
            peer in 0_u32..1024,
        ) {
            let address = |low: u32| IpAddr::V4((0x0a00_0000 | low).into());
            let texts: Vec<OsString> = rules
                .iter()
                .map(|(low, bits)| format!("{}/{bits}", address(*low)).into())
                .collect();
            let networks = Networks::parse(&texts).unwrap();
            let wanted = rules.iter().any(|(low, bits)| (low ^ peer) >> (32 - bits) == 0);
            prop_assert_eq!(networks.have(address(peer)), wanted);
        }

        #[test]
        fn no_rule_makes_the_parser_panic(rule: String) {
            let _ = network(&rule);
        }
    }
}
