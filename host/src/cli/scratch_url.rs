//! `--scratch-url`.

use clap::Args;
use dapter::project::DatabaseUrl;

use super::output::Failure;

/// Where scratch databases are made.
#[derive(Debug, Default, Args)]
pub(crate) struct ScratchUrl {
    // Read later: what clap says of a value that it cannot read has the value in it, and so a password.
    /// Server to make scratch databases on, instead of the target's
    #[arg(long, value_name = "URL")]
    scratch_url: Option<String>,
}

/// Whether what was changed by hand is told, and where it is found out.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Drift {
    /// Build what the scripts build in a scratch database too, and tell what was changed by hand
    #[arg(long)]
    pub(super) drift: bool,
    /// Server to make scratch databases on, instead of the target's
    #[arg(long, value_name = "URL", requires = "drift")]
    scratch_url: Option<String>,
}

impl ScratchUrl {
    pub(super) fn is_given(&self) -> bool {
        self.scratch_url.is_some()
    }

    pub(super) fn parse(&self) -> Result<Option<DatabaseUrl>, Failure> {
        parse(self.scratch_url.as_deref())
    }
}

impl Drift {
    pub(super) fn scratch_url(&self) -> Result<Option<DatabaseUrl>, Failure> {
        parse(self.scratch_url.as_deref())
    }
}

fn parse(url: Option<&str>) -> Result<Option<DatabaseUrl>, Failure> {
    let url = url.map(DatabaseUrl::parse).transpose();
    url.map_err(|error| Failure::usage(format!("--scratch-url: {error}")).hint(error.hint()))
}
