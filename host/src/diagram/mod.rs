//! Tables and what they refer to, as a picture or the source of one. PURE.
//!
//! - `text` the source of a picture, which another program draws
//! - `svg` the picture itself
//! - `layout` where its boxes and lines are
//! - `layers` which boxes stand above each other, in which order

mod layers;
mod layout;
mod svg;
mod text;

pub use svg::svg;
pub use text::{dot, mermaid};
