//! The types that cross the boundary as they lie in memory. They are frozen: see ARCHITECTURE.md before touching one.
#![allow(
    missing_debug_implementations,
    missing_docs,
    non_camel_case_types,
    non_local_definitions,
    unreachable_pub,
    unsafe_code,
    unused_qualifications,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "raised by the code that the macros of abi_stable 0.11 write"
)]

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::package_version_strings;
use abi_stable::sabi_trait;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{RBox, RResult, RSlice, RVec};
use async_ffi::BorrowingFfiFuture;

/// An adapter or a session.
#[sabi_trait]
pub trait Port: Send + Sync {
    /// Answers one document with another. Refuses while an earlier call is running.
    #[sabi(last_prefix_field)]
    fn call<'a>(&'a self, request: RSlice<'a, u8>) -> BorrowingFfiFuture<'a, RVec<u8>>;

    /// Stops the running call from another thread, if the adapter can.
    fn cancel(&self) {}
}

/// A port without its type.
pub type PortBox = Port_TO<'static, RBox<()>>;

/// What a plugin exports.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModule_Ref, prefix_fields = PluginModule_Prefix)))]
pub struct PluginModule {
    /// Opens what the document names: an adapter, or a session of one. The error is a document too.
    #[sabi(last_prefix_field)]
    pub open:
        for<'a> extern "C" fn(RSlice<'a, u8>) -> BorrowingFfiFuture<'a, RResult<PortBox, RVec<u8>>>,

    /// The descriptor, as it lies in the library's section.
    #[sabi(missing_field(option))]
    pub descriptor: extern "C" fn() -> RVec<u8>,
}

impl RootModule for PluginModule_Ref {
    abi_stable::declare_root_module_statics! {PluginModule_Ref}
    const BASE_NAME: &'static str = "dapter_plugin";
    const NAME: &'static str = "dapter plugin";
    const VERSION_STRINGS: VersionStrings = package_version_strings!();
}
