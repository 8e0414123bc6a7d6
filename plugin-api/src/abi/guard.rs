//! Turns a panic of the author's code into an error.
//!
//! A panic must not cross the boundary: the process would end. It is caught on the plugin's side, because each library
//! has its own copy of the panic machinery and a host cannot catch another library's panic.

use crate::{AdapterError, ErrorKind};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static LAST: RefCell<Option<(String, Option<String>)>> = const { RefCell::new(None) };
}
static HOOK: Once = Once::new();

/// Runs the author's code; a panic becomes [`ErrorKind::Panic`] with its message and place.
pub(super) fn guard<T>(run: impl FnOnce() -> T) -> Result<T, AdapterError> {
    HOOK.call_once(install_hook);
    DEPTH.set(DEPTH.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|payload| {
        // Dropping a payload can panic too, and nothing would catch that.
        std::mem::forget(payload);
        let (message, location) = LAST
            .with(|last| last.borrow_mut().take())
            .unwrap_or_default();
        AdapterError {
            location,
            ..AdapterError::new(ErrorKind::Panic, format!("the adapter panicked: {message}"))
                .with_hint("this is a defect of the plugin: report it to its author")
        }
    })
}

/// Keeps message and place of panics under a guard, instead of printing them: standard error is the host's.
fn install_hook() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if DEPTH.get() == 0 {
            previous(info);
            return;
        }
        let location = info.location().map(ToString::to_string);
        LAST.with(|last| *last.borrow_mut() = Some((message(info), location)));
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    info.payload_as_str().unwrap_or("(no message)").to_owned()
}

/// Something that lets a future be polled, and dropped, where it can run.
pub(super) trait Enter: Send + Sync {
    fn enter(&self, poll: &mut dyn FnMut());
}

/// A future of the author's code: polled and dropped under guard, in the adapter's context.
pub(super) struct Guarded<'a, F> {
    context: &'a dyn Enter,
    future: Option<Pin<Box<F>>>,
}

impl<'a, F> Guarded<'a, F> {
    pub(super) fn new(context: &'a dyn Enter, future: F) -> Self {
        Guarded {
            context,
            future: Some(Box::pin(future)),
        }
    }
}

impl<F: Future> Future for Guarded<'_, F> {
    type Output = Result<F::Output, AdapterError>;

    fn poll(mut self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(future) = this.future.as_mut() else {
            return Poll::Ready(Err(AdapterError::new(
                ErrorKind::Protocol,
                "the call was answered already",
            )));
        };
        let polled = guard(|| {
            let mut polled = Poll::Pending;
            this.context
                .enter(&mut || polled = future.as_mut().poll(waker));
            polled
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

impl<F> Drop for Guarded<'_, F> {
    fn drop(&mut self) {
        drop_in(self.context, self.future.take());
    }
}

/// Drops a value of the author's under guard, in the adapter's context. A panic in it has nobody to go to.
pub(super) fn drop_in<T>(context: &dyn Enter, value: Option<T>) {
    let mut value = value;
    let _ = guard(|| context.enter(&mut || drop(value.take())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_message_and_place() {
        let error = guard(|| -> u32 { panic!("row {} is missing", 7) }).expect_err("panics");
        assert_eq!(error.kind, ErrorKind::Panic);
        assert_eq!(error.message, "the adapter panicked: row 7 is missing");
        assert!(error.location.expect("known").contains("guard.rs"));
        assert_eq!(guard(|| 3), Ok(3));
    }
}
