//! Rollouts from the outside: what happens when, in whole.

use insta::assert_snapshot;
use serde_json::json;

use super::testing::Lab;
use super::{ImageEffect, ImageFault};
use crate::knobs::Knobs;

fn broken(image: &str, effect: ImageEffect, count: Option<u32>) -> ImageFault {
    ImageFault { image: image.to_owned(), effect, after: 0, count }
}

#[test]
fn one_instance_takes_as_long_as_in_the_walkthrough() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.update_agent("agent:2");
    lab.settle();
    assert_snapshot!(lab.timeline(), @"");
}
