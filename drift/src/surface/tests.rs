//! Each surface against text that means something there.

use super::*;

#[test]
fn characters_that_steer_are_shown() {
    let check = |text: &str, expected: &str| {
        let sheet: Sheet<Terminal> = sheet!(Foreign(text));
        assert_eq!(sheet.finish(Log::Plain).as_str(), expected, "{text:?}");
    };
    check("agent ä 東 👾 \"q\" %", "agent ä 東 👾 \"q\" %");
    check(
        "a\u{1b}[31m\u{7}\r\0\n\tb",
        "a\\u{1b}[31m\\u{7}\\u{d}\\u{0}\\u{a}\\u{9}b",
    );
    check("\u{7f}\u{85}\u{9b}", "\\u{7f}\\u{85}\\u{9b}");
    check("\u{61c}\u{200e}\u{200f}\u{feff}", "\\u{61c}\\u{200e}\\u{200f}\\u{feff}");
    check(
        "\u{2028}\u{2029}\u{202a}\u{202e}",
        "\\u{2028}\\u{2029}\\u{202a}\\u{202e}",
    );
    check("\u{2066}\u{2069}", "\\u{2066}\\u{2069}");
}

#[test]
fn a_log_of_a_job_takes_no_command() {
    let check = |sheet: Sheet<Terminal>, expected: &str| {
        assert_eq!(sheet.finish(Log::Job).as_str(), expected);
    };
    check(sheet!(Foreign("::error::x")), "\\u{3a}:error::x");
    check(
        sheet!("one\n \u{a0}", Foreign("::error::x")),
        "one\n \u{a0}\\u{3a}:error::x",
    );
    check(sheet!("a ", Foreign("::error::x")), "a ::error::x");
    check(
        sheet!("a ", Foreign("##[add-mask]a###[b")),
        "a #\\u{23}[add-mask]a#\\u{23}#[b",
    );
    check(sheet!(Foreign("#"), Foreign("#[group]")), "#\\u{23}[group]");
    check(sheet!(Foreign(":"), Foreign(":error::")), "\\u{3a}:error::");
    let mut painted = Sheet::new();
    painted.paint(Some(anstyle::Style::new().bold()), &sheet!(Foreign("::error::x")));
    check(painted, "\u{1b}[1m\\u{3a}:error::x\u{1b}[0m");
    let wrapped = Sheet::<Terminal>::wrapped(&sheet!(Foreign("aaaaaaaaaa ::error::")), Some(10));
    check(Sheet::joined(wrapped, "\n"), "aaaaaaaaaa\n\\u{3a}:error::");
}

#[test]
fn markdown_keeps_text_of_others_in_code() {
    let check = |text: &str, expected: &str| {
        let sheet: Sheet<Markdown> = sheet!(Foreign(text));
        assert_eq!(sheet.finish().as_str(), expected, "{text:?}");
    };
    check("plain", "`plain`");
    check("", "` `");
    check("  ", "`  `");
    check(" a ", "`  a  `");
    check(" a", "` a`");
    check("a ``b`", "``` a ``b` ```");
    check("``` x", "```` ``` x ````");
    check("a\nb", "`a\\u{a}b`");
    check("##[x]", "`#\\u{23}[x]`");
    let two: Sheet<Markdown> = sheet!(Foreign("a"), Foreign("b"));
    assert_eq!(two.finish().as_str(), "`a` `b`");
    let mut block = Sheet::new();
    block.fenced(Language::named("sh\n<img>"), "a\n```\n ::error::\u{1b}\n");
    assert_eq!(
        block.finish().as_str(),
        "\n````text\na\n```\n \\u{3a}:error::\\u{1b}\n````\n"
    );
}

#[test]
fn programs_get_the_escapes_of_their_forms() {
    fn check<S: Surface>(text: &str, expected: &str) {
        let sheet: Sheet<S> = sheet!(Foreign(text));
        assert_eq!(sheet.text, expected, "{text:?}");
    }
    check::<Data>("a:b,c%\r\n::x", "a:b,c%25\\u{d}\\u{a}::x");
    check::<Data>("%0A##[x]", "%250A#\\u{23}[x]");
    check::<Property>("a:b,c%\nd", "a%3Ab%2Cc%25\\u{a}d");
    check::<Sarif>("[a](1) \\ \u{1b}", "\\[a\\](1) \\\\ \\\\u{1b}");
    check::<Xml>(
        "<a b=\"c\">&\u{1}\u{1b}[0m\u{ffff}]]>",
        "&lt;a b=&quot;c&quot;&gt;&amp;\\u{1}\\u{1b}[0m\u{fffd}]]&gt;",
    );
    check::<Xml>(" ::error::##[x]", " &#58;:error::#&#35;[x]");
    check::<Metrics>("a\"b\\c\n##[", "a\\\"b\\\\c\\\\u{a}#\\\\u{23}[");
    check::<Plain>("a\u{9b}[b]", "a\\u{9b}[b]");
}

#[test]
fn lines_of_a_detail_never_begin_a_line() {
    let sheet: Sheet<Terminal> = Sheet::lines("one\n  - two\r\n\nerror: forged\n", 2);
    assert_eq!(sheet.finish(Log::Plain).as_str(), "one\n    - two\n\n  error: forged");
    let sheet: Sheet<Data> = Sheet::lines("one\n::error::%", 0);
    assert_eq!(sheet.text, "one%0A::error::%25");
}

/// Whoever reads a document gets the strings that were written, and no line or character of it steers.
#[test]
fn documents_hold_strings_as_they_are_and_steer_nothing() {
    let hostile = "a\u{1b}\u{9b}\u{202e}\u{feff}'\"\\\n::error::##[x]###\n'''\"\"\"";
    let document = serde_json::json!({
        "text": hostile, "list": [hostile, "b"], "table": { hostile: hostile, "after": "c" }, "plain": "é",
    });
    let harmless = |text: &str| {
        assert!(
            !text.contains(|character: char| steering::steers(character) && character != '\n'),
            "{text}"
        );
        assert!(!text.contains("##"), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    };
    for text in [json(&document), json_line(&document)] {
        harmless(text.as_str());
        let back: serde_json::Value = serde_json::from_str(text.as_str()).unwrap();
        assert_eq!(back, document);
    }
    let text = toml(&document).unwrap();
    harmless(text.as_str());
    let back: serde_json::Value = ::toml::from_str(text.as_str()).unwrap();
    assert_eq!(back, document, "{text}");
    let plain = serde_json::json!({"a": "b # c", "d": "it's"});
    assert_eq!(
        toml(&plain).unwrap().as_str(),
        ::toml::to_string_pretty(&plain).unwrap()
    );
}
