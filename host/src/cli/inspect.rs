//! `dapter inspect`.

use clap::{Args, ValueEnum};
use dapter::autogenerate::{to_json, to_toml};
use dapter::diagram;
use dapter::diff::Filter;

use super::output::{Failure, Output};
use super::session::Session;

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Show only such objects: users, 'shop_*', 'view report_*'
    #[arg(value_name = "PATTERN")]
    include: Vec<String>,
    /// Leave such objects out; may be repeated
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// How: statements that build it, a document, or a diagram of the tables [default: sql]
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "sql",
        hide_default_value = true
    )]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Sql,
    Json,
    Toml,
    Mermaid,
    Dot,
    Svg,
}

pub(super) fn run(
    command: &Inspect,
    session: &Session<'_>,
    output: &Output,
) -> Result<(), Failure> {
    let target = session.target()?;
    let migrator = session.migrator(&target)?;
    let filter = Filter {
        include: command.include.clone(),
        exclude: command.exclude.clone(),
    };
    let schema = filter.of(migrator.inspect()?);
    let failed = |error: dapter::autogenerate::DocumentError| Failure::refused(error.to_string());
    // A large schema is a larger document: it is only made for whom it is printed.
    if output.is_json() {
        return output.result(&to_json(&schema).map_err(failed)?, &"");
    }
    let text = match command.format {
        Format::Sql => migrator.build_text(schema)?,
        Format::Json => format!("{:#}\n", to_json(&schema).map_err(failed)?),
        Format::Toml => to_toml(&schema).map_err(failed)?,
        Format::Mermaid => diagram::mermaid(&schema),
        Format::Dot => diagram::dot(&schema),
        Format::Svg => diagram::svg(&schema),
    };
    output.piped(&text)
}
