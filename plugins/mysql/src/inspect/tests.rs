//! What the catalog tells, as it becomes a schema.
