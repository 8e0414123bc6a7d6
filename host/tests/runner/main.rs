//! The runner's behaviour, on databases that live in memory. One module per subject.

mod support;

mod asynchronous;
mod checks;
mod faults;
mod half_done;
mod interrupt;
mod lifecycle;
mod lock;
mod properties;
mod race;
mod transactions;
