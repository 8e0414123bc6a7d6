//! For which server statements are.

use crate::server::Product;
use dapter_plugin_api::Rendering;

/// What decides how statements are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    /// Whose server it is; `None` where that is not known, and both have to understand what is written.
    pub(super) product: Option<Product>,
    version: (u32, u32),
    pub(super) portable_types: bool,
    pub(super) online: bool,
}

impl Dialect {
    pub(super) fn of(rendering: &Rendering) -> Dialect {
        let current = &rendering.current;
        let product = [Product::MySql, Product::MariaDb]
            .into_iter()
            .find(|product| product.name() == current.product);
        let mut parts = current
            .version
            .split(|c: char| !c.is_ascii_digit())
            .map_while(|part| part.parse::<u32>().ok());
        let version = parts.next().zip(parts.next()).unwrap_or_default();
        Dialect {
            product,
            version,
            portable_types: rendering.portable_types,
            online: rendering.online,
        }
    }

    pub(super) fn is_mariadb(self) -> bool {
        self.product == Some(Product::MariaDb)
    }

    /// MariaDB has a type for these since 10.7.
    pub(super) fn has_uuid(self) -> bool {
        self.is_mariadb() && self.version >= (10, 7)
    }
}
