//! What to measure, how often, how large.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;

/// Measures skat beside its peers and the bare limits, on loopback
#[derive(Debug, Parser)]
#[command(name = "peers", bin_name = "cargo bench --bench peers --")]
pub struct Options {
    /// Only these works, or all whose name begins like that; separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub works: Vec<String>,
    /// Name the works and end
    #[arg(long)]
    pub list: bool,
    /// How often each contender has its turn
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: usize,
    /// How many seconds a load that counts requests lasts
    #[arg(long, default_value_t = 1.0, value_name = "S")]
    seconds: f64,
    /// How many MiB a transfer has
    #[arg(long, default_value_t = 1024, value_name = "MIB")]
    size: u64,
    /// How the cost grows with connections, bytes, ports and names
    #[arg(long)]
    growth: bool,
    /// One short round of little, to see that all of this works
    #[arg(long)]
    tiny: bool,
    /// Fail unless skat and the limit get a figure in each work
    #[arg(long)]
    pub strict: bool,
    /// Another skat to measure beside this one
    #[arg(long, value_name = "PROGRAM")]
    beside: Option<PathBuf>,
    /// Write the results to this file as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Draw the results to this file as SVG
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Put the results into this page, between its marks
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// Passed on by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// What all works need to know.
#[derive(Clone, Debug)]
pub struct Setting {
    pub rounds: usize,
    /// How long a load that counts requests lasts.
    pub duration: Duration,
    /// Bytes of a transfer.
    pub size: u64,
    pub tiny: bool,
    pub growth: bool,
    /// The program under test, by the name of its contender.
    pub skats: Vec<(String, String)>,
    /// Where files of the run are; removed at its end.
    pub directory: Rc<tempfile::TempDir>,
}

impl Options {
    pub fn setting(&self) -> anyhow::Result<Setting> {
        let mut skats = vec![("skat".to_owned(), env!("CARGO_BIN_EXE_skat").to_owned())];
        if let Some(other) = &self.beside {
            skats.push(("other skat".to_owned(), other.display().to_string()));
        }
        // Memory rather than a disk, where the system has such a directory.
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let directory = directory.context("make a directory for files")?;
        remove_when_told_to_stop(directory.path().to_owned())?;
        Ok(Setting {
            rounds: if self.tiny { 1 } else { self.rounds.max(1) },
            duration: Duration::from_secs_f64(if self.tiny { 0.05 } else { self.seconds }),
            size: if self.tiny { 1 << 20 } else { self.size << 20 },
            tiny: self.tiny,
            growth: self.growth,
            skats,
            directory: Rc::new(directory),
        })
    }
}

/// A transfer's file may be as large as the memory allows: it must not stay.
#[allow(clippy::exit)]
fn remove_when_told_to_stop(path: PathBuf) -> anyhow::Result<()> {
    let remove = move || {
        let _ = std::fs::remove_dir_all(&path);
        std::process::exit(1);
    };
    ctrlc::set_handler(remove).context("handle signals")
}
