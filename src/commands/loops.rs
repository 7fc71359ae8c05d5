//! What clients do instead of talking freely: a loop each.

use crate::engine::dialogue::Dialogue;
use crate::engine::probe::Probes;
use crate::outcome::Outcome;

/// Each port by itself: socket → connect → close.
pub(super) fn probe(mut probes: Probes) -> anyhow::Result<Outcome> {
    while let Some(found) = probes.wait()? {
        probes.tell(found)?;
    }
    probes.close()
}

/// The classic dialogue: send, then receive, then the next.
pub(super) fn lockstep(mut dialogue: Dialogue) -> anyhow::Result<Outcome> {
    let talked = talk(&mut dialogue);
    dialogue.close(talked)
}

fn talk(dialogue: &mut Dialogue) -> anyhow::Result<()> {
    while let Some(line) = dialogue.ask()? {
        dialogue.send(&line)?;
        dialogue.receive(&line)?;
    }
    Ok(())
}
