//! The adapter: what an author implements first.

use crate::{
    AdapterError, AsyncSession, Backup, Description, Execution, Finding, LintRule, LintScript,
    NewRevision, Notices, OfflineScript, Rendered, Rendering, Result, Statement, SyncSession,
    ToolScript,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};

/// Where and how to connect.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectOptions {
    /// The URL as the user gave it, password included.
    pub url: String,
    /// The folder that a relative path in the URL starts from.
    pub base_directory: PathBuf,
    /// Options from the configuration, for the adapter alone to understand; one that it does not know is an error.
    pub options: BTreeMap<String, String>,
}

impl ConnectOptions {
    /// Options with nothing but a URL.
    pub fn new(url: impl Into<String>) -> Self {
        ConnectOptions {
            url: url.into(),
            ..ConnectOptions::default()
        }
    }
}

/// Prints neither the URL nor the values of the options: both may hold a password.
impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("base_directory", &self.base_directory)
            .field("options", &self.options.keys())
            .finish_non_exhaustive()
    }
}

/// An adapter whose author writes blocking code.
///
/// The value holds no connection; it is made with `Default` whenever the host opens the adapter or a session.
pub trait SyncMigrationAdapter: Default + Send + Sync + 'static {
    /// Its connections.
    type Session: SyncSession;

    /// What the adapter is called and can do.
    const DESCRIPTION: Description;

    /// Opens a connection.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect), [`Authentication`](crate::ErrorKind::Authentication) or
    /// [`DatabaseMissing`](crate::ErrorKind::DatabaseMissing), with a message that does not contain the password.
    fn connect(&self, options: &ConnectOptions, notices: &Notices) -> Result<Self::Session>;

    /// Splits a script into statements, without looking at any database. This default takes it as one statement.
    ///
    /// - Statements come in order and do not overlap; what is between them is white space, comments and terminators.
    /// - The same text gives the same statements, always.
    ///
    /// # Errors
    /// [`ErrorKind::Script`](crate::ErrorKind::Script) with the byte offset in
    /// [`AdapterError::position`](crate::AdapterError::position): an unterminated string, say.
    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::whole(script))
    }

    /// Splits a script for the database that these options name, for a language whose rules depend on settings. Still
    /// without looking at any database. This default ignores the options.
    ///
    /// # Errors
    /// As [`split`](Self::split).
    fn split_for(&self, script: &str, options: &ConnectOptions) -> Result<Vec<Statement>> {
        let _ = options;
        self.split(script)
    }

    /// Tells what a script does to a live system: locks, rewrites, lost data. Without looking at any database. Belongs to
    /// [`Capability::Lint`](crate::Capability).
    ///
    /// - The same script gives the same findings, in the order of its statements.
    /// - What a script does to what it has made itself is no finding: nobody uses that yet.
    /// - Every finding has the code of one of the [`lint_rules`](Self::lint_rules).
    ///
    /// # Errors
    /// Only where the options are not understood; a statement that is not is one without findings.
    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        let _ = script;
        Err(AdapterError::unsupported("linting"))
    }

    /// The rules of [`lint`](Self::lint), in the order of their codes.
    ///
    /// # Errors
    /// None but that the adapter does not lint.
    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Err(AdapterError::unsupported("linting"))
    }

    /// Writes a script that the database's own client runs: without connecting to anything, the same text for the same
    /// script. Belongs to [`Capability::Offline`](crate::Capability).
    ///
    /// - The text says in its beginning how it is run.
    /// - It stops at its first failure, and what it requires of the history it makes fail with words that say so.
    /// - It lets nobody with dapter's lock in between, as far as the client can.
    ///
    /// # Errors
    /// What no client could run: a statement that ends the host's transaction, say. The position of an error about an item
    /// is the item's index.
    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        let _ = script;
        Err(AdapterError::unsupported("scripts for another client"))
    }

    /// Copies the database into a file, as it is at one moment, while others may work on it. Belongs to
    /// [`Capability::Backup`](crate::Capability).
    ///
    /// - The file is there, empty, and only its owner may read it; what is written beside it is gone afterwards.
    /// - No password is seen by others: neither in arguments of programs nor in what is returned.
    /// - It may block as long as it takes: hosts call it where that holds nobody up.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and what stands in the way of the copy. The file is the caller's to remove.
    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        let _ = (options, path);
        Err(AdapterError::unsupported("backups"))
    }

    /// Writes operations on a schema as statements of scripts: without connecting to anything, the same text for the same
    /// operations. Belongs to [`Capability::Render`](crate::Capability).
    ///
    /// - Run in their order on a database of the schema that they begin from, they lead to the one that they describe, and
    ///   rows are kept that no operation removes.
    /// - Statements are few, and in the form that people would write; several changes of a table are one statement where the
    ///   database can do that.
    /// - Names are in quotes only where they need them.
    ///
    /// # Errors
    /// What the database cannot do, by the name of the object.
    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        let _ = rendering;
        Err(AdapterError::unsupported("rendering operations"))
    }

    /// What statements of definitions are about: the same name for all statements that make or change one object, or what belongs
    /// to it, and none for a statement that may be about several. Belongs to [`Capability::Render`](crate::Capability).
    ///
    /// - Whoever builds one object anew runs the statements about it, and none of the others that have a subject.
    /// - The name is that of [`SchemaObject`](crate::SchemaObject), with its schema where it is written, in lower case.
    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        vec![None; statements.len()]
    }

    /// Makes the database that the URL names, if it is not there yet: `false` if it was. Belongs to
    /// [`Capability::CreateDatabase`](crate::Capability).
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and [`ErrorKind::Permission`](crate::ErrorKind::Permission).
    fn create_database(&self, options: &ConnectOptions, notices: &Notices) -> Result<bool> {
        let _ = (options, notices);
        Err(AdapterError::unsupported("creating databases"))
    }

    /// Makes an empty throw-away database where the one is that the options name, and tells how to connect to it. Belongs
    /// to [`Capability::Scratch`](crate::Capability).
    ///
    /// - It is on the same server, and like that database in what a new one can be: encoding, collation. Scripts run in it
    ///   as they would there.
    /// - It is in use while a session is connected to it. What an earlier caller left behind, who is gone, is removed.
    /// - No session in it changes anything outside of it. A statement that would is left out with a notice where the
    ///   scratch database can do without it, a user of the server, say, and is refused otherwise.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and [`ErrorKind::Permission`](crate::ErrorKind::Permission), which names the right.
    fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> Result<ConnectOptions> {
        let _ = (options, notices);
        Err(AdapterError::unsupported("scratch databases"))
    }

    /// Removes a scratch database, given the options to connect to it. Nobody is connected to it any more. Belongs to
    /// [`Capability::Scratch`](crate::Capability).
    ///
    /// # Errors
    /// Those of the database; and if the options name no scratch database.
    fn drop_scratch(&self, options: &ConnectOptions, notices: &Notices) -> Result<()> {
        let _ = (options, notices);
        Err(AdapterError::unsupported("scratch databases"))
    }

    /// The scripts that stand for the revisions of the tool that the adapter drives: all of them, without connecting to the
    /// database. Belongs to [`Capability::Scripts`](crate::Capability).
    ///
    /// - The same project gives the same scripts, each by the name that it had before.
    /// - Each is a script as hosts read them, with the tool's own id, parents, branch labels and dependencies.
    /// - Nothing of the tool's is changed.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) where the tool cannot be run, and what it says of its revisions.
    fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        let _ = options;
        Err(AdapterError::unsupported("scripts of a tool"))
    }

    /// Has the tool make a revision, and returns the script that stands for it; `None` where the tool finds that there is
    /// nothing to make. Belongs to [`Capability::Scripts`](crate::Capability).
    ///
    /// - From then on [`list_scripts`](Self::list_scripts) lists it.
    /// - What cannot be passed on to the tool is an error before anything is made.
    ///
    /// # Errors
    /// As [`list_scripts`](Self::list_scripts), and what the tool says; then it has made nothing.
    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        let _ = (options, revision);
        Err(AdapterError::unsupported("scripts of a tool"))
    }
}

/// An adapter whose author writes asynchronous code.
pub trait AsyncMigrationAdapter: Default + Send + Sync + 'static {
    /// Its connections.
    type Session: AsyncSession;

    /// What the adapter is called and can do.
    const DESCRIPTION: Description;

    /// Whether its calls block. An adapter that shares its code with a blocking one, and whose futures are done when they
    /// are first polled, says [`Execution::Blocking`]: hosts then call it where blocking holds nobody up.
    const EXECUTION: Execution = Execution::Async;

    /// Opens a connection; see [`SyncMigrationAdapter::connect`].
    fn connect(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> impl Future<Output = Result<Self::Session>> + Send;

    /// Splits a script into statements; see [`SyncMigrationAdapter::split`].
    ///
    /// # Errors
    /// As there.
    fn split(&self, script: &str) -> Result<Vec<Statement>> {
        Ok(Statement::whole(script))
    }

    /// Splits a script for a database; see [`SyncMigrationAdapter::split_for`].
    ///
    /// # Errors
    /// As there.
    fn split_for(&self, script: &str, options: &ConnectOptions) -> Result<Vec<Statement>> {
        let _ = options;
        self.split(script)
    }

    /// Tells what a script does to a live system; see [`SyncMigrationAdapter::lint`].
    ///
    /// # Errors
    /// As there.
    fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        let _ = script;
        Err(AdapterError::unsupported("linting"))
    }

    /// The rules of [`lint`](Self::lint); see [`SyncMigrationAdapter::lint_rules`].
    ///
    /// # Errors
    /// As there.
    fn lint_rules(&self) -> Result<Vec<LintRule>> {
        Err(AdapterError::unsupported("linting"))
    }

    /// Writes a script that the database's own client runs; see [`SyncMigrationAdapter::offline_script`].
    ///
    /// # Errors
    /// As there.
    fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        let _ = script;
        Err(AdapterError::unsupported("scripts for another client"))
    }

    /// Copies the database into a file; see [`SyncMigrationAdapter::backup`]. It may block in an asynchronous adapter too.
    ///
    /// # Errors
    /// As there.
    fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        let _ = (options, path);
        Err(AdapterError::unsupported("backups"))
    }

    /// Writes operations on a schema as statements; see [`SyncMigrationAdapter::render`].
    ///
    /// # Errors
    /// As there.
    fn render(&self, rendering: &Rendering) -> Result<Rendered> {
        let _ = rendering;
        Err(AdapterError::unsupported("rendering operations"))
    }

    /// What statements of definitions are about; see [`SyncMigrationAdapter::subjects`].
    fn subjects(&self, statements: &[String]) -> Vec<Option<String>> {
        vec![None; statements.len()]
    }

    /// Makes the database that the URL names; see [`SyncMigrationAdapter::create_database`].
    fn create_database(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> impl Future<Output = Result<bool>> + Send {
        let _ = (options, notices);
        async { Err(AdapterError::unsupported("creating databases")) }
    }

    /// Makes a throw-away database; see [`SyncMigrationAdapter::create_scratch`].
    fn create_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> impl Future<Output = Result<ConnectOptions>> + Send {
        let _ = (options, notices);
        async { Err(AdapterError::unsupported("scratch databases")) }
    }

    /// Removes a scratch database; see [`SyncMigrationAdapter::drop_scratch`].
    fn drop_scratch(
        &self,
        options: &ConnectOptions,
        notices: &Notices,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (options, notices);
        async { Err(AdapterError::unsupported("scratch databases")) }
    }

    /// The scripts of the tool that the adapter drives; see [`SyncMigrationAdapter::list_scripts`].
    fn list_scripts(
        &self,
        options: &ConnectOptions,
    ) -> impl Future<Output = Result<Vec<ToolScript>>> + Send {
        let _ = options;
        async { Err(AdapterError::unsupported("scripts of a tool")) }
    }

    /// Has the tool make a revision; see [`SyncMigrationAdapter::create_script`].
    fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> impl Future<Output = Result<Option<ToolScript>>> + Send {
        let _ = (options, revision);
        async { Err(AdapterError::unsupported("scripts of a tool")) }
    }

    /// Runs `poll` where this adapter's futures can run.
    ///
    /// Futures are polled on threads of the host, which knows nothing of the plugin's runtime. An adapter built on one
    /// owns it and enters it here: `let _entered = RUNTIME.enter(); poll()`. Sessions are dropped inside it too.
    fn enter(&self, poll: &mut dyn FnMut()) {
        poll();
    }
}
