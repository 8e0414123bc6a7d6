//! Statements for operations.
