//! Small crates and the circles that are found in them.

use std::fs;

use super::{resolve, told};
use crate::check::circles::modules::Tree;

/// Files of a crate, and what is said of its circles.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let graph = resolve::graph(&Tree::read(&folder.path().join("lib.rs")).unwrap());
    let circles: Vec<String> = graph
        .circles()
        .iter()
        .flat_map(|circle| {
            let told = told(folder.path(), &graph, circle);
            told.lines()
                .skip(1)
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(circles, expected, "{files:?}");
}

#[test]
fn layers_are_no_circle() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use std::fmt; pub struct B;"),
        ],
        &[],
    );
}

#[test]
fn imports_paths_and_arguments_of_macros_are_seen() {
    for use_of_a in [
        "use super::a::A; pub struct B;",
        "use super::a::*; pub struct B;",
        "pub struct B; fn f() { super::a::A; }",
        "use super::a; pub struct B; fn f() { a::A; }",
        "pub struct B; fn f() { assert!(crate::a::A == 1); }",
        "pub struct B; fn f() { fn g() { use crate::{a::{A as C}}; } }",
    ] {
        let name = if use_of_a.contains('*') { "a" } else { "A" };
        check(
            &[
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use crate::b::B; pub struct A;"),
                ("b.rs", use_of_a),
            ],
            &["a.rs -> b.rs (B)", &format!("b.rs -> a.rs ({name})")],
        );
    }
}

#[test]
fn re_exported_names_are_followed_to_where_they_stand() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a/mod.rs", "mod inner; pub use self::inner::*;"),
            ("a/inner.rs", "use crate::b::B; pub struct A;"),
            ("b/mod.rs", "mod deep; pub use self::deep::Deep as B;"),
            ("b/deep.rs", "use crate::a::A; pub struct Deep;"),
        ],
        &["a/inner.rs -> b/deep.rs (B)", "b/deep.rs -> a/inner.rs (A)"],
    );
}

#[test]
fn a_parent_may_use_its_children_or_they_it_but_not_both() {
    let child = ("a/child.rs", "use super::A; pub fn f(_: A) {}");
    check(
        &[("lib.rs", "mod a;"), ("a.rs", "mod child; pub struct A;"), child],
        &[],
    );
    check(
        &[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod child; pub struct A; fn g() { child::f(A) }"),
            child,
        ],
        &["a/child.rs -> a.rs (A)", "a.rs -> a/child.rs (f)"],
    );
}

#[test]
fn tests_and_modules_of_the_same_file_are_left_out() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A; mod inner { use super::A; }"),
            ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }"),
        ],
        &[],
    );
}

#[test]
fn names_that_lead_to_themselves_end() {
    check(&[("lib.rs", "mod a; use a::x;"), ("a.rs", "pub use crate::x;")], &[]);
}

#[test]
fn a_file_that_an_attribute_names_is_read_from_where_it_stands() {
    check(
        &[
            ("lib.rs", "mod a; #[path = \"other/b.rs\"] mod c;"),
            ("a.rs", "use crate::c::B; pub struct A;"),
            ("other/b.rs", "mod d; pub struct B(crate::a::A);"),
            ("other/d.rs", "pub struct D;"),
        ],
        &["a.rs -> other/b.rs (B)", "other/b.rs -> a.rs (A)"],
    );
}
