//! What asks and counts. A load prints its figures as JSON: `value`, what else there is, and
//! `lost` in percent.

mod churn;
mod datagrams;
mod handshakes;
mod idle;
mod ping_pong;
pub mod scan;
mod talk;
pub mod tally;

use anyhow::{Context as _, bail};

use talk::Talk;

/// Runs the load that the arguments name.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match words.as_slice() {
        ["ping-pong", port, connections, size, millis] => {
            let talk = Talk::Echo(number(size)?);
            ping_pong::run(number(port)?, number(connections)?, talk, number(millis)?)?
        }
        ["stamp", port, connections, lines, millis] => {
            let talk = Talk::Stamp(number(lines)?);
            ping_pong::run(number(port)?, number(connections)?, talk, number(millis)?)?
        }
        ["churn", port, slots, millis, talk] => {
            churn::run(number(port)?, number(slots)?, number(millis)?, talk)?
        }
        ["handshakes", port, clients, millis] => {
            handshakes::run(number(port)?, number(clients)?, number(millis)?)?
        }
        ["udp-ask", port, sockets, size, millis] => {
            datagrams::ask(number(port)?, number(sockets)?, number(size)?, number(millis)?)?
        }
        ["udp-flood", port, millis] => datagrams::flood(number(port)?, number(millis)?)?,
        ["udp-count", port] => datagrams::count(number(port)?)?,
        ["scan", filtered, command @ ..] => scan::run(filtered, command)?,
        ["idle", port, connections] => return idle::run(number(port)?, number(connections)?),
        _ => bail!("no such load: {arguments:?}"),
    };
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(text: &str) -> anyhow::Result<T> {
    text.parse().with_context(|| format!("no number: {text}"))
}
