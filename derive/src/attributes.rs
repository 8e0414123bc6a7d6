//! What is said of a struct and its fields.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Ident, LitStr, Result, Token, parenthesized};

/// `#[table(…)]`.
#[derive(Default)]
pub(crate) struct TableAttributes {
    pub(crate) name: Option<LitStr>,
    pub(crate) schema: Option<LitStr>,
    pub(crate) rename_from: Option<LitStr>,
}

/// `#[column(…)]`.
#[derive(Default)]
pub(crate) struct ColumnAttributes {
    pub(crate) name: Option<LitStr>,
    pub(crate) data_type: Option<LitStr>,
    pub(crate) default: Option<LitStr>,
    pub(crate) references: Option<LitStr>,
    pub(crate) on_delete: Option<LitStr>,
    pub(crate) rename_from: Option<LitStr>,
    /// Listed values: the one before, and the one now.
    pub(crate) rename_values: Vec<(String, String)>,
    pub(crate) primary_key: bool,
    pub(crate) identity: bool,
    pub(crate) unique: bool,
    pub(crate) index: bool,
    pub(crate) skip: bool,
}

impl TableAttributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut said = Self::default();
        each(attributes, "table", |word, meta| {
            let place = match word {
                "name" => &mut said.name,
                "schema" => &mut said.schema,
                "rename_from" => &mut said.rename_from,
                _ => return Err(meta.error("a table has `name`, `schema` and `rename_from`")),
            };
            set(place, meta)
        })?;
        Ok(said)
    }
}

impl ColumnAttributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut said = Self::default();
        each(attributes, "column", |word, meta| {
            let place = match word {
                "name" => &mut said.name,
                "type" => &mut said.data_type,
                "default" => &mut said.default,
                "references" => &mut said.references,
                "on_delete" => &mut said.on_delete,
                "rename_from" => &mut said.rename_from,
                "rename_values" => return values(&mut said.rename_values, meta),
                "primary_key" => return is_so(&mut said.primary_key),
                "identity" => return is_so(&mut said.identity),
                "unique" => return is_so(&mut said.unique),
                "index" => return is_so(&mut said.index),
                "skip" => return is_so(&mut said.skip),
                _ => {
                    return Err(meta.error(
                        "a column has `name`, `type`, `primary_key`, `identity`, `unique`, `index`, `default`, \
                         `references`, `on_delete`, `rename_from`, `rename_values` and `skip`",
                    ));
                }
            };
            set(place, meta)
        })?;
        match &said.on_delete {
            Some(action) if said.references.is_none() => {
                let message = "`on_delete` needs `references`";
                Err(syn::Error::new(action.span(), message))
            }
            _ => Ok(said),
        }
    }
}

fn each(
    attributes: &[Attribute],
    of: &str,
    mut take: impl FnMut(&str, &ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    for attribute in attributes.iter().filter(|it| it.path().is_ident(of)) {
        attribute.parse_nested_meta(|meta| {
            // `type` is no identifier to those who ask for one.
            let word = meta.path.segments.last().map(|it| it.ident.to_string());
            take(&word.unwrap_or_default(), &meta)
        })?;
    }
    Ok(())
}

fn set(place: &mut Option<LitStr>, meta: &ParseNestedMeta<'_>) -> Result<()> {
    let text: LitStr = meta.value()?.parse()?;
    match text.value().trim().is_empty() {
        true => Err(syn::Error::new(text.span(), "this must not be empty")),
        false => {
            *place = Some(text);
            Ok(())
        }
    }
}

/// Reads `(sad = "blue", "not ok" = "so so")`.
fn values(said: &mut Vec<(String, String)>, meta: &ParseNestedMeta<'_>) -> Result<()> {
    let inside;
    parenthesized!(inside in meta.input);
    while !inside.is_empty() {
        let before = match inside.peek(LitStr) {
            true => inside.parse::<LitStr>()?.value(),
            false => inside.call(Ident::parse_any)?.to_string(),
        };
        inside.parse::<Token![=]>()?;
        said.push((before, inside.parse::<LitStr>()?.value()));
        if !inside.is_empty() {
            inside.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn is_so(place: &mut bool) -> Result<()> {
    *place = true;
    Ok(())
}
