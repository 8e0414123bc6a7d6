//! Prisma: a folder `<time>_<name>` with `migration.sql`; there is no way back.

use super::migration::{Directory, Migration};
use super::names::{digits_then, moment_of_version, words};
use super::source::SourceFile;
use super::sqlx::by_line_end;
use super::sums::hex_sha256;

pub(super) fn parse(files: &[SourceFile]) -> Directory {
    let mut directory = Directory::default();
    let is_migration = |file: &&SourceFile| {
        let folder = file.folder();
        file.name() == "migration.sql" && !folder.is_empty() && !folder.contains('/')
    };
    let mut files: Vec<&SourceFile> = files.iter().filter(is_migration).collect();
    files.sort_by_key(|file| file.folder());
    for file in files {
        let folder = file.folder();
        let (digits, title) = digits_then(folder);
        directory.migrations.push(Migration {
            key: folder.to_owned(),
            name: folder.to_owned(),
            file: file.path.clone(),
            message: words(title),
            created: moment_of_version(digits),
            upgrade: file.text.clone(),
            checksums: by_line_end(&file.text).map(|text| hex_sha256(&text)).into(),
            ..Migration::default()
        });
    }
    directory
}
