//! Abilities that an adapter declares.

use std::fmt;

/// An ability beyond the required ones.
///
/// An adapter lists its capabilities in its [`Description`](crate::Description). A host never asks for one that is not
/// declared, and the glue answers [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if one did: what is
/// declared must work, what is not declared must refuse. The conformance suite tests both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// `begin`, `commit` and `rollback` work, and data and history written between them appear together or not at all.
    Transactions,
    /// Statements that define structure (DDL) are part of the transaction too: rolled back, they leave no trace, and what they
    /// define can be used in it. Hosts run whole scripts in one transaction then, and make the history in the one that
    /// writes into it.
    /// Needs [`Capability::Transactions`].
    TransactionalDdl,
    /// `lock` and `unlock` work across processes. Without it the host keeps a lock row in the history.
    Lock,
    /// `query` returns rows.
    Query,
    /// A running statement can be stopped from another thread (see [`SyncSession::canceller`](crate::SyncSession::canceller)).
    Cancel,
    /// `set_lock_timeout` limits how long a statement waits for others.
    LockTimeout,
    /// `create_database` makes the database that a URL names.
    CreateDatabase,
    /// `lint` tells what a script does to a live system, and `lint_rules` what it looks for.
    Lint,
    /// `held_locks` tells which locks the open transaction has taken. Needs [`Capability::TransactionalDdl`].
    Trace,
    /// `inspect` tells what the database is built of.
    Inspect,
    /// `create_scratch` makes a throw-away database, and `drop_scratch` removes it.
    Scratch,
    /// `read_foreign` and `write_foreign` work on the tables of other tools.
    ForeignHistory,
    /// `server_facts` tells whose server answers, and whether it lets this session change anything.
    ServerFacts,
    /// `offline_script` writes what the database's own client carries out.
    Offline,
    /// `backup` copies the database into a file.
    Backup,
    /// `render` writes operations on a schema as statements, and `inspect` tells enough for that.
    Render,
    /// The adapter drives a tool that has scripts of its own: `list_scripts` writes a script for each of its revisions, and
    /// `create_script` has it make another. Hosts write those, and none of their own.
    Scripts,
}

impl Capability {
    /// All capabilities that this version knows.
    pub const ALL: &'static [Capability] = &[
        Capability::Transactions,
        Capability::TransactionalDdl,
        Capability::Lock,
        Capability::Query,
        Capability::Cancel,
        Capability::LockTimeout,
        Capability::CreateDatabase,
        Capability::Lint,
        Capability::Trace,
        Capability::Inspect,
        Capability::Scratch,
        Capability::ForeignHistory,
        Capability::ServerFacts,
        Capability::Offline,
        Capability::Backup,
        Capability::Render,
        Capability::Scripts,
    ];

    /// The name in descriptors and in `dapter plugin info`. A name never changes its meaning.
    pub const fn name(self) -> &'static str {
        match self {
            Capability::Transactions => "transactions",
            Capability::TransactionalDdl => "transactional-ddl",
            Capability::Lock => "lock",
            Capability::Query => "query",
            Capability::Cancel => "cancel",
            Capability::LockTimeout => "lock-timeout",
            Capability::CreateDatabase => "create-database",
            Capability::Lint => "lint",
            Capability::Trace => "trace",
            Capability::Inspect => "inspect",
            Capability::Scratch => "scratch",
            Capability::ForeignHistory => "foreign-history",
            Capability::ServerFacts => "server-facts",
            Capability::Offline => "offline",
            Capability::Backup => "backup",
            Capability::Render => "render",
            Capability::Scripts => "scripts",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
