//! What counts as a summary, and what is said of one that has no entry.

use super::*;

/// The constructors, as in the crates.
const MAKERS: &str = r"
    impl Diagnostic {
        fn error(summary: impl Into<String>, detail: &str) -> Self { Self { summary: summary.into(), detail } }
    }
    impl Diagnostics {
        fn add(&mut self, summary: &str, detail: &str) { self.push(Diagnostic::error(summary, detail)); }
    }
    fn as_warning(arn: &Arn, summary: String) -> Diagnostic { Diagnostic::error(summary, arn) }
";

fn found(text: &str) -> Summaries {
    let mut code = Code::default();
    code.add("a.rs", &syn::parse_file(&format!("{MAKERS}{text}")).unwrap());
    summaries::of(&code)
}

/// Finds exactly these summaries in a text.
fn check_texts(text: &str, expected: &[&str]) {
    let found = found(text);
    assert_eq!(found.unclear, Vec::<String>::new(), "{text}");
    assert_eq!(found.texts.keys().collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn summaries_are_found() {
    check_texts(r#"fn f() { Diagnostic::error("Bad", "x"); }"#, &["Bad"]);
    check_texts(r#"fn f() { other("Bad", "x"); Other::error("Bad", "x"); }"#, &[]);
    check_texts(
        r#"fn f() { Diagnostic::error(format!("Bad {name} {{}} {}", 1), "x"); }"#,
        &["Bad … {} …"],
    );
    check_texts(r#"fn f() { as_warning(arn, "Worse".to_owned()); }"#, &["Worse"]);
    check_texts(r#"fn f() { all.add("Added", "x"); }"#, &["Added"]);
    check_texts(r#"fn f() { Problem { summary: "Built".into() }; }"#, &["Built"]);
    check_texts(
        r#"const S: &str = "Constant"; fn f() { Diagnostic::error(S, "x"); }"#,
        &["Constant"],
    );
    check_texts(
        r#"fn f() { let (a, s) = if b { (1, "One") } else { match c { 1 => (2, "Two"), _ => return } }; Diagnostic::error(s, "x"); }"#,
        &["One", "Two"],
    );
    check_texts("fn f() { Diagnostic::error(problem.summary, problem.detail); }", &[]);
    check_texts(
        r#"fn f() { select! { () = end => Err(Diagnostic::error("Ended", "x")), _ = g => {} } vec![Diagnostic::error("Listed", "x")]; }"#,
        &["Ended", "Listed"],
    );
    check_texts(
        r#"#[cfg(test)] mod tests { fn f() { Diagnostic::error("Tried", "x"); } }"#,
        &[],
    );
}

#[test]
fn a_summary_that_does_not_follow_is_told() {
    let found = found("\nfn f() {\n for s in all {\n Diagnostic::error(s, \"x\");\n } }");
    assert!(found.texts.is_empty(), "{found:?}");
    assert_eq!(found.unclear, [format!("a.rs:{}", MAKERS.lines().count() + 4)]);
}

/// A planted page, compared with the message "Bad thing …", says this.
fn check_page(page: &str, expected: &[&str]) {
    let summaries = found(r#"fn f() { Diagnostic::error(format!("Bad thing {x}"), "x"); }"#);
    let said = complaints(&summaries, page);
    assert_eq!(said.len(), expected.len(), "{page}\n{said:?}");
    for (said, part) in said.iter().zip(expected) {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn page_and_code_are_compared_both_ways() {
    check_page("# Page\n\n### Bad thing …\n\nText.\n", &[]);
    check_page("| message | meaning |\n|---|---|\n| Bad thing … | text |\n", &[]);
    check_page(
        "| setting | meaning |\n|---|---|\n| a | b |\n",
        &["no entry for \"Bad thing …\" of a.rs:"],
    );
    check_page(
        "### Bad thing …\n\n### Gone\n",
        &["troubleshooting.md:3: no message is \"Gone\""],
    );
    check_page(
        "### Bad thing …\n\n### Bad thing …\n",
        &[":3: \"Bad thing …\" has an entry in line 1"],
    );
}
