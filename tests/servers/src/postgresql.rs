//! How `PostgreSQL` is set up and started.

use std::fs;
use std::process::Command;

use crate::address::{PASSWORD, USER};
use crate::life::Setup;
use crate::process;

/// The signal that ends the server and its processes at once: they leave nothing behind, and recover when started again.
pub(crate) const END: &str = "QUIT";

/// The signal that ends the server without waiting for its clients.
pub(crate) const STOP: &str = "INT";

/// Fills the data folder.
pub(crate) fn initialise(setup: &Setup) {
    let password = setup.folder.join("password");
    fs::write(&password, PASSWORD).expect("the folder is new");
    if let Some(user) = setup.user {
        user.own(&password).expect("root may give it away");
    }
    let mut initdb = setup.command("initdb", END);
    initdb.arg("-D").arg(&setup.data).args(["-U", USER]);
    initdb.arg("--pwfile").arg(&password);
    initdb.args(["--auth-host=scram-sha-256", "--auth-local=trust"]);
    initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    // The least that a small disk must hold.
    initdb.arg("--wal-segsize=1");
    process::run(&mut initdb);
}

/// The server itself.
pub(crate) fn server(setup: &Setup) -> Command {
    let mut server = setup.command("postgres", END);
    server.arg("-D").arg(&setup.data);
    let mut set = |name: &str, value: &str| {
        server.arg("-c").arg(format!("{name}={value}"));
    };
    set("listen_addresses", "127.0.0.1");
    set("port", &setup.port.to_string());
    set("unix_socket_directories", &setup.folder.to_string_lossy());
    set("ssl", "on");
    set("ssl_cert_file", &setup.tls.certificate.to_string_lossy());
    set("ssl_key_file", &setup.tls.key.to_string_lossy());
    set("max_connections", "300");
    set("shared_buffers", "16MB");
    set("min_wal_size", "4MB");
    set("max_wal_size", "32MB");
    // Files in the data folder, which go away with it even after a kill.
    set("dynamic_shared_memory_type", "mmap");
    if setup.fast {
        set("fsync", "off");
        set("synchronous_commit", "off");
        set("full_page_writes", "off");
    }
    server
}
