//! Which of several files of the same plugin is preferred. Pure.

use super::catalog::{PluginFile, Standing};
use super::place::Origin;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::PathBuf;

/// A file, and what decides whether it is preferred.
pub(super) struct Ranked {
    pub(super) file: PluginFile,
    /// The number of its place in the order in which places are searched.
    pub(super) place: usize,
    /// Whether the project's lock file has it.
    pub(super) is_locked: bool,
}

/// A file that was preferred.
struct Preferred {
    index: usize,
    path: PathBuf,
}

/// Marks every usable file of which another is preferred: one given with `--plugin`, one that the lock file has, one in
/// an earlier place; within a folder an installed one before one that just lies there, the highest version, the newest file.
///
/// Files are of the same plugin if their descriptors give them the same name; two that are installed side by side under
/// different ids are not.
pub(super) fn mark(files: &mut [Ranked]) {
    let mut order: Vec<usize> = (0..files.len())
        .filter(|&index| files[index].file.is_usable())
        .collect();
    order.sort_by_key(|&index| rank(&files[index], index));
    let mut preferred: HashMap<String, Vec<Preferred>> = HashMap::new();
    for index in order {
        let Some(descriptor) = &files[index].file.descriptor else {
            continue;
        };
        let same = preferred.entry(descriptor.name.clone()).or_default();
        let by = same
            .iter()
            .find(|other| !are_apart(&files[other.index], &files[index]));
        match by {
            Some(by) => {
                let by = by.path.clone();
                files[index].file.standing = Standing::Shadowed { by };
            }
            None => same.push(Preferred {
                index,
                path: files[index].file.path.clone(),
            }),
        }
    }
}

fn rank(ranked: &Ranked, index: usize) -> impl Ord + use<> {
    let Ranked {
        file,
        place,
        is_locked,
    } = ranked;
    let kind = match (file.origin, is_locked) {
        (Origin::Option, _) => 0,
        (_, true) => 1,
        _ => 2,
    };
    let version = file
        .installed
        .as_ref()
        .map(|receipt| receipt.version.clone());
    (
        kind,
        *place,
        Reverse(version),
        Reverse(file.modified),
        index,
    )
}

/// Whether two files of the same name are different plugins: both installed in the same place, by different publishers.
fn are_apart(one: &Ranked, other: &Ranked) -> bool {
    let (Some(first), Some(second)) = (&one.file.installed, &other.file.installed) else {
        return false;
    };
    one.place == other.place && first.id != second.id
}
