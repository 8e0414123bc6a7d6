//! How `MariaDB` and `MySQL` are set up and started.

use std::fs;
use std::process::Command;

use crate::address::{PASSWORD, USER};
use crate::life::Setup;
use crate::process;
use crate::product::Product;

/// The signal that ends the server at once: it leaves nothing behind, and recovers when started again.
pub(crate) const END: &str = "KILL";

/// The signal that ends the server in order.
pub(crate) const STOP: &str = "TERM";

/// Fills the data folder.
///
/// # Panics
/// If the server's program fails, with what it says.
pub(crate) fn initialise(setup: &Setup) {
    fs::write(setup.folder.join("users.sql"), users()).expect("the folder is new");
    if setup.product == Product::Mysql {
        let mut server = bare(setup);
        server.arg("--initialize-insecure");
        process::run(&mut server);
        return;
    }
    let mut install = setup.command("mariadb-install-db", END);
    install.arg("--no-defaults");
    if let Some(base) = setup.programs.folder().and_then(|folder| folder.parent()) {
        install.arg(format!("--basedir={}", base.display()));
    }
    install.arg(format!("--datadir={}", setup.data.display()));
    // In the common folder two that run at a time take each other's files.
    install.arg(format!("--tmpdir={}", setup.folder.display()));
    install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    install.args(["--skip-name-resolve", "--innodb-log-file-size=8M"]);
    process::run(&mut install);
}

/// The server itself.
pub(crate) fn server(setup: &Setup) -> Command {
    let mut server = bare(setup);
    let mut set = |name: &str, value: &str| {
        server.arg(format!("--{name}={value}"));
    };
    set("bind-address", "127.0.0.1");
    set("port", &setup.port.to_string());
    set("socket", &setup.socket().to_string_lossy());
    set("pid-file", &setup.folder.join("pid").to_string_lossy());
    set(
        "init-file",
        &setup.folder.join("users.sql").to_string_lossy(),
    );
    set("ssl-ca", &setup.tls.authority.to_string_lossy());
    set("ssl-cert", &setup.tls.certificate.to_string_lossy());
    set("ssl-key", &setup.tls.key.to_string_lossy());
    set("max-connections", "300");
    set("event-scheduler", "ON");
    server
}

/// The server with what also holds while it makes its data folder.
fn bare(setup: &Setup) -> Command {
    let (name, log_size) = match setup.product {
        Product::Mysql => ("mysqld", "innodb-redo-log-capacity"),
        Product::Mariadb | Product::Postgresql => ("mariadbd", "innodb-log-file-size"),
    };
    let mut server = setup.command(name, END);
    server.arg("--no-defaults");
    server.args(["--skip-log-bin", "--skip-name-resolve"]);
    let mut set = |name: &str, value: &str| {
        server.arg(format!("--{name}={value}"));
    };
    set("datadir", &setup.data.to_string_lossy());
    set("tmpdir", &setup.folder.to_string_lossy());
    set("character-set-server", "utf8mb4");
    set("innodb-buffer-pool-size", "32M");
    set(log_size, "8M");
    // The kernel's queues are few, and servers in tests many.
    set("innodb-use-native-aio", "0");
    if setup.fast {
        set("innodb-flush-log-at-trx-commit", "0");
        set("innodb-flush-method", "nosync");
        set("innodb-doublewrite", "0");
    }
    if setup.product == Product::Mysql {
        set("secure-file-priv", "NULL");
        set("mysqlx", "OFF");
    }
    server
}

/// Statements that make the user of the tests; run at every start.
fn users() -> String {
    let hosts = ["127.0.0.1", "localhost"];
    let statements = hosts.map(|host| {
        format!(
            "CREATE USER IF NOT EXISTS '{USER}'@'{host}' IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'{host}' WITH GRANT OPTION;\n"
        )
    });
    statements.concat()
}
