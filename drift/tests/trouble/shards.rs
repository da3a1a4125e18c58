//! An estate that several jobs scan, each a part of it: together they say what one scan says, and a part that is missing is
//! never clean.

use std::fs;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{ACCOUNT, drift, served::Served, told};

const PARTS: [&str; 3] = ["1/3", "2/3", "3/3"];

fn read(folder: &TempDir, name: &str) -> Json {
    serde_json::from_str(&fs::read_to_string(folder.path().join(name)).unwrap()).unwrap()
}

#[test]
fn parts_are_the_whole() {
    let clusters = ["one", "two", "three", "four", "five", "six"].map(|name| (name, 2));
    let served = Served::new(&clusters);
    let folder = TempDir::new().unwrap();
    let mut state = served.state();
    for resource in state["values"]["root_module"]["resources"].as_array_mut().unwrap() {
        resource["values"]["enable_execute_command"] = true.into();
    }
    // What no input names is looked for in the clusters of each part.
    let unmanaged = state["values"]["root_module"]["resources"]
        .as_array_mut()
        .unwrap()
        .pop();
    assert!(unmanaged.is_some());
    fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
    served.delete("two");
    let endpoint = served.endpoint();
    let run = |arguments: &[&str]| drift(folder.path(), Some(ACCOUNT), arguments).output().unwrap();
    let scan = |more: &[&str]| {
        let all = [
            "scan",
            "state.json",
            "--unmanaged",
            "--quiet",
            "--endpoint-url",
            &endpoint,
        ];
        run(&[all.as_slice(), more].concat())
    };
    scan(&["--output", "json=whole.json"]);
    let mut names = Vec::new();
    for (number, part) in PARTS.iter().enumerate() {
        let name = format!("{number}.json");
        scan(&["--shard", part, "--output", &format!("json={name}")]);
        let report = read(&folder, &name);
        assert_eq!(report["shard"], json!({"part": number + 1, "of": 3}));
        assert!(report["daemons"].as_array().unwrap().len() < 11, "it is the whole");
        names.push(name);
    }
    let merge = |names: &[String]| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        run(&[&["merge", "--quiet", "--output", "json=merged.json"], names.as_slice()].concat())
    };
    assert_eq!(merge(&names).status.code(), Some(2));
    let (whole, merged) = (read(&folder, "whole.json"), read(&folder, "merged.json"));
    for member in [
        "daemons", "findings", "complete", "unread", "summary", "inputs", "errors", "shard",
    ] {
        assert_eq!(merged[member], whole[member], "{member}");
    }
    // The night after, every part knows what the whole has told.
    fs::rename(folder.path().join("merged.json"), folder.path().join("known.json")).unwrap();
    for part in PARTS {
        let known = scan(&["--shard", part, "--only-new", "known.json"]);
        assert_eq!(known.status.code(), Some(0), "{part}: {}", told(&known));
    }
    let missing = merge(&names[1..]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(
        read(&folder, "merged.json")["errors"][0]["detail"],
        "No report is of the parts 1/3. Give the reports of all jobs; one that wrote none has failed."
    );
    // Another form of one part is no error.
    assert_ne!(merge(&names[..1]).status.code(), Some(1));
    let wrong = scan(&["--shard", "4/3"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(told(&wrong).contains("such as 2/8"), "{}", told(&wrong));
}
