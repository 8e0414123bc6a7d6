//! The file of what is remembered of models: a line about all of it, and a line for each object, so that of thousands of objects
//! no more is in memory than somebody looks for.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use dapter_plugin_api::{Schema, SchemaObject};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::autogenerate::{Outline, Remembered};

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head<R> {
    remembered: R,
    /// How many lines there are behind it.
    objects: usize,
}

/// Such a file, open: what takes its place on the disk is another one. What cannot be read of it is as good as none.
pub(super) struct RememberedFile {
    reader: BufReader<File>,
    /// Where the objects begin.
    start: u64,
    objects: usize,
}

impl RememberedFile {
    pub(super) fn open(path: &Path) -> Option<(Remembered, Self)> {
        let mut reader = BufReader::new(File::open(path).ok()?);
        let mut line = Vec::new();
        let length = reader.read_until(b'\n', &mut line).ok()?;
        let head: Head<Remembered> = serde_json::from_slice(&line).ok()?;
        let file = Self {
            reader,
            start: u64::try_from(length).ok()?,
            objects: head.objects,
        };
        Some((head.remembered, file))
    }

    /// What all objects are.
    pub(super) fn outlines(&mut self) -> Option<Vec<Outline>> {
        self.read(|_| true, |outline| outline)
    }

    /// These objects, by their index.
    pub(super) fn objects(&mut self, wanted: &BTreeSet<usize>) -> Option<Vec<SchemaObject>> {
        self.read(|at| wanted.contains(&at), |object| object)
    }

    /// All objects. What they have in common with those of another schema, they share with it.
    pub(super) fn objects_beside(&mut self, other: &Schema) -> Option<Vec<SchemaObject>> {
        self.read(|_| true, |object| shared(object, other))
    }

    fn read<D: DeserializeOwned, T>(
        &mut self,
        is_wanted: impl Fn(usize) -> bool,
        with: impl Fn(D) -> T,
    ) -> Option<Vec<T>> {
        self.reader.seek(SeekFrom::Start(self.start)).ok()?;
        let mut found = Vec::new();
        let mut line = Vec::new();
        for at in 0..self.objects {
            line.clear();
            self.reader.read_until(b'\n', &mut line).ok()?;
            if is_wanted(at) {
                found.push(with(serde_json::from_slice(&line).ok()?));
            }
        }
        found.shrink_to_fit();
        Some(found)
    }
}

/// The object, with the body of the same in a sorted schema, where they are alike.
fn shared(mut object: SchemaObject, other: &Schema) -> SchemaObject {
    let id = (&object.kind, &object.name);
    let place = other
        .objects
        .binary_search_by_key(&id, |it| (&it.kind, &it.name));
    let same = place.ok().map(|place| &other.objects[place].body);
    if let Some(body) = same.filter(|&body| *body == object.body) {
        object.body = body.clone();
    }
    object
}

/// Writes a file, whole or not at all.
pub(super) fn write(
    path: &Path,
    remembered: &Remembered,
    objects: &[SchemaObject],
) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    let mut writer = BufWriter::new(temporary.as_file_mut());
    let head = Head {
        remembered,
        objects: objects.len(),
    };
    serde_json::to_writer(&mut writer, &head)?;
    for object in objects {
        writer.write_all(b"\n")?;
        serde_json::to_writer(&mut writer, object)?;
    }
    writer.write_all(b"\n")?;
    writer.flush()?;
    drop(writer);
    temporary.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autogenerate::Statements;
    use dapter_plugin_api::ObjectName;
    use dapter_plugin_api::schema::{Column, Table};

    fn table(name: &str, column: &str) -> SchemaObject {
        let columns = vec![Column {
            name: column.to_owned(),
            ..Column::default()
        }];
        let table = Table {
            columns,
            ..Table::default()
        };
        SchemaObject::of_table(ObjectName::plain(name), table)
    }

    fn written(folder: &Path, objects: &[SchemaObject]) -> std::path::PathBuf {
        let remembered = Remembered {
            place: "here".to_owned(),
            statements: Statements::default(),
            server: Schema::default(),
        };
        let path = folder.join("of").join("models.json");
        write(&path, &remembered, objects).expect("writes");
        path
    }

    #[test]
    fn what_is_alike_is_shared() {
        let folder = tempfile::tempdir().expect("a folder");
        let objects = [table("a", "x"), table("b", "x"), table("d", "x")];
        let path = written(folder.path(), &objects);
        let (remembered, mut file) = RememberedFile::open(&path).expect("opens");
        assert_eq!(remembered.place, "here");
        let other = Schema::of(vec![table("a", "x"), table("b", "y"), table("c", "x")]);
        let read = file.objects_beside(&other).expect("reads");
        assert_eq!(read, objects);
        let is_shared = |at: usize| {
            let table = read[at].as_table().expect("a table");
            let others = other.objects.iter().filter_map(SchemaObject::as_table);
            others.into_iter().any(|it| std::ptr::eq(it, table))
        };
        assert_eq!([0, 1, 2].map(is_shared), [true, false, false]);
        let some = file.objects(&BTreeSet::from([1])).expect("reads again");
        assert_eq!(some, [table("b", "x")]);
        assert_eq!(file.outlines().expect("reads").len(), 3);
    }

    #[test]
    fn a_file_that_is_cut_off_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = written(folder.path(), &[table("a", "x"), table("b", "x")]);
        let whole = std::fs::read(&path).expect("is there");
        for length in 0..whole.len() - 1 {
            std::fs::write(&path, &whole[..length]).expect("writes");
            let read = RememberedFile::open(&path)
                .and_then(|(_, mut file)| file.objects_beside(&Schema::default()));
            assert_eq!(read, None, "{length} bytes");
        }
    }
}
