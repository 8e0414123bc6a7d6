//! The checksums of other tools.

use std::hash::{Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dapter_plugin_api::foreign::hexadecimal;
use sha2::{Digest, Sha256, Sha384};
use siphasher::sip::SipHasher13;

/// SHA-256 in hexadecimal digits (Prisma).
pub(crate) fn hex_sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// SHA-384 in hexadecimal digits (sqlx).
pub(crate) fn hex_sha384(text: &str) -> String {
    hexadecimal(&Sha384::digest(text.as_bytes()))
}

/// CRC-32 over the lines without their ends, as a signed number (Flyway).
pub(crate) fn crc32_of_lines(text: &str) -> i32 {
    let mut hasher = crc32fast::Hasher::new();
    for line in text.lines() {
        hasher.update(line.as_bytes());
    }
    i32::from_ne_bytes(hasher.finalize().to_ne_bytes())
}

/// SipHash-1-3 without a key over name, version and text (refinery). Versions are numbers of four bytes, or of eight if
/// refinery was built so: both sums, the usual one first.
pub(crate) fn refinery_sums(name: &str, version: i64, text: &str) -> Vec<String> {
    let sum = |version: &dyn Fn(&mut SipHasher13)| {
        let mut hasher = SipHasher13::new();
        name.hash(&mut hasher);
        version(&mut hasher);
        text.hash(&mut hasher);
        hasher.finish().to_string()
    };
    let short = i32::try_from(version).ok();
    let short = short.map(|version| sum(&|hasher| version.hash(hasher)));
    let long = sum(&|hasher| version.hash(hasher));
    short.into_iter().chain([long]).collect()
}

/// The running sum of `atlas.sum`: each file's is one over all files up to it.
#[derive(Debug, Default)]
pub(crate) struct AtlasSum {
    files: Sha256,
    lines: Vec<(String, String)>,
}

impl AtlasSum {
    /// Adds a file and returns its sum; none if the file asks to be left out.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Option<String> {
        self.files.update(name.as_bytes());
        let ignored = text.lines().any(|line| {
            line.trim_start_matches(['-', ' ']) == "atlas:sum ignore" && line.starts_with("--")
        });
        if ignored {
            return None;
        }
        self.files.update(text.as_bytes());
        let sum = STANDARD.encode(self.files.clone().finalize());
        self.lines.push((name.to_owned(), sum.clone()));
        Some(sum)
    }

    /// The text of `atlas.sum`.
    pub(crate) fn text(&self) -> String {
        let mut whole = Sha256::new();
        for (name, sum) in &self.lines {
            whole.update(name.as_bytes());
            whole.update(sum.as_bytes());
        }
        let mut text = format!("h1:{}\n", STANDARD.encode(whole.finalize()));
        for (name, sum) in &self.lines {
            text.push_str(&format!("{name} h1:{sum}\n"));
        }
        text
    }
}
