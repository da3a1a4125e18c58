//! The coming, serving and going of container instances.

pub(super) mod ageing;
pub(super) mod drain;
pub(super) mod instance;
pub(super) mod placed;
pub(super) mod repair;
pub(super) mod room;
pub(super) mod shortage;
