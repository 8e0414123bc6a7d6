//! `dapter plugin`: a file per command.

pub(super) mod books;
mod build;
pub(super) mod command;
mod doctor;
mod facts;
mod find;
mod from_lock;
mod from_source;
mod index;
mod info;
mod install;
mod list;
mod lock;
mod new;
mod probe;
mod remove;
mod search;
mod sign;
mod source;
mod sources;
mod test;
mod trust;
mod update;
mod verify;

use super::output::{Failure, Output};
use super::session::Session;
use command::Plugin;

pub(super) fn run(command: &Plugin, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    match command {
        Plugin::List => list::list(&*session.catalog()?, *output),
        Plugin::Info { name } => info::info(name, session, *output),
        Plugin::Install(command) => install::run(command, session, output),
        Plugin::Update(command) => update::run(command, session, output),
        Plugin::Remove(command) => remove::run(command, session, output),
        Plugin::Verify(command) => verify::run(command, session, output),
        Plugin::Search(command) => search::run(command, output),
        Plugin::Lock(command) => lock::run(command, session, output),
        Plugin::Trust(command) => trust::run(command, output),
        Plugin::Source(command) => source::run(command, output),
        Plugin::Doctor => doctor::run(session, output),
        Plugin::Key(command) => sign::key(command, output),
        Plugin::Sign(command) => sign::sign(command, output),
        Plugin::Index(command) => index::run(command, session, output),
        Plugin::Test(command) => test::run(command, session, output),
        Plugin::New(command) => new::run(command, session, output),
        Plugin::Build(command) => build::run(command, session, output),
    }
}
