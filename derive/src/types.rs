//! Portable types of the types of fields.

use syn::{GenericArgument, PathArguments, Type};

/// A field's type as a column's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// The portable type; none if there is none of that name.
    pub(crate) portable: Option<&'static str>,
    /// Whether a row may be without a value.
    pub(crate) is_optional: bool,
}

impl ColumnType {
    pub(crate) fn of(field: &Type) -> Self {
        match argument(field, "Option") {
            Some(inner) => ColumnType {
                portable: portable(inner),
                is_optional: true,
            },
            None => ColumnType {
                portable: portable(field),
                is_optional: false,
            },
        }
    }
}

/// The type that a number or text of Rust fits into. Unsigned numbers have the next that holds them all.
fn portable(field: &Type) -> Option<&'static str> {
    if argument(field, "Vec").is_some_and(|inner| word(inner).as_deref() == Some("u8")) {
        return Some("binary");
    }
    Some(match word(field)?.as_str() {
        "bool" => "boolean",
        "i8" | "u8" | "i16" => "smallint",
        "u16" | "i32" => "integer",
        "u32" | "i64" => "bigint",
        "f32" => "real",
        "f64" => "double",
        "String" => "text",
        _ => return None,
    })
}

/// The last word of a path without arguments: `String` of `std::string::String`.
fn word(field: &Type) -> Option<String> {
    let Type::Path(path) = field else { return None };
    let last = path.path.segments.last()?;
    last.arguments.is_empty().then(|| last.ident.to_string())
}

/// `T` of `Option<T>`, of whatever path.
fn argument<'t>(field: &'t Type, of: &str) -> Option<&'t Type> {
    let Type::Path(path) = field else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if last.ident == of => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_rust_have_portable_ones() {
        let table = [
            ("bool", Some("boolean"), false),
            ("i64", Some("bigint"), false),
            ("std::string::String", Some("text"), false),
            ("Option<i32>", Some("integer"), true),
            ("std::option::Option<Vec<u8>>", Some("binary"), true),
            ("Vec<u16>", None, false),
            ("u64", None, false),
            ("Uuid", None, false),
            ("Option<[u8; 4]>", None, true),
        ];
        for (text, portable, is_optional) in table {
            let field = syn::parse_str(text).expect(text);
            let expected = ColumnType {
                portable,
                is_optional,
            };
            assert_eq!(ColumnType::of(&field), expected, "{text}");
        }
    }
}
