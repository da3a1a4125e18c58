//! `DeleteAccountSetting`: a principal is back at the default of the account, the root user at that of the service.

use serde_json::json;

use super::settings;
use crate::api::Call;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.required("name");
    let principal = settings::principal(&region.scope, request.text("principalArn"))?;
    // Assumed: a setting that nobody has set is refused.
    let value = settings::own(region.records, &principal, name)
        .ok_or_else(|| invalid(format!("The account setting {name} is not set for {principal}.")))?;
    let answer = settings::structure(name, value, &principal);
    let write = region.write();
    // A row without a value, so that stale readers still see what was there.
    let key = (principal, name.to_owned());
    region.records.account_settings.insert(key, None, write);
    Ok(json!({ "setting": answer }))
}
