//! The configuration as a source beside a state: what is written there and not in the state, and what Terraform is told
//! to leave alone. A plan knows the former by itself.

use std::collections::BTreeMap;

use daemons::{arn::RevisionArn, name};
use serde_json::Value;

use super::{
    Configuration,
    address::{AWSCC, Address},
    declared::{Declared, Ignored, Scopes, Written},
    gaps::{Gaps, told},
    value::{Known, Unknown, flag},
};
use crate::{
    report::{Location, Problem},
    setting::{Datum, Setting},
    source::{Configured, Resources, Want, Wanted},
};

/// Tags of hashicorp/awscc.
const LIST: Unknown = Unknown("tags in a list are not evaluated");

impl Configuration {
    /// Tells daemons of states and plans what the configuration wants of them. The problems name what could not be
    /// evaluated, so that it was compared with the state alone. Tags are looked at only if they are compared. `states` are what
    /// the inputs have of resources that are referred to, by the name of the input.
    pub fn complete(
        &self,
        wanted: &mut [Wanted],
        with_tags: bool,
        states: &BTreeMap<String, Resources>,
    ) -> Vec<Problem> {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for wanted in wanted.iter() {
            *count.entry(wanted.source.address.clone()).or_default() += 1;
        }
        let mut gaps = Gaps::default();
        let beside = states.iter();
        let beside = beside.map(|(input, resources)| (input.as_str(), Scopes::beside(self.in_state(resources))));
        let mut beside: BTreeMap<&str, Scopes> = beside.collect();
        let mut alone = Scopes::new();
        for wanted in wanted.iter_mut().filter(|wanted| !wanted.is_of_baseline()) {
            let scopes = beside.get_mut(wanted.source.input.as_str()).unwrap_or(&mut alone);
            let is_unique = count.get(&wanted.source.address) == Some(&1);
            let address = match Address::parse(&wanted.source.address) {
                _ if !is_unique => Err(Unknown("several inputs have this address")),
                Some(address) => {
                    let current = self.moves.current(address.clone());
                    wanted.moved_to = (current != address).then(|| current.to_string());
                    Ok(current)
                }
                None => Err(Unknown("its address cannot be read")),
            };
            let completed = address.and_then(|address| {
                let declared = self.declared(&address, scopes)?;
                complete(wanted, (&declared, address.name_argument()), &mut gaps)?;
                if with_tags && address.resource_type == AWSCC {
                    gaps.add(wanted, name::TAGS, LIST, None);
                } else if with_tags {
                    self.complete_tags(wanted, &address, &declared, scopes, &mut gaps);
                }
                Ok(())
            });
            if let Err(unknown) = completed {
                gaps.add(wanted, "", unknown, None);
            }
        }
        gaps.problem().into_iter().collect()
    }
}

/// One daemon. The error is about the daemon as a whole.
fn complete(wanted: &mut Wanted, (declared, name): (&Declared<'_>, &str), gaps: &mut Gaps) -> Result<(), Unknown> {
    if let (_, Written::Known(known)) = declared.written(&[name])
        && known.value.as_str().is_some_and(|name| name != wanted.arn.name)
    {
        return Err(Unknown("its name there is another one"));
    }
    ignore(wanted, &declared.ignored());
    // A plan is made of the configuration, with more than is known here.
    if wanted.pending.is_some() {
        return Ok(());
    }
    for setting in Setting::ALL {
        let is_held = wanted.settings.contains_key(&setting);
        if !is_held || wanted.ignored.contains(&setting) {
            continue;
        }
        let (place, written) = declared.written(setting.path());
        let configured = match written {
            Written::Absent => absent(wanted, setting, place),
            Written::Known(known) => match datum(setting, &known.value) {
                Ok(datum) => Some(of_value(wanted, setting, &known, datum, place)),
                Err(unknown) => {
                    gaps.add(wanted, &setting.name(), unknown, place);
                    None
                }
            },
            Written::Unknown(unknown) => {
                gaps.add(wanted, &setting.name(), unknown, place);
                None
            }
        };
        let is_new = |configured: &Configured| {
            wanted.datum(setting).as_ref().map(|value| value.expose()) != Some(configured.value.expose())
        };
        if let Some(configured) = configured.filter(is_new) {
            wanted.configured.insert(setting, configured);
        }
    }
    Ok(())
}

/// The meaning of an argument that is not there: the default, where the provider sends it. With hashicorp/aws it depends on
/// the past of the resource.
fn absent(wanted: &Wanted, setting: Setting, place: Option<Location>) -> Option<Configured> {
    let default = setting.default().filter(|_| wanted.defaults_are_meant)?;
    Some(Configured {
        want: Want::ImplicitDefault,
        value: wanted.mark(setting, default),
        evidence: told(
            "The configuration leaves it out, so that the default is meant",
            None,
            place,
        ),
    })
}

fn of_value(wanted: &mut Wanted, setting: Setting, known: &Known, datum: Datum, place: Option<Location>) -> Configured {
    if known.is_sensitive {
        wanted.mark_setting(setting);
    }
    let value = wanted.mark(setting, datum);
    Configured {
        want: Want::Recorded(value.clone()),
        evidence: told(
            &format!("The configuration has {value}"),
            known.origin.as_deref(),
            place,
        ),
        value,
    }
}

/// A value as the setting has it: Terraform turns texts into numbers and switches, and the other way round.
fn datum(setting: Setting, value: &Value) -> Result<Datum, Unknown> {
    let value = match (setting.default(), value) {
        (Some(Datum::Flag(_)), value) => flag(value).map(Value::from),
        (Some(Datum::Number(_)), Value::String(text)) => text.parse::<f64>().ok().map(Value::from),
        _ => None,
    }
    .unwrap_or_else(|| value.clone());
    let datum = setting.parse(&value).map_err(|_| Unknown::WRONG)?;
    match (setting, &datum) {
        (Setting::TaskDefinition, Datum::Text(arn)) if RevisionArn::parse(arn).is_err() => Err(Unknown::NO_ARN),
        _ => Ok(datum),
    }
}

/// Takes out of the comparison what Terraform leaves alone.
fn ignore(wanted: &mut Wanted, ignored: &Ignored) {
    let paths = match ignored {
        Ignored::All => {
            wanted.ignored.extend(Setting::ALL);
            wanted.tags = None;
            return;
        }
        Ignored::Paths(paths) => paths,
    };
    let touches = |path: &[String], setting: &[&str]| path.iter().zip(setting).all(|(one, other)| one == other);
    for path in paths {
        let settings = Setting::ALL.into_iter().filter(|setting| touches(path, setting.path()));
        wanted.ignored.extend(settings);
        match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [name::TAGS | name::TAGS_ALL] => wanted.tags = None,
            [name::TAGS | name::TAGS_ALL, key] => wanted.tag_scope.ignore(key),
            _ => {}
        }
    }
}
