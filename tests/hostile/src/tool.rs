//! An adapter that drives a tool: a folder whose files are the revisions, `tool:FOLDER`.

use crate::session::{HostileSession, Manner, memory};
use crate::store::failed;
use dapter_plugin_api::{
    AdapterError, Capability, Comment, ConnectOptions, Description, ErrorKind, NewRevision,
    Notices, Result, Statement, SyncMigrationAdapter, ToolScript,
};
use std::fs;
use std::path::PathBuf;

/// Each file `ID.txt` is a revision: its parents on the first line, what it does on the second. A file `name` holds what stands
/// for the name of every script, and the message `nothing` is one of which nothing comes. While there is a file `down`, the
/// database does not answer.
#[derive(Debug, Default)]
pub(crate) struct Tool;

impl SyncMigrationAdapter for Tool {
    type Session = HostileSession;

    const DESCRIPTION: Description = Description {
        schemes: &["tool"],
        extension: "mem",
        comment: Comment::Hash,
        capabilities: &[Capability::Scripts],
        ..Description::new("tool")
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<HostileSession> {
        if folder(options).join("down").exists() {
            return Err(AdapterError::new(ErrorKind::Connect, "it does not answer"));
        }
        Ok(HostileSession::new(
            memory(options, notices)?,
            Manner::Plain,
        ))
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::lines(script, &["#"]))
    }

    fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder(options)).map_err(failed)? {
            files.push(entry.map_err(failed)?.path());
        }
        files.retain(|file| file.extension().is_some_and(|end| end == "txt"));
        files.sort();
        files.into_iter().map(script).collect()
    }

    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        if revision.message == "nothing" {
            return Ok(None);
        }
        let Some(id) = &revision.id else {
            let error = AdapterError::new(ErrorKind::Statement, "this tool makes no ids");
            return Err(error.with_hint("name one: --rev-id ID"));
        };
        let parents = match revision.revises.is_empty() {
            true => "base".to_owned(),
            false => revision.revises.join(", "),
        };
        let models = if revision.autogenerate {
            " by its models"
        } else {
            ""
        };
        let file = folder(options).join(format!("{id}.txt"));
        let text = format!("{parents}\n{}{models}\n", revision.message);
        fs::write(&file, text).map_err(failed)?;
        script(file).map(Some)
    }
}

fn folder(options: &ConnectOptions) -> PathBuf {
    let name = options.url.split_once(':').map_or("", |(_, name)| name);
    options.base_directory.join(name)
}

fn script(file: PathBuf) -> Result<ToolScript> {
    let text = fs::read_to_string(&file).map_err(failed)?;
    let (parents, message) = text.trim_end().split_once('\n').unwrap_or_default();
    let id = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = match fs::read_to_string(file.with_file_name("name")) {
        Ok(name) => name,
        Err(_) => format!("{id}.mem"),
    };
    Ok(ToolScript {
        text: format!(
            "# {message}\n# dapter:revision {id}\n# dapter:revises {parents}\n\n\
             # dapter:upgrade\nput {id} 1\n\n# dapter:downgrade\ndel {id}\n"
        ),
        name,
        file: Some(file),
    })
}
