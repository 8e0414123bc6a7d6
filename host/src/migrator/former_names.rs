//! What models say had another name before.

use dapter_plugin_api::{Schema, SchemaObject};

use super::autogenerating::AutogenerateOptions;
use super::core::Core;
use crate::autogenerate::{AutogenerateError, DesiredState, ModelFile, Said, remarks};
use crate::diff::{FormerNames, Rename, RenameError};
use crate::error::MigrationError;

type Result<T> = std::result::Result<T, MigrationError>;

/// Where a comment in statements says it.
const PLACE: &str = "`dapter:rename_from OLD` stands behind a column, or on the line that a table begins with; `dapter:rename OLD=NEW` anywhere";

impl Core {
    /// What models say had another name before, given what came of them when they were built.
    pub(super) async fn former_names(
        &self,
        models: &DesiredState,
        built: &Schema,
    ) -> Result<Vec<Rename>> {
        match models {
            DesiredState::Described(described) => Ok(described.former_names.clone()),
            DesiredState::Inspected(_) => Ok(Vec::new()),
            DesiredState::Statements(files) => {
                let mut renames = Vec::new();
                for file in files {
                    renames.extend(self.said_in(file, built).await?);
                }
                Ok(renames)
            }
        }
    }

    async fn said_in(&self, file: &ModelFile, built: &Schema) -> Result<Vec<Rename>> {
        let remarks = remarks(&file.text);
        if remarks.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.adapter.split(&file.text).await;
        let found = found.map_err(|error| self.database("split the models", error))?;
        let texts = found.iter().filter_map(|it| it.text(&file.text));
        let texts: Vec<String> = texts.map(str::to_owned).collect();
        let subjects = self.adapter.subjects(&texts).await;
        let subjects = subjects.map_err(|error| self.database("read the models", error))?;
        let mut renames = Vec::with_capacity(remarks.len());
        for remark in remarks {
            let (name, of) = match remark.said {
                Said::Whole(rename) => {
                    renames.push(rename);
                    continue;
                }
                Said::Wrong(hint) => return Err(unclear(file, remark.line, hint)),
                Said::Former { name, of } => (name, of),
            };
            let statement = found.iter().rposition(|it| it.start < remark.at);
            let rename = statement.and_then(|number| {
                let statement = &found[number];
                // Behind its end, on the same line, it is about it too.
                let between = file.text.get(statement.end..remark.at).unwrap_or_default();
                let table = table(built, subjects.get(number)?.as_deref()?)?;
                let begins = usize::try_from(statement.line) == Ok(remark.line);
                match between.contains('\n') {
                    true => None,
                    false if begins => Some(of_table(table, &name)),
                    false => of_column(table, &of, &name),
                }
            });
            renames.push(rename.ok_or_else(|| unclear(file, remark.line, PLACE))?);
        }
        Ok(renames)
    }
}

/// The renames that somebody has declared, and those of former names that are still to be carried out.
pub(super) fn with_former_names(
    current: &Schema,
    desired: &Schema,
    options: &AutogenerateOptions,
) -> std::result::Result<Vec<Rename>, RenameError> {
    let mut renames = options.renames.clone();
    if options.former_names.is_empty() {
        return Ok(renames);
    }
    let mut names = FormerNames::behind(current, desired, &renames)?;
    for (at, former) in options.former_names.iter().enumerate() {
        match names.rename(former, &options.former_names[at + 1..]) {
            Ok(rename) => renames.extend(rename),
            // It is not looked at.
            Err(RenameError::Unwanted { .. }) if !options.filter.is_empty() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(renames)
}

fn unclear(file: &ModelFile, line: usize, hint: &'static str) -> MigrationError {
    AutogenerateError::FormerName {
        path: file.path.clone(),
        line,
        hint,
    }
    .into()
}

/// The only table of a name in lower case, which may have its schema before it.
fn table<'s>(built: &'s Schema, subject: &str) -> Option<&'s SchemaObject> {
    let named = |name: &str| {
        let is_it = |object: &&SchemaObject| {
            object.as_table().is_some() && object.name.to_string().to_lowercase() == name
        };
        let mut found = built.objects.iter().filter(is_it);
        found.next().filter(|_| found.next().is_none())
    };
    named(subject).or_else(|| named(subject.split_once('.')?.1))
}

fn of_table(table: &SchemaObject, former: &str) -> Rename {
    let mut name = table.name.clone();
    former.clone_into(&mut name.name);
    Rename {
        from: name.to_string(),
        to: table.name.to_string(),
    }
}

fn of_column(table: &SchemaObject, name: &str, former: &str) -> Option<Rename> {
    let body = table.as_table()?;
    let folded = name.to_lowercase();
    let mut alike = body
        .columns
        .iter()
        .filter(|it| it.name.to_lowercase() == folded);
    let column = body.column(name).or_else(|| alike.next())?;
    Some(Rename {
        from: format!("{}.{former}", table.name),
        to: format!("{}.{}", table.name, column.name),
    })
}
