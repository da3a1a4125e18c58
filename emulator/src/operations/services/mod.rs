//! Operations on services and their deployments.

pub(super) mod create_service;
pub(super) mod delete_service;
pub(super) mod describe_service_revisions;
pub(super) mod describe_services;
pub(super) mod list_services;
pub(super) mod list_services_by_namespace;
pub(super) mod service_answer;
pub(super) mod service_deployments;
pub(super) mod service_request;
pub(super) mod stop_service_deployment;
pub(super) mod update_service;
