//! Many databases with one command: which they are, who works on them, and what is told of it.

mod choice;
mod crew;
mod news;
pub(super) mod pattern;
mod screen;
mod tally;
mod tenants;
mod work;

pub(super) use choice::{chosen, every_target_named};
pub(super) use news::run;
pub(super) use tenants::check_tenant;
pub(super) use work::{Done, Style, Verb, Work};
