//! Operations on clusters.

pub(super) mod cluster_answer;
pub(super) mod cluster_settings;
pub(super) mod create_cluster;
pub(super) mod delete_cluster;
pub(super) mod describe_clusters;
pub(super) mod list_clusters;
pub(super) mod put_cluster_capacity_providers;
pub(super) mod update_cluster;
pub(super) mod update_cluster_settings;
