//! Sends a call that makes something, so that one intended change is made once.
//!
//! After a timeout, a reset or a 5xx nobody knows whether a call was carried out. So what it may have made is looked for
//! before the call is repeated, and taken if it is there. A success that does not name what it made was carried out: it is
//! looked for as well, and the call is not repeated.

use aws::{Failure, FailureKind};

use crate::{
    absent,
    patience::Patience,
    poll::PollSchedule,
    wait::{self, Budget, Interrupt},
};

/// One call that is to be carried out once.
pub struct Sending<'a, I> {
    /// Name of the operation.
    pub operation: &'static str,
    /// The limits of its repetition.
    pub patience: Patience,
    /// Pauses between tries and looks.
    pub schedule: PollSchedule,
    /// Time for all tries.
    pub budget: Budget,
    /// The early end of the tries.
    pub interrupt: &'a I,
}

impl<I: Interrupt> Sending<'_, I> {
    /// Makes the call until it is accepted, found to be accepted, or refused for good. `look` answers what a call made
    /// whose answer was lost.
    pub async fn send<T, C, L>(mut self, mut call: impl FnMut() -> C, mut look: impl FnMut() -> L) -> Result<T, Failure>
    where
        C: Future<Output = Result<T, Failure>>,
        L: Future<Output = Option<T>>,
    {
        let mut tries = 1;
        loop {
            let failure = match wait::finish(self.operation, self.interrupt, call()).await {
                Ok(made) => return Ok(made),
                Err(failure) => failure,
            };
            if failure.is_ambiguous()
                && let Some(made) = looked(self.patience.looks, &mut self.schedule, &mut look).await
            {
                tracing::warn!(operation = self.operation, error = %failure.message, "the answer was lost; what the call made is there");
                return Ok(made);
            }
            if !self.patience.allows_again(&failure) || tries >= self.patience.tries {
                return Err(failure);
            }
            tries += 1;
            if wait::pause(self.schedule.next_delay(), self.budget, self.interrupt)
                .await
                .is_err()
            {
                return Err(failure);
            }
        }
    }
}

impl Patience {
    fn allows_again(self, failure: &Failure) -> bool {
        let is_carried_out = failure.kind == FailureKind::Unfit;
        let is_lost = failure.is_ambiguous() && !is_carried_out;
        (is_lost && self.repeats_lost) || absent::is_not_visible_yet(failure)
    }
}

/// Looks up to `looks` times, with a pause between them, until something shows.
pub async fn looked<T, L>(looks: u32, schedule: &mut PollSchedule, mut look: impl FnMut() -> L) -> Option<T>
where
    L: Future<Output = Option<T>>,
{
    for number in 1..=looks {
        if let Some(seen) = look().await {
            return Some(seen);
        }
        if number < looks {
            tokio::time::sleep(schedule.next_delay()).await;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, time::Duration};

    use super::*;
    use crate::{poll::Poll, wait::Never};

    const PATIENCE: Patience = Patience {
        tries: 3,
        looks: 2,
        repeats_lost: true,
    };

    fn failure(kind: FailureKind, code: Option<&str>) -> Failure {
        Failure::of_answer("Make", kind, code, "why")
    }

    /// Plays answers of a call, and shows what a call made from the given look on. Answers the result, calls and looks.
    async fn played(
        patience: Patience,
        answers: &[Result<&'static str, Failure>],
        shows_at: usize,
    ) -> (Result<&'static str, FailureKind>, usize, usize) {
        let played = RefCell::new((0, 0));
        let call = || {
            let mut played = played.borrow_mut();
            let answer = answers.get(played.0).or(answers.last()).cloned();
            played.0 += 1;
            std::future::ready(answer.unwrap_or(Ok("unasked")))
        };
        let look = || {
            let mut played = played.borrow_mut();
            played.1 += 1;
            std::future::ready((played.1 >= shows_at).then_some("found"))
        };
        let sending = Sending {
            operation: "Make",
            patience,
            schedule: Poll::default().retry_schedule(),
            budget: Budget::of(Duration::from_hours(1)),
            interrupt: &Never,
        };
        let result = sending.send(call, look).await.map_err(|failure| failure.kind);
        let (calls, looks) = *played.borrow();
        (result, calls, looks)
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_only_where_it_can_have_made_nothing() {
        use FailureKind::{NoAnswer, Refused, Server, Unfit};
        const NEVER: usize = usize::MAX;
        let lost = || Err(failure(NoAnswer, None));
        let early = || Err(failure(Refused, Some("ClusterNotFoundException")));
        let check = async |patience, answers: &[Result<&'static str, Failure>], shows_at, expected| {
            assert_eq!(played(patience, answers, shows_at).await, expected, "{answers:?}");
        };
        check(PATIENCE, &[Ok("made")], NEVER, (Ok("made"), 1, 0)).await;
        check(PATIENCE, &[lost()], 2, (Ok("found"), 1, 2)).await;
        check(PATIENCE, &[lost(), Ok("made")], NEVER, (Ok("made"), 2, 2)).await;
        check(PATIENCE, &[Err(failure(Server, None))], NEVER, (Err(Server), 3, 6)).await;
        check(PATIENCE, &[early(), Ok("made")], NEVER, (Ok("made"), 2, 0)).await;
        check(PATIENCE, &[early()], NEVER, (Err(Refused), 3, 0)).await;
        check(PATIENCE, &[Err(failure(Refused, None))], NEVER, (Err(Refused), 1, 0)).await;
        // A success that names nothing was carried out.
        check(PATIENCE, &[Err(failure(Unfit, None))], NEVER, (Err(Unfit), 1, 2)).await;
        let once = Patience {
            repeats_lost: false,
            ..PATIENCE
        };
        check(once, &[lost()], NEVER, (Err(NoAnswer), 1, 2)).await;
    }
}
