//! Certificates that servers show.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run;
use crate::user::User;

/// Whom nobody knows: without files of the machine's own, what is in the certificates is what is said here.
const SETTINGS: &str = "
[req]
distinguished_name = name
prompt = no
[name]
CN = dapter tests
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// The files of one server.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Tls {
    /// Makes a certificate for `localhost` and 127.0.0.1, and the authority that vouches for it.
    ///
    /// # Panics
    /// If `openssl` fails, with what it says.
    pub(crate) fn create(folder: &Path, user: Option<User>) -> Self {
        let file = |name: &str| folder.join(name);
        fs::write(file("tls.conf"), SETTINGS).expect("the folder is new");
        let create = |name: &str, section: &str| {
            let mut openssl = Command::new("openssl");
            openssl.args(["req", "-x509", "-nodes", "-days", "3650", "-newkey", "ec"]);
            openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
            openssl.args(["-extensions", section, "-subj"]);
            openssl.arg(format!("/CN={name}"));
            openssl.arg("-config").arg(file("tls.conf"));
            openssl.arg("-keyout").arg(file(&format!("{section}.key")));
            openssl.arg("-out").arg(file(&format!("{section}.crt")));
            openssl
        };
        run(&mut create("dapter tests", "authority"));
        let mut server = create("localhost", "server");
        server.arg("-CA").arg(file("authority.crt"));
        server.arg("-CAkey").arg(file("authority.key"));
        run(&mut server);
        let tls = Self {
            authority: file("authority.crt"),
            certificate: file("server.crt"),
            key: file("server.key"),
        };
        // PostgreSQL takes no key that others may read.
        fs::set_permissions(&tls.key, Permissions::from_mode(0o600)).expect("it was just made");
        if let Some(user) = user {
            user.own(&tls.key).expect("root may give it away");
        }
        tls
    }
}
