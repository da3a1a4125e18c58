//! Operations on daemons, their deployments and revisions.

pub(super) mod create_daemon;
pub(super) mod daemon_deployment_answer;
pub(super) mod daemon_request;
pub(super) mod delete_daemon;
pub(super) mod describe_daemon;
pub(super) mod describe_daemon_deployments;
pub(super) mod describe_daemon_revisions;
pub(super) mod list_daemon_deployments;
pub(super) mod list_daemons;
pub(super) mod update_daemon;
