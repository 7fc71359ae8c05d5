//! What stands in for TLS in a skat that is built without it: a layer that no stream can have.

use std::io;
use std::time::Duration;

use super::Read;
use super::wire::Wire;
use crate::net::tls::Context;
use crate::report::Report;

#[derive(Debug)]
pub enum Tls {}

impl Tls {
    pub fn new(context: &Context, _report: Report) -> io::Result<Self> {
        match *context {}
    }

    pub fn is_secured(&self) -> bool {
        match *self {}
    }

    pub fn handshake_limit(&self) -> Duration {
        match *self {}
    }

    pub fn is_unanswered(&self) -> bool {
        match *self {}
    }

    pub fn half_close_ends_both(&self) -> bool {
        match *self {}
    }

    pub fn error(&self) -> Option<io::Error> {
        match *self {}
    }

    pub fn holds_more(&self) -> bool {
        match *self {}
    }

    pub fn is_sent(&self) -> bool {
        match *self {}
    }

    pub fn undelivered(&self, _unacknowledged: usize) -> usize {
        match *self {}
    }

    pub fn secure(&mut self, _wire: &mut Wire) -> io::Result<bool> {
        match *self {}
    }

    pub fn read(&mut self, _wire: &mut Wire, _buffer: &mut [u8]) -> io::Result<Read> {
        match *self {}
    }

    pub fn write(&mut self, _wire: &mut Wire, _bytes: &[u8]) -> io::Result<Option<usize>> {
        match *self {}
    }

    pub fn finish(&mut self, _wire: &mut Wire) -> io::Result<()> {
        match *self {}
    }

    pub fn send_pending(&mut self, _wire: &mut Wire) {
        match *self {}
    }
}
