//! What can be typed behind `dapter plugin`. The doc comments are the help texts.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Plugin {
    /// List the plugins that are found, and where they were looked for
    List,
    /// Show what a plugin says of itself, without running it
    Info {
        /// A plugin's id or name, the key or the URL scheme of an adapter, or a file
        name: String,
    },
    /// Install a plugin, once it was tried in a process of its own
    Install(super::install::Install),
    /// Install newer versions of what is installed, where a source has them
    Update(super::update::Update),
    /// Remove a plugin that was installed
    Remove(super::remove::Remove),
    /// Check everything of a plugin that can be checked without running it
    Verify(super::verify::Verify),
    /// Look for plugins in the sources
    Search(super::search::Search),
    /// Pin the project to plugins, to the byte: writes dapter-plugins.lock
    Lock(super::lock::LockPlugins),
    /// Whose keys are trusted
    #[command(subcommand)]
    Trust(super::trust::Trust),
    /// Where plugins can be had by name
    #[command(subcommand)]
    Source(super::source::SourceCommand),
    /// Show where plugins are looked for and why, and what keeps each of them from being used
    Doctor,
    /// Run the conformance kit on the adapter in a plugin's file
    Test(super::test::Test),
    /// Make a crate that is a plugin, in a folder of its name or in --directory
    New(super::new::New),
    /// Build the plugin's crate that is here or in --directory, and put what is published into dist
    Build(super::build::Build),
    /// Make a pair of keys to sign plugins with
    Key(super::sign::Key),
    /// Sign a plugin, or the index of a source
    Sign(super::sign::Sign),
    /// Write the index of a folder with plugins, for a source, or bring it up to date, and sign it
    Index(super::index::KeepIndex),
}
