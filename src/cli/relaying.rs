//! Services of stream servers that join peers with others.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;

use super::addresses::refuse_bare_path;
use super::groups::LookupArguments;
use super::headings::SERVICES;
use super::tls::TlsServerArguments;
use super::usage;
use crate::engine::datagram::relay::Destination;
use crate::engine::endpoint::room::{Form, Room};
use crate::engine::handler::Handler;
use crate::engine::handler::forward::{CONNECT_TIMEOUT, Route};
use crate::net::address::{Address, Family};
use crate::net::connect::Target;
use crate::net::options::Settings;
use crate::net::retry::RetryPolicy;
use crate::net::udp::Casting;
use crate::net::unix::{self, Kind, Name};

/// What a target begins with that TLS is spoken with.
const TO_TLS: &[u8] = b"tls:";

/// Whom to join peers with.
#[derive(Debug, Args)]
pub struct RelayingArguments {
    /// Relay each connection to HOST:PORT, tls:HOST:PORT or unix:PATH
    #[arg(long, value_name = "ADDR", group = "service", help_heading = SERVICES)]
    forward: Option<OsString>,
    /// Send each client's lines to all others, prefixed with "<user-N> "
    #[arg(long, group = "service", help_heading = SERVICES)]
    chat: bool,
    /// Send each client's data to all others, as is
    #[arg(long, group = "service", help_heading = SERVICES)]
    broker: bool,
}

impl RelayingArguments {
    /// Where a server of datagrams relays them to, if it does; it has no connections to join.
    pub fn destination(&self, settings: &Settings) -> anyhow::Result<Option<Destination>> {
        let joining = [(self.chat, "--chat"), (self.broker, "--broker")];
        if let Some((_, name)) = joining.iter().find(|(given, _)| *given) {
            return usage(format!(
                "{name} needs connections: a client that sends datagrams never says that it leaves (--type stream or seqpacket)"
            ));
        }
        let Some(word) = &self.forward else { return Ok(None) };
        refuse_bare_path(word)?;
        if self.forwards_to_tls() {
            return usage("--forward: datagrams are relayed to unix:PATH or HOST:PORT only");
        }
        if let Some(target) = unix_target(word, Kind::Dgram, settings)? {
            return Ok(Some(Destination::Unix(target)));
        }
        // Options of Unix sockets do not suit the target.
        let target = target(word, false, Settings::default(), RetryPolicy::default())?;
        Ok(Some(Destination::udp(target, Casting::default())?))
    }

    fn forwards_to_tls(&self) -> bool {
        self.forward.as_ref().is_some_and(|word| word.as_bytes().starts_with(TO_TLS))
    }

    /// The service that is asked for, if one is.
    pub fn service(
        &self,
        lookup: Option<&LookupArguments>,
        settings: &Settings,
        tls: &TlsServerArguments,
        line_limit: usize,
        kind: Kind,
    ) -> anyhow::Result<Option<Handler>> {
        if !self.forwards_to_tls() {
            tls.refuse_without_target()?;
        }
        let records = kind == Kind::Seqpacket;
        let room = |form| Some(Handler::Chat(Room::new(form, records, line_limit)));
        match &self.forward {
            Some(word) => Ok(Some(Handler::Forward(route(word, lookup, settings, tls, kind)?))),
            None if self.chat => Ok(room(Form::Lines)),
            None if self.broker => Ok(room(Form::Bytes)),
            None => Ok(None),
        }
    }
}

/// Whom `unix:PATH` names.
fn unix_target(
    word: &OsStr,
    kind: Kind,
    settings: &Settings,
) -> anyhow::Result<Option<unix::Target>> {
    let Some(path) = word.as_bytes().strip_prefix(b"unix:") else { return Ok(None) };
    let name = Name::parse(OsStr::from_bytes(path)).context("--forward")?;
    let settings = settings.clone();
    Ok(Some(unix::Target { name, kind, settings, retry_policy: RetryPolicy::default() }))
}

/// Where ADDR leads to, from a server of hosts and ports if it has to do with look-ups.
fn route(
    word: &OsString,
    lookup: Option<&LookupArguments>,
    settings: &Settings,
    tls: &TlsServerArguments,
    kind: Kind,
) -> anyhow::Result<Route> {
    refuse_bare_path(word)?;
    // Options of a server of hosts and ports do not suit the target.
    let own = if lookup.is_none() { settings } else { &Settings::default() };
    if let Some(target) = unix_target(word, kind, own)? {
        return Ok(Route::Unix(Arc::new(target)));
    }
    if kind == Kind::Seqpacket {
        return usage(
            "--forward: --type seqpacket relays records to unix:PATH only: any other target would lose their boundaries",
        );
    }
    let to_tls = word.as_bytes().strip_prefix(TO_TLS);
    let tls = to_tls.and_then(|_| tls.to_target());
    if to_tls.is_some() && tls.is_none() {
        return usage("--forward tls: this skat was built without TLS");
    }
    let word = to_tls.map_or(word.clone(), |rest| OsStr::from_bytes(rest).to_owned());
    let numeric = lookup.is_some_and(LookupArguments::numeric);
    // Those of a server of Unix sockets do not suit the target.
    let settings = lookup.map(|_| settings.clone()).unwrap_or_default();
    let retry_policy = RetryPolicy { timeout: Some(CONNECT_TIMEOUT), ..RetryPolicy::default() };
    Route::tcp(target(&word, numeric, settings, retry_policy)?, tls)
}

/// Whom HOST:PORT of --forward names.
pub fn target(
    word: &OsString,
    numeric: bool,
    settings: Settings,
    retry_policy: RetryPolicy,
) -> anyhow::Result<Target> {
    let address = Address::of_target(word).context("--forward")?;
    // -4 and -6 say where the server listens.
    let family = Family::Any;
    Ok(Target { address, family, numeric, source: None, settings, retry_policy })
}
