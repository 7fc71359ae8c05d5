//! Bytes through TLS; the limit is what one core encrypts.

use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;

use super::{Entry, checked_contenders, contenders};
use crate::command::{Bindings, Table, load, serve, start};
use crate::contender::{Better, Goal, Sample, Work};
use crate::options::Setting;
use crate::transfer::{self, Route};

const PAIRS: &[Entry<2>] = &[
    ("limit", ["openssl speed -elapsed -mr -seconds 1 -bytes 16384 -evp aes-128-gcm", ""]),
    (
        "skat",
        [
            "{skat} tcp-server --tls --cert {cert} --key {key} 127.0.0.1 {port}",
            "{skat} tcp-client --tls --insecure 127.0.0.1 {port}",
        ],
    ),
    (
        "socat, 1 MiB",
        [
            concat!(
                "socat -u -b1048576 OPENSSL-LISTEN:{port},bind=127.0.0.1,cert={cert},key={key},",
                "verify=0 STDOUT"
            ),
            "socat -u -b1048576 STDIN OPENSSL:127.0.0.1:{port},verify=0",
        ],
    ),
    (
        "ncat",
        [
            "ncat --recv-only --ssl --ssl-cert {cert} --ssl-key {key} -l 127.0.0.1 {port}",
            "ncat --send-only --ssl 127.0.0.1 {port}",
        ],
    ),
];

/// Servers that take handshakes.
const SERVERS: &[Entry<1>] = &[
    ("skat", ["{skat} tcp-server --tls --cert {cert} --key {key} --discard 127.0.0.1 {port}"]),
    ("openssl", ["openssl s_server -quiet -www -cert {cert} -key {key} -accept 127.0.0.1:{port}"]),
    (
        "openssl, no tickets",
        [concat!(
            "openssl s_server -quiet -www -num_tickets 0 -cert {cert} -key {key}",
            " -accept 127.0.0.1:{port}"
        )],
    ),
];

pub fn works(setting: &Setting) -> Vec<Work> {
    let bulk = Work {
        name: "tls-bulk".to_owned(),
        title: "file to /dev/null through TLS".to_owned(),
        unit: "GB/s",
        better: Better::More,
        goal: Goal::BestPeer(2.0),
        contenders: checked_contenders(PAIRS, setting, check, measure),
    };
    let handshakes = Work {
        name: "tls-connect".to_owned(),
        title: "full handshake (ECDSA P-256), close; 8 at a time".to_owned(),
        unit: "connections/s",
        better: Better::More,
        goal: Goal::BestPeer(1.0),
        contenders: contenders(SERVERS, setting, shaken),
    };
    vec![bulk, handshakes]
}

fn shaken(
    [server]: [&'static str; 1],
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<Sample> {
    let bindings = with_cert(bindings, setting)?;
    let (server, port) = serve(server, &bindings, Table::Tcp, Stdio::null(), Stdio::null())?;
    let millis = setting.duration.as_millis();
    let before = server.processor_seconds()?;
    let mut sample = load(&format!("handshakes {port} 8 {millis}"), &bindings, setting)?;
    let made = sample.value * setting.duration.as_secs_f64();
    let each = (server.processor_seconds()? - before) / made * 1e6;
    sample.more.insert("server's processor µs".to_owned(), each);
    Ok(sample)
}

fn check(lines: [&'static str; 2], bindings: &Bindings, setting: &Setting) -> anyhow::Result<()> {
    if lines[1].is_empty() {
        return Ok(());
    }
    transfer::check(lines, Route::FileToNull, &with_cert(bindings, setting)?, setting)
}

fn measure(
    lines: [&'static str; 2],
    bindings: &Bindings,
    setting: &Setting,
) -> anyhow::Result<Sample> {
    if lines[1].is_empty() {
        return encrypted(lines[0], bindings);
    }
    let bindings = with_cert(bindings, setting)?;
    let seconds = transfer::timed(lines, Route::FileToNull, &bindings, setting)?;
    Ok((setting.size as f64 / seconds / 1e9).into())
}

/// Names a certificate for localhost and its key, made once.
fn with_cert(bindings: &Bindings, setting: &Setting) -> anyhow::Result<Bindings> {
    let cert = setting.directory.path().join("cert.pem");
    let key = setting.directory.path().join("key.pem");
    let bindings = bindings.clone().with("cert", &cert.display()).with("key", &key.display());
    if !cert.exists() {
        let request = concat!(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2",
            " -subj /CN=localhost -keyout {key} -out {cert}"
        );
        let mut openssl = start(request, &bindings, Stdio::null(), Stdio::null())?;
        openssl.succeed(Duration::from_secs(10)).context("make a certificate")?;
    }
    Ok(bindings)
}

/// What openssl(1) says of one core.
fn encrypted(line: &str, bindings: &Bindings) -> anyhow::Result<Sample> {
    let (mut reader, writer) = std::io::pipe()?;
    let mut speed = start(line, bindings, Stdio::null(), writer)?;
    let mut said = String::new();
    reader.read_to_string(&mut said)?;
    speed.succeed(Duration::from_secs(10))?;
    let line = said.lines().find(|line| line.starts_with("+F")).context("no figure of openssl")?;
    let figure = line.rsplit(':').next().and_then(|figure| figure.trim().parse::<f64>().ok());
    Ok((figure.context("no number of openssl")? / 1e9).into())
}
