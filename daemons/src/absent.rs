//! The ways in which ECS says that something is not there.
//!
//! Each exception is in the service model of some operations only. That the same is also said by a `ClientException` with
//! the text "not found" was seen by others; which operations do so is not documented, so it counts for all of them (assumed).

use aws::Failure;

/// Exception of operations that look for a cluster.
const CLUSTER: &str = "ClusterNotFoundException";

/// True if the cluster is not there.
pub fn is_cluster(failure: &Failure) -> bool {
    failure.is_code(CLUSTER)
}

/// True if a role or a cluster that was made just before is not visible yet.
pub fn is_not_visible_yet(failure: &Failure) -> bool {
    is_cluster(failure)
        || (failure.is_code("InvalidParameterException")
            && failure.mentions("unable to assume the service linked role"))
}

/// True if the daemon is not there, or its cluster.
pub fn is_daemon(failure: &Failure) -> bool {
    is_cluster(failure) || says(failure, "DaemonNotFoundException")
}

/// True if the revision of a task definition is not there.
pub fn is_task_definition(failure: &Failure) -> bool {
    says(failure, "DaemonTaskDefinitionNotFoundException")
}

/// True if a call about tags does not find what has them. The model has no exception for it; the code that other
/// services use is assumed.
pub fn is_tagged_object(failure: &Failure) -> bool {
    is_daemon(failure) || failure.is_code("ResourceNotFoundException")
}

fn says(failure: &Failure, code: &str) -> bool {
    failure.is_code(code) || (failure.is_code("ClientException") && failure.mentions("not found"))
}

#[cfg(test)]
mod tests {
    use aws::FailureKind;

    use super::*;

    #[test]
    fn each_form_is_known_where_it_may_come() {
        let check = |code: &str, message: &str, expected: [bool; 4]| {
            let failure = Failure::of_answer("Any", FailureKind::Refused, Some(code), message);
            let found = [
                is_cluster(&failure),
                is_daemon(&failure),
                is_task_definition(&failure),
                is_tagged_object(&failure),
            ];
            assert_eq!(found, expected, "{code}: {message}");
        };
        check("ClusterNotFoundException", "", [true, true, false, true]);
        check("DaemonNotFoundException", "", [false, true, false, true]);
        check("DaemonTaskDefinitionNotFoundException", "", [false, false, true, false]);
        check("ResourceNotFoundException", "", [false, false, false, true]);
        check(
            "ClientException",
            "The daemon was Not Found.",
            [false, true, true, true],
        );
        check("ClientException", "Daemon is being deleted.", [false; 4]);
        check("InvalidParameterException", "role not found", [false; 4]);
    }
}
