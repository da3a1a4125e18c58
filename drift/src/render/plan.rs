//! The forms of a repair plan.

use super::{Options, plan_markdown, plan_text};
use crate::{
    repair::Plan,
    surface::{self, Stream},
};

/// A form of a repair plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanFormat {
    /// For people.
    Text,
    /// The plan itself.
    Json,
    /// For a pull request.
    Markdown,
}

impl PlanFormat {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Text, Self::Json, Self::Markdown];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }

    /// The form of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// A plan in a form; it ends with a line break.
pub fn render<'a>(format: PlanFormat, plan: &'a Plan, options: &Options) -> Stream<'a> {
    match format {
        PlanFormat::Text => plan_text::render(plan, options).into(),
        PlanFormat::Json => surface::json_stream(plan),
        PlanFormat::Markdown => plan_markdown::render(plan).into(),
    }
}
