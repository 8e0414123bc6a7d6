//! The libraries that this process has mapped already.

use std::fs;
use std::io;
use std::path::PathBuf;

/// Their files, each once.
///
/// # Errors
/// If the system has no `/proc`, or hides it.
pub(super) fn mapped_libraries() -> io::Result<Vec<PathBuf>> {
    Ok(parse(&fs::read_to_string("/proc/self/maps")?))
}

/// `7f…-7f… r-xp 00028000 08:01 1234    /lib/libc.so.6`
fn parse(maps: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = maps
        .lines()
        .filter_map(|line| line.find('/').map(|at| PathBuf::from(&line[at..])))
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().contains(".so"))
        })
        .collect();
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::path::PathBuf;

    #[test]
    fn files_of_libraries_are_found_among_what_is_mapped() {
        let maps = "\
            7f10-7f20 r--p 00000000 08:01 12 /usr/lib/x86_64-linux-gnu/libc.so.6\n\
            7f20-7f30 r-xp 00010000 08:01 12 /usr/lib/x86_64-linux-gnu/libc.so.6\n\
            7f30-7f40 rw-p 00000000 00:00 0 [heap]\n\
            7f40-7f50 r-xp 00000000 08:01 13 /opt/with a space/libm.so.6\n\
            7f50-7f60 r-xp 00000000 08:01 14 /usr/bin/dapter\n";
        assert_eq!(
            parse(maps),
            [
                "/opt/with a space/libm.so.6",
                "/usr/lib/x86_64-linux-gnu/libc.so.6"
            ]
            .map(PathBuf::from)
        );
    }
}
