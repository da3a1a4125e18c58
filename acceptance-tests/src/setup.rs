//! The world that a case wants to find.

/// The emulator that a case wants.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) clock: String,
    pub(crate) instances: u32,
    pub(crate) scenario: Option<String>,
}

impl Setup {
    /// A fleet of so many instances in the first capacity provider, under a clock that jumps to
    /// the next milestone whenever somebody polls.
    pub fn instances(instances: u32) -> Self {
        Self {
            clock: "jump".to_owned(),
            instances,
            scenario: None,
        }
    }

    /// Another clock mode.
    #[must_use]
    pub fn clock(mut self, mode: &str) -> Self {
        mode.clone_into(&mut self.clock);
        self
    }

    /// A scenario file.
    #[must_use]
    pub fn scenario(mut self, text: &str) -> Self {
        self.scenario = Some(text.to_owned());
        self
    }
}
