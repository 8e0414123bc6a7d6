//! Scripts: the files that hold revisions.
//!
//! A script is a UTF-8 text in the language of an adapter. dapter reads its *directives*: lines that begin with a comment
//! marker (`--`, `#` or `//`) and `dapter:`, a name and perhaps a value. A line that looks like one is one, wherever it
//! stands, also inside a string of the adapter's language. What there is, with remarks on the right that are no part of it:
//!
//! ```text
//! -- Add users table                                 the message: the first comment that is no directive
//! -- dapter:revision   ae1027a6acf0                  required
//! -- dapter:revises    1a2b3c4d5e6f                  parents; absent or `base` for a base revision
//! -- dapter:created    2025-05-16T10:30:00Z
//! -- dapter:branch     crm                           branch labels
//! -- dapter:depends-on billing                       ids or branch labels
//! -- dapter:alias      V1                             what another tool called it; usable wherever an id is
//! -- dapter:replaces   0123456789ab                   revisions whose scripts it took the place of
//! -- dapter:transaction none                         run outside any transaction; in a section for it alone
//! -- dapter:variables  on                             `${name}` stands for a variable, `$${` writes `${`
//! -- dapter:allow      PG101 "a small table"          what lint may find here; in a section for the next statement alone
//!
//! -- dapter:upgrade                                  for every adapter that no other upgrade section names
//! -- dapter:upgrade mysql mariadb                    for these adapters
//! -- dapter:statement                                up to `end`: one statement that no splitter may touch
//! -- dapter:end
//!
//! -- dapter:downgrade                                or, in the header: dapter:irreversible "why"
//! ```
//!
//! A script whose file ends in `.toml` is portable: after the header, whose comments begin with `#`, come operations, each from its
//! `[[upgrade]]` or `[[downgrade]]` on, in the words of TOML. Each adapter makes statements of them when they run. Where there is
//! nothing to do, `upgrade = []` or `downgrade = []` stands before the first operation.
//!
//! A script in `repeatable/` is no revision: its header says `-- dapter:repeatable NAME` instead, its `depends-on` names
//! other repeatable scripts, and it has no downgrade section. It runs again whenever its text has changed.
//!
//! Lists are separated by commas, blanks or both. Everything before the first section is the header, in which only
//! comments may stand; a section ends where the next one begins.
//!
//! Parsing, checksums and templates are pure; [`ScriptDirectory`] alone reads and writes files, or reads what is
//! [embedded](crate::embed_migrations) in the program.

mod allow;
mod body;
mod checksum;
mod directive;
mod directory;
mod done;
mod error;
mod file_name;
mod folder;
mod header;
mod in_parts;
mod language;
mod lines;
mod loose;
mod parse;
mod parsed;
mod problem;
mod rendered;
mod repeatable;
mod revising;
mod sections;
mod source;
mod squashed;
mod substitution;
mod template;
mod timestamp;

pub use allow::Allow;
pub(crate) use allow::allowed_in;
pub(crate) use body::place_behind;
pub use body::{BodyPart, ScriptBody};
pub use checksum::{Checksum, ChecksumParseError};
pub use directory::{Initialized, Orphan, ScriptDirectory};
pub(crate) use directory::{Listed, LoadedScript, Unlisted};
pub use done::DoneChecksum;
pub use error::ScriptError;
pub(crate) use file_name::{file_name, is_portable, slug};
pub(crate) use header::is_message;
pub use header::{HeaderLines, ScriptTimeouts, ScriptTransaction};
pub(crate) use in_parts::in_parts;
pub use loose::LooseFile;
pub use parse::parse;
pub use parsed::{Script, SectionError};
pub(crate) use rendered::{Made, Segment, rendered};
pub(crate) use repeatable::in_order;
pub use sections::{Chunk, ChunkKind, Section};
pub use source::{EmbeddedScripts, ScriptSource};
pub(crate) use squashed::{SquashedHeader, squashed};
pub(crate) use substitution::{Substitution, filled_text, substituted};
pub use template::{NewScript, ScriptFormat, default_template, render};
