//! `#[derive(Model)]`, which `dapter` exports: the table that the rows of a struct are in.
//!
//! A field is a column, of a portable type: `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `String` and `Vec<u8>`; an
//! `Option` of these may be without a value. All others say theirs with `type`.
//!
//! | `#[table(…)]` | |
//! |---|---|
//! | `name = "users"` | its name, if it is not that of the struct in lower case with underscores |
//! | `schema = "shop"` | its schema |
//! | `rename_from = "people"` | what it was called before |
//!
//! | `#[column(…)]` | |
//! |---|---|
//! | `name = "at"`, `type = "timestamptz"` | its name, if it is not that of the field; its type, portable or the database's own |
//! | `primary_key`, `identity` | part of the primary key; numbered by the database |
//! | `unique`, `index` | a unique constraint, an index |
//! | `default = "'nobody'"` | an expression |
//! | `references = "users.id"`, `on_delete = "cascade"` | a foreign key, and what becomes of a row without its other |
//! | `rename_from = "mail"` | what it was called before |
//! | `rename_values(sad = "blue")` | what values were called before that its type or a condition lists, and what they are called now |
//! | `skip` | no column |
//!
//! ```compile_fail
//! #[derive(dapter::Model)]
//! struct User {
//!     id: std::net::IpAddr, // has no portable type
//! }
//! ```
#![deny(missing_docs)]

mod attributes;
mod expand;
mod types;

/// Makes a struct with named fields a model: `dapter::Model`.
#[proc_macro_derive(Model, attributes(table, column))]
pub fn model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let expanded = syn::parse(input).and_then(|input| expand::model(&input));
    expanded
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// What the documents say is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/models.md")]
struct Documents;
