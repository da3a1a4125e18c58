//! The provider block: its arguments, named as in hashicorp/aws so that a block can be copied.

mod credentials;
mod forms;
mod limits;
pub(crate) mod name;
mod network;
mod shapes;
mod tagging;

use tfplug_core::{Block, Schema};

pub(crate) use limits::interval;

/// Schema of the provider block.
pub(crate) fn schema() -> Schema {
    let description = "Manages Amazon ECS Managed Daemons. The arguments have the names that they have in \
                       hashicorp/aws; what is left out comes from the environment and the shared AWS \
                       configuration files.";
    let mut attributes = credentials::attributes();
    attributes.extend(network::attributes());
    attributes.extend(limits::attributes());
    let mut blocks = credentials::blocks();
    blocks.push(network::endpoints());
    blocks.extend(tagging::blocks());
    Schema {
        version: 0,
        block: Block {
            attributes,
            blocks,
            description: description.to_owned(),
            deprecation: None,
        },
    }
}

#[cfg(test)]
mod tests;
