//! Work on many scripts, spread over the processors.

use std::panic::resume_unwind;
use std::thread;

/// Fewer scripts than this are not worth a thread.
const SCRIPTS_A_THREAD: usize = 250;

/// Works on the parts of a list, the first of them on this thread, and returns what came of each, in their order.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let part = items.len().div_ceil(threads_for(items.len())).max(1);
    let (here, elsewhere) = items.split_at(part.min(items.len()));
    thread::scope(|scope| {
        let running: Vec<_> = elsewhere
            .chunks(part)
            .map(|part| scope.spawn(|| work(part)))
            .collect();
        let mut done = vec![work(here)];
        for thread in running {
            done.push(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    })
}

fn threads_for(scripts: usize) -> usize {
    match scripts / SCRIPTS_A_THREAD {
        0 | 1 => 1,
        worth => {
            thread::available_parallelism().map_or(1, |processors| processors.get().min(worth))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_in_order() {
        for count in [0, 1, 2, SCRIPTS_A_THREAD, 2 * SCRIPTS_A_THREAD, 5000] {
            let items: Vec<usize> = (0..count).collect();
            let parts = in_parts(&items, <[usize]>::to_vec);
            assert_eq!(parts.concat(), items);
        }
    }
}
