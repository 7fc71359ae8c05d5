//! One request, one answer.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};

pub fn run(port: u16) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.write_all(&bytes)?;
    stream.shutdown(Shutdown::Write)?;
    bytes.clear();
    stream.read_to_end(&mut bytes)?;
    Ok(std::io::stdout().write_all(&bytes)?)
}
