//! One look at the daemons of a region, and with what.

use super::{Access, Options, Trail};
use crate::{explain::Definitions, observe::Reader};

/// One look at daemons of a region.
pub(super) struct Round<'r, R, T> {
    pub(super) reader: &'r R,
    pub(super) trail: &'r T,
    pub(super) access: &'r Access,
    pub(super) definitions: &'r Definitions,
    pub(super) options: &'r Options,
    /// True if calls that fail now are not tried again later.
    pub(super) is_last: bool,
}

impl<'r, R: Reader, T: Trail> Round<'r, R, T> {
    pub(super) fn new(
        reader: &'r R,
        trail: &'r T,
        access: &'r Access,
        definitions: &'r Definitions,
        options: &'r Options,
    ) -> Self {
        Self {
            reader,
            trail,
            access,
            definitions,
            options,
            is_last: false,
        }
    }

    /// The same, of which the failures stand.
    pub(super) fn last(self) -> Self {
        Self { is_last: true, ..self }
    }
}
