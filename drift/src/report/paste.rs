//! What entries give to paste: each command once for a daemon, however many findings it repairs.

use std::collections::BTreeSet;

use super::Command;

/// The command that accepts a value of a baseline. Several values of one daemon are accepted by one command.
const ACCEPT: &str = "ecs-drift baseline update -- ";

/// Something to paste, and for which daemon it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Paste<'a> {
    /// ARN of the daemon.
    pub arn: &'a str,
    /// The description of its effect.
    pub title: &'a str,
    /// Its language.
    pub language: &'a str,
    /// The text.
    pub text: String,
    /// Role that the scan assumed to read the daemon.
    pub role_arn: Option<&'a str>,
}

/// Adds a command unless it is there; values of one daemon are accepted by one command.
pub(super) fn add<'a>(pastes: &mut Vec<Paste<'a>>, arn: &'a str, command: &'a Command) {
    let accepted = |text: &str| {
        let place = text.starts_with(ACCEPT).then(|| text.find(" 'arn:"))??;
        text.split_at_checked(place)
            .map(|(file, target)| (file.to_owned(), target.to_owned()))
    };
    if pastes.iter().any(|paste| paste.text == command.text) {
        return;
    }
    if let Some((file, target)) = accepted(&command.text) {
        let is_same =
            |paste: &&mut Paste<'_>| paste.arn == arn && accepted(&paste.text).is_some_and(|(other, _)| other == file);
        if let Some(paste) = pastes.iter_mut().find(is_same) {
            paste.text.push_str(&target);
            return;
        }
    }
    pastes.push(Paste {
        arn,
        title: &command.title,
        language: &command.language,
        text: command.text.clone(),
        role_arn: command.role_arn.as_deref(),
    });
}

/// True if a command accepts a value of a baseline.
pub(super) fn accepts(command: &Command) -> bool {
    command.text.starts_with(ACCEPT)
}

/// What a reader was given to paste. One call repairs all of a daemon, whatever brought it, and two of the same are two
/// rollouts: so a command that stands in one entry is not repeated in another.
#[derive(Clone, Debug, Default)]
pub struct Given<'a> {
    pastes: BTreeSet<(&'a str, String)>,
    needs_are_told: bool,
}

impl<'a> Given<'a> {
    /// Those that are new, and whether others were given before.
    pub fn without_repeated(&mut self, pastes: Vec<Paste<'a>>) -> (Vec<Paste<'a>>, bool) {
        let all = pastes.len();
        let mut new = pastes;
        new.retain(|paste| self.pastes.insert((paste.arn, paste.text.clone())));
        let are_repeated = new.len() < all;
        (new, are_repeated)
    }

    /// True for the first commands that an old AWS CLI refuses because of a member that it does not know.
    pub fn first_needs(&mut self, pastes: &[Paste<'_>]) -> bool {
        let is_new = |paste: &Paste<'_>| paste.text.contains(" update-daemon ") && paste.text.contains("\"critical\":");
        let are_first = !self.needs_are_told && pastes.iter().any(is_new);
        self.needs_are_told |= are_first;
        are_first
    }
}
