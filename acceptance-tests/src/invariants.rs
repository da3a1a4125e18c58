//! Conditions that hold after every step and at the end of every case, without the test asking.

use crate::after::After;
use crate::case::Case;
use crate::changes::Changes;
use crate::failure::{Outcome, fail};
use crate::folder::{CANARY, Folder};
use crate::import;
use crate::journal::Journal;

/// The next plan is as stated, a refresh finds nothing new, and both only read. Virtual time
/// stands still meanwhile, so that a rollout under way cannot move between the two.
pub(crate) fn at_rest(case: &mut Case, after: After<'_>) -> Outcome {
    case.seen = case.last_sequence()?;
    plan(case, after)?;
    let refreshed = case.testbed.frozen(|| {
        case.folder
            .run(&["plan", "-refresh-only", "-detailed-exitcode", "-input=false"])
    })?;
    if refreshed.code != Some(0) {
        return Err(refreshed.failure("expected a refresh without differences after the step"));
    }
    only_reads(&case.sent()?, "plan")
}

/// Plans and compares with what is stated; answers the plan's normalised output.
pub(crate) fn plan(case: &Case, after: After<'_>) -> Outcome<String> {
    let (finished, saved) = case.testbed.frozen(|| {
        let arguments = [
            "plan",
            "-detailed-exitcode",
            "-input=false",
            "-parallelism=1",
            "-out=plan.bin",
        ];
        let finished = case.folder.run(&arguments)?;
        let saved = match finished.code {
            Some(2) => Some(case.folder.show(Some("plan.bin"))?),
            _ => None,
        };
        Ok((finished, saved))
    })?;
    match (after, finished.code, saved) {
        (After::PlanEmpty, Some(0), _) => {}
        (After::PlanNames(names), Some(2), Some(saved)) => Changes::planned(&saved)
            .expect("the plan", names)
            .map_err(|failure| finished.failure(&failure.to_string()))?,
        (After::PlanEmpty, ..) => return Err(finished.failure("expected an empty plan")),
        (After::PlanNames(names), ..) => {
            return Err(finished.failure(&format!("expected a plan that names {names:?}")));
        }
    }
    case.normalised(&finished.stdout)
}

/// Plans and refreshes send nothing but reads.
pub(crate) fn only_reads(journal: &Journal, command: &str) -> Outcome {
    if journal.changes().is_empty() {
        return Ok(());
    }
    fail(format!("{command} sent {:?}", journal.changes()))
}

/// ECS resets every setting that an update leaves out, so ours leave out none.
pub(crate) fn updates_are_whole(journal: &Journal) -> Outcome {
    for update in journal.of("UpdateDaemon") {
        let missing = update.missing_settings();
        if !missing.is_empty() {
            return fail(format!(
                "an UpdateDaemon of ours leaves out {missing:?}: {}",
                update.request
            ));
        }
    }
    Ok(())
}

/// Imports everything in the state into other directories, by id and by identity, and compares
/// values. The plan of an import block is never empty, so the comparison is by JSON.
pub(crate) fn imports_agree(case: &mut Case) -> Outcome {
    let resources = import::resources(&case.folder.show(None)?);
    if resources.is_empty() {
        return Ok(());
    }
    let by_id = import::blocks_by_id(&resources)?;
    import_agrees(case, "id", &by_id, &resources)?;
    if case.cli.imports_by_identity() {
        let by_identity = import::blocks_by_identity(&resources)?;
        import_agrees(case, "identity", &by_identity, &resources)?;
    }
    Ok(())
}

fn import_agrees(case: &mut Case, how: &str, blocks: &str, resources: &import::Resources) -> Outcome {
    case.imports += 1;
    let path = case.shared.path().join(format!("import-{how}-{}", case.imports));
    let folder = Folder::prepare(&path, case.shared.path(), case.cli, &case.testbed, &case.configuration)?;
    folder.write("imports.tf", blocks)?;
    let plan = case.testbed.frozen(|| {
        let finished = folder.run(&["plan", "-input=false", "-out=plan.bin"])?;
        finished.expect_code(0)?;
        folder.show(Some("plan.bin"))
    })?;
    import::compare(resources, &plan, &case.default_tags, case.untold)
        .map_err(|failure| failure.during(&format!("import by {how} differs from what was applied")))
}

/// The end of a case.
pub(crate) fn at_the_end(case: &mut Case) -> Outcome {
    if !import::resources(&case.folder.show(None)?).is_empty() {
        case.destroyed()?;
    }
    if let Ok(emulator) = case.testbed.emulator() {
        // What is left is asked once, so the answer must not be a stale one.
        emulator.heal()?;
    }
    nothing_is_left(case)?;
    if case.testbed.is_emulated() {
        let journal = case.testbed.emulator()?.journal_since(0)?;
        updates_are_whole(&journal.ours())?;
        secrets_are_kept(case)?;
        faults_have_fired(case)?;
    }
    Ok(())
}

/// "No orphan" means: nothing that the next run does not name.
fn nothing_is_left(case: &Case) -> Outcome {
    let other_caller = case.testbed.other_caller();
    let daemon = case.testbed.daemon_arn();
    if other_caller.daemons(case.testbed.cluster_arn())?.contains(&daemon) {
        return fail(format!("{daemon} is left"));
    }
    for revision in 1..=8 {
        let arn = case.testbed.definition_arn(revision);
        let status = other_caller.definition_status(&arn)?;
        let Some(status) = status else { continue };
        let stays = case.staying.contains(&arn);
        if stays != (status == "ACTIVE") {
            return fail(format!("{arn} is {status}"));
        }
    }
    Ok(())
}

fn secrets_are_kept(case: &Case) -> Outcome {
    let journal = case.testbed.emulator()?.control().get("journal")?;
    if journal.to_string().contains(CANARY) {
        return fail("the journal holds a secret");
    }
    Ok(())
}

fn faults_have_fired(case: &Case) -> Outcome {
    let answer = case.testbed.emulator()?.control().get("faults")?;
    let rules = answer.as_array().cloned().unwrap_or_default();
    for rule in rules {
        if rule["must_fire"] == true && rule["fired"] == 0 {
            return fail(format!("a fault did not happen: {rule}"));
        }
    }
    Ok(())
}
