//! One apply of a daemon: the calls that it may make, and what it has told so far.

use std::time::Duration;

use daemons::{arn::DaemonArn, wait::Budget, writer::Writer};
use tfplug_core::{Cancel, Diagnostics};

use crate::{interrupt::ByClient, session::Session};

/// One apply under way.
pub(super) struct Apply<'a> {
    /// Connection and tag rules.
    pub session: &'a Session,
    /// The calls on the daemon.
    pub writer: Writer<ByClient<'a>>,
    /// Messages so far.
    pub diagnostics: Diagnostics,
}

impl<'a> Apply<'a> {
    /// An apply on a daemon that may take `timeout`.
    pub(super) fn new(session: &'a Session, arn: DaemonArn, timeout: Duration, cancel: &'a Cancel) -> Self {
        let region = &arn.arn.region;
        let writer = Writer {
            reader: session.reader(region),
            once: session.aws.ecs_unrepeatable(region),
            poll: session.poll,
            budget: Budget::of(timeout),
            interrupt: ByClient(cancel),
            arn,
        };
        Self {
            session,
            writer,
            diagnostics: Diagnostics::new(),
        }
    }

    /// The daemon.
    pub(super) fn arn(&self) -> &DaemonArn {
        &self.writer.arn
    }
}
