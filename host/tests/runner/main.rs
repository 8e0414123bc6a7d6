//! The runner's behaviour, on databases that live in memory. One module per subject.

mod repair;
mod support;

mod asynchronous;
mod checks;
mod consent;
mod faults;
mod half_done;
mod interrupt;
mod lifecycle;
mod lock;
mod parts;
mod properties;
mod race;
mod repeatable;
mod tool;
mod transactions;
