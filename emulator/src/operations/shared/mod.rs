//! Shared by operations of all kinds: their forms, how requests are read, records found, answers written and refused.

pub(super) mod answer;
pub(super) mod lookup;
pub(super) mod operation;
pub(super) mod page;
pub(super) mod refusal;
pub(super) mod request;
pub(super) mod tagging;
