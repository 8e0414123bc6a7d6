//! An adapter that drives a tool with scripts of its own: the tool makes them, and the directory follows.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use dapter::adopt::{AdoptError, Directory, Tool as Other};
use dapter::api::abi::{Adapter, block_on};
use dapter::api::memory::{MemoryAdapter, MemorySession};
use dapter::api::{
    AdapterError, Capability, ConnectOptions, Description, ErrorKind, NewRevision, Notices, Result,
    Statement, SyncMigrationAdapter, ToolScript,
};
use dapter::script::{ScriptError, ScriptFormat};
use dapter::{AdoptHistory, Adoption, MigrationError, NewMigration};

use crate::support::{Database, Project, id, ids, linked, memory};

/// The revisions of each database's tool.
static TOOLS: LazyLock<Mutex<HashMap<String, Vec<ToolScript>>>> = LazyLock::new(Mutex::default);

fn tools() -> MutexGuard<'static, HashMap<String, Vec<ToolScript>>> {
    TOOLS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, Default)]
struct Tool;

impl SyncMigrationAdapter for Tool {
    type Session = MemorySession;

    const DESCRIPTION: Description = Description {
        key: "tool",
        capabilities: &[
            Capability::Transactions,
            Capability::TransactionalDdl,
            Capability::Scripts,
        ],
        ..MemoryAdapter::DESCRIPTION
    };

    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<MemorySession> {
        MemoryAdapter.connect(options, notices)
    }

    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        MemoryAdapter.split(script)
    }

    fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        Ok(tools().get(&options.url).cloned().unwrap_or_default())
    }

    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        match revision.message.as_str() {
            "nothing" => return Ok(None),
            "refused" => {
                let error = AdapterError::new(ErrorKind::Statement, "the tool has another head");
                return Err(error);
            }
            _ => {}
        }
        let new = revision.id.as_deref().unwrap_or("new");
        let script = script(new, &revision.revises.join(", "), &told(revision));
        let mut tools = tools();
        tools
            .entry(options.url.clone())
            .or_default()
            .push(script.clone());
        Ok(Some(script))
    }
}

/// What the tool was told, beside id and parents.
fn told(revision: &NewRevision) -> String {
    let NewRevision {
        message,
        splice,
        branch_labels,
        depends_on,
        autogenerate,
        ..
    } = revision;
    format!("{message} {splice} {branch_labels:?} {depends_on:?} {autogenerate}")
}

fn script(id: &str, revises: &str, message: &str) -> ToolScript {
    ToolScript {
        name: format!("{id}.mem"),
        text: format!(
            "# {message}\n# dapter:revision {id}\n# dapter:revises {revises}\n\n\
             # dapter:upgrade\nput {id} 1\n\n# dapter:downgrade\ndel {id}\n"
        ),
        file: Some(PathBuf::from(format!("/tool/{id}.py"))),
    }
}

/// A database whose tool has these revisions.
fn with_scripts(scripts: Vec<ToolScript>) -> (Database, Project) {
    let (database, project) = (Database::new(), Project::new());
    let url = database.settings(&project).url.expose().to_owned();
    tools().insert(url, scripts);
    (database, project)
}

fn change(database: &Database, project: &Project, work: impl FnOnce(&mut Vec<ToolScript>)) {
    let url = database.settings(project).url.expose().to_owned();
    work(tools().entry(url).or_default());
}

fn tool() -> Adapter {
    linked::<Tool>()
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    let name = |path: &PathBuf| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    paths.iter().filter_map(name).collect()
}

fn in_versions(project: &Project) -> usize {
    let entries = fs::read_dir(project.path().join("versions"));
    entries.expect("it is there").count()
}

#[test]
fn the_directory_follows_what_is_listed() {
    let (database, project) =
        with_scripts(vec![script("a", "base", "one"), script("b", "a", "two")]);
    fs::remove_dir(project.path().join("versions")).expect("it is empty");
    let migrator = database.migrator(&tool(), &project);

    let planned = migrator.plan_init_migrations().expect("it plans");
    assert_eq!(names(&planned.created), ["versions", "a.mem", "b.mem"]);
    assert!(!project.path().join("versions").exists());
    assert_eq!(migrator.init_migrations().expect("it initialises"), planned);
    let again = migrator.init_migrations().expect("it initialises");
    assert!(again.created.is_empty() && again.rewritten.is_empty());
    assert_eq!(again.existing.len(), 4);
    assert_eq!(
        migrator.upgrade("head").expect("it upgrades").heads,
        ids("b")
    );

    change(&database, &project, |scripts| {
        scripts[1] = script("b", "a", "another message");
        scripts.push(script("c", "b", "three"));
    });
    let changed = migrator.init_migrations().expect("it initialises");
    assert_eq!(names(&changed.created), ["c.mem"]);
    assert_eq!(names(&changed.rewritten), ["b.mem"]);
    let text = fs::read_to_string(project.path().join("versions/b.mem")).expect("it is there");
    assert!(text.starts_with("# another message\n"), "{text}");
    assert_eq!(in_versions(&project), 3);
}

#[test]
fn what_is_listed_no_more_goes_unless_the_database_has_applied_it() {
    let (database, project) = with_scripts(vec![
        script("a", "base", "one"),
        script("b", "a", "two"),
        script("c", "b", "three"),
    ]);
    let migrator = database.migrator(&tool(), &project);
    migrator.init_migrations().expect("it initialises");
    migrator.upgrade("b").expect("it upgrades");
    change(&database, &project, |scripts| scripts.truncate(1));
    let planned = migrator.plan_init_migrations().expect("it plans");
    assert_eq!(in_versions(&project), 3, "nothing is removed by a plan");
    let taken_in = migrator.init_migrations().expect("it initialises");
    assert_eq!(taken_in, planned);
    assert_eq!(names(&taken_in.removed), ["c.mem"]);
    let orphan = &taken_in.orphans[0];
    assert_eq!(orphan.revision, id("b"));
    assert_eq!(orphan.why, "the database has applied it");
    assert_eq!(in_versions(&project), 2);

    // A script that is somebody's own, or none at all, is nobody's to remove.
    let versions = project.path().join("versions");
    fs::write(versions.join("none.mem"), "put a 1\n").expect("writes");
    fs::write(versions.join("notes.txt"), "notes\n").expect("writes");
    migrator.init_migrations().expect("it initialises");
    assert_eq!(in_versions(&project), 4);
}

#[test]
fn a_revision_whose_script_has_another_name_now_has_one_script() {
    let (database, project) = with_scripts(vec![script("a", "base", "one")]);
    let migrator = database.migrator(&tool(), &project);
    migrator.init_migrations().expect("it initialises");
    migrator.upgrade("head").expect("it upgrades");
    change(&database, &project, |scripts| {
        scripts[0].name = "one_a.mem".to_owned();
    });
    let taken_in = migrator.init_migrations().expect("it initialises");
    assert_eq!(names(&taken_in.created), ["one_a.mem"]);
    assert_eq!(names(&taken_in.removed), ["a.mem"]);
    assert_eq!(
        migrator.upgrade("head").expect("it upgrades").heads,
        ids("a")
    );
}

#[test]
fn nothing_is_taken_over_for_a_tool() {
    let (database, project) = with_scripts(vec![script("a", "base", "one")]);
    let adoption = Adoption {
        tool: Other::Dbmate,
        directory: Directory::default(),
        from: PathBuf::from("db/migrations"),
        history: AdoptHistory::Offline,
    };
    let migrator = database.migrator(&tool(), &project);
    for refused in [migrator.plan_adoption(&adoption), migrator.adopt(&adoption)] {
        let error = refused.expect_err("it is refused");
        assert!(
            matches!(error, MigrationError::Adoption(AdoptError::Driven)),
            "{error:?}"
        );
    }
}

#[test]
fn what_is_no_script_is_refused_before_anything_is_made() {
    let good = script("a", "base", "one");
    let named = |name: &str| ToolScript {
        name: name.to_owned(),
        ..script("b", "a", "two")
    };
    for name in ["../b.mem", "b/c.mem", "b.sql", ".b.mem", "", "a.mem"] {
        let (database, project) = with_scripts(vec![good.clone(), named(name)]);
        let result = database.migrator(&tool(), &project).init_migrations();
        let is_name = matches!(&result, Err(MigrationError::Init(ScriptError::Name { name: found })) if found == name);
        assert!(is_name, "{name}: {result:?}");
        assert_eq!(in_versions(&project), 0);
    }
    for text in [
        "put a 1\n",
        "# dapter:repeatable a\n\n# dapter:upgrade\nput a 1\n",
    ] {
        let wrong = ToolScript {
            text: text.to_owned(),
            ..script("b", "a", "two")
        };
        let (database, project) = with_scripts(vec![good.clone(), wrong]);
        let result = database.migrator(&tool(), &project).init_migrations();
        let is_invalid = matches!(result, Err(MigrationError::Init(ScriptError::Invalid(_))));
        assert!(is_invalid, "{text}: {result:?}");
        assert_eq!(in_versions(&project), 0);
    }
}

#[test]
fn the_tool_makes_what_is_created() {
    let (database, project) = with_scripts(vec![script("a", "base", "one")]);
    let migrator = database.migrator(&tool(), &project);
    let new = NewMigration {
        id: Some(id("b")),
        revises: vec!["a".to_owned()],
        splice: true,
        depends_on: vec!["a".to_owned()],
        autogenerate: true,
        ..NewMigration::new("two")
    };
    let made = migrator.create_with_tool(new).expect("it creates");
    let made = made.expect("there is something to make");
    assert_eq!(made.script.revision.message, r#"two true [] ["a"] true"#);
    assert_eq!(made.script.revision.revises, ids("a"));
    assert_eq!(made.script.path, project.path().join("versions/b.mem"));
    assert_eq!(made.file, Some(PathBuf::from("/tool/b.py")));
    // The one that nobody had taken in is there too.
    assert_eq!(
        migrator.upgrade("head").expect("it upgrades").heads,
        ids("b")
    );

    let next = NewMigration {
        revises: vec!["b".to_owned()],
        ..NewMigration::new("three")
    };
    let asynchronous = database.asynchronous(&tool(), &project);
    let script = block_on(asynchronous.create_migration(next)).expect("it creates");
    assert_eq!(script.revision.id, id("new"));
}

#[test]
fn what_cannot_be_passed_on_is_refused_before_anything_is_made() {
    let (database, project) = with_scripts(Vec::new());
    let migrator = database.migrator(&tool(), &project);
    let portable = NewMigration {
        format: ScriptFormat::Portable,
        ..NewMigration::new("one")
    };
    let written = NewMigration {
        upgrade: "put a 1".to_owned(),
        ..NewMigration::new("one")
    };
    for migration in [portable, written] {
        let result = migrator.create_migration(migration);
        let is_refused = matches!(
            result,
            Err(MigrationError::Creation(ScriptError::NotPassedOn(_)))
        );
        assert!(is_refused, "{result:?}");
    }
    let result = migrator.create_migration(NewMigration::new("refused"));
    assert!(
        matches!(result, Err(MigrationError::Database { .. })),
        "{result:?}"
    );
    let result = migrator.create_migration(NewMigration::new("nothing"));
    let is_nothing = matches!(
        result,
        Err(MigrationError::Creation(ScriptError::NothingMade))
    );
    assert!(is_nothing, "{result:?}");
    assert_eq!(in_versions(&project), 0);

    fs::remove_dir(project.path().join("versions")).expect("it is empty");
    let result = migrator.create_migration(NewMigration::new("one"));
    let is_refused = matches!(
        result,
        Err(MigrationError::Script(ScriptError::NotInitialized { .. }))
    );
    assert!(is_refused, "{result:?}");
    change(&database, &project, |scripts| assert!(scripts.is_empty()));
}

#[test]
fn an_adapter_without_a_tool_has_no_models_to_compare() {
    let (database, project) = (Database::new(), Project::new());
    let migrator = database.migrator(&memory(), &project);
    migrator.init_migrations().expect("it initialises");
    let migration = NewMigration {
        autogenerate: true,
        ..NewMigration::new("one")
    };
    let result = migrator.create_migration(migration);
    let is_refused = matches!(result, Err(MigrationError::Creation(ScriptError::NoTool)));
    assert!(is_refused, "{result:?}");
    let result = migrator.create_with_tool(NewMigration::new("one"));
    assert!(
        matches!(result, Err(MigrationError::Database { .. })),
        "{result:?}"
    );
    assert_eq!(in_versions(&project), 0);
}
