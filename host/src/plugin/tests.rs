//! The catalogue and the inspection, on libraries that are written here byte by byte.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]

mod catalog;
mod demands;
mod elf_file;
mod inspection;
mod remembered;
