//! Members that documents leave out.

/// Whether a value is what is there when nothing was said.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
