//! Tags in a plan, the same for every resource.

use tfplug_core::{Diagnostic, Path, Value, resource::Plan};

use crate::{session::Session, tags};

const TAGS: &str = "tags";
const TAGS_ALL: &str = "tags_all";

/// Plans `tags_all`, known as far as the tags and the provider's rules are, and says what comes to nothing.
pub(crate) fn plan_tags(plan: &mut Plan, session: Option<&Session>) {
    let Some(session) = session else {
        plan.planned.insert(TAGS_ALL, Value::Unknown);
        return;
    };
    let own = plan.planned.get(TAGS).clone();
    if let Err(problem) = tags::check_number(&session.tags.merged(&own)) {
        let text = format!("{problem} The provider's `default_tags` count, too. Remove some of either.");
        plan.diagnostics
            .push(Diagnostic::error("Too many tags", text).at(Path::attribute(TAGS)));
    }
    for key in session.tags.ignored_of(&own) {
        plan.diagnostics.push(ignored(&key));
    }
    plan.planned.insert(TAGS_ALL, session.tags.all(&own));
}

fn ignored(key: &str) -> Diagnostic {
    Diagnostic::warning(
        "Tag is configured and ignored",
        format!(
            "`tags` has `{key}`, which is also in `ignore_tags` of the provider: the tag is neither set nor changed nor \
             removed, and `tags_all` does not have it. Remove it from one of them."
        ),
    )
    .at(Path::attribute(TAGS).key(key))
}
