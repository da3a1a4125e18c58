//! Tags as the configuration wants them: those of the resource over the default ones of its provider, key by key as far as
//! each is known, and the tags that the provider leaves alone.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;
use serde_json::Value;

use daemons::name;

use super::{
    Configuration,
    address::Address,
    conversion::spelled,
    declared::{Declared, Scopes, Written},
    gaps::{Gaps, told},
    value::{Evaluated, Known, Names, Unknown, evaluate, key_of, partly},
};
use crate::{
    report::Location,
    source::{
        ConfiguredTags, Wanted,
        tag_scope::{IgnoreTags, TagScope},
    },
};

/// The `ignore_tags` of a provider decide what is compared.
const IGNORED: Unknown = Unknown(
    "the `ignore_tags` of its provider are not evaluated, so that live tags which the state has not are not compared",
);
/// Terragrunt may write a provider block with default tags.
const GENERATED: Unknown = Unknown("its provider block is in no file, and Terragrunt may generate one");

impl Configuration {
    /// Tells a daemon what the configuration says of its tags.
    pub(super) fn complete_tags(
        &self,
        wanted: &mut Wanted,
        address: &Address,
        declared: &Declared<'_>,
        scopes: &mut Scopes,
        gaps: &mut Gaps,
    ) {
        let provider = self.provider(address, declared, scopes);
        let mut written = WrittenTags::of(declared, provider.as_ref().ok().and_then(Option::as_ref));
        mark(wanted, &written);
        let provider = match provider {
            Ok(provider) => provider,
            Err(why) => {
                wanted.tag_scope.add(TagScope::open(IgnoreTags::default()));
                return gaps.add(wanted, name::TAGS, why, declared.place(name::TAGS));
            }
        };
        if let Some(provider) = &provider {
            let (ignored, unknown) = ignored(provider);
            if let Some(place) = unknown.into_iter().next() {
                wanted.tag_scope.add(TagScope::open(ignored));
                // A plan's refresh leaves out what the provider leaves alone.
                if wanted.pending.is_none() {
                    gaps.add(wanted, "ignore_tags", IGNORED, place);
                }
                written.keep_seen(wanted);
            } else {
                // Only our provider takes all of them from the block, and a file that was not read may have more of it.
                let is_all = wanted.defaults_are_meant && self.warnings.is_empty();
                let scope = if is_all { TagScope::all_but } else { TagScope::at_most };
                wanted.tag_scope.add(scope(ignored));
            }
        }
        // A plan is made of the configuration, with more than is known here.
        if wanted.pending.is_some() || wanted.tags.is_none() {
            return;
        }
        if provider.is_none() && self.is_of_terragrunt {
            wanted.tag_scope.add(TagScope::open(IgnoreTags::default()));
            written.others.get_or_insert(GENERATED);
        }
        compare(wanted, declared, written, gaps);
    }
}

/// Marks tags that are made of something sensitive, whether its value is known or not.
fn mark(wanted: &mut Wanted, written: &WrittenTags) {
    let is_sensitive = |value: &Evaluated| match value {
        Ok(known) => known.is_sensitive,
        Err(why) => *why == Unknown::SENSITIVE,
    };
    let own = written.tags.iter().filter(|(_, value)| is_sensitive(value));
    let mut keys: BTreeSet<String> = own.map(|(key, _)| key.clone()).collect();
    if written.others == Some(Unknown::SENSITIVE) {
        // Which keys are in it is not known.
        keys.extend(wanted.plain_tags().into_iter().flatten().map(|(key, _)| key));
    }
    for key in &keys {
        wanted.mark_tag(key);
    }
}

/// Keeps what is known of the tags, and names the rest.
fn compare(wanted: &mut Wanted, declared: &Declared<'_>, written: WrittenTags, gaps: &mut Gaps) {
    let place = declared.place(name::TAGS);
    let WrittenTags {
        tags,
        others,
        defaults,
        are_others_default,
        default_place,
    } = written;
    let part = |is_default: bool| {
        if is_default {
            ("default_tags", default_place.clone())
        } else {
            (name::TAGS, place.clone())
        }
    };
    if let Some(why) = others {
        let (part, place) = part(are_others_default);
        gaps.add(wanted, part, why, place);
    }
    let (mut known, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    for (key, value) in tags {
        match value {
            Ok(value) => {
                let text = value.value.as_str().unwrap_or_default();
                known.insert(key, text.to_owned());
            }
            Err(why) => {
                let (part, place) = part(defaults.contains(&key));
                gaps.add(wanted, &format!("{part}[\"{key}\"]"), why, place);
                // It may be the live one, which the state need not have yet.
                if !wanted
                    .tags
                    .as_ref()
                    .is_some_and(|tags| tags.expose().contains_key(&key))
                {
                    wanted.tag_scope.ignore(&key);
                }
                unknown.insert(key);
            }
        }
    }
    wanted.configured_tags = Some(ConfiguredTags {
        known: wanted.marks.tags(known),
        unknown,
        are_all: others.is_none(),
        evidence: told("The configuration has other tags", None, place),
    });
}

/// Tags that are written.
#[derive(Clone, Debug, Default)]
pub(super) struct WrittenTags {
    /// Values by key.
    pub(super) tags: BTreeMap<String, Evaluated>,
    /// The reason why there may be tags of other keys; none if these are all.
    pub(super) others: Option<Unknown>,
    /// Keys whose values are those of the provider's default tags.
    defaults: BTreeSet<String>,
    /// True if the tags of other keys may be default ones.
    are_others_default: bool,
    /// The place of the default tags.
    default_place: Option<Location>,
}

impl WrittenTags {
    /// Tags of which nothing is known.
    pub(super) fn unknown(why: Unknown) -> Self {
        Self {
            others: Some(why),
            ..Self::default()
        }
    }

    /// Of a resource, over the default ones of its provider.
    pub(super) fn of(resource: &Declared<'_>, provider: Option<&Declared<'_>>) -> Self {
        let own = match resource.argument("tags") {
            Some(expression) => Self::of_expression(expression, resource.scope()),
            None => Self::default(),
        };
        let (defaults, place) = provider.map(Self::default_ones).unwrap_or_default();
        let keys = defaults.tags.keys().filter(|key| !own.tags.contains_key(*key));
        Self {
            defaults: keys.cloned().collect(),
            are_others_default: own.others.is_none() && defaults.others.is_some(),
            default_place: place,
            ..defaults.under(own)
        }
    }

    /// Default ones of a provider, and their place.
    fn default_ones(provider: &Declared<'_>) -> (Self, Option<Location>) {
        const BLOCK: &str = "default_tags";
        match provider.inner(BLOCK) {
            Ok(Some(block)) => {
                let tags = block.argument(name::TAGS);
                let written = tags.map(|tags| Self::of_expression(tags, block.scope()));
                (written.unwrap_or_default(), block.place(name::TAGS))
            }
            Ok(None) => match provider.written(&[BLOCK, name::TAGS]) {
                (place, Written::Absent) => (Self::default(), place),
                (place, Written::Known(known)) => (Self::of_value(Ok(known)), place),
                (place, Written::Unknown(why)) => (Self::unknown(why), place),
            },
            Err((place, why)) => (Self::unknown(why), place),
        }
    }

    /// Keeps what the state proves not to be left alone by the provider: a state has no tag that is.
    fn keep_seen(&mut self, wanted: &Wanted) {
        let is_seen = |key: &str| {
            let tags = wanted.tags.as_ref();
            tags.is_some_and(|tags| tags.expose().contains_key(key))
        };
        self.tags.retain(|key, _| is_seen(key));
    }

    fn of_expression(expression: &Expression, names: &impl Names) -> Self {
        match expression {
            Expression::Object(object) => {
                let mut written = Self::default();
                for (key, value) in object {
                    match key_of(key, names) {
                        Ok(key) => {
                            written.tags.insert(key, evaluate(value.expr(), names));
                        }
                        Err(why) => written = written.under(Self::unknown(why)),
                    }
                }
                written.spelled()
            }
            Expression::FuncCall(call) if call.name.name.as_str() == "merge" && !call.args.expand_final() => {
                let parts = call.args.iter().map(|part| Self::of_expression(part, names));
                parts.fold(Self::default(), Self::under)
            }
            Expression::Parenthesis(inner) => Self::of_expression(inner.inner(), names),
            other => Self::of_value(partly(other, names)),
        }
    }

    fn of_value(value: Evaluated) -> Self {
        let known = match value {
            Ok(known) => known,
            Err(why) => return Self::unknown(why),
        };
        let tags = match &known.value {
            Value::Null => BTreeMap::new(),
            Value::Object(members) => {
                let members = members.keys();
                let of = |key: &str| known.part([key]).and_then(Known::whole);
                members.map(|key| (key.clone(), of(key))).collect()
            }
            _ => return Self::unknown(Unknown::WRONG),
        };
        Self {
            tags,
            others: known.holes.others(),
            ..Self::default()
        }
        .spelled()
    }

    /// Values as texts. A null one is left out.
    fn spelled(mut self) -> Self {
        self.tags
            .retain(|_, value| !value.as_ref().is_ok_and(|known| known.value.is_null()));
        for value in self.tags.values_mut() {
            let text = |known: Known| {
                let text = spelled(&known.value).ok_or(Unknown::WRONG)?.into_owned();
                Ok(Known {
                    value: Value::from(text),
                    ..known
                })
            };
            *value = std::mem::replace(value, Err(Unknown::WRONG)).and_then(text);
        }
        self
    }

    /// These, with others over them. Of what the others may have, too, nothing is known.
    fn under(mut self, over: Self) -> Self {
        if let Some(why) = over.others {
            self.tags.values_mut().for_each(|value| *value = Err(why));
        }
        self.tags.extend(over.tags);
        Self {
            tags: self.tags,
            others: over.others.or(self.others),
            ..Self::default()
        }
    }
}

/// Tags that a provider block leaves alone, as far as they are known, and the places of arguments that are not.
pub(super) fn ignored(provider: &Declared<'_>) -> (IgnoreTags, Vec<Option<Location>>) {
    const BLOCK: &str = "ignore_tags";
    let mut gaps = Vec::new();
    let mut texts = |argument: &str| {
        let (texts, place) = match provider.inner(BLOCK) {
            Ok(Some(block)) => match block.argument(argument) {
                Some(expression) => (elements(expression, block.scope()), block.place(argument)),
                None => (BTreeSet::new(), None),
            },
            Ok(None) => match provider.written(&[BLOCK, argument]) {
                (place, Written::Known(known)) => (texts_of(&known.value), place),
                (place, Written::Absent) => (BTreeSet::new(), place),
                (place, Written::Unknown(_)) => (BTreeSet::from([None]), place),
            },
            Err((place, _)) => (BTreeSet::from([None]), place),
        };
        if texts.contains(&None) {
            gaps.push(place);
        }
        texts.into_iter().flatten().collect()
    };
    let ignored = IgnoreTags {
        keys: texts("keys"),
        key_prefixes: texts("key_prefixes"),
    };
    (ignored, gaps)
}

/// Elements of a list, each as far as it is known.
fn elements(expression: &Expression, names: &impl Names) -> BTreeSet<Option<String>> {
    match expression {
        Expression::Array(list) => {
            let elements = list.iter().map(|element| evaluate(element, names).ok());
            let text = |known: Known| known.value.as_str().map(str::to_owned);
            elements.map(|known| known.and_then(text)).collect()
        }
        Expression::Parenthesis(inner) => elements(inner.inner(), names),
        other => match partly(other, names) {
            // An element that is not known is null there, and no text.
            Ok(known) => texts_of(&known.value),
            Err(_) => BTreeSet::from([None]),
        },
    }
}

/// Texts of a list; without a value there are none.
fn texts_of(value: &Value) -> BTreeSet<Option<String>> {
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(elements) => elements
            .iter()
            .map(|element| element.as_str().map(str::to_owned))
            .collect(),
        _ => BTreeSet::from([None]),
    }
}
