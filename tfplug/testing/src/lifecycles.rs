//! Random lives of objects.

use std::{ops::Range, sync::Arc};

use tfplug_core::{
    Provider, Value,
    test_support::{Rng, Unknowns, edit, random_config},
};
use tfplug_server::driver::{Action, Driver, Stored};

/// Edits of a configuration in one life.
const EDITS: usize = 4;

/// What became of random configurations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Configurations that were applied without an error.
    pub applied: usize,
    /// Configurations that the provider refused.
    pub refused: usize,
    /// Configurations whose apply failed.
    pub failed: usize,
}

/// Says which seed it was, if a rule is broken.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed was {}", self.0);
        }
    }
}

/// Lets objects of a resource live by random configurations, one life for each seed: each configuration is planned and
/// applied, read again, and planned once more, which must change nothing; in the end the object is destroyed. `settings` is
/// the provider block. Attributes whose rules no random value meets are refused: look at the answer.
///
/// # Panics
/// If the provider breaks a rule of the client, or a second plan changes something.
pub async fn random_lifecycles(
    provider: &Arc<dyn Provider>,
    settings: Value,
    type_name: &str,
    seeds: Range<u64>,
) -> Played {
    let resource = provider
        .resources()
        .iter()
        .find(|resource| resource.type_name() == type_name);
    assert!(resource.is_some(), "the provider has no resource {type_name}");
    let mut played = Played::default();
    let Some(schema) = resource.map(|resource| resource.schema().clone()) else {
        return played;
    };
    for seed in seeds {
        let _seed = Seed(seed);
        let mut rng = Rng::with_seed(seed);
        let driver = Driver::new(Arc::clone(provider));
        driver.configure(settings.clone()).await;
        let mut stored = Stored::nothing();
        let mut config = random_config(&schema, &mut rng, Unknowns::Never);
        for _ in 0..EDITS {
            if driver.validate(type_name, &config).await.has_error() {
                played.refused += 1;
            } else {
                let applied = driver.plan_and_apply(type_name, &stored, config.clone()).await;
                stored = applied.stored;
                if applied.diagnostics.has_error() {
                    played.failed += 1;
                } else {
                    played.applied += 1;
                    stored = settled(&driver, type_name, stored, &config).await;
                }
            }
            config = edit(&schema, &config, &mut rng);
        }
        driver.destroy(type_name, &stored).await;
    }
    played
}

/// Reads an object again and plans it again, which changes nothing.
async fn settled(driver: &Driver, type_name: &str, stored: Stored, config: &Value) -> Stored {
    let refreshed = driver.refresh(type_name, &stored).await;
    assert!(
        !refreshed.diagnostics.has_error(),
        "the read after an apply failed: {:?}",
        refreshed.diagnostics
    );
    let planned = driver.plan(type_name, &refreshed.stored, config.clone()).await;
    assert_eq!(
        planned.action,
        Action::NoOp,
        "the plan after an apply of {config:?} changes something: {:?} becomes {:?}",
        refreshed.stored.state,
        planned.state,
    );
    refreshed.stored
}
