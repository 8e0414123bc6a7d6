//! The files of another tool.

use super::name::{Name, names};
use super::script::{Outgoing, Section};
use super::{alembic, goose};
use crate::adopt::{AdoptError, AtlasSum, Directory, SourceFile, Tool};

/// What a tool's directory will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFiles {
    /// The files.
    pub files: Vec<SourceFile>,
    /// The directory as the tool will read it; its migrations are the scripts in their order. Empty for Alembic.
    pub directory: Directory,
    /// What is left out.
    pub notes: Vec<String>,
}

/// The files that say in a tool's format what the scripts say, which are given each after those it needs.
///
/// # Errors
/// [`AdoptError::Inexpressible`] with all that the format cannot say.
pub fn export(tool: Tool, scripts: &[Outgoing]) -> Result<ExportedFiles, AdoptError> {
    let mut reasons = Vec::new();
    for script in scripts {
        reasons.extend(
            cannot_say(tool, script).map(|what| format!("{}: {what}", script.path.display())),
        );
    }
    if tool != Tool::Alembic {
        reasons.extend(branches(scripts));
    }
    let names = names(tool, scripts);
    let files: Vec<SourceFile> = scripts
        .iter()
        .zip(&names)
        .flat_map(|(script, name)| files_of(tool, script, name))
        .collect();
    let directory = match tool {
        Tool::Alembic => Directory::default(),
        _ => tool.parse(&files),
    };
    if reasons.is_empty() && tool != Tool::Alembic {
        reasons.extend(misread(&names, &directory));
    }
    if !reasons.is_empty() {
        return Err(AdoptError::Inexpressible { tool, reasons });
    }
    Ok(ExportedFiles {
        files: files.into_iter().chain(beside(tool, &directory)).collect(),
        directory,
        notes: left_out(tool, scripts).into_iter().collect(),
    })
}

/// What the format has no words for.
fn cannot_say(tool: Tool, script: &Outgoing) -> Option<String> {
    let id = &script.revision.id;
    match tool {
        Tool::Dbmate if script.downgrade.is_none() => Some(format!(
            "{id} has no way back, and dbmate wants one of each migration"
        )),
        Tool::Refinery if script.is_alone() => Some(format!(
            "{id} runs outside a transaction, and refinery runs all in one"
        )),
        Tool::Alembic if id.as_str().len() > alembic::LONGEST_ID => {
            Some(format!("the id {id} is too long for Alembic's table"))
        }
        Tool::Diesel if script.upgrade.statements.is_empty() => Some(format!(
            "{id} has no statement, and diesel refuses to run that"
        )),
        _ => None,
    }
}

/// Where the graph is no line: forks, merges and second bases.
fn branches(scripts: &[Outgoing]) -> Vec<String> {
    let linked = scripts.iter().skip(1).zip(scripts);
    let mut reasons: Vec<String> = linked
        .filter(|(script, before)| script.revision.revises != [before.revision.id.clone()])
        .map(|(script, before)| {
            let revises: Vec<&str> = script.revision.revises.iter().map(|id| id.as_str()).collect();
            let revises = match revises.is_empty() {
                true => "nothing".to_owned(),
                false => revises.join(", "),
            };
            let (id, before) = (&script.revision.id, &before.revision.id);
            format!("{id} revises {revises}, and here each comes behind the one before it, {before}: branches cannot be said")
        })
        .collect();
    reasons.dedup();
    reasons
}

/// What the tool would read otherwise than it is meant.
fn misread(names: &[Name], directory: &Directory) -> Vec<String> {
    if !directory.problems.is_empty() {
        return directory.problems.iter().map(ToString::to_string).collect();
    }
    let expected = names.iter().map(|name| &name.key);
    let found = directory.migrations.iter().map(|migration| &migration.key);
    let pairs = expected
        .zip(found)
        .filter(|(expected, found)| expected != found);
    pairs
        .take(1)
        .map(|(expected, found)| format!("version {found} would run before {expected}"))
        .collect()
}

fn left_out(tool: Tool, scripts: &[Outgoing]) -> Option<String> {
    let one_way = matches!(tool, Tool::Atlas | Tool::Prisma | Tool::Refinery);
    let count = scripts
        .iter()
        .filter(|script| script.downgrade.is_some())
        .count();
    let whose = match count {
        1 => "that of 1 script is".to_owned(),
        count => format!("those of {count} scripts are"),
    };
    (one_way && count > 0).then(|| format!("{tool} has no downgrades: {whose} left out"))
}

fn files_of(tool: Tool, script: &Outgoing, name: &Name) -> Vec<SourceFile> {
    let file = |path: String, text: String| SourceFile { path, text };
    let stem = &name.stem;
    let up = script.upgrade.text.clone();
    let down = script
        .downgrade
        .as_ref()
        .map(|section| section.text.clone());
    let is_down_alone = script
        .downgrade
        .as_ref()
        .is_some_and(|section| section.alone);
    match tool {
        Tool::Alembic => vec![file(format!("{stem}.py"), alembic::text(script))],
        Tool::Goose => vec![file(format!("{stem}.sql"), goose::text(script))],
        Tool::Dbmate => vec![file(format!("{stem}.sql"), dbmate(script))],
        Tool::Atlas => vec![file(format!("{stem}.sql"), atlas(script))],
        Tool::Prisma => vec![file(format!("{stem}/migration.sql"), up)],
        Tool::Refinery => vec![file(format!("{stem}.sql"), up)],
        Tool::GolangMigrate => {
            let down = down.map(|down| file(format!("{stem}.down.sql"), down));
            [file(format!("{stem}.up.sql"), up)]
                .into_iter()
                .chain(down)
                .collect()
        }
        Tool::Sqlx => match down {
            Some(down) => vec![
                file(format!("{stem}.up.sql"), sqlx(up, script.upgrade.alone)),
                file(format!("{stem}.down.sql"), sqlx(down, is_down_alone)),
            ],
            None => vec![file(format!("{stem}.sql"), sqlx(up, script.upgrade.alone))],
        },
        Tool::Diesel => {
            let down = down.map(|down| file(format!("{stem}/down.sql"), down));
            let alone = script.is_alone().then(|| {
                let text = "run_in_transaction = false\n".to_owned();
                file(format!("{stem}/metadata.toml"), text)
            });
            let up = file(format!("{stem}/up.sql"), up);
            [up].into_iter().chain(down).chain(alone).collect()
        }
        Tool::Flyway => {
            let undo = format!("U{}", stem.trim_start_matches('V'));
            let down = down.map(|down| file(format!("{undo}.sql"), down));
            let conf = |name: &str| {
                let text = "executeInTransaction=false\n".to_owned();
                file(format!("{name}.sql.conf"), text)
            };
            let confs = [
                script.upgrade.alone.then(|| conf(stem)),
                is_down_alone.then(|| conf(&undo)),
            ];
            let up = file(format!("{stem}.sql"), up);
            let files = [Some(up), down].into_iter().chain(confs);
            files.flatten().collect()
        }
    }
}

/// Files that stand beside all migrations.
fn beside(tool: Tool, directory: &Directory) -> Option<SourceFile> {
    if tool != Tool::Atlas {
        return None;
    }
    let mut sum = AtlasSum::default();
    for migration in &directory.migrations {
        sum.add(&migration.file, &migration.upgrade);
    }
    Some(SourceFile {
        path: "atlas.sum".to_owned(),
        text: sum.text(),
    })
}

fn sqlx(text: String, alone: bool) -> String {
    const MARK: &str = "-- no-transaction";
    match alone && !text.starts_with(MARK) {
        true => format!("{MARK}\n{text}"),
        false => text,
    }
}

fn atlas(script: &Outgoing) -> String {
    const MARK: &str = "-- atlas:txmode none";
    let Section {
        text,
        statements,
        alone,
        has_marked,
    } = &script.upgrade;
    let is_several = |statement: &String| statement.trim_end_matches([';', '\n']).contains(';');
    if *has_marked && statements.iter().any(is_several) {
        // Atlas takes no other line for this directive than the first.
        let mark = match *alone {
            true => format!("{MARK}\n"),
            false => String::new(),
        };
        let ended = statements
            .iter()
            .map(|it| format!("{}\n-- end\n", it.trim()));
        let body: String = ended.collect();
        return format!("-- atlas:delimiter \\n-- end\n{mark}\n{body}");
    }
    match *alone && !text.contains(MARK) {
        true => format!("{MARK}\n\n{text}"),
        false => text.clone(),
    }
}

fn dbmate(script: &Outgoing) -> String {
    let block = |name: &str, section: &Section| {
        let options = if section.alone {
            " transaction:false"
        } else {
            ""
        };
        let end = if section.text.is_empty() || section.text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        format!("-- migrate:{name}{options}\n{}{end}", section.text)
    };
    let down = script
        .downgrade
        .as_ref()
        .map(|section| block("down", section));
    format!(
        "{}{}",
        block("up", &script.upgrade),
        down.unwrap_or_default()
    )
}
