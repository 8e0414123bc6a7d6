//! What a server answers, asked with its own client: checks that know nothing of dapter.

use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{env, io};

use crate::address::Address;
use crate::product::Product;

/// The way to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The unix socket.
    Socket,
    /// TCP, to the server's port: encrypted, and with a certificate that the authority has signed, of a server that was
    /// started here.
    Tcp,
    /// TCP, to another port on 127.0.0.1, a proxy's or a pooler's. Not encrypted: how many messages it takes to agree on a
    /// cipher is a matter of chance, and `PostgreSQL`'s client would try again without where it is cut off.
    Through(u16),
}

/// Runs statements, each in a transaction of its own, until the first that fails. The lines of the results, or what the
/// client says.
pub(crate) fn query(
    client: &Path,
    product: Product,
    address: &Address,
    route: Route,
    database: &str,
    sql: &str,
) -> Result<Vec<String>, String> {
    let mut command = bare(client);
    match product {
        Product::Postgresql => {
            command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"]);
        }
        Product::Mariadb | Product::Mysql => {
            command.args(["--no-defaults", "-N", "-B"]);
            // The statements as they are, comments and line ends included.
            command.args(["--comments", "--binary-mode"]);
            command.arg("--default-character-set=utf8mb4");
        }
    }
    connect(&mut command, product, address, route);
    match product {
        Product::Postgresql => command.args(["-f", "-", "-d", database]),
        Product::Mariadb | Product::Mysql => command.args(["-D", database]),
    };
    let output = run(&mut command, sql).map_err(|error| format!("{client:?}: {error}"))?;
    text(output).map(|said| said.lines().map(str::to_owned).collect())
}

/// A command that no setting of this machine's user changes.
pub(crate) fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C.UTF-8");
    command.env("PATH", env::var_os("PATH").unwrap_or_default());
    command
}

/// The arguments of the product's clients that say where to and as whom.
pub(crate) fn connect(command: &mut Command, product: Product, address: &Address, route: Route) {
    let (host, port) = match route {
        Route::Socket => ("", address.port),
        Route::Tcp => (address.host.as_str(), address.port),
        Route::Through(port) => ("127.0.0.1", port),
    };
    let socket = address
        .socket
        .as_deref()
        .filter(|_| route == Route::Socket)
        .unwrap_or_else(|| Path::new(host));
    match product {
        Product::Postgresql => {
            command.arg("-h").arg(socket).arg("-p");
            command.arg(port.to_string()).args(["-U", &address.user]);
            command.env("PGPASSWORD", &address.password);
            // Every time is printed the same way, whatever the server's.
            command.env("PGTZ", "UTC");
            match (route, &address.authority) {
                (Route::Tcp, Some(authority)) => {
                    command.env("PGSSLMODE", "verify-full");
                    command.env("PGSSLROOTCERT", authority);
                }
                (Route::Tcp | Route::Socket, _) => {}
                (Route::Through(_), _) => {
                    command.env("PGSSLMODE", "disable");
                }
            }
        }
        Product::Mariadb | Product::Mysql => {
            if route == Route::Socket {
                command.arg("--protocol=socket").arg("--socket").arg(socket);
            } else {
                command.args(["--protocol=tcp", "-h", host, "-P", &port.to_string()]);
                let is_of_mariadb = is_of_mariadb(command);
                match (route, &address.authority) {
                    (Route::Tcp, Some(authority)) => {
                        command.arg("--ssl-ca").arg(authority);
                        command.arg(match is_of_mariadb {
                            true => "--ssl-verify-server-cert",
                            false => "--ssl-mode=VERIFY_IDENTITY",
                        });
                    }
                    (Route::Tcp | Route::Socket, _) => {}
                    (Route::Through(_), _) => {
                        command.arg(match is_of_mariadb {
                            true => "--skip-ssl",
                            false => "--ssl-mode=DISABLED",
                        });
                    }
                }
            }
            command.args(["-u", &address.user]);
            command.env("MYSQL_PWD", &address.password);
        }
    }
}

/// Whether a client is of `MariaDB`, whose options differ from `MySQL`'s.
fn is_of_mariadb(command: &Command) -> bool {
    let program = Path::new(command.get_program()).canonicalize();
    program.is_ok_and(|program| program.to_string_lossy().contains("mariadb"))
}

/// Runs a client on statements. They come from a file: a client that prints much and reads slowly cannot block.
fn run(command: &mut Command, sql: &str) -> io::Result<Output> {
    let mut input = tempfile::tempfile()?;
    input.write_all(sql.as_bytes())?;
    input.rewind()?;
    command.stdin(Stdio::from(input)).output()
}

/// What a command printed, or what it complained of.
pub(crate) fn text(output: Output) -> Result<String, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let said = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(said);
    }
    let errors = String::from_utf8_lossy(&stderr);
    Err(format!("{status}\n{said}{errors}"))
}
