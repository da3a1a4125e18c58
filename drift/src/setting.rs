//! The settings of a daemon one by one, so that each can be wanted, be live, differ and be repaired.
//!
//! A [`Datum`] is what is compared: sets have no order, numbers no spelling. A [`SettingValue`] is what goes into a
//! text: it knows whether it may.

mod marked;

pub(crate) use daemons::settings::kind_of;
pub use daemons::settings::{Datum, Setting, Settings};
pub use marked::{Marked, SettingValue};
