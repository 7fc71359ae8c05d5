//! A name with several addresses, in a hosts file of the test's own, which skat sees through a
//! mount of its own (unshare(1)).

use super::programs::is_usable;
use super::{Skat, shell};

/// The name.
pub const NAME: &str = "several.test";

/// skat with these arguments, to which [`NAME`] has these addresses, in this order; `None`, said
/// aloud, where that is not permitted.
#[track_caller]
pub fn with_addresses(addresses: &[&str], arguments: &str) -> Option<Skat> {
    let script = format!(r#"exec "$SKAT" {arguments}"#);
    script_with_addresses(addresses, "--map-root-user --mount", &script)
}

/// The same for a script in which `"$SKAT"` is skat, with `unshared` for unshare(1).
#[track_caller]
pub fn script_with_addresses(addresses: &[&str], unshared: &str, script: &str) -> Option<Skat> {
    let lines = addresses.join(&format!(" {NAME}\n")) + " " + NAME;
    let options: Vec<&str> = unshared.split(' ').chain(["true"]).collect();
    let inside = r#"hosts=$(mktemp); echo "$HOSTS" >"$hosts"
        mount --bind "$hosts" /etc/hosts; rm "$hosts"; eval "$SCRIPT""#;
    is_usable("unshare", &options).then(|| {
        shell(&format!("exec unshare {unshared} sh -ec '{inside}'"))
            .env("HOSTS", lines)
            .env("SCRIPT", script)
    })
}
