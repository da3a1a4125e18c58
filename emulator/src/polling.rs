//! Polls: requests of somebody who waits for the world to change, so that time may move.
//!
//! A refresh asks many different questions once; a waiter asks the same question again. So a request is a poll when
//! it repeats one that was already answered since time last moved, and is either a read or a call that was refused
//! because of a transition under way.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::api::Scope;

/// Bound on remembered questions. A world in which time never moves forgets all of them at the bound, which can only
/// delay the next move by one repetition.
const LIMIT: usize = 100_000;

/// The parts that make two requests identical: account, region, operation and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Question([u8; 16]);

impl Question {
    pub(crate) fn new(scope: &Scope, operation: &str, body: &Map<String, Value>) -> Self {
        let mut hash = Sha256::new();
        for part in [&scope.account, &scope.region, operation] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        // Maps are sorted, so members in another order make the same question.
        hash.update(Value::Object(body.clone()).to_string().as_bytes());
        let mut short = [0; 16];
        short.copy_from_slice(&hash.finalize()[..16]);
        Self(short)
    }
}

/// Questions answered since time last moved.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Polls {
    answered: BTreeSet<Question>,
}

impl Polls {
    /// True if asking this now is a poll.
    pub(crate) fn is_poll(&self, question: Question) -> bool {
        self.answered.contains(&question)
    }

    /// Notes an answer. `repeatable`: a read, or refused because of a transition.
    pub(crate) fn answered(&mut self, question: Question, repeatable: bool) {
        if !repeatable {
            self.answered.remove(&question);
            return;
        }
        if self.answered.len() >= LIMIT {
            self.answered.clear();
        }
        self.answered.insert(question);
    }

    /// Time has moved: every question is new again.
    pub(crate) fn time_moved(&mut self) {
        self.answered.clear();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Polls, Question};
    use crate::api::Scope;

    fn question(region: &str, operation: &str, body: &Value) -> Question {
        let scope = Scope {
            account: "123456789012".into(),
            region: region.into(),
        };
        let body: Map<String, Value> = body.as_object().cloned().unwrap_or_default();
        Question::new(&scope, operation, &body)
    }

    /// Plays questions (`operation`, repeatable) and tells for each whether it was a poll; a poll moves time.
    fn check(questions: &[(&str, bool)]) -> String {
        let mut polls = Polls::default();
        let mut verdicts = Vec::new();
        for (operation, repeatable) in questions {
            let question = question("us-east-1", operation, &json!({"arn": 1}));
            let poll = polls.is_poll(question);
            if poll {
                polls.time_moved();
            }
            polls.answered(question, *repeatable);
            verdicts.push(if poll { "moves" } else { "stands" });
        }
        verdicts.join(" ")
    }

    #[test]
    fn reads_that_repeat_move_time() {
        insta::assert_snapshot!(check(&[("A", true), ("A", true), ("A", true)]), @"stands moves moves");
        insta::assert_snapshot!(check(&[("A", true), ("B", true), ("C", true)]), @"stands stands stands");
        // Two waiters in turn: each round moves once.
        insta::assert_snapshot!(
            check(&[("A", true), ("B", true), ("A", true), ("B", true), ("A", true)]),
            @"stands stands moves stands moves"
        );
    }

    #[test]
    fn writes_move_time_only_after_a_refusal() {
        insta::assert_snapshot!(check(&[("Create", false), ("Create", false)]), @"stands stands");
        // Refused, tried again (moves) and accepted, then a second accepted call.
        insta::assert_snapshot!(check(&[("Delete", true), ("Delete", false), ("Delete", false)]), @"stands moves stands");
    }

    #[test]
    fn identity_covers_scope_and_body_but_not_member_order() {
        let base = question("us-east-1", "A", &json!({"a": 1, "b": 2}));
        assert_eq!(base, question("us-east-1", "A", &json!({"b": 2, "a": 1})));
        assert_ne!(base, question("eu-west-1", "A", &json!({"a": 1, "b": 2})));
        assert_ne!(base, question("us-east-1", "B", &json!({"a": 1, "b": 2})));
        assert_ne!(base, question("us-east-1", "A", &json!({"a": 1, "b": 3})));
    }
}
