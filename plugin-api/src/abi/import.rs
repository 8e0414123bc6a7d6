//! The host's side: adapters and sessions as plain values, whatever is behind them.
#![allow(unsafe_code)]

use super::descriptor::{AdapterInfo, Described};
use super::export::{AdapterList, Module};
use super::layout::check_layout;
use super::raw::PluginModule_Ref;
use super::session::Session;
use super::transport::{OpenFuture, Source, Transport, outcome};
use super::wire::{Open, Request, encode_call, encode_into};
use crate::abi::private::Blocking;
use crate::{
    AdapterError, AsyncMigrationAdapter, Backup, Capability, ConnectOptions, ErrorKind, Finding,
    LintRule, LintScript, NewRevision, OfflineScript, Rendered, Rendering, Result, Statement,
    SyncMigrationAdapter, ToolScript,
};
use abi_stable::library::{AbiHeader, AbiHeaderRef, LibHeader, LibraryError, RootModule};
use abi_stable::std_types::RResult;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::ffi::c_void;
use std::fmt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

/// Why a loaded library cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// What it exports as its header is none.
    #[error("its header cannot be used: {0}")]
    Header(String),
    /// It was built with a version of `abi_stable` that lays out memory differently.
    #[error("it was built with abi_stable {major}.{minor}, and this dapter with 0.11")]
    Foundation {
        /// Major version found.
        major: u32,
        /// Minor version found.
        minor: u32,
    },
    /// It was built for another major version of the boundary.
    #[error("it was built with dapter-plugin-api {found}, and this dapter with {expected}")]
    Version {
        /// Version found.
        found: String,
        /// Version of this side.
        expected: String,
    },
    /// The types of the boundary differ although their versions agree.
    #[error(
        "its types differ from this dapter's (dapter-plugin-api {found} and {expected}): {summary}"
    )]
    Layout {
        /// Version found.
        found: String,
        /// Version of this side.
        expected: String,
        /// The first differences, in one line.
        summary: String,
    },
    /// It failed, or panicked, while it was starting.
    #[error("it failed while starting: {0}")]
    Start(String),
}

/// A loaded plugin: the root module of its library, which is never unloaded.
#[derive(Clone, Copy)]
pub struct Plugin {
    module: PluginModule_Ref,
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").finish_non_exhaustive()
    }
}

impl Plugin {
    /// Takes over a library through the header that it exports.
    ///
    /// The check of the types looks in the direction of age: an older plugin may know less than the host, a newer one
    /// more. (The stock check of `abi_stable` accepts only the second.) It keeps no state, so the order in which plugins
    /// are loaded does not matter.
    ///
    /// # Safety
    /// `header` must be the address of the symbol [`HEADER_SYMBOL`](super::HEADER_SYMBOL) of a library that stays loaded
    /// until the process ends.
    ///
    /// # Errors
    /// Why the library cannot be used.
    pub unsafe fn from_header(header: NonNull<c_void>) -> Result<Plugin, ImportError> {
        // SAFETY: the caller vouches for the symbol; `AbiHeaderRef` is a reference to what it names, and `upgrade`
        // compares the magic bytes and the version of abi_stable before anything behind them is read.
        let header: AbiHeaderRef = unsafe { std::mem::transmute_copy(&header) };
        let header: &'static LibHeader = header.upgrade().map_err(|error| match error {
            LibraryError::InvalidAbiHeader(found)
                if found.magic_string == AbiHeader::VALUE.magic_string =>
            {
                ImportError::Foundation {
                    major: found.abi_major,
                    minor: found.abi_minor,
                }
            }
            LibraryError::InvalidAbiHeader(_) => {
                ImportError::Header("it is none of abi_stable's".to_owned())
            }
            other => ImportError::Header(other.to_string()),
        })?;
        let found = header.version_strings().version.to_string();
        let expected = PluginModule_Ref::VERSION_STRINGS.version.to_string();
        let layout = header
            .layout()
            .ok_or_else(|| ImportError::Header("it carries no layout".to_owned()))?;
        if found.split('.').next() != expected.split('.').next() {
            return Err(ImportError::Version { found, expected });
        }
        check_layout(layout).map_err(|summary| ImportError::Layout {
            found,
            expected,
            summary,
        })?;
        // SAFETY: the layouts were compared just above, in the direction in which they may differ: fields and methods
        // at the end, which prefix types and trait objects carry the number of.
        let module = unsafe { header.init_root_module_with_unchecked_layout::<PluginModule_Ref>() }
            .map_err(|error| ImportError::Start(error.to_string()))?;
        Ok(Plugin { module })
    }

    /// The keys of the adapters that the loaded code offers; `None` from a plugin too old to say.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] if the answer cannot be read.
    pub fn adapter_keys(&self) -> Option<Result<Vec<String>>> {
        let descriptor = self.module.descriptor()?;
        Some(outcome(&descriptor()).map(|(keys, _)| keys))
    }

    /// Opens one of its adapters, without connecting to anything.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the plugin has no adapter of that key.
    pub async fn adapter(&self, info: AdapterInfo) -> Result<Adapter> {
        Adapter::of(Arc::new(*self), info).await
    }
}

impl Source for Plugin {
    fn open<'a>(&'a self, document: &'a [u8]) -> OpenFuture<'a> {
        let opened = self.module.open()(document.into());
        Box::pin(async move {
            match opened.await {
                RResult::ROk(port) => Ok(Arc::new(port) as Arc<dyn Transport>),
                RResult::RErr(error) => Err(error.into()),
            }
        })
    }
}

/// An adapter, wherever it comes from: a loaded library, code linked into this program, or another process.
#[derive(Clone)]
pub struct Adapter {
    source: Arc<dyn Source>,
    info: Arc<AdapterInfo>,
    port: Arc<dyn Transport>,
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Adapter {
    /// The adapter of a plugin, wherever its code runs; connects to nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the plugin has no adapter of that key, and what its source fails with.
    pub async fn of(source: Arc<dyn Source>, info: AdapterInfo) -> Result<Adapter> {
        let request = Open::Adapter {
            key: Cow::Borrowed(&info.key),
        };
        let port = open(&*source, &request).await?;
        Ok(Adapter {
            source,
            info: Arc::new(info),
            port,
        })
    }

    /// A blocking adapter that is linked into this program. Its calls go the same way as those of a loaded one.
    ///
    /// # Errors
    /// If the adapter panics when it is made.
    pub async fn linked_sync<A: SyncMigrationAdapter>() -> Result<Adapter> {
        Adapter::linked_async::<Blocking<A>>().await
    }

    /// An asynchronous adapter that is linked into this program.
    ///
    /// # Errors
    /// If the adapter panics when it is made.
    pub async fn linked_async<A: AsyncMigrationAdapter>() -> Result<Adapter> {
        let plugin = Plugin {
            module: Module::<(A, ())>::REF,
        };
        let described = <(A, ()) as AdapterList>::DESCRIPTIONS.ok_or_else(|| {
            AdapterError::new(ErrorKind::Protocol, "the list of adapters is empty")
        })?;
        plugin.adapter(info(described)).await
    }

    /// What the adapter is called and can do.
    pub fn info(&self) -> &AdapterInfo {
        &self.info
    }

    /// Splits a script into statements; see [`SyncMigrationAdapter::split`]. Every range is checked: it lies within the
    /// script, on character boundaries, behind the one before.
    ///
    /// # Errors
    /// [`ErrorKind::Script`] if the script cannot be split.
    pub async fn split(&self, script: &str) -> Result<Vec<Statement>> {
        self.split_with(script, None).await
    }

    /// The same for the database that these options name; see [`SyncMigrationAdapter::split_for`].
    ///
    /// # Errors
    /// As [`split`](Self::split).
    pub async fn split_for(
        &self,
        script: &str,
        options: &ConnectOptions,
    ) -> Result<Vec<Statement>> {
        self.split_with(script, Some(options)).await
    }

    async fn split_with(
        &self,
        script: &str,
        options: Option<&ConnectOptions>,
    ) -> Result<Vec<Statement>> {
        let mut document = Vec::new();
        let request = Request::Split {
            script: Cow::Borrowed(script),
            options: options.map(Cow::Borrowed),
        };
        encode_call(&mut document, request)?;
        let reply = self.port.call(&document).await;
        drop(document);
        let (statements, _) = outcome::<Vec<Statement>>(&reply)?;
        let mut end = 0;
        for statement in &statements {
            if statement.start < end
                || statement.start > statement.end
                || statement.text(script).is_none()
            {
                return Err(AdapterError::new(
                    ErrorKind::Protocol,
                    format!(
                        "the adapter split off bytes {} to {}, which is no statement",
                        statement.start, statement.end
                    ),
                ));
            }
            end = statement.end;
        }
        Ok(statements)
    }

    /// What a script does to a live system; see [`SyncMigrationAdapter::lint`]. Every finding is checked: it is about a
    /// place in one of the statements.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter does not lint.
    pub async fn lint(&self, script: &LintScript<'_>) -> Result<Vec<Finding>> {
        let mut document = Vec::new();
        let request = Request::Lint {
            script: Cow::Borrowed(script.text),
            statements: Cow::Borrowed(script.statements),
            in_transaction: script.in_transaction,
            options: script.options.map(Cow::Borrowed),
        };
        let findings: Vec<Finding> = self.ask(Capability::Lint, request, &mut document).await?;
        let is_placed = |finding: &&Finding| {
            let statement = script.statements.get(finding.statement);
            let text = statement.and_then(|statement| statement.text(script.text));
            let position = finding.position.unwrap_or_default();
            text.zip(usize::try_from(position).ok())
                .is_some_and(|(text, position)| text.is_char_boundary(position))
        };
        match findings.iter().find(|finding| !is_placed(finding)) {
            Some(stray) => Err(AdapterError::new(
                ErrorKind::Protocol,
                format!(
                    "the adapter found {} at a place that is not there",
                    stray.code
                ),
            )),
            None => Ok(findings),
        }
    }

    /// The rules of [`lint`](Self::lint).
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter does not lint.
    pub async fn lint_rules(&self) -> Result<Vec<LintRule>> {
        self.ask(Capability::Lint, Request::LintRules, &mut Vec::new())
            .await
    }

    /// Operations on a schema as statements; see [`SyncMigrationAdapter::render`]. They are taken, since a schema may be large:
    /// they are gone as soon as they are on their way.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter renders none, and what the database cannot do.
    pub async fn render(&self, rendering: Rendering) -> Result<Rendered> {
        let rendering = Cow::Owned(rendering);
        let request = Request::Render { rendering };
        self.ask(Capability::Render, request, &mut Vec::new()).await
    }

    /// What statements are about; see [`SyncMigrationAdapter::subjects`]. A plugin that is older than the question knows of none.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter renders nothing.
    pub async fn subjects(&self, statements: &[String]) -> Result<Vec<Option<String>>> {
        let request = Request::Subjects {
            statements: Cow::Borrowed(statements),
        };
        self.ask(Capability::Render, request, &mut Vec::new()).await
    }

    /// A script that the database's own client runs; see [`SyncMigrationAdapter::offline_script`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter writes none.
    pub async fn offline_script(&self, script: &OfflineScript) -> Result<String> {
        let script = Cow::Borrowed(script);
        let request = Request::OfflineScript { script };
        self.ask(Capability::Offline, request, &mut Vec::new())
            .await
    }

    /// Copies the database into an empty file; see [`SyncMigrationAdapter::backup`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the adapter makes no backups.
    pub async fn backup(&self, options: &ConnectOptions, path: &Path) -> Result<Backup> {
        let request = Request::Backup {
            options: Cow::Borrowed(options),
            path: Cow::Borrowed(path),
        };
        self.ask(Capability::Backup, request, &mut Vec::new()).await
    }

    /// Asks the adapter for what belongs to a capability.
    async fn ask<T: DeserializeOwned>(
        &self,
        needed: Capability,
        request: Request<'_>,
        document: &mut Vec<u8>,
    ) -> Result<T> {
        if !self.info.has(needed) {
            return Err(AdapterError::unsupported(&format!(
                "the capability `{needed}`"
            )));
        }
        encode_call(document, request)?;
        let reply = self.port.call(document).await;
        outcome::<T>(&reply).map(|(value, _)| value)
    }

    /// Makes the database that the URL names; `false` if it was there.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::create_database`].
    pub async fn create_database(&self, options: &ConnectOptions) -> Result<bool> {
        let options = Cow::Borrowed(options);
        let request = Request::CreateDatabase { options };
        self.ask(Capability::CreateDatabase, request, &mut Vec::new())
            .await
    }

    /// Makes a throw-away database, and tells how to connect to it.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::create_scratch`].
    pub async fn create_scratch(&self, options: &ConnectOptions) -> Result<ConnectOptions> {
        let options = Cow::Borrowed(options);
        let request = Request::CreateScratch { options };
        self.ask(Capability::Scratch, request, &mut Vec::new())
            .await
    }

    /// Removes a throw-away database.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::drop_scratch`].
    pub async fn drop_scratch(&self, options: &ConnectOptions) -> Result<()> {
        let options = Cow::Borrowed(options);
        let request = Request::DropScratch { options };
        self.ask(Capability::Scratch, request, &mut Vec::new())
            .await
    }

    /// The scripts of the tool that the adapter drives.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::list_scripts`].
    pub async fn list_scripts(&self, options: &ConnectOptions) -> Result<Vec<ToolScript>> {
        let options = Cow::Borrowed(options);
        let request = Request::ListScripts { options };
        self.ask(Capability::Scripts, request, &mut Vec::new())
            .await
    }

    /// Has the tool make a revision; `None` where it finds nothing to make.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::create_script`].
    pub async fn create_script(
        &self,
        options: &ConnectOptions,
        revision: &NewRevision,
    ) -> Result<Option<ToolScript>> {
        let request = Request::CreateScript {
            options: Cow::Borrowed(options),
            revision: Cow::Borrowed(revision),
        };
        self.ask(Capability::Scripts, request, &mut Vec::new())
            .await
    }

    /// Opens a session.
    ///
    /// # Errors
    /// Those of [`SyncMigrationAdapter::connect`].
    pub async fn connect(&self, options: &ConnectOptions) -> Result<Session> {
        let request = Open::Session {
            key: Cow::Borrowed(&self.info.key),
            options: options.clone(),
        };
        let port = open(&*self.source, &request).await?;
        Ok(Session::new(port, Arc::clone(&self.info)))
    }
}

async fn open(source: &dyn Source, request: &Open<'_>) -> Result<Arc<dyn Transport>> {
    let mut document = Vec::new();
    encode_into(&mut document, request)?;
    source.open(&document).await.map_err(|error| {
        outcome::<()>(&error).err().unwrap_or_else(|| {
            AdapterError::new(ErrorKind::Protocol, "the plugin refused without an error")
        })
    })
}

fn info(described: &Described) -> AdapterInfo {
    let description = &described.description;
    AdapterInfo {
        key: description.key.to_owned(),
        dialect: Some(description.dialect.to_owned()),
        schemes: description
            .schemes
            .iter()
            .map(|&scheme| scheme.to_owned())
            .collect(),
        extension: description.extension.to_owned(),
        comment: description.comment.marker().to_owned(),
        execution: described.execution,
        capabilities: description
            .capabilities
            .iter()
            .map(|c| c.name().to_owned())
            .collect(),
    }
}
