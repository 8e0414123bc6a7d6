//! The rules of ARCHITECTURE.md that the compiler does not hold.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that a part of the project must not use.
struct Rule {
    /// Files and folders, relative to the project.
    places: &'static [&'static str],
    /// Those among them that may.
    except: &'static [&'static str],
    words: &'static [&'static str],
    why: &'static str,
}

const PURE: &[&str] = &[
    "host/src/revision",
    "host/src/plan",
    "host/src/script/rendered.rs",
    "host/src/script/parse.rs",
    "host/src/script/header.rs",
    "host/src/script/sections.rs",
    "host/src/script/checksum.rs",
    "host/src/script/repeatable.rs",
    "host/src/script/substitution.rs",
    "host/src/script/template.rs",
    "plugin-api/src/sql",
];

/// What plugins are called, what is written of them, and what follows from it.
const PURE_PLUGIN: &[&str] = &[
    "host/src/plugin/admit.rs",
    "host/src/plugin/demands.rs",
    "host/src/plugin/document.rs",
    "host/src/plugin/id.rs",
    "host/src/plugin/lock_file.rs",
    "host/src/plugin/refusal.rs",
    "host/src/plugin/registry/index.rs",
    "host/src/plugin/registry/listing.rs",
    "host/src/plugin/registry/location.rs",
    "host/src/plugin/shadow.rs",
    "host/src/plugin/signature.rs",
    "host/src/plugin/store/receipt.rs",
    "host/src/plugin/trust",
];

const RULES: &[Rule] = &[
    Rule {
        places: PURE,
        except: &["host/src/script/template/tests.rs"],
        words: &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "Instant",
            "SystemTime",
            "jiff",
            "crate::execute",
            "crate::plugin",
            "dapter_plugin_api",
        ],
        why: "a pure module does no I/O, reads no clock and meets no adapter",
    },
    Rule {
        places: PURE_PLUGIN,
        except: &[],
        words: &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "SystemTime",
            "jiff",
            "ureq",
        ],
        why: "whom to trust is decided without I/O or a clock",
    },
    Rule {
        places: &["host/src/adopt", "host/src/export"],
        except: &[],
        words: &[
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::thread",
            "Instant",
            "SystemTime",
            "jiff",
            "crate::execute",
            "crate::plugin",
            "crate::migrator",
            "abi::",
        ],
        why: "what other tools say is understood without I/O, a clock or an adapter",
    },
    Rule {
        places: &["plugin-api"],
        except: &[],
        words: &["tokio", "rusqlite", "clap", "libloading", "use dapter::"],
        why: "plugin-api knows neither the host nor a client nor a runtime",
    },
    Rule {
        places: &["host", "plugins", "tests/conformance", "tests/hostile"],
        except: &[],
        words: &["abi_stable"],
        why: "abi_stable is the business of plugin-api/src/abi",
    },
    Rule {
        places: &["plugin-api/src"],
        except: &["plugin-api/src/abi"],
        words: &["abi_stable", "async_ffi", "unsafe {"],
        why: "only plugin-api/src/abi crosses the boundary",
    },
    Rule {
        places: &["host/src", "plugins", "plugin-api/src"],
        except: &["host/src/plugin/load.rs", "plugin-api/src/abi"],
        words: &["unsafe {", "unsafe fn", "unsafe impl", "allow(unsafe_code)"],
        why: "unsafe code lives in plugin-api/src/abi and host/src/plugin/load.rs",
    },
    Rule {
        places: &["host/src"],
        except: &["host/src/cli", "host/src/main.rs"],
        words: &[
            "println!",
            "eprintln!",
            "env::var",
            "process::exit",
            "args()",
        ],
        why: "the library prints nothing, reads no environment and never exits",
    },
    Rule {
        places: &["host/src"],
        except: &["host/src/cli/plugin.rs"],
        words: &["SELECT ", "INSERT INTO", "CREATE TABLE "],
        why: "the host knows no database's language",
    },
    Rule {
        places: &["plugins"],
        except: &[],
        words: &["use dapter::", "dapter_postgres", "dapter_mysql"],
        why: "a plugin imports neither the host nor another plugin",
    },
    Rule {
        places: &["host", "plugin-api", "plugins", "tests", "examples"],
        except: &["tests/e2e/tests/tidy.rs"],
        words: &[
            "todo!(",
            "unimplemented!(",
            "dbg!(",
            "#[ignore",
            "should_panic",
        ],
        why: "nothing is left undone, and every test runs",
    },
];

/// The longest file: longer ones hold more than one thing.
const LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All Rust files of a place, with their paths relative to the project.
fn files(place: &str) -> Vec<(String, String)> {
    let path = root().join(place);
    if path.is_file() {
        return vec![(place.to_owned(), fs::read_to_string(&path).expect("reads"))];
    }
    let mut entries: Vec<_> = fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{place}: {error}"))
        .map(|entry| entry.expect("reads"))
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    entries
        .iter()
        .map(|entry| format!("{place}/{}", entry.file_name().to_string_lossy()))
        .filter(|place| {
            let is_code = place.ends_with(".rs") || root().join(place).is_dir();
            is_code && !place.ends_with("/target")
        })
        .flat_map(|place| files(&place))
        .collect()
}

/// The lines of a file that are neither comments nor part of its unit tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(number, line)| (number + 1, line))
}

#[test]
fn no_part_does_what_is_not_its_business() {
    let mut found = Vec::new();
    for rule in RULES {
        for (path, text) in rule.places.iter().flat_map(|place| files(place)) {
            if rule.except.iter().any(|except| path.starts_with(except))
                || path.contains("/tests") && !path.starts_with("tests")
            {
                continue;
            }
            for (number, line) in code(&text) {
                if let Some(word) = rule.words.iter().find(|word| line.contains(**word)) {
                    found.push(format!("{path}:{number}: `{word}`: {}", rule.why));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn files_hold_one_thing() {
    let long: Vec<String> = ["host/src", "plugin-api/src", "plugins"]
        .iter()
        .flat_map(|place| files(place))
        .filter(|(_, text)| code(text).count() > LINES)
        .map(|(path, text)| format!("{path} has {} lines of code", code(&text).count()))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn lib_and_mod_files_only_document_and_export() {
    for (path, text) in ["host/src", "plugin-api/src", "plugins"]
        .iter()
        .flat_map(|place| files(place))
    {
        let holds_documentation_alone = path.ends_with("/lib.rs") || path.ends_with("/mod.rs");
        if !holds_documentation_alone
            || path.contains("/tests/")
            || path == "host/src/cli/mod.rs"
            || path == "plugin-api/src/abi/mod.rs"
        {
            continue;
        }
        for (number, line) in code(&text) {
            assert!(
                !line.starts_with("fn ")
                    && !line.starts_with("pub fn ")
                    && !line.starts_with("impl"),
                "{path}:{number}: {line}"
            );
        }
    }
}
