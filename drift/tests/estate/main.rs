//! Every row of the procedure, planted in an emulated estate the way it comes about in real ones: the real SDK
//! client, the real scan, and no socket.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, where a panic is a failed case"
)]

mod again;
mod awscc;
mod baselines;
mod causes;
mod conditions;
mod configured;
mod configured_gaps;
mod configured_tags;
mod doctor;
mod ends;
mod expired;
mod inputs;
mod instants;
mod invariants;
mod knobs;
mod made_anew;
mod manners;
mod plan_documents;
mod plans;
mod plants;
mod random;
mod random_repairs;
mod readable;
mod reconcile;
mod references;
mod repairing;
mod repairs;
mod rollbacks;
mod rows;
mod sensitive;
mod support;
mod tag_repairs;
mod tampered;
mod tampered_other;
mod truth;
mod unread;
mod watching;
mod who;
mod windows;
