//! Understands what the system's loader says when it refuses a library.

use super::inspect_error::InspectError;
use super::load_error::LoadProblem;

/// Makes a problem of the loader's own words, which name the path that the library was loaded by and may span lines.
pub(super) fn problem(words: &str, path: &str) -> LoadProblem {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line
        .strip_prefix(path)
        .and_then(|rest| rest.strip_prefix(": "))
        .unwrap_or(&line);
    match older_library(line).or_else(|| missing_library(line)) {
        Some(problem) => LoadProblem::Inspect(problem),
        None => LoadProblem::System(line.replace(path, "the file")),
    }
}

/// Whether the loader says that it may not run what it was given: some systems forbid that for what lies in memory.
pub(super) fn is_forbidden(words: &str) -> bool {
    [
        "failed to map segment",
        "cannot enable executable",
        "Permission denied",
        "Operation not permitted",
    ]
    .iter()
    .any(|sign| words.contains(sign))
}

/// glibc: ``/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/plugin.so)``.
fn older_library(line: &str) -> Option<InspectError> {
    let (library, rest) = line.split_once(": version `")?;
    let (needs, rest) = rest.split_once('\'')?;
    rest.trim_start()
        .starts_with("not found")
        .then(|| InspectError::OlderLibrary {
            needs: needs.to_owned(),
            library: library.to_owned(),
        })
}

/// glibc: `libx.so.1: cannot open shared object file: No such file or directory`; musl: `Error loading shared library
/// libx.so.1: No such file or directory (needed by /x/plugin.so)`; macOS: `Library not loaded: @rpath/libx.dylib …`.
fn missing_library(line: &str) -> Option<InspectError> {
    let library = if let Some((library, _)) =
        line.split_once(": cannot open shared object file: No such file")
    {
        library
    } else if let Some((_, rest)) = line.split_once("Error loading shared library ") {
        rest.split_once(": No such file")?.0
    } else {
        let (_, rest) = line.split_once("Library not loaded: ")?;
        rest.split_whitespace().next()?
    };
    Some(InspectError::MissingLibrary {
        library: library.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_loaders_become_one_line() {
        for (words, expected) in [
            (
                "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /p/a.so)",
                "it needs GLIBC_2.38, and this system's /lib/x86_64-linux-gnu/libc.so.6 is older",
            ),
            (
                "libclntsh.so.21.1: cannot open shared object file: No such file or directory",
                "it needs the shared library libclntsh.so.21.1, which this system does not have",
            ),
            (
                "Error loading shared library libz.so.1: No such file or directory (needed by /p/a.so)",
                "it needs the shared library libz.so.1, which this system does not have",
            ),
            (
                "dlopen(/p/a.so, 0x0006): Library not loaded: @rpath/libz.dylib\n  Referenced from: /p/a.so",
                "it needs the shared library @rpath/libz.dylib, which this system does not have",
            ),
            (
                "/p/a.so: undefined symbol: frob",
                "the system refused it: undefined symbol: frob",
            ),
            (
                "/p/libz.so: undefined symbol: frob (needed by /p/a.so)",
                "the system refused it: /p/libz.so: undefined symbol: frob (needed by the file)",
            ),
            (
                "/p/a.so:\n\tinvalid ELF header ",
                "the system refused it: invalid ELF header",
            ),
        ] {
            assert_eq!(problem(words, "/p/a.so").to_string(), expected);
        }
    }
}
