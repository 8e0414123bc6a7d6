//! Where the programs of a server are.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::missing::Missing;
use crate::process;
use crate::product::Product;

/// The programs of a product on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    product: Product,
    /// The only place of the server's programs, if one is named.
    folder: Option<PathBuf>,
}

impl Programs {
    pub(crate) fn of(product: Product) -> Self {
        let folder = env::var_os(product.folder_variable()).map(PathBuf::from);
        Self { product, folder }
    }

    /// The folder that the environment names.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Whether all are there that a server is started with.
    pub(crate) fn check(&self) -> Result<(), Missing> {
        let servers: &[&str] = match self.product {
            Product::Postgresql => &["initdb", "postgres"],
            Product::Mariadb => &["mariadb-install-db", "mariadbd"],
            Product::Mysql => &["mysqld"],
        };
        for name in servers {
            self.server(name)?;
        }
        self.client()?;
        self.dump()?;
        for (program, argument) in [("setpriv", "--version"), ("openssl", "version")] {
            if !process::is_there(program, argument) {
                return Err(Missing::new(format!("no program `{program}` on the PATH")));
            }
        }
        Ok(())
    }

    /// A program of the server.
    pub(crate) fn server(&self, name: &str) -> Result<PathBuf, Missing> {
        match &self.folder {
            Some(folder) => find(&[name], std::slice::from_ref(folder), self.product),
            None => find(&[name], &usual_places(), self.product),
        }
    }

    /// The program that runs statements.
    pub(crate) fn client(&self) -> Result<PathBuf, Missing> {
        self.any(match self.product {
            Product::Postgresql => &["psql"],
            Product::Mariadb => &["mariadb", "mysql"],
            Product::Mysql => &["mysql", "mariadb"],
        })
    }

    /// The program that prints a schema.
    pub(crate) fn dump(&self) -> Result<PathBuf, Missing> {
        self.any(match self.product {
            Product::Postgresql => &["pg_dump"],
            Product::Mariadb => &["mariadb-dump", "mysqldump"],
            Product::Mysql => &["mysqldump", "mariadb-dump"],
        })
    }

    /// A client: those beside the server come first, but any will do.
    fn any(&self, names: &[&str]) -> Result<PathBuf, Missing> {
        let mut places: Vec<PathBuf> = self.folder.iter().cloned().collect();
        places.extend(usual_places());
        find(names, &places, Product::Postgresql)
    }
}

/// The first of these programs, in the first place that has it.
fn find(names: &[&str], places: &[PathBuf], product: Product) -> Result<PathBuf, Missing> {
    for name in names {
        let found = places.iter().map(|place| place.join(name)).find(|path| {
            // Debian's `mysqld` is MariaDB's server by another name.
            let target = path.canonicalize().unwrap_or_default();
            let is_mariadb = target.to_string_lossy().contains("mariadb");
            path.is_file() && !(product == Product::Mysql && is_mariadb)
        });
        if let Some(found) = found {
            return Ok(found);
        }
    }
    let places: Vec<String> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    let names = names.join("` or `");
    let places = places.join(", ");
    Err(Missing::new(format!("no program `{names}` in {places}")))
}

/// Debian's folders of `PostgreSQL`, the newest first and before the wrappers that it has on the PATH, the PATH, and
/// where servers are that ordinary users do not call.
fn usual_places() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let mut places: Vec<PathBuf> = versions.into_iter().rev().map(|(_, path)| path).collect();
    places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    places.push(PathBuf::from("/usr/sbin"));
    places
}
