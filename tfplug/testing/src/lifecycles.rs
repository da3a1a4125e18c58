//! Random lives of objects.

use std::{fmt, ops::Range, sync::Arc};

use tfplug_core::{
    Diagnostics, Provider, Schema, Value,
    test_support::{Rng, Unknowns, edit, literal::show_present, random_config},
};
use tfplug_server::driver::{Action, Driver, Outcome, PANICKED, Stored};

/// Edits of a configuration in one life.
const EDITS: usize = 4;

/// What became of random configurations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Configurations that were applied without an error.
    pub applied: usize,
    /// Configurations that the provider refused.
    pub refused: usize,
    /// Configurations whose apply failed, and objects whose destruction did.
    pub failed: usize,
    /// The first configuration that was refused, with the messages.
    pub first_refused: Option<String>,
    /// The first configuration whose apply failed, with the messages.
    pub first_failed: Option<String>,
}

/// The numbers, and the first of each kind that was not applied.
impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (applied, refused, failed) = (self.applied, self.refused, self.failed);
        write!(f, "{applied} applied, {refused} refused, {failed} failed")?;
        for first in [&self.first_refused, &self.first_failed].into_iter().flatten() {
            write!(f, "\n{first}")?;
        }
        Ok(())
    }
}

/// One life. If a rule is broken in it, it says which life it was and how far it had come.
struct Life<'a> {
    type_name: &'a str,
    seed: u64,
    edit: usize,
    config: Value,
    stored: Stored,
}

impl Life<'_> {
    /// Where the life stands, with messages about it.
    fn scene(&self, what: &str, told: &Diagnostics) -> String {
        let mut scene = format!(
            "{what}: `{}`, seed {}, configuration {} of {EDITS}\n  configuration: {}\n  state before: {}",
            self.type_name,
            self.seed,
            self.edit,
            show_present(&self.config),
            show_present(&self.stored.state),
        );
        for message in told {
            scene.push_str("\n  ");
            scene.push_str(&message.to_string());
        }
        scene
    }

    /// Ends the test if the provider panicked: its own failures are data, a panic is a bug.
    fn demand_no_panic(&self, told: &Diagnostics) {
        let panic = told.iter().find(|message| message.summary == PANICKED);
        assert!(panic.is_none(), "{}", self.scene("the provider panicked", told));
    }
}

impl Drop for Life<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let again = format!(
                "\nTo play it alone: random_lifecycles(…, \"{}\", {}..{})",
                self.type_name,
                self.seed,
                self.seed.saturating_add(1)
            );
            eprintln!("{}{again}", self.scene("the life that ended here", &Diagnostics::new()));
        }
    }
}

/// Lets objects of a resource live by random configurations, one life for each seed: each configuration is planned and
/// applied, read again, and planned once more, which must change nothing; it is also planned with one of its values not
/// known yet, which no rule may refuse. In the end the object is destroyed. `settings` is the provider block. Attributes
/// whose rules no random value meets are refused: look at the answer, which can be printed.
///
/// # Panics
/// If the provider refuses the settings, breaks a rule of the client or panics, or a second plan changes something. The
/// output says which configuration of which life it was, and what to call to play it alone.
pub async fn random_lifecycles(
    provider: &Arc<dyn Provider>,
    settings: Value,
    type_name: &str,
    seeds: Range<u64>,
) -> Played {
    let mut resources = provider.resources().iter();
    let resource = resources.find(|resource| resource.type_name() == type_name);
    assert!(resource.is_some(), "the provider has no resource {type_name}");
    let mut played = Played::default();
    let Some(schema) = resource.map(|resource| resource.schema().clone()) else {
        return played;
    };
    for seed in seeds {
        let driver = Driver::new(Arc::clone(provider));
        let told = driver.configure(settings.clone()).await;
        assert!(
            !told.has_error(),
            "the settings of the provider are refused:{}",
            lines(&told)
        );
        live(&driver, &schema, type_name, seed, &mut played).await;
    }
    played
}

async fn live(driver: &Driver, schema: &Schema, type_name: &str, seed: u64, played: &mut Played) {
    let mut rng = Rng::with_seed(seed);
    let mut life = Life {
        type_name,
        seed,
        edit: 1,
        config: random_config(schema, &mut rng, Unknowns::Never),
        stored: Stored::nothing(),
    };
    loop {
        step(driver, &mut life, played).await;
        if life.edit == EDITS {
            break;
        }
        life.edit += 1;
        life.config = edit(schema, &life.config, &mut rng);
    }
    let destroyed = driver.destroy(type_name, &life.stored).await;
    life.demand_no_panic(&destroyed.diagnostics);
    count_failure(&life, "the destruction failed", &destroyed.diagnostics, played);
}

/// One configuration of a life.
async fn step(driver: &Driver, life: &mut Life<'_>, played: &mut Played) {
    let planned = driver.plan(life.type_name, &life.stored, life.config.clone()).await;
    life.demand_no_panic(&planned.diagnostics);
    if planned.diagnostics.has_error() {
        played.refused += 1;
        let first = &mut played.first_refused;
        first.get_or_insert_with(|| life.scene("the first that was refused", &planned.diagnostics));
        return;
    }
    let applied = driver.apply(planned).await;
    life.demand_no_panic(&applied.diagnostics);
    count_failure(life, "the first that failed", &applied.diagnostics, played);
    if applied.diagnostics.has_error() {
        life.stored = applied.stored;
        return;
    }
    played.applied += 1;
    wait_for_one(driver, life).await;
    life.stored = applied.stored;
    settle(driver, life).await;
}

/// Validates and plans what could be applied with one of its values not known yet, which no rule may refuse. Edits and lives
/// take turns with the values.
async fn wait_for_one(driver: &Driver, life: &Life<'_>) {
    let members = life.config.as_map().into_iter().flatten();
    let names: Vec<&String> = members
        .filter(|(_, value)| !value.is_null_or_empty())
        .map(|(name, _)| name)
        .collect();
    let turn = usize::try_from(life.seed).unwrap_or_default().wrapping_add(life.edit);
    let Some(name) = turn.checked_rem(names.len()).and_then(|turn| names.get(turn)) else {
        return;
    };
    let mut config = life.config.clone();
    config.insert(name.as_str(), Value::Unknown);
    let planned = driver.plan(life.type_name, &life.stored, config).await;
    assert!(
        !planned.diagnostics.has_error(),
        "`{name}` is refused while its value is not known yet:{}",
        lines(&planned.diagnostics)
    );
}

fn count_failure(life: &Life<'_>, what: &str, told: &Diagnostics, played: &mut Played) {
    if told.has_error() {
        played.failed += 1;
        played.first_failed.get_or_insert_with(|| life.scene(what, told));
    }
}

/// Reads the object again and plans it again, which changes nothing.
async fn settle(driver: &Driver, life: &mut Life<'_>) {
    let Outcome { stored, diagnostics } = driver.refresh(life.type_name, &life.stored).await;
    assert!(
        !diagnostics.has_error(),
        "the read after an apply failed:{}",
        lines(&diagnostics)
    );
    let planned = driver.plan(life.type_name, &stored, life.config.clone()).await;
    life.demand_no_panic(&planned.diagnostics);
    assert!(
        planned.action == Action::NoOp,
        "the plan after an apply changes something:\n  read: {}\n  planned: {}{}",
        show_present(&stored.state),
        show_present(&planned.state),
        lines(&planned.diagnostics),
    );
    life.stored = stored;
}

/// Messages, each on a line after the text before.
fn lines(told: &Diagnostics) -> String {
    told.iter()
        .flat_map(|message| ["\n  ".to_owned(), message.to_string()])
        .collect()
}
