//! The loader, given what it may meet: files that are no plugin, plugins of another age and of another compiler, adapters
//! that panic, and several plugins at once.

mod loader {
    mod ages;
    mod files;
    #[cfg(unix)]
    mod isolated;
    mod manners;
    mod pinned;
    mod plugins;
    mod steps;
}
