//! The structs of a program as models.

use dapter_plugin_api::{Schema, SchemaObject};

use super::{Described, DesiredState};
use crate::diff::Rename;

/// A type whose values are the rows of a table. `#[derive(Model)]` makes one of a struct.
pub trait Model {
    /// The table, with portable types.
    fn table() -> SchemaObject;

    /// What was called otherwise before. It says so as long as it likes: where nothing is called so any more, nothing is
    /// renamed.
    fn renames() -> Vec<Rename> {
        Vec::new()
    }
}

/// The models of a program.
#[derive(Debug, Clone, Default)]
pub struct Models {
    objects: Vec<SchemaObject>,
    renames: Vec<Rename>,
}

impl Models {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more.
    #[must_use]
    pub fn with<M: Model>(mut self) -> Self {
        self.objects.push(M::table());
        self.renames.extend(M::renames());
        self
    }

    /// The same with something that no struct describes: a view, say.
    #[must_use]
    pub fn with_object(mut self, object: SchemaObject) -> Self {
        self.objects.push(object);
        self
    }

    /// What they describe.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema::of(self.objects.clone())
    }

    /// The same as what a database is to be, with what was called otherwise before.
    #[must_use]
    pub fn state(&self) -> DesiredState {
        DesiredState::Described(Described {
            schema: self.schema(),
            former_names: self.renames.clone(),
        })
    }

    /// What was called otherwise before.
    #[must_use]
    pub fn renames(&self) -> &[Rename] {
        &self.renames
    }
}
