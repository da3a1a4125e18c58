//! Operations on account settings.

pub(super) mod delete_account_setting;
pub(super) mod list_account_settings;
pub(super) mod put_account_setting;
pub(super) mod put_account_setting_default;
pub(super) mod settings;
