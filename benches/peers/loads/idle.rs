//! Connections that stand and do nothing.

use std::io::{Read as _, Write as _};

use super::ping_pong;
use super::talk::Talk;

/// Opens connections, each of which is answered once; says so, and holds them until stdin ends.
pub fn run(port: u16, connections: usize) -> anyhow::Result<()> {
    let _held = ping_pong::connect(port, connections, Talk::Echo(64))?;
    std::io::stdout().write_all(b"ready\n")?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
