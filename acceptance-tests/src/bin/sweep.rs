//! The sweeper of the suite's leftovers on a real account; its README says when to run it.

use std::process::ExitCode;

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command that reports what it did"
)]
fn main() -> ExitCode {
    match acceptance_tests::sweep::on_aws() {
        Ok(swept) => {
            for arn in swept.daemons.iter().chain(&swept.definitions) {
                println!("deleted {arn}");
            }
            println!(
                "{} daemons and {} task definitions deleted",
                swept.daemons.len(),
                swept.definitions.len()
            );
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
