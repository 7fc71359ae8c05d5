//! The loops of a server that has several.

use std::sync::Arc;

use anyhow::Context as _;

use super::Server;
use super::sharing::Sharing;
use crate::engine::Engine;
use crate::outcome::{Cause, refusal};

impl Server {
    /// Runs `accept_loop` on as many threads as the options say, all on the same sockets.
    ///
    /// # Errors
    /// The failure of any loop, which ends the whole run.
    pub fn on_each_thread(
        &mut self,
        accept_loop: impl Fn(&mut Server) -> anyhow::Result<()> + Copy + Send + 'static,
    ) -> anyhow::Result<()> {
        if self.options.threads == 1 {
            return accept_loop(self);
        }
        let others = (1..self.options.threads).map(|_| self.another_loop());
        let mut others = others.collect::<Result<Vec<_>, _>>()?;
        self.share_with(&mut others);
        let run = |mut server: Self| {
            let work = move || {
                let result = accept_loop(&mut server);
                if result.is_err() {
                    // Nobody serves its connections any more, or waits for them.
                    server.occupancy.give_up();
                    server.stop.wake_all();
                }
                (result, server)
            };
            std::thread::Builder::new().spawn(work).context("start a thread")
        };
        let others = others.into_iter().map(run).collect::<Result<Vec<_>, _>>()?;
        accept_loop(self)?;
        for other in others {
            let (result, other) =
                other.join().map_err(|_| refusal(Cause::Transfer, "a thread has failed"))?;
            self.bytes_in += other.bytes_in;
            self.bytes_out += other.bytes_out;
            self.failure = self.failure.take().or(other.failure);
            self.child_status = self.child_status.or(other.child_status);
            result?;
        }
        Ok(())
    }

    /// One more loop on the same sockets.
    fn another_loop(&self) -> anyhow::Result<Self> {
        let sockets = self.listeners.iter().map(|listener| listener.socket.try_clone());
        let sockets = sockets.collect::<Result<Vec<_>, _>>().context("share the socket")?;
        let mut engine = Engine::new(self.options.buffer).context("make an event loop")?;
        self.stop.add(engine.reactor()).context("watch for signals")?;
        let (occupancy, stop) = (Arc::clone(&self.occupancy), self.stop.clone());
        let mut other = Self::with_loop(sockets, self.options.clone(), engine, occupancy, stop)?;
        other.tls.clone_from(&self.tls);
        other.listening = Arc::clone(&self.listening);
        Ok(other)
    }

    fn share_with(&mut self, others: &mut [Self]) {
        let mut loops: Vec<&mut Self> = std::iter::once(self).chain(others).collect();
        let wakers: Vec<_> = loops.iter_mut().map(|it| it.engine.reactor().waker()).collect();
        for (it, sharing) in loops.into_iter().zip(Sharing::among(wakers)) {
            it.sharing = sharing;
        }
    }
}
