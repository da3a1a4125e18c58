//! `PutAccountSettingDefault`: a setting of everybody in the account who has none of their own.

use super::settings;
use crate::api::Call;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::records::arn;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let (name, value) = (request.required("name"), request.required("value"));
    settings::check(name, value)?;
    let root = arn::root(&region.scope);
    Ok(settings::put(region, root, name, value))
}
