//! Compiles the protocol descriptions without protoc, so that a Rust toolchain is all a build needs.

use std::error::Error;

const FILES: [&str; 3] = ["proto/tfplugin6.proto", "proto/plugin.proto", "proto/health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = protox::compile(FILES, ["proto"])?;
    tonic_prost_build::configure()
        .build_transport(false)
        // Replies are the same bytes in every run.
        .btree_map(".")
        // Methods that a service does not implement answer UNIMPLEMENTED.
        .generate_default_stubs(true)
        .client_mod_attribute(".", "#[cfg(feature = \"test-support\")]")
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    Ok(())
}
