//! The command `ecs-drift`.

fn main() {}
