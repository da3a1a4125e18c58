//! Tag rules as tables.

use super::*;

fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn map(pairs: &[(&str, &str)]) -> Value {
    Value::object(pairs.iter().map(|(key, value)| (*key, Value::from(*value))))
}

fn rules() -> TagRules {
    TagRules {
        default_tags: strings(&[("Team", "core"), ("Stage", "prod")]),
        ignored: IgnoredTags {
            keys: vec!["Scanner".to_owned()],
            prefixes: vec!["auto:".to_owned()],
        },
        unknown: UnknownRules::default(),
    }
}

#[test]
fn all_tags_are_the_defaults_under_the_resource_s_own() {
    let check = |tags: &Value, expected: &Value| assert_eq!(rules().all(tags), *expected, "{tags:?}");
    check(&Value::Null, &map(&[("Team", "core"), ("Stage", "prod")]));
    check(&map(&[]), &map(&[("Team", "core"), ("Stage", "prod")]));
    check(
        &map(&[("Stage", "test"), ("A", "1")]),
        &map(&[("A", "1"), ("Team", "core"), ("Stage", "test")]),
    );
    check(
        &map(&[("Scanner", "x"), ("auto:y", "z")]),
        &map(&[("Team", "core"), ("Stage", "prod")]),
    );
    check(&Value::Unknown, &Value::Unknown);
    let mut partly = map(&[("Team", "core")]);
    partly.insert("Stage", Value::Unknown);
    check(&partly, &Value::Unknown);
    assert_eq!(rules().merged(&partly), partly);
    assert_eq!(TagRules::default().all(&Value::Null), map(&[]));
}

#[test]
fn read_tags_leave_out_what_is_inherited_ignored_or_reserved() {
    let live = strings(&[
        ("Team", "core"),
        ("Stage", "test"),
        ("A", "1"),
        ("Scanner", "x"),
        ("aws:ecs:c", "d"),
    ]);
    let check = |prior: &Value, expected: &Value| assert_eq!(rules().read(&live, prior), *expected, "{prior:?}");
    check(&Value::Null, &map(&[("Stage", "test"), ("A", "1")]));
    check(
        &map(&[("Team", "old")]),
        &map(&[("Team", "core"), ("Stage", "test"), ("A", "1")]),
    );
    check(
        &map(&[("Scanner", "mine")]),
        &map(&[("Stage", "test"), ("A", "1"), ("Scanner", "mine")]),
    );
    assert_eq!(
        rules().read_all(&live),
        map(&[("Team", "core"), ("Stage", "test"), ("A", "1")])
    );
}

#[test]
fn no_tags_stay_spelled_as_they_were() {
    let inherited = strings(&[("Team", "core")]);
    let check = |prior: &Value, expected: &Value| assert_eq!(rules().read(&inherited, prior), *expected, "{prior:?}");
    check(&Value::Null, &Value::Null);
    check(&map(&[]), &map(&[]));
    check(&map(&[("Gone", "1")]), &Value::Null);
}

#[test]
fn what_was_planned_is_read_back() {
    let (mut own, inherited) = (map(&[("Stage", "test"), ("Team", "core")]), Value::Null);
    own.insert("Scanner", "mine".into());
    for tags in [own, inherited, map(&[])] {
        let all = rules().all(&tags);
        assert_eq!(rules().read_all(&known(&all)), all, "{tags:?}");
        assert_eq!(rules().read(&known(&all), &tags), tags, "{tags:?}");
    }
}

#[test]
fn changes_name_only_what_differs_and_may_be_touched() {
    let check = |from: &[(&str, &str)], to: &[(&str, &str)], set: &[(&str, &str)], remove: &[&str]| {
        let changes = rules().changes(&map(from), &map(to));
        assert_eq!(changes.set, strings(set), "{from:?} to {to:?}");
        assert_eq!(changes.remove, remove, "{from:?} to {to:?}");
        assert_eq!(changes.is_empty(), set.is_empty() && remove.is_empty());
    };
    check(&[("A", "1")], &[("A", "1")], &[], &[]);
    check(
        &[("A", "1"), ("B", "2")],
        &[("A", "3"), ("C", "")],
        &[("A", "3"), ("C", "")],
        &["B"],
    );
    check(&[("Scanner", "x"), ("aws:a", "b"), ("auto:c", "d")], &[], &[], &[]);
    check(&[], &[("Scanner", "x"), ("auto:c", "d")], &[], &[]);
    assert_eq!(
        rules().changes(&Value::Null, &map(&[("A", "1")])).set,
        strings(&[("A", "1")])
    );
    assert!(rules().changes(&Value::Null, &Value::Null).is_empty());
}

fn problem(tags: &Value) -> String {
    rule()
        .check(tags)
        .map_or_else(|problem| problem, |()| "valid".to_owned())
}

#[test]
fn the_limits_of_aws_are_checked() {
    let many = |count: usize| Value::object((0..count).map(|number| (format!("k{number}"), Value::from("v"))));
    assert_eq!(problem(&many(50)), "valid");
    assert_eq!(problem(&map(&[(&"k".repeat(128), &"v".repeat(256))])), "valid");
    assert_eq!(
        problem(&map(&[
            ("Größe größer/als: 1", "日本 _.:/=+-@"),
            ("empty", ""),
            ("awsome", "")
        ])),
        "valid"
    );
    let mut null = map(&[]);
    null.insert("n", Value::Null);
    assert_eq!(problem(&null), "valid");
    let wrong = [
        many(51),
        map(&[("", "v")]),
        map(&[("aws:x", "v")]),
        map(&[("AWS:x", "v")]),
        map(&[("a*b", "v")]),
        map(&[("a", "new\nline")]),
    ];
    let problems: Vec<String> = wrong.iter().map(problem).collect();
    insta::assert_snapshot!(problems.join("\n"), @r"
    51 tags are given, but a resource can have at most 50.
    The tag key `` has 0 characters, but must have 1 to 128.
    The tag key `aws:x` is not allowed: keys that begin with `aws:` belong to AWS.
    The tag key `AWS:x` is not allowed: keys that begin with `aws:` belong to AWS.
    The tag key `a*b` contains the character '*'; allowed are letters, digits, spaces and `_.:/=+-@`.
    The value of the tag `a` contains the character '\n'; allowed are letters, digits, spaces and `_.:/=+-@`.
    ");
    assert!(problem(&map(&[(&"k".repeat(129), "v")])).contains("has 129 characters, but must have 1 to 128"));
    assert!(problem(&map(&[("k", &"ü".repeat(257))])).contains("has 257 characters, but may have at most 256"));
}

#[test]
fn unknown_tags_never_fail() {
    let mut partly = map(&[("A", "1")]);
    partly.insert("B", Value::Unknown);
    assert_eq!(problem(&partly), "valid");
    assert_eq!(problem(&Value::Unknown), "valid");
}

#[test]
fn a_null_tag_counts_as_left_out() {
    let mut tags = map(&[("A", "1")]);
    tags.insert("Team", Value::Null);
    tags.insert("B", Value::Null);
    let all = rules().all(&tags);
    assert_eq!(all, map(&[("A", "1"), ("Team", "core"), ("Stage", "prod")]));
    assert_eq!(rules().read(&known(&all), &tags), tags);
    // One that is there all the same was set by somebody else.
    let mut live = known(&all);
    live.insert("B".to_owned(), "2".to_owned());
    let mut drifted = tags.clone();
    drifted.insert("B", "2".into());
    assert_eq!(rules().read(&live, &tags), drifted);
    assert_eq!(rules().changes(&rules().read_all(&live), &all).remove, ["B"]);
}

#[test]
fn unknown_rules_make_unknown_what_depends_on_them() {
    let check = |unknown: UnknownRules, all: Value, read: Value| {
        let rules = TagRules { unknown, ..rules() };
        let tags = map(&[("A", "1")]);
        assert_eq!(rules.all(&tags), all);
        let live = strings(&[("A", "1"), ("Team", "core"), ("Owner", "x"), ("Other", "y")]);
        assert_eq!(rules.read(&live, &tags), read);
    };
    let mut with_owner = map(&[("A", "1"), ("Team", "core"), ("Stage", "prod")]);
    with_owner.insert("Owner", Value::Unknown);
    let keys = UnknownRules {
        default_keys: BTreeSet::from(["Owner".to_owned()]),
        ..UnknownRules::default()
    };
    let rules_of = |unknown: UnknownRules| TagRules { unknown, ..rules() };
    assert_eq!(rules_of(keys.clone()).merged(&map(&[("A", "1")])), with_owner);
    check(keys, Value::Unknown, map(&[("A", "1"), ("Other", "y")]));
    let defaults = UnknownRules {
        defaults: true,
        ..UnknownRules::default()
    };
    check(defaults, Value::Unknown, map(&[("A", "1")]));
    let ignored = UnknownRules {
        ignored: true,
        ..UnknownRules::default()
    };
    check(
        ignored,
        Value::Unknown,
        map(&[("A", "1"), ("Owner", "x"), ("Other", "y")]),
    );
}
