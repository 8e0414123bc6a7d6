//! Moments at which a process is hit, and many processes hit at once.

use crate::process::Running;
use std::fmt::Debug;
use std::io::{Write, stderr};
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, panic, thread};

/// When a process is hit.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// Behind the line of output with this number.
    Line(usize),
    /// So long after the start.
    Time(Duration),
}

impl Moment {
    /// Waits for the moment.
    pub fn wait(self, running: &mut Running) {
        match self {
            Moment::Line(count) => running.wait_for_lines(count),
            // The moment is the point, not what has happened by then.
            Moment::Time(time) => thread::sleep(time),
        }
    }
}

/// One moment behind each of so many lines, and so many random ones within a span of time.
pub fn moments(lines: usize, random: usize, within: Duration, dice: &mut Dice) -> Vec<Moment> {
    let by_line = (0..lines).map(Moment::Line);
    let mut moments: Vec<Moment> = by_line.collect();
    moments.extend((0..random).map(|_| Moment::Time(within.mul_f64(dice.fraction()))));
    moments
}

/// Random numbers that a seed repeats (SplitMix64).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice whose seed is printed, and can be given in `DAPTER_TEST_SEED`.
    ///
    /// # Panics
    /// If that is no number.
    #[must_use]
    pub fn new(test: &str) -> Dice {
        let given = env::var("DAPTER_TEST_SEED")
            .ok()
            .map(|seed| seed.parse().expect("a number"));
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let seed = given.unwrap_or(now.as_secs() ^ u64::from(now.subsec_nanos()));
        say(&format!("{test}: DAPTER_TEST_SEED={seed}"));
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From zero to below one.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).expect("32 bits")) / 4_294_967_296.0
    }

    /// From zero to below so many.
    #[must_use]
    pub fn below(&mut self, count: usize) -> usize {
        // The remainder is less than `count`, and its bias is nothing here.
        (self.next() % count as u64) as usize
    }
}

/// Tells who runs the tests.
///
/// # Panics
/// If standard error is closed.
pub fn say(line: &str) {
    writeln!(stderr(), "{line}").expect("standard error can be written");
}

/// Processes spend their time waiting for the disk, so more of them run at once than there are cores.
const AT_ONCE: usize = 6;

/// Does a thing with each, several at once.
///
/// # Panics
/// With all that failed.
pub fn each<T: Copy + Send + Sync + Debug, R: Send>(
    things: &[T],
    act: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let queue = Mutex::new(things.iter().copied());
    let results = Mutex::new(Vec::new());
    let failed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(thing) = queue.lock().expect("nobody panics here").next() else {
                        break;
                    };
                    match panic::catch_unwind(panic::AssertUnwindSafe(|| act(thing))) {
                        Ok(result) => results.lock().expect("as above").push(result),
                        Err(_) => failed.lock().expect("as above").push(thing),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("as above");
    assert!(
        failed.is_empty(),
        "{} of {} failed, as told above: {failed:?}",
        failed.len(),
        things.len()
    );
    results.into_inner().expect("as above")
}
