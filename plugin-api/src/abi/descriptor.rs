//! The descriptor: what a plugin says of itself in a section of its file, readable without running any of it.
//!
//! It is JSON in the section `.dapter` (`__DATA,__dapter` on Apple's systems), written while the plugin is compiled, so
//! that it survives link-time optimisation and stripping and cannot get out of step with the code.

use crate::{Capability, Description};
use serde::{Deserialize, Serialize};

/// The version of the boundary, major and minor. A host loads plugins of its own major version, older and newer.
pub const ABI_VERSION: (u32, u32) = (1, 0);

/// The section of the library that holds the descriptor; the segment goes with it on Apple's systems.
pub const SECTION: &str = ".dapter";

/// The same on Apple's systems.
pub const APPLE_SECTION: (&str, &str) = ("__DATA", "__dapter");

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The version of this format: 1.
    pub format: u32,
    /// The plugin's name: that of its package.
    pub name: String,
    /// The plugin's version.
    pub version: String,
    /// The licence, as an SPDX expression; may be empty.
    #[serde(default)]
    pub license: String,
    /// What it is, in a sentence; may be empty.
    #[serde(default)]
    pub description: String,
    /// Where to read more; may be empty.
    #[serde(default)]
    pub homepage: String,
    /// The version of the boundary it was built with: `1.0`.
    pub abi: String,
    /// The version of `dapter-plugin-api` it was built with.
    pub sdk: String,
    /// The system it was built for: `x86_64-linux-gnu`.
    pub target: String,
    /// The adapters in it.
    pub adapters: Vec<AdapterInfo>,
}

/// What an adapter is called and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdapterInfo {
    /// The adapter's name within its plugin.
    pub key: String,
    /// The name of its scripts' language, where that is another than the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// The URL schemes that choose it.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// The extension of its script files, without the dot.
    pub extension: String,
    /// How a comment line of its language begins.
    pub comment: String,
    /// Whether its calls block the thread they run on.
    pub execution: Execution,
    /// The names of its capabilities, those of newer versions included.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

/// Whether an adapter's calls block the thread they run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Execution {
    /// A call is done when its future is first polled.
    Blocking,
    /// Futures wait without holding a thread.
    Async,
}

impl AdapterInfo {
    /// What `-- dapter:upgrade DIALECT` names.
    pub fn dialect(&self) -> &str {
        self.dialect.as_deref().unwrap_or(&self.key)
    }

    /// Whether the adapter declares the capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities
            .iter()
            .any(|name| name == capability.name())
    }
}

/// An adapter of a plugin, and those after it: a list that a constant can hold.
#[derive(Debug)]
pub struct Described {
    pub(super) description: Description,
    pub(super) execution: Execution,
    pub(super) next: Option<&'static Described>,
}

/// What [`export_adapter!`](crate::export_adapter) knows.
#[derive(Debug)]
pub struct PluginFacts {
    /// `CARGO_PKG_NAME` of the plugin.
    pub name: &'static str,
    /// `CARGO_PKG_VERSION` of the plugin.
    pub version: &'static str,
    /// `CARGO_PKG_LICENSE` of the plugin.
    pub license: &'static str,
    /// `CARGO_PKG_DESCRIPTION` of the plugin.
    pub description: &'static str,
    /// `CARGO_PKG_HOMEPAGE` of the plugin.
    pub homepage: &'static str,
    /// Its adapters.
    pub adapters: Option<&'static Described>,
}

/// The length of the descriptor's JSON in bytes.
pub const fn json_length(facts: &PluginFacts) -> usize {
    Json::<0>::of(facts).length
}

/// The descriptor's JSON; `N` must be [`json_length`] of the same facts.
pub const fn write_json<const N: usize>(facts: &PluginFacts) -> [u8; N] {
    let json = Json::<N>::of(facts);
    assert!(json.length == N, "the descriptor has another length");
    json.bytes
}

/// A JSON text under construction, at compile time. What does not fit is only counted.
struct Json<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Json<N> {
    const fn of(facts: &PluginFacts) -> Self {
        let mut json = Json {
            bytes: [0; N],
            length: 0,
        };
        json.raw("{\"format\":1,\"name\":");
        json.string(facts.name);
        json.raw(",\"version\":");
        json.string(facts.version);
        json.raw(",\"license\":");
        json.string(facts.license);
        json.raw(",\"description\":");
        json.string(facts.description);
        json.raw(",\"homepage\":");
        json.string(facts.homepage);
        json.raw(",\"abi\":\"");
        json.number(ABI_VERSION.0);
        json.raw(".");
        json.number(ABI_VERSION.1);
        json.raw("\",\"sdk\":");
        json.string(env!("CARGO_PKG_VERSION"));
        json.raw(",\"target\":\"");
        json.raw(TARGET_ARCH);
        json.raw("-");
        json.raw(TARGET_OS);
        json.raw(TARGET_ENV);
        json.raw("\",\"adapters\":[");
        let mut next = facts.adapters;
        while let Some(adapter) = next {
            json.adapter(adapter);
            next = adapter.next;
            if next.is_some() {
                json.raw(",");
            }
        }
        json.raw("]}");
        json
    }

    const fn adapter(&mut self, adapter: &Described) {
        let description = &adapter.description;
        self.raw("{\"key\":");
        self.word(description.key);
        self.raw(",\"dialect\":");
        self.word(description.dialect);
        self.raw(",\"schemes\":[");
        let mut i = 0;
        while i < description.schemes.len() {
            if i > 0 {
                self.raw(",");
            }
            self.word(description.schemes[i]);
            i += 1;
        }
        self.raw("],\"extension\":");
        self.word(description.extension);
        self.raw(",\"comment\":");
        self.string(description.comment.marker());
        self.raw(match adapter.execution {
            Execution::Blocking => ",\"execution\":\"blocking\"",
            Execution::Async => ",\"execution\":\"async\"",
        });
        self.raw(",\"capabilities\":[");
        let mut i = 0;
        while i < description.capabilities.len() {
            if i > 0 {
                self.raw(",");
            }
            self.string(description.capabilities[i].name());
            i += 1;
        }
        self.raw("]}");
    }

    const fn byte(&mut self, byte: u8) {
        if self.length < N {
            self.bytes[self.length] = byte;
        }
        self.length += 1;
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            self.byte(bytes[i]);
            i += 1;
        }
    }

    const fn number(&mut self, number: u32) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    /// A string of any text; control characters, which no package field needs, become blanks.
    const fn string(&mut self, text: &str) {
        self.byte(b'"');
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            match bytes[i] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                0..=0x1f => self.byte(b' '),
                byte => self.byte(byte),
            }
            i += 1;
        }
        self.byte(b'"');
    }

    /// A string of the characters that a key, scheme or extension may have.
    const fn word(&mut self, text: &str) {
        let bytes = text.as_bytes();
        assert!(!bytes.is_empty(), "a key, scheme or extension is empty");
        let mut i = 0;
        while i < bytes.len() {
            assert!(
                matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'_'),
                "keys, schemes and extensions are lower-case letters, digits, `+`, `-`, `.` and `_`"
            );
            i += 1;
        }
        self.string(text);
    }
}

const TARGET_ARCH: &str = std::env::consts::ARCH;
const TARGET_OS: &str = std::env::consts::OS;
const TARGET_ENV: &str = if cfg!(target_env = "gnu") {
    "-gnu"
} else if cfg!(target_env = "musl") {
    "-musl"
} else if cfg!(target_env = "msvc") {
    "-msvc"
} else {
    ""
};

/// The system that this was compiled for, as a descriptor writes it.
pub fn target() -> String {
    format!("{TARGET_ARCH}-{TARGET_OS}{TARGET_ENV}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Comment;

    static SECOND: Described = Described {
        description: Description {
            extension: "toy",
            comment: Comment::Slashes,
            ..Description::new("second")
        },
        execution: Execution::Async,
        next: None,
    };
    static FIRST: Described = Described {
        description: Description {
            schemes: &["one", "one+tls"],
            capabilities: &[Capability::Transactions, Capability::Query],
            ..Description::new("first")
        },
        execution: Execution::Blocking,
        next: Some(&SECOND),
    };
    const FACTS: PluginFacts = PluginFacts {
        name: "two-in-one",
        version: "0.3.1",
        license: "MIT",
        description: "says \"hello\" \\ and\nmore",
        homepage: "",
        adapters: Some(&FIRST),
    };
    static JSON: [u8; json_length(&FACTS)] = write_json(&FACTS);

    #[test]
    fn what_the_compiler_wrote_reads_as_json() {
        let read: Descriptor = serde_json::from_slice(&JSON).expect("valid JSON");
        assert_eq!(read.description, "says \"hello\" \\ and more");
        assert_eq!(
            (read.format, read.abi.as_str(), read.name.as_str()),
            (1, "1.0", "two-in-one")
        );
        assert_eq!(read.target, target());
        let [first, second] = &read.adapters[..] else {
            panic!("two adapters: {read:?}");
        };
        assert_eq!(first.schemes, ["one", "one+tls"]);
        assert!(first.has(Capability::Query) && !first.has(Capability::Lock));
        assert_eq!(
            (first.execution, second.execution),
            (Execution::Blocking, Execution::Async)
        );
        assert_eq!(
            (second.comment.as_str(), second.extension.as_str()),
            ("//", "toy")
        );
    }
}
