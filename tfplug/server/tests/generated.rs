//! The code of the protocol is generated from the descriptions in `proto` and committed, so that a build, also that of
//! other people's providers, needs neither protoc nor a compiler of descriptions. This case generates it again.

use std::{error::Error, fs, path::Path};

const FILES: [&str; 3] = ["proto/tfplugin6.proto", "proto/plugin.proto", "proto/health.proto"];
/// Set to write what is generated in place of comparing it.
const WRITE: &str = "TFPLUG_WRITE_PROTOCOL";

#[test]
fn the_code_of_the_protocol_is_that_of_its_descriptions() -> Result<(), Box<dyn Error>> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = tempfile::tempdir()?;
    let files = FILES.map(|file| crate_folder.join(file));
    let descriptors = protox::compile(files, [crate_folder.join("proto")])?;
    tonic_prost_build::configure()
        .out_dir(made.path())
        .build_transport(false)
        // Replies are the same bytes in every run.
        .btree_map(".")
        // Methods that a service does not implement answer UNIMPLEMENTED.
        .generate_default_stubs(true)
        .client_mod_attribute(".", "#[cfg(feature = \"test-support\")]")
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    let committed = crate_folder.join("proto/generated");
    let mut names: Vec<_> = fs::read_dir(made.path())?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort();
    assert_eq!(names, ["grpc.health.v1.rs", "plugin.rs", "tfplugin6.rs"]);
    for name in names {
        let code = fs::read_to_string(made.path().join(&name))?;
        let committed = committed.join(&name);
        if std::env::var_os(WRITE).is_some() {
            fs::write(committed, code)?;
        } else {
            let same = fs::read_to_string(&committed).is_ok_and(|committed| committed == code);
            assert!(same, "{}: run this case with {WRITE}=1", committed.display());
        }
    }
    Ok(())
}
