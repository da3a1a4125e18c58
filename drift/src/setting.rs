//! The settings of a daemon one by one, so that each can be wanted, be live, differ and be repaired.
//!
//! What is compared is a [`Datum`]: sets have no order, numbers no spelling. What goes into a text is a [`SettingValue`],
//! which knows whether it may.

mod marked;

pub(crate) use daemons::settings::kind_of;
pub use daemons::settings::{Datum, Setting, Settings};
pub use marked::{Marked, SettingValue};
