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
    value::{Evaluated, Known, Names, Unknown, evaluate, key_of},
};
use crate::source::{
    ConfiguredTags, Wanted,
    tag_scope::{IgnoreTags, TagScope},
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
            let (ignored, are_all) = ignored(provider);
            if !are_all {
                wanted.tag_scope.add(TagScope::open(ignored));
                // A plan's refresh leaves out what the provider leaves alone.
                if wanted.pending.is_none() {
                    gaps.add(wanted, name::TAGS, IGNORED, provider.place("ignore_tags"));
                }
                return;
            }
            // Only our provider takes all of them from the block, and a file that was not read may have more of it.
            let is_all = wanted.defaults_are_meant && self.warnings.is_empty();
            let scope = if is_all { TagScope::all_but } else { TagScope::at_most };
            wanted.tag_scope.add(scope(ignored));
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
    if let Some(why) = written.others {
        gaps.add(wanted, name::TAGS, why, place.clone());
    }
    let (mut known, mut unknown) = (BTreeMap::new(), BTreeSet::new());
    for (key, value) in written.tags {
        match value {
            Ok(value) => {
                let text = value.value.as_str().unwrap_or_default();
                known.insert(key, text.to_owned());
            }
            Err(why) => {
                gaps.add(wanted, &format!("{}[\"{key}\"]", name::TAGS), why, place.clone());
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
        are_all: written.others.is_none(),
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
        let defaults = provider.map(|provider| match provider.written(&["default_tags", "tags"]) {
            (_, Written::Absent) => Self::default(),
            (_, Written::Known(known)) => Self::of_value(Ok(known)),
            (_, Written::Unknown(why)) => Self::unknown(why),
        });
        defaults.unwrap_or_default().under(own)
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
            other => Self::of_value(evaluate(other, names)),
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
                let members = members.iter();
                let of = |value: &Value| Known {
                    value: value.clone(),
                    ..known.clone()
                };
                members.map(|(key, value)| (key.clone(), Ok(of(value)))).collect()
            }
            _ => return Self::unknown(Unknown::WRONG),
        };
        Self { tags, others: None }.spelled()
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
        }
    }
}

/// Tags that a provider block leaves alone, as far as they are known, and whether these are all.
pub(super) fn ignored(provider: &Declared<'_>) -> (IgnoreTags, bool) {
    let texts = |argument: &str| match provider.written(&["ignore_tags", argument]).1 {
        Written::Absent => Some(BTreeSet::new()),
        Written::Known(known) => {
            let elements = known.value.as_array()?.iter();
            elements.map(|element| element.as_str().map(str::to_owned)).collect()
        }
        Written::Unknown(_) => None,
    };
    let (keys, key_prefixes) = (texts("keys"), texts("key_prefixes"));
    let are_all = keys.is_some() && key_prefixes.is_some();
    let ignored = IgnoreTags {
        keys: keys.unwrap_or_default(),
        key_prefixes: key_prefixes.unwrap_or_default(),
    };
    (ignored, are_all)
}
