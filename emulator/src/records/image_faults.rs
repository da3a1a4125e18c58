//! Broken images: what is wrong with them, and which tasks that concerns.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::task::Fate;
use crate::glob::covers;
use crate::records::definition::decides_over_task;

/// A rule that breaks tasks by their image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFault {
    /// Glob over image names: `*` stands for any characters, `?` for one.
    pub image: String,
    /// The fault of the image.
    pub effect: ImageEffect,
    /// Launches that go well before the rule begins.
    #[serde(default)]
    pub after: u32,
    /// Launches that go wrong before the rule ends; None: for ever.
    #[serde(default)]
    pub count: Option<u32>,
}

/// The effect of a broken image on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageEffect {
    /// The task never runs.
    FailsToStart,
    /// The task runs and an essential container exits shortly after.
    Exits,
    /// The container's health check fails; without a health check nobody notices.
    Unhealthy,
}

impl ImageEffect {
    /// The fate of a task with such an image.
    pub(super) fn fate(self) -> Fate {
        match self {
            Self::FailsToStart => Fate::FailsToStart,
            Self::Exits => Fate::Exits,
            Self::Unhealthy => Fate::TurnsUnhealthy,
        }
    }
}

/// True if a rule concerns a task of these containers.
pub(super) fn applies<'a>(fault: &ImageFault, mut containers: impl Iterator<Item = &'a Map<String, Value>>) -> bool {
    containers.any(|container| {
        let image = container
            .get("image")
            .and_then(|image| image.as_str())
            .unwrap_or_default();
        let noticed = match fault.effect {
            ImageEffect::FailsToStart => true,
            ImageEffect::Exits => decides_over_task(container),
            ImageEffect::Unhealthy => decides_over_task(container) && container.contains_key("healthCheck"),
        };
        noticed && covers(&fault.image, image)
    })
}
