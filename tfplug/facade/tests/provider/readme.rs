//! The tests that the README shows of the provider that it shows, as they stand there.

use super::notes::note::{Note, Notes};

#[cfg(test)]
mod tests {
    use tfplug_testing::{Action, Driver, Stored, Value, lint, random_lifecycles};

    use super::*;

    #[tokio::test]
    async fn a_note_lives_as_clients_demand() {
        let provider = tfplug::provider::<Notes>().resource::<Note>().build();
        lint(&provider);

        let folder = tempfile::tempdir().unwrap();
        let settings = Value::object([("folder", folder.path().to_string_lossy().as_ref().into())]);
        let driver = Driver::new(provider.clone());
        assert!(driver.configure(settings.clone()).await.is_empty());

        let config = Value::object([("name", "milk".into()), ("text", "two".into())]);
        let created = driver
            .plan_and_apply("note_file", &Stored::nothing(), config.clone())
            .await;
        assert_eq!(created.stored.state.get("size").as_i64(), Some(3));
        let again = driver.plan("note_file", &created.stored, config).await;
        assert_eq!(again.action, Action::NoOp);

        let played = random_lifecycles(&provider, settings, "note_file", 0..20).await;
        assert!(played.applied > 0 && played.failed == 0, "{played}");
    }
}
