//! The runtime of the asynchronous adapter: one thread that wakes whoever waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};
use std::thread;

type Waiter = (Arc<AtomicBool>, Waker);

/// The thread starts with the first wait and lives as long as the process: a plugin is never unloaded.
static QUEUE: LazyLock<Sender<Waiter>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel::<Waiter>();
    thread::spawn(move || {
        for (done, waker) in receiver {
            done.store(true, Ordering::Release);
            waker.wake();
        }
    });
    sender
});

/// A future that is done when the thread of this module has had its turn: never at its first poll.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    done: Arc<AtomicBool>,
    asked: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.asked && self.done.load(Ordering::Acquire) {
            return Poll::Ready(());
        }
        self.asked = true;
        // The receiver lives as long as its thread, which never ends.
        let _ = QUEUE.send((Arc::clone(&self.done), context.waker().clone()));
        Poll::Pending
    }
}
