//! A registry of one publisher, made from a library that was built, and served over http or from its folder.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use dapter::api::abi::descriptor::target;
use dapter::plugin::Sha256;
use dapter::plugin::registry::{Entry, INDEX_NAME, Index, IndexFile, Publisher};
use dapter::plugin::signing::{NewKeys, Protection, new_keys, sign};

/// A folder with an index and what it names, and the keys of those who made it.
#[derive(Debug)]
pub struct Registry {
    folder: PathBuf,
    /// Who keeps the index.
    pub keeper: NewKeys,
    /// Who publishes the plugins: `acme`.
    pub publisher: NewKeys,
    serial: Cell<u64>,
}

impl Registry {
    /// An empty registry in a folder.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder can be made");
        let registry = Self {
            folder: folder.to_owned(),
            keeper: keys(),
            publisher: keys(),
            serial: Cell::new(1),
        };
        let mut index = Index::new(1);
        let key = key(&registry.publisher);
        let key = key.parse().expect("a key");
        index
            .publishers
            .insert("acme".to_owned(), Publisher { key });
        registry.write_index(&index);
        registry
    }

    /// The index, to be changed.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn index(&self) -> Index {
        let path = self.path(INDEX_NAME);
        let text = fs::read_to_string(&path).expect("the index is there");
        Index::parse(&text, &path).expect("an index")
    }

    /// Writes the index with the next number, signed by its keeper.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write_index(&self, index: &Index) {
        let mut index = index.clone();
        index.serial = self.serial.get();
        self.serial.set(index.serial + 1);
        let path = self.path(INDEX_NAME);
        let text = index.text(&path).expect("it can be written");
        self.write_signed(INDEX_NAME, text.as_bytes(), "dapter index", &self.keeper);
    }

    /// Publishes a version of `acme/hostile`: a library, or what it is packed in, signed by the publisher.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn publish(&self, version: &str, library: &[u8]) {
        let target = target();
        let url = format!("acme/hostile/{version}/{DLL_PREFIX}hostile{DLL_SUFFIX}");
        let comment = format!("acme/hostile {version} {target}");
        self.write_signed(&url, library, &comment, &self.publisher);
        let file = IndexFile {
            url,
            sha256: Sha256::of(library),
            size: library.len() as u64,
        };
        let mut index = self.index();
        index.plugins.push(Entry {
            id: "acme/hostile".parse().expect("an id"),
            version: version.parse().expect("a version"),
            abi: "1.0".to_owned(),
            description: "Adapters that misbehave".to_owned(),
            schemes: vec!["async-memory".to_owned()],
            yanked: None,
            targets: BTreeMap::from([(target, file)]),
        });
        self.write_index(&index);
    }

    /// Writes a file and its signature.
    ///
    /// # Panics
    /// If they cannot be written.
    pub fn write_signed(&self, name: &str, content: &[u8], comment: &str, keys: &NewKeys) {
        let signature = sign(content, comment, &keys.secret, None).expect("signs");
        self.write(name, content);
        self.write(&format!("{name}.minisig"), signature.as_bytes());
    }

    /// Writes a file, and the folders it is in.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, content).expect("the file can be written");
    }

    /// A file of it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Serves the folder over http as long as the test runs, and returns its address.
    ///
    /// # Panics
    /// If no port can be had.
    #[must_use]
    pub fn serve(&self) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("it has one");
        let folder = self.folder.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away needs no answer.
                let _ = answer(stream, &folder);
            }
        });
        format!("http://{address}")
    }
}

/// A pair of keys.
///
/// # Panics
/// If the system has no random numbers.
#[must_use]
pub fn keys() -> NewKeys {
    new_keys(Protection::None).expect("keys")
}

/// The public key of a pair, as one word.
///
/// # Panics
/// If it is none.
#[must_use]
pub fn key(keys: &NewKeys) -> String {
    let line = keys.public.lines().nth(1).expect("a comment and the key");
    line.to_owned()
}

/// `GET /name HTTP/1.1`: the file, and then the end.
fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let name = first.split(' ').nth(1).unwrap_or_default();
    let content = fs::read(folder.join(name.trim_start_matches('/')));
    let (status, content) = match content {
        Ok(content) => ("200 OK", content),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    )?;
    stream.write_all(&content)
}
