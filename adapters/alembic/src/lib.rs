//! A dapter adapter that drives an existing Alembic project with the user's own Python.
//!
//! Alembic goes on to run the migrations, within the project's own `env.py`; its table says what is applied. What dapter
//! remembers besides lies in a schema of its own in the same database. dapter's scripts are wrappers, one of each revision: the
//! adapter lists them, and has Alembic make new ones.
#![deny(missing_docs)]

mod adapter;
mod address;
mod driver;
mod remembered;
mod session;
mod statement;
mod wrapper;

pub use adapter::AlembicAdapter;
pub use session::AlembicSession;

dapter_plugin_api::export_adapter!(AlembicAdapter);
