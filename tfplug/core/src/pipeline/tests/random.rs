//! The client's rules over random configurations: create, update, replace and plans with unknown
//! values, for a hundred seeds. A failure names its seed.

use super::plan_cases::plan_of;
use crate::{
    Attribute, Path, Resource, Value, msgpack, pipeline,
    resource::{ApplyRequest, ApplyResponse},
    test_support::{
        Generator, Rng, Unknowns, assert_object_compatible, assert_plan_consistent, assert_plan_valid, fill_unknown,
        literal::show_present, sample::Sample,
    },
};

const SEEDS: u64 = 100;

fn generator(unknowns: Unknowns) -> Generator<'static> {
    Generator::new(unknowns).with_hint(|_: &Path, attribute: &Attribute, rng: &mut Rng| {
        (attribute.name == "role").then(|| Value::from(["a", "b", "c"][rng.usize(..3)]))
    })
}

struct Walk {
    sample: Sample,
    seed: u64,
    rng: Rng,
}

impl Walk {
    fn holds(&self, errors: &[String], what: &str, values: &[&Value]) {
        let values: Vec<String> = values.iter().map(|value| show_present(value)).collect();
        assert!(
            errors.is_empty(),
            "seed {}: {what}: {errors:#?}\n{}",
            self.seed,
            values.join("\n")
        );
    }

    /// Plans twice and checks the plan as a client would.
    fn plan(&self, prior: &Value, config: &Value) -> Value {
        let plan = plan_of(&self.sample, prior, config);
        let again = plan_of(&self.sample, prior, config);
        assert_eq!(
            plan.planned, again.planned,
            "seed {}: two plans of the same differ",
            self.seed
        );
        assert_eq!(plan.requires_replace, again.requires_replace, "seed {}", self.seed);
        let errors = assert_plan_valid(self.sample.schema(), prior, config, &plan.planned);
        self.holds(&errors, "invalid plan", &[prior, config, &plan.planned]);
        for path in &plan.requires_replace {
            let found = prior.at(path).is_some() || plan.planned.at(path).is_some();
            assert!(found, "seed {}: {path} is nowhere", self.seed);
        }
        self.over_the_wire(&plan.planned);
        plan.planned
    }

    /// Applies a plan as a service would that sets whatever is left to it.
    fn apply(&mut self, prior: &Value, config: &Value, planned: &Value) -> Value {
        let ty = self.sample.schema().implied_type();
        let state = fill_unknown(&ty, planned, &mut self.rng);
        let request = ApplyRequest {
            prior: prior.clone(),
            planned: planned.clone(),
            config: config.clone(),
            private: Vec::new(),
            identity: Value::Null,
        };
        let settled = pipeline::settle_apply(
            &self.sample,
            &request,
            ApplyResponse {
                state,
                ..ApplyResponse::default()
            },
        );
        assert!(
            settled.diagnostics.is_empty(),
            "seed {}: {:?}",
            self.seed,
            settled.diagnostics
        );
        let errors = assert_object_compatible(self.sample.schema(), planned, &settled.state);
        self.holds(&errors, "inconsistent result", &[config, planned, &settled.state]);
        self.over_the_wire(&settled.state);
        settled.state
    }

    /// Creates an object with a state that does not fit the schema: the client must get one that it can store.
    fn misfit(&mut self, config: &Value, planned: &Value) {
        let ty = self.sample.schema().implied_type();
        let good = fill_unknown(&ty, planned, &mut self.rng);
        let mut state = good.clone();
        let names: Vec<String> = good
            .as_map()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        let wrong = [
            Value::from("wrong"),
            Value::from(7_i64),
            Value::from(true),
            Value::list([Value::object([("misspelt", Value::from(1_i64))])]),
            Value::set_of([Value::from(true)]),
            Value::object([("misspelt", Value::list([]))]),
        ];
        for name in &names {
            if self.rng.u8(..4) == 0 {
                state.insert(name.clone(), wrong[self.rng.usize(..wrong.len())].clone());
            }
        }
        if self.rng.bool() {
            state.insert("misspelt", Value::from("x"));
        }
        let fits = msgpack::encode(&state, &ty).is_ok();
        let request = ApplyRequest {
            prior: Value::Null,
            planned: planned.clone(),
            config: config.clone(),
            private: Vec::new(),
            identity: Value::Null,
        };
        let response = ApplyResponse {
            state: state.clone(),
            ..ApplyResponse::default()
        };
        let settled = pipeline::settle_apply(&self.sample, &request, response);
        assert_eq!(settled.diagnostics.has_error(), !fits, "seed {}", self.seed);
        assert!(
            settled.state.is_present() && settled.state.is_wholly_known(),
            "seed {}",
            self.seed
        );
        self.over_the_wire(&settled.state);
        for name in names
            .iter()
            .filter(|name| state.get(name) == good.get(name) && *name != "token")
        {
            let kept = settled.state.get(name);
            if self
                .sample
                .schema()
                .block
                .attribute(name)
                .is_some_and(|attribute| matches!(attribute.ty, crate::AttributeType::Plain(_)))
            {
                assert_eq!(kept, good.get(name), "seed {}: {name}", self.seed);
            }
        }
    }

    fn over_the_wire(&self, value: &Value) {
        let ty = self.sample.schema().implied_type();
        let read = msgpack::encode(value, &ty).map(|bytes| msgpack::decode(&bytes, &ty));
        assert_eq!(read, Ok(Ok(value.clone())), "seed {}", self.seed);
    }

    /// Plans with unknown values, plans again when they are known, applies, and finds nothing to do.
    fn change(&mut self, prior: &Value, config: &Value) -> Value {
        let first = self.plan(prior, config);
        let known = generator(Unknowns::Never).resolve(self.sample.schema(), config, &mut self.rng);
        assert!(known.is_wholly_known());
        let second = self.plan(prior, &known);
        let errors = assert_plan_consistent(self.sample.schema(), &first, &second);
        self.holds(
            &errors,
            "inconsistent final plan",
            &[prior, config, &known, &first, &second],
        );
        if prior.is_null() {
            self.misfit(&known, &second);
        }
        let state = self.apply(prior, &known, &second);
        let next = self.plan(&state, &known);
        let errors = if next == state {
            vec![]
        } else {
            vec!["a second plan is not empty".to_owned()]
        };
        self.holds(&errors, "after apply", &[&known, &state, &next]);
        state
    }
}

#[test]
fn create_update_and_replace() {
    for seed in 0..SEEDS {
        let mut walk = Walk {
            sample: Sample::new(),
            seed,
            rng: Rng::with_seed(seed),
        };
        let schema = walk.sample.schema().clone();
        let mut config = generator(Unknowns::Allowed).config(&schema, &mut walk.rng);
        let mut state = walk.change(&Value::Null, &config);
        for _ in 0..4 {
            config = if walk.rng.u8(..5) == 0 {
                generator(Unknowns::Allowed).config(&schema, &mut walk.rng)
            } else {
                generator(Unknowns::Never).resolve(&schema, &config, &mut walk.rng)
            };
            config = generator(Unknowns::Allowed).edit(&schema, &config, &mut walk.rng);
            state = walk.change(&state, &config);
        }
        // A replacement plans the new object from nothing.
        walk.change(&Value::Null, &config);
    }
}

#[test]
fn generated_configurations_are_valid_and_repeatable() {
    let sample = Sample::new();
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..SEEDS {
        let config = || generator(Unknowns::Allowed).config(sample.schema(), &mut Rng::with_seed(seed));
        let (config, again) = (config(), config());
        assert_eq!(config, again);
        let found = pipeline::validate(sample.schema(), &config);
        assert!(!found.has_error(), "seed {seed}: {found:?}\n{}", show_present(&config));
        different.insert(config);
    }
    assert!(
        different.len() > 90,
        "only {} different configurations",
        different.len()
    );
}
