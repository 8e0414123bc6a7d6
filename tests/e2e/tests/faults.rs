//! Faults, with real processes: the program is killed, interrupted, raced, locked out and starved of disk, and the same
//! command run again must end as if nothing had happened.

mod faults {
    mod contents;
    mod disk;
    mod dropped;
    mod files;
    mod kills;
    mod locks;
    mod project;
    mod races;
    mod signals;
}
