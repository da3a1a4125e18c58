//! `PutAccountSetting`: a setting of one principal, or of the root user and so of the whole account.

use super::settings;
use crate::api::Call;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let (name, value) = (request.required("name"), request.required("value"));
    settings::check(name, value)?;
    let principal = settings::principal(&region.scope, request.text("principalArn"))?;
    Ok(settings::put(region, principal, name, value))
}
