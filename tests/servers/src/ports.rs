//! Free ports.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A port on 127.0.0.1 that nobody listens on. It is not one of those that the system gives to clients (from 32768 on
/// Linux): so it is still free when a server that was killed comes back.
///
/// # Panics
/// If there is none.
pub(crate) fn free() -> u16 {
    // Test processes that start at the same time look in different places.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(61);
    for _ in 0..22_000 {
        let number = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 22_000;
        let port = 10_000 + u16::try_from(number).expect("it is below 22,000");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port between 10000 and 32000 is free");
}
