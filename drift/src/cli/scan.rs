//! `scan`: what is looked at, judged and written.

use super::{
    Failure,
    arguments::ScanArguments,
    finish::Finish,
    look::{Extent, look},
    signals::Signals,
};

/// Scans and answers the exit code. After a signal, and when the time is over, what was finished until then is
/// reported all the same.
pub(super) fn run(arguments: &ScanArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish)?;
    let signals = Signals::listen()?;
    let extent = Extent {
        unmanaged: arguments.unmanaged || finish.looks_for_unmanaged(),
        repairs: false,
        shard: arguments.shard,
    };
    let (report, beside) = look(&arguments.look, extent, &finish, &signals)?;
    Ok(finish.run(report, beside.latest))
}
