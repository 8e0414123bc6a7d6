//! Cases that hang or panic fail, and the others go on.

mod support;

use dapter_conformance::{Outcome, Running, Subject, Surroundings, Tested, Turn, cases, cases_in};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use support::flawed::{Flawed, Flawless};

fn flawless() -> Subject {
    support::subject::<Flawed<Flawless>>("everything")
}

/// What came of the cases of an area, and how often something was done behind one.
fn run(subject: Subject, area: &str, limit: Duration) -> (Vec<Tested>, usize) {
    let ended = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ended);
    let running = Running {
        jobs: NonZeroUsize::MIN,
        limit,
        after_each: Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }),
    };
    let mut cases = cases(subject);
    cases.retain(|case| case.area() == area);
    let tested = running.run(&cases);
    (tested, ended.load(Ordering::Relaxed))
}

fn failures(tested: &[Tested]) -> Vec<String> {
    let failed = tested.iter().filter_map(|tested| match &tested.outcome {
        Outcome::Failed(failure) => Some(failure.message.clone()),
        _ => None,
    });
    failed.collect()
}

#[test]
fn a_case_that_hangs_has_failed() {
    let subject = Subject {
        fresh: Box::new(|| {
            loop {
                thread::park();
            }
        }),
        ..flawless()
    };
    let (tested, ended) = run(subject, "query", Duration::from_millis(1));
    assert_eq!(ended, 0);
    assert_eq!(failures(&tested), ["it did not end within 1ms"; 3]);
}

#[test]
fn a_case_that_panics_has_failed() {
    let subject = Subject {
        fresh: Box::new(|| panic!("no database today")),
        ..flawless()
    };
    let (tested, ended) = run(subject, "query", Duration::from_secs(60));
    assert_eq!(ended, tested.len());
    assert_eq!(failures(&tested), ["it panicked: no database today"; 3]);
}

#[test]
fn what_is_written_to_the_standard_output_is_a_failure() {
    let outcome = |printed: &'static str| {
        let surroundings = Surroundings {
            printed: Some(Box::new(move || Ok(printed.to_owned()))),
            ..Surroundings::default()
        };
        let cases = cases_in(flawless(), surroundings);
        let last = cases.last().expect("there are cases");
        assert_eq!(last.turn(), Turn::Last);
        last.test()
    };
    assert_eq!(outcome(""), Outcome::Passed);
    let Outcome::Failed(failure) = outcome("hello\n") else {
        panic!("it is no place to write to");
    };
    assert_eq!(failure.found.as_deref(), Some("hello\n"));
}

#[test]
fn cases_come_in_their_order_whatever_they_wait_for() {
    let (tested, ended) = run(flawless(), "describe", Duration::from_secs(60));
    let names: Vec<&str> = tested.iter().map(|tested| tested.behaviour).collect();
    assert_eq!(names.first(), Some(&"the_key_is_a_word"));
    assert_eq!((failures(&tested), ended), (Vec::new(), names.len()));
}
