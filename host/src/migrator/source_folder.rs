//! Reads the folder of another tool.

use std::fs;
use std::io;
use std::path::Path;

use crate::adopt::SourceFile;
use crate::diagnostic::{Diagnostic, Diagnostics};

/// How deep folders are looked into.
const DEPTH: usize = 5;

/// What files are read; of others only the names matter.
const TEXTS: [&str; 4] = ["sql", "toml", "sum", "conf"];

/// Every file below a folder that another tool may have written, sorted by path; hidden ones are left out.
///
/// # Errors
/// Every file that cannot be read, or is no text.
pub fn read_source_folder(folder: &Path) -> Result<Vec<SourceFile>, Diagnostics> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    walk(folder, "", DEPTH, &mut files, &mut problems);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    match problems.is_empty() {
        true => Ok(files),
        false => Err(Diagnostics(problems)),
    }
}

fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    files: &mut Vec<SourceFile>,
    problems: &mut Vec<Diagnostic>,
) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return problems.push(unreadable(folder, &error)),
    };
    for entry in entries {
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let below = match below {
            "" => name.to_owned(),
            below => format!("{below}/{name}"),
        };
        if path.is_dir() {
            // What package managers install holds migrations that are not this project's.
            let installed = name == "node_modules" || path.join("pyvenv.cfg").exists();
            if depth > 0 && !installed {
                walk(&path, &below, depth - 1, files, problems);
            }
            continue;
        }
        let is_text = TEXTS.iter().any(|text| name.ends_with(&format!(".{text}")));
        let text = match is_text {
            true => read_text(&path),
            false => Ok(String::new()),
        };
        match text {
            Ok(text) => files.push(SourceFile { path: below, text }),
            Err(problem) => problems.push(problem),
        }
    }
}

fn read_text(path: &Path) -> Result<String, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| Diagnostic {
        path: path.to_owned(),
        line: None,
        message: format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()),
        hint: Some("save the file in the encoding UTF-8".to_owned()),
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic {
        path: path.to_owned(),
        line: None,
        message: format!("cannot be read: {error}"),
        hint: None,
    }
}
