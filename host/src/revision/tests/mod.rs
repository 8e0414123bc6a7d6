//! What the module promises, as tables and pictures; properties on random graphs.

mod expressions;
mod graphs;
mod names;
mod paths;
mod properties;
mod resolving;
