//! The boundary between a host and a plugin.
//!
//! One frozen function and growing documents. The library exports one root module; its `open` makes objects with two
//! methods that never change: `call(document) -> future of a document` and `cancel()`. An object is an adapter without a
//! connection, or a session. Documents are serde types in JSON behind one byte that names the format; readers ignore
//! fields they do not know, new fields have defaults, and an unknown request is answered with
//! [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported). So a host and a plugin of different age understand each
//! other as far as both go, and the same documents can go over a pipe to a plugin in a child process.
//!
//! The way of a call: [`Session`] (host) -> `wire` document -> [`Transport`] -> `raw` object -> `export` -> the author's
//! session, and back. This is the only module of the crate with `abi_stable` and with unsafe code.
//!
//! **Invariant:** nothing outside this module reads a document; what carries them elsewhere takes them for bytes.

mod block_on;
mod blocking;
pub mod descriptor;
mod export;
mod guard;
mod import;
mod layout;
mod raw;
mod session;
mod transport;
mod wire;

pub use block_on::block_on;
pub use descriptor::ABI_VERSION;
pub use import::{Adapter, ImportError, Plugin};
pub use session::Session;
pub use transport::{CallFuture, OpenFuture, Source, Transport, operation, refusal};

/// The name of the symbol under which a plugin exports its header, as `abi_stable` defines it.
pub const HEADER_SYMBOL: &str = "_1as_0lib_1header_0root_bmodule_bloader";

/// What [`export_adapter!`](crate::export_adapter) expands to; no part of the interface.
#[doc(hidden)]
pub mod private {
    pub use super::blocking::Blocking;
    pub use super::descriptor::{PluginFacts, json_length, write_json};
    pub use super::export::{AdapterList, header};
    pub use abi_stable::library::LibHeader;
}

/// Exports adapters from this library: `export_adapter!(MyAdapter);`, with `async` before each that implements
/// [`AsyncMigrationAdapter`](crate::AsyncMigrationAdapter), and commas between several.
///
/// The crate must be a `cdylib`, and must be compiled with `panic = "unwind"`. Every plugin exports the same symbol: whoever
/// wants programs to link the adapters too, beside others, keeps them in a library of their own, which needs no macro
/// ([`Adapter::linked_sync`], [`Adapter::linked_async`]), and exports them from a small crate that depends on it.
#[macro_export]
macro_rules! export_adapter {
    ($($adapters:tt)+) => {
        const _: () = {
            #[cfg(panic = "abort")]
            compile_error!("a dapter plugin must be compiled with panic = \"unwind\"");

            type Adapters = $crate::__adapter_list!($($adapters)+);

            const FACTS: $crate::abi::private::PluginFacts = $crate::abi::private::PluginFacts {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                license: env!("CARGO_PKG_LICENSE"),
                description: env!("CARGO_PKG_DESCRIPTION"),
                homepage: env!("CARGO_PKG_HOMEPAGE"),
                adapters: <Adapters as $crate::abi::private::AdapterList>::DESCRIPTIONS,
            };
            const LENGTH: usize = $crate::abi::private::json_length(&FACTS);
            #[used]
            #[cfg_attr(any(target_os = "macos", target_os = "ios"), unsafe(link_section = "__DATA,__dapter"))]
            #[cfg_attr(not(any(target_os = "macos", target_os = "ios")), unsafe(link_section = ".dapter"))]
            static DESCRIPTOR: [u8; LENGTH] = $crate::abi::private::write_json(&FACTS);

            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static HEADER: $crate::abi::private::LibHeader = $crate::abi::private::header::<Adapters>();
        };
    };
}

/// Turns the arguments of [`export_adapter!`](crate::export_adapter) into a type.
#[doc(hidden)]
#[macro_export]
macro_rules! __adapter_list {
    () => { () };
    (async $adapter:ty $(, $($rest:tt)*)?) => {
        ($adapter, $crate::__adapter_list!($($($rest)*)?))
    };
    ($adapter:ty $(, $($rest:tt)*)?) => {
        ($crate::abi::private::Blocking<$adapter>, $crate::__adapter_list!($($($rest)*)?))
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_header_symbol_is_the_one_that_abi_stable_looks_for() {
        assert_eq!(
            super::HEADER_SYMBOL,
            abi_stable::library::ROOT_MODULE_LOADER_NAME
        );
    }
}
