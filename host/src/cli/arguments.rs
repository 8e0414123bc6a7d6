//! What can be typed. The doc comments are the help texts.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use dapter::check::CheckCode;
use dapter::project::{DestroyData, InvalidValue, Overrides, TransactionMode, parse_duration};

use super::autogenerate::Autogenerate;
use super::backup::BackupOption;
use super::diff::Diff;
use super::inspect::Inspect;
use super::isolation::Wanted;
use super::log::LogFormat;
use super::offline::Offline;
use super::squash::Squash;
use super::verify::Verify;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, also if there was nothing to do
  1  failed, and the database is as it was before
  2  the command line is wrong
  3  check, lint, verify or plugin test found something
  4  failed when part of it was done
  5  no plugin serves the database, or the plugin was refused
  6  another deployer held the database";

/// Migrates databases: one command line for every database that has a plugin
#[derive(Debug, Parser)]
#[command(
    name = "dapter",
    version,
    after_help = EXIT_CODES,
    max_term_width = 100,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: AnyCommand,
    #[command(flatten)]
    pub(crate) global: Global,
    /// Print the version
    #[arg(long, short = 'V', action = ArgAction::Version)]
    version: (),
}

/// Options that stand before or after any command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options for every command")]
pub(crate) struct Global {
    /// Database URL, such as sqlite:app.db; instead of the target's
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Folder of the scripts; instead of the target's [default: migrations]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,
    /// Configuration file [default: dapter.toml here or in a folder above]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Target of the configuration file; several, or 'shop-*', where many may be named [default: default, or the only one]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// Plugin to use before those that are installed; may be repeated
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) plugin: Vec<PathBuf>,
    /// Where plugins run: auto, in-process, or process for one of their own; plugin test also takes both [default: auto]
    #[arg(long, global = true, value_name = "WHERE", value_parser = Wanted::parse)]
    pub(crate) isolation: Option<Wanted>,
    /// Use no plugin that dapter-plugins.lock does not have, apart from those that come with dapter
    #[arg(long, global = true)]
    pub(crate) locked: bool,
    /// Value of a variable of scripts, instead of the one in dapter.toml; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = variable)]
    pub(crate) var: Vec<(String, String)>,
    /// How long to wait for a server that is not up yet: 30s, 2m [default: 0]
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Print one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What standard error says while a command runs: text, or json for a line of JSON each [default: text]
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value_t,
        value_enum,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) log_format: LogFormat,
    /// Print nothing but results and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Show what would be done, and change nothing
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// When to use colour: auto, always or never [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value_t,
        value_enum,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) color: Color,
    // The one help text fits on a screen, so there is no shorter one beside it.
    /// Print help
    #[arg(long, short, global = true, action = ArgAction::HelpShort)]
    help: (),
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is one command, and it lives as long as the program"
)]
pub(crate) enum AnyCommand {
    #[command(flatten)]
    Project(Command),
    #[command(flatten)]
    Program(ProgramCommand),
}

/// Commands that need no project that is in order: they are about the program, or tell what is not in order.
#[derive(Debug, Subcommand)]
pub(crate) enum ProgramCommand {
    /// Look whether configuration, scripts, plugins and databases are well, and say what to do where they are not
    Doctor,
    /// Print what lets a shell complete command lines
    Completions {
        /// bash, elvish, fish, powershell or zsh
        #[arg(value_enum, hide_possible_values = true)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// Folder to write them into, such as ~/.local/share/man/man1
        folder: PathBuf,
    },
}

/// The commands that work on a project.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the folder of the scripts, and a dapter.toml where there is none
    Init(super::init::Init),
    /// Write a new script
    Create(Create),
    /// Apply revisions
    Upgrade(Upgrade),
    /// Undo revisions
    Downgrade(Downgrade),
    /// Show what an upgrade or a downgrade would do, and keep it to be carried out later
    Plan(Plan),
    /// Carry out a plan that was kept, if nothing has changed since
    Apply(Apply),
    /// Show the revision that the database is at
    Current(Many),
    /// List the revisions, latest first, and which of them are applied
    History(History),
    /// Show the revisions that no other revises
    Heads,
    /// Show where revisions part, and the branch labels
    Branches,
    /// Write a script that joins heads
    Merge(Merge),
    /// Open the script of a revision in an editor, and check it afterwards
    Edit(Edit),
    /// Move a revision that is not applied behind another head
    Rebase(Rebase),
    /// Show a revision and its script
    Show(Show),
    /// Record a revision as reached without running a script
    Stamp(Stamp),
    /// Begin with a database that exists already: record what it has, without running a script
    Baseline(super::baseline::Baseline),
    /// Take over the migrations of another tool, and what it has applied
    Adopt(super::adopt::Adopt),
    /// Write the scripts as the migrations of another tool, and tell its table what is applied
    Export(super::export::Export),
    /// Show where the database is, what is half done and what `upgrade` will do next
    Status(super::status::StatusOptions),
    /// Find what is wrong before anything runs: for pipelines
    Check(Check),
    /// Tell what scripts do to a live system: locks, rewrites, lost data
    Lint(Lint),
    /// Print what the database is built of: statements, a document, or a diagram
    Inspect(Inspect),
    /// Show what differs between a database, its models, its scripts and others
    Diff(Diff),
    /// Try every revision both ways in a scratch database
    ///
    /// Statements that change the server itself, such as CREATE ROLE, are left out. What a DO block or a function of
    /// PostgreSQL does is not looked into: it can still change roles and whatever else belongs to the whole server.
    /// --scratch-url names a server on which that does no harm.
    Verify(Verify),
    /// Make one script of several, which databases recognise
    Squash(Squash),
    /// Settle by hand what is half done
    Repair(Repair),
    /// Take the lock away from a deployer that is gone for certain
    Unlock(Unlock),
    /// Install plugins, look at them, and say whose are trusted
    #[command(subcommand)]
    Plugin(super::plugin::command::Plugin),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What the migration does, in one line
    #[arg(required_unless_present = "repeatable")]
    pub(crate) message: Option<String>,
    /// Write a script of this name that runs again whenever its text changes, instead of a revision
    #[arg(long, value_name = "NAME", conflicts_with_all = ["head", "splice", "branch_label", "depends_on", "rev_id", "autogenerate", "drift", "models"])]
    pub(crate) repeatable: Option<String>,
    /// Parent: an id, `base` for a new base; repeated, or `heads`, for a merge [default: head]
    #[arg(long, value_name = "REVISION", visible_alias = "revises")]
    pub(crate) head: Vec<String>,
    /// Start a new branch, behind a parent that is no head
    #[arg(long)]
    pub(crate) splice: bool,
    #[command(flatten)]
    pub(crate) new: NewRevision,
    #[command(flatten)]
    pub(crate) autogenerate: Autogenerate,
}

/// What may be said of any new revision.
#[derive(Debug, Args)]
pub(crate) struct NewRevision {
    /// Branch label that it declares; may be repeated
    #[arg(long, value_name = "LABEL", visible_alias = "branch")]
    pub(crate) branch_label: Vec<String>,
    /// Revision or branch that must be applied before it; may be repeated
    #[arg(long, value_name = "REVISION")]
    pub(crate) depends_on: Vec<String>,
    /// Id of the revision [default: twelve random digits]
    #[arg(long, value_name = "ID")]
    pub(crate) rev_id: Option<String>,
}

/// Options of the commands that change a database.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Transactions: `each` revision, `all` in one, `none` [default: each]
    #[arg(long, value_name = "MODE", value_parser = transaction_mode)]
    pub(crate) transaction: Option<TransactionMode>,
    #[command(flatten)]
    pub(crate) lock: Lock,
    /// How long a statement waits for others before its step is tried again: 500ms, 2s [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) lock_timeout: Option<Duration>,
    /// How long a statement may run; 0 is as long as it takes [default: 0]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) statement_timeout: Option<Duration>,
    /// Destroy data without asking, where statements do
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) backup: BackupOption,
    /// Leave the hooks of dapter.toml out
    #[arg(long)]
    pub(crate) no_hooks: bool,
}

impl Run {
    /// Lays the options over those of the target.
    pub(crate) fn lay_over(&self, overrides: &mut Overrides) {
        overrides.transaction = self.transaction;
        overrides.lock_timeout = self.lock_timeout;
        overrides.statement_timeout = self.statement_timeout;
        overrides.destroy_data = self.yes.then_some(DestroyData::Allow);
        overrides.without_hooks = self.no_hooks;
        self.lock.lay_over(overrides);
    }
}

#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// How long to wait for others, another deployer or whoever is in a statement's way [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) lock_wait: Option<Duration>,
}

impl Lock {
    /// Lays the option over those of the target.
    pub(crate) fn lay_over(&self, overrides: &mut Overrides) {
        overrides.lock_wait = self.lock_wait;
    }
}

/// Options of the commands that work on many databases.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Options for many databases")]
pub(crate) struct Many {
    /// Work on every target of the configuration file
    #[arg(long)]
    pub(crate) all: bool,
    /// How many databases to work on at once [default: 4]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Options of the commands that change many databases.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options for many databases")]
pub(crate) struct Rollout {
    #[command(flatten)]
    pub(crate) many: Many,
    /// Targets to begin with: the others follow if these succeed; a name, or 'test-*'; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) canary: Vec<String>,
    /// Begin no other database after so many have failed
    #[arg(long, value_name = "N")]
    pub(crate) max_failures: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    /// Where to go: `head`, `heads`, an id or its beginning, `+2`
    #[arg(default_value = "head", allow_negative_numbers = true)]
    pub(crate) revision: String,
    /// Make the database if it does not exist
    #[arg(long)]
    pub(crate) create_database: bool,
    /// Apply revisions that came too late: applied ones need them already
    #[arg(long)]
    pub(crate) out_of_order: bool,
    #[command(flatten)]
    pub(crate) offline: Offline,
    #[command(flatten)]
    pub(crate) run: Run,
    #[command(flatten)]
    pub(crate) rollout: Rollout,
}

#[derive(Debug, Args)]
pub(crate) struct Downgrade {
    /// Where to go: `base`, an id or its beginning, `-1`
    #[arg(allow_negative_numbers = true)]
    pub(crate) revision: String,
    #[command(flatten)]
    pub(crate) offline: Offline,
    #[command(flatten)]
    pub(crate) run: Run,
    #[command(flatten)]
    pub(crate) rollout: Rollout,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Where to go: `head`, `heads`, an id or its beginning, `+2`
    #[arg(default_value = "head", allow_negative_numbers = true)]
    pub(crate) revision: String,
    /// Plan the way down
    #[arg(long)]
    pub(crate) downgrade: bool,
    /// Write the plan to this file, for `dapter apply`
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Apply revisions that came too late: applied ones need them already
    #[arg(long)]
    pub(crate) out_of_order: bool,
    /// Transactions: `each` revision, `all` in one, `none` [default: each]
    #[arg(long, value_name = "MODE", value_parser = transaction_mode)]
    pub(crate) transaction: Option<TransactionMode>,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The plan that `dapter plan --save` wrote
    #[arg(value_name = "FILE")]
    pub(crate) plan: PathBuf,
    /// Apply revisions that came too late: applied ones need them already
    #[arg(long)]
    pub(crate) out_of_order: bool,
    #[command(flatten)]
    pub(crate) run: Run,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// What to join [default: heads]
    pub(crate) revisions: Vec<String>,
    /// What the merge is for, in one line [default: Merge and the revisions]
    #[arg(long, short)]
    pub(crate) message: Option<String>,
    #[command(flatten)]
    pub(crate) new: NewRevision,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Which: an id or its beginning, `head`, `current`
    #[arg(default_value = "head", allow_negative_numbers = true)]
    pub(crate) revision: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rebase {
    /// The revision to move, with all that revise it
    pub(crate) revision: String,
    /// Where it goes: behind this head [default: the only one that does not revise it]
    #[arg(long, value_name = "REVISION")]
    pub(crate) onto: Option<String>,
    /// Ask no database whether it is applied there
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// Ask no database: leave out which revisions are applied
    #[arg(long, conflicts_with = "all")]
    pub(crate) offline: bool,
    /// Only these, both ends included: ae10:head, :ae10, -3:current
    #[arg(long, short, value_name = "FROM:TO", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Mark the revisions that the database is at; done unless --offline
    #[arg(long, short, conflicts_with = "offline")]
    pub(crate) indicate_current: bool,
    /// Draw how the revisions follow each other
    #[arg(long, conflicts_with = "format")]
    pub(crate) graph: bool,
    /// How to print: text, json, mermaid or dot [default: text]
    #[arg(
        long,
        value_name = "FORMAT",
        default_value_t,
        value_enum,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) format: HistoryFormat,
    #[command(flatten)]
    pub(crate) many: Many,
}

/// How a history is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// A flowchart of Mermaid
    Mermaid,
    /// A digraph of Graphviz
    Dot,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Which: an id or its beginning, `head`, `current`
    #[arg(default_value = "head", allow_negative_numbers = true)]
    pub(crate) revision: String,
}

#[derive(Debug, Args)]
pub(crate) struct Stamp {
    /// What to record as reached: `head`, `base`, `current`, an id or its beginning; several for several branches
    #[arg(
        required = true,
        value_name = "REVISION",
        allow_negative_numbers = true
    )]
    pub(crate) revisions: Vec<String>,
    /// Forget everything that was recorded before
    #[arg(long)]
    pub(crate) purge: bool,
    #[command(flatten)]
    pub(crate) offline: Offline,
    #[command(flatten)]
    pub(crate) lock: Lock,
    #[command(flatten)]
    pub(crate) many: Many,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Look at the scripts as they will be once this branch of git is merged: origin/main
    #[arg(long, value_name = "REF")]
    pub(crate) against: Option<String>,
    /// Ask no database: look at the scripts alone
    #[arg(long, conflicts_with = "drift")]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) drift: super::scratch_url::Drift,
    /// Leave out findings with this code; may be repeated
    #[arg(long, value_name = "CODE", value_parser = check_code)]
    pub(crate) ignore: Vec<CheckCode>,
    /// How to print: text, or github for annotations [default: text]
    #[arg(
        long,
        value_name = "FORMAT",
        default_value_t,
        value_enum,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) format: FindingsFormat,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingsFormat {
    /// Lines for people
    #[default]
    Text,
    /// Workflow commands, which GitHub shows beside the code
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Which: ids, `head`, `a1:b2`, or files [default: the revisions that are not applied]
    #[arg(value_name = "REVISION|FILE", allow_negative_numbers = true)]
    pub(crate) what: Vec<String>,
    /// Every revision
    #[arg(long, conflicts_with_all = ["what", "trace"])]
    pub(crate) all: bool,
    /// What the downgrades do, instead of the upgrades
    #[arg(long, conflicts_with = "trace")]
    pub(crate) downgrade: bool,
    /// How to print: text, or github for annotations of a workflow [default: text]
    #[arg(
        long,
        value_name = "FORMAT",
        default_value_t,
        value_enum,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) format: FindingsFormat,
    /// Run what is not applied in a transaction that is rolled back, and show the locks really taken
    #[arg(long)]
    pub(crate) trace: bool,
    /// List the rules
    #[arg(long, conflicts_with_all = ["what", "all", "trace", "downgrade"])]
    pub(crate) rules: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// The half-done revision [default: the only one]
    pub(crate) revision: Option<String>,
    #[command(flatten)]
    pub(crate) choice: RepairChoice,
    #[command(flatten)]
    pub(crate) lock: Lock,
    #[command(flatten)]
    pub(crate) many: Many,
}

/// What a person found, or did by hand; without one of them the choices are only explained.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct RepairChoice {
    /// The next statement took effect: go on behind it
    #[arg(long)]
    pub(crate) done: bool,
    /// The statement that was running did not take effect: it runs again
    #[arg(long)]
    pub(crate) not_done: bool,
    /// So many statements have taken effect, as the script has them now
    #[arg(long, value_name = "N")]
    pub(crate) statements: Option<u64>,
    /// The whole step was finished by hand
    #[arg(long)]
    pub(crate) finished: bool,
    /// What had been done of the step was undone by hand
    #[arg(long)]
    pub(crate) undone: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Unlock {
    /// Do it; without this the holder is only shown
    #[arg(long)]
    pub(crate) yes: bool,
}

fn check_code(text: &str) -> Result<CheckCode, String> {
    let found = CheckCode::ALL.into_iter().find(|code| code.name() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = CheckCode::ALL.iter().map(|code| code.name()).collect();
        format!("no finding has this code; there are {}", names.join(", "))
    })
}

fn transaction_mode(text: &str) -> Result<TransactionMode, String> {
    text.parse()
        .map_err(|error: InvalidValue| format!("{error} ({})", error.hint()))
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| format!("{error} ({})", error.hint()))
}

fn variable(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    /// clap takes two arguments of one name for one, and panics when it is used.
    #[test]
    fn no_command_has_an_argument_called_as_one_of_every_command() {
        fn check(command: &clap::Command, every: &[String]) {
            for inner in command.get_subcommands() {
                for argument in inner
                    .get_arguments()
                    .map(|argument| argument.get_id().to_string())
                {
                    assert!(
                        !every.contains(&argument),
                        "{}: {argument}",
                        inner.get_name()
                    );
                }
                check(inner, every);
            }
        }
        let command = Arguments::command();
        let every = command
            .get_arguments()
            .map(|argument| argument.get_id().to_string());
        let every: Vec<String> = every.collect();
        assert!(every.contains(&"target".to_owned()));
        check(&command, &every);
    }

    #[test]
    fn relative_revisions_are_no_options() {
        for line in [["dapter", "downgrade", "-1"], ["dapter", "upgrade", "+2"]] {
            Arguments::try_parse_from(line).expect("a revision");
        }
        for option in ["--unknown", "-x", "-1x"] {
            Arguments::try_parse_from(["dapter", "upgrade", option]).expect_err("an option");
        }
    }

    #[test]
    fn options_for_every_command_stand_before_or_after_it() {
        for line in [
            "dapter --url sqlite:a --json --dry-run upgrade",
            "dapter upgrade --url sqlite:a --json --dry-run",
        ] {
            let read = Arguments::try_parse_from(line.split(' ')).expect("reads");
            assert!(read.global.json && read.global.dry_run);
            assert_eq!(read.global.url.as_deref(), Some("sqlite:a"));
        }
    }
}
