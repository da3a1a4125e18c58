//! Cancellation without a runtime: a flag that futures can wait for.
//!
//! `StopProvider` sets it. It ends waits only; a call that changes something is always awaited.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

/// A shared cancellation flag. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cancelled: bool,
    wakers: Vec<Waker>,
}

impl Cancel {
    /// A flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag and wakes everyone who waits for it.
    pub fn cancel(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.cancelled = true;
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// True if the flag is set.
    pub fn is_cancelled(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cancelled
    }

    /// Ends when the flag is set.
    pub fn cancelled(&self) -> Cancelled<'_> {
        Cancelled(self)
    }
}

/// Future of [`Cancel::cancelled`].
#[derive(Debug)]
pub struct Cancelled<'a>(&'a Cancel);

impl Future for Cancelled<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.cancelled {
            return Poll::Ready(());
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::Wake,
    };

    use super::*;

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn wakes_every_waiter_once() {
        let cancel = Cancel::new();
        let shared = cancel.clone();
        let counters = [Arc::new(Counter::default()), Arc::new(Counter::default())];
        let wakers = counters.clone().map(Waker::from);
        let mut first = pin!(cancel.cancelled());
        let mut second = pin!(shared.cancelled());
        // Polling twice does not register twice.
        for _ in 0..2 {
            assert_eq!(first.as_mut().poll(&mut Context::from_waker(&wakers[0])), Poll::Pending);
            assert_eq!(
                second.as_mut().poll(&mut Context::from_waker(&wakers[1])),
                Poll::Pending
            );
        }
        assert!(!cancel.is_cancelled());

        shared.cancel();
        shared.cancel();
        assert_eq!(
            counters.each_ref().map(|counter| counter.0.load(Ordering::SeqCst)),
            [1, 1]
        );
        assert!(cancel.is_cancelled());
        assert_eq!(
            first.as_mut().poll(&mut Context::from_waker(&wakers[0])),
            Poll::Ready(())
        );
        assert_eq!(
            second.as_mut().poll(&mut Context::from_waker(&wakers[1])),
            Poll::Ready(())
        );
    }

    #[test]
    fn is_ready_at_once_when_already_set() {
        let cancel = Cancel::new();
        cancel.cancel();
        let waker = Waker::from(Arc::new(Counter::default()));
        assert_eq!(
            pin!(cancel.cancelled()).poll(&mut Context::from_waker(&waker)),
            Poll::Ready(())
        );
    }

    #[test]
    fn wakes_across_threads() {
        let cancel = Cancel::new();
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(Arc::clone(&counter));
        let mut waiting = pin!(cancel.cancelled());
        assert_eq!(waiting.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Pending);
        let remote = cancel.clone();
        std::thread::spawn(move || remote.cancel()).join().unwrap();
        assert_eq!(counter.0.load(Ordering::SeqCst), 1);
    }
}
