//! From a struct to what makes its table.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, Result};

use crate::attributes::{ColumnAttributes, TableAttributes};
use crate::types::ColumnType;

/// The implementation of `dapter::Model`. Everything that is wrong is told at once, where it is wrong.
pub(crate) fn model(input: &DeriveInput) -> Result<TokenStream> {
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            _ => return Err(no_model(input)),
        },
        _ => return Err(no_model(input)),
    };
    let table = TableAttributes::of(&input.attrs)?;
    let (schema, name) = names(input, &table);
    let mut errors: Option<Error> = None;
    let mut columns = Vec::new();
    for field in fields {
        match column(field) {
            Ok(column) => columns.extend(column),
            Err(error) => match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            },
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    if columns.is_empty() {
        return Err(no_model(input));
    }
    let parts: Vec<TokenStream> = columns.iter().map(|it| it.parts(&name)).collect();
    let key: Vec<&String> = columns
        .iter()
        .filter(|column| column.said.primary_key)
        .map(|column| &column.name)
        .collect();
    let key = (!key.is_empty()).then(|| {
        quote! { table.primary_key = Some(Key { columns: vec![#(IndexPart::column(#key)),*], ..Key::default() }); }
    });
    let renames = renames(&schema, &name, &table, &columns);
    let ident = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #generics ::dapter::Model for #ident #arguments #bounds {
            fn table() -> ::dapter::api::SchemaObject {
                #[allow(unused_imports)]
                use ::dapter::api::schema::{
                    Column, ForeignKey, Identity, IdentityKind, Index, IndexPart, Key, ReferentialAction, Table,
                };
                #[allow(unused_imports)]
                use ::dapter::api::{ObjectName, SchemaObject};
                let mut table = Table::default();
                #(#parts)*
                #key
                table.sort();
                SchemaObject::of_table(ObjectName::within(#schema, #name), table)
            }

            fn renames() -> ::std::vec::Vec<::dapter::diff::Rename> {
                vec![#(#renames),*]
            }
        }
    })
}

fn no_model(input: &DeriveInput) -> Error {
    let message = "a model is a struct with named fields, one of which at least is a column";
    Error::new_spanned(&input.ident, message)
}

/// The table's schema and its name.
fn names(input: &DeriveInput, table: &TableAttributes) -> (String, String) {
    let schema = table.schema.as_ref().map(LitStr::value);
    let name = table.name.as_ref().map(LitStr::value);
    let own = || lower(&input.ident.to_string());
    (schema.unwrap_or_default(), name.unwrap_or_else(own))
}

/// `OrderLine` as `order_line`.
fn lower(name: &str) -> String {
    let mut lower = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !lower.is_empty() {
            lower.push('_');
        }
        lower.extend(c.to_lowercase());
    }
    lower
}

struct Column {
    name: String,
    data_type: String,
    is_optional: bool,
    said: ColumnAttributes,
}

fn column(field: &Field) -> Result<Option<Column>> {
    let said = ColumnAttributes::of(&field.attrs)?;
    if said.skip {
        return Ok(None);
    }
    let ColumnType {
        portable,
        is_optional,
    } = ColumnType::of(&field.ty);
    let data_type = match (&said.data_type, portable) {
        (Some(own), _) => own.value(),
        (None, Some(portable)) => portable.to_owned(),
        (None, None) => {
            let message = "this has no portable type: say which with #[column(type = \"…\")], or #[column(skip)]";
            return Err(Error::new_spanned(&field.ty, message));
        }
    };
    if is_optional && said.primary_key {
        let message = "a primary key always has a value";
        return Err(Error::new_spanned(&field.ty, message));
    }
    if let Some(references) = &said.references {
        reference(references)?;
    }
    if let Some(action) = &said.on_delete {
        on_delete(action)?;
    }
    let own = field.ident.as_ref().map(|ident| {
        let name = ident.to_string();
        // A raw identifier is the word without its mark.
        name.strip_prefix("r#").unwrap_or(&name).to_owned()
    });
    let name = said.name.as_ref().map(LitStr::value).or(own);
    Ok(Some(Column {
        name: name.unwrap_or_default(),
        data_type,
        is_optional,
        said,
    }))
}

impl Column {
    /// The statements that add it, and what belongs to it, to `table`.
    fn parts(&self, of: &str) -> TokenStream {
        let Column {
            name,
            data_type,
            is_optional,
            said,
        } = self;
        let not_null = !is_optional;
        let default = said.default.iter();
        let identity = said.identity.then(|| {
            quote! { column.identity = Some(Identity { kind: IdentityKind::ByDefault, sequence: None }); }
        });
        let unique = said.unique.then(|| {
            let key = format!("{of}_{name}_key");
            quote! { table.uniques.push(Key { name: #key.to_owned(), columns: vec![IndexPart::column(#name)], ..Key::default() }); }
        });
        let index = said.index.then(|| {
            let index = format!("{of}_{name}_idx");
            quote! { table.indexes.push(Index { name: #index.to_owned(), columns: vec![IndexPart::column(#name)], ..Index::default() }); }
        });
        let reference = self.foreign_key(of);
        quote! {
            let mut column = Column { name: #name.to_owned(), data_type: #data_type.to_owned(), not_null: #not_null, ..Column::default() };
            #(column.default = Some(#default.to_owned());)*
            #identity
            table.columns.push(column);
            #unique
            #index
            #reference
        }
    }

    fn foreign_key(&self, of: &str) -> Option<TokenStream> {
        let (name, said) = (&self.name, &self.said);
        let (schema, table, column) = reference(said.references.as_ref()?).ok()?;
        let key = format!("{of}_{name}_fkey");
        let action = said
            .on_delete
            .as_ref()
            .and_then(|action| on_delete(action).ok());
        let action = action.into_iter();
        Some(quote! {
            let mut key = ForeignKey {
                name: #key.to_owned(),
                columns: vec![#name.to_owned()],
                table: ObjectName::within(#schema, #table),
                references: vec![#column.to_owned()],
                ..ForeignKey::default()
            };
            #(key.on_delete = #action;)*
            table.foreign_keys.push(key);
        })
    }
}

/// Schema, table and column of `shop.users.id` or `users.id`.
fn reference(text: &LitStr) -> Result<(String, String, String)> {
    let written = text.value();
    let parts: Vec<&str> = written.split('.').map(str::trim).collect();
    let parts = match parts[..] {
        [table, column] => ["", table, column],
        [schema, table, column] if !schema.is_empty() => [schema, table, column],
        _ => ["", "", ""],
    };
    match parts.map(str::to_owned) {
        [schema, table, column] if !table.is_empty() && !column.is_empty() => {
            Ok((schema, table, column))
        }
        _ => Err(Error::new(text.span(), "write TABLE.COLUMN: `users.id`")),
    }
}

fn on_delete(text: &LitStr) -> Result<TokenStream> {
    let action = match text.value().to_lowercase().replace('_', " ").as_str() {
        "no action" => quote!(NoAction),
        "restrict" => quote!(Restrict),
        "cascade" => quote!(Cascade),
        "set null" => quote!(SetNull),
        "set default" => quote!(SetDefault),
        _ => {
            let message = "write `no action`, `restrict`, `cascade`, `set null` or `set default`";
            return Err(Error::new(text.span(), message));
        }
    };
    Ok(quote!(ReferentialAction::#action))
}

fn renames(
    schema: &str,
    name: &str,
    table: &TableAttributes,
    columns: &[Column],
) -> Vec<TokenStream> {
    let qualified = |name: &str| match schema.is_empty() {
        true => name.to_owned(),
        false => format!("{schema}.{name}"),
    };
    let own = qualified(name);
    let of_table = table
        .rename_from
        .iter()
        .map(|from| (qualified(&from.value()), own.clone()));
    let of_columns = columns.iter().flat_map(|column| {
        let named = format!("{own}.{}", column.name);
        let of_values = column.said.rename_values.iter();
        let of_values =
            of_values.map(|(from, to)| (format!("{named}.{from}"), format!("{named}.{to}")));
        let of_itself = column.said.rename_from.iter();
        let of_itself = of_itself.map(|from| (format!("{own}.{}", from.value()), named.clone()));
        of_itself.chain(of_values).collect::<Vec<_>>()
    });
    let all = of_table.chain(of_columns);
    all.map(|(from, to)| quote! { ::dapter::diff::Rename { from: #from.to_owned(), to: #to.to_owned() } })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of a struct that is no model.
    fn told(text: &str) -> Vec<String> {
        let input = syn::parse_str(text).expect(text);
        let error = model(&input).expect_err(text);
        error.into_iter().map(|it| it.to_string()).collect()
    }

    #[test]
    fn what_is_no_model_is_told() {
        let table = [
            ("struct A;", "a model is a struct"),
            ("enum A { B }", "a model is a struct"),
            ("struct A { #[column(skip)] a: i32 }", "a model is a struct"),
            ("struct A { a: Uuid }", "this has no portable type"),
            (
                "struct A { #[column(primary_key)] a: Option<i32> }",
                "a primary key always",
            ),
            (
                "struct A { #[column(uniqe)] a: i32 }",
                "a column has `name`",
            ),
            (
                "struct A { #[column(rename_values(a = 1))] a: i32 }",
                "expected string literal",
            ),
            (
                "#[table(nam = \"a\")] struct A { a: i32 }",
                "a table has `name`",
            ),
            (
                "#[table(name = \"\")] struct A { a: i32 }",
                "this must not be empty",
            ),
            (
                "struct A { #[column(references = \"users\")] a: i32 }",
                "write TABLE.COLUMN",
            ),
            (
                "struct A { #[column(on_delete = \"cascade\")] a: i32 }",
                "`on_delete` needs",
            ),
            (
                "struct A { #[column(references = \"a.b\", on_delete = \"go\")] a: i32 }",
                "write `no action`",
            ),
        ];
        for (text, expected) in table {
            let told = told(text);
            assert!(told[0].starts_with(expected), "{text}: {told:?}");
        }
        assert_eq!(
            told("struct A { a: Uuid, b: u64, c: i32 }").len(),
            2,
            "all at once"
        );
    }

    #[test]
    fn a_table_is_called_like_its_struct() {
        assert_eq!(lower("OrderLine"), "order_line");
        assert_eq!(lower("User"), "user");
    }
}
