//! What a database is built of, in values that can be compared, written down and built again.
//!
//! The database itself says what is in them: types, defaults and expressions are its own texts, so two schemas that one
//! server read are compared by equality. What the model has no words for is carried as a [`Definition`] with what it
//! depends on, and never dropped.

mod column;
mod constraint;
mod defaults;
mod index;
mod lines;
mod list;
mod name;
mod object;
mod table;
mod types;

pub use column::{Column, Generated, Identity, IdentityKind};
pub use constraint::{Check, Deferral, Exclusion, ForeignKey, Key, ReferentialAction};
use defaults::is_default;
pub use index::{Index, IndexPart};
pub use name::ObjectName;
pub use object::{Body, Definition, Dependency, Schema, SchemaObject, SchemaRules};
pub use table::{Partitioning, Table, following_name};
pub use types::{Composite, Domain, Enumeration, Field, Sequence};
