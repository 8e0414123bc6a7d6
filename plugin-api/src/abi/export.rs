//! The plugin's side: makes ports of the author's adapters and sessions.
#![allow(unsafe_code)]

use super::descriptor::Described;
use super::guard::{Enter, Guarded, drop_in, guard};
use super::raw::{PluginModule, PluginModule_Ref, Port, Port_TO, PortBox};
use super::wire::{Open, Request, decode, decode_call, encode_response};
use crate::{
    AdapterError, AsyncMigrationAdapter, AsyncSession, Canceller, Capability, ErrorKind,
    LintScript, Notices, Record, Result,
};
use abi_stable::library::{
    __call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult,
};
use abi_stable::prefix_type::WithMetadata;
use abi_stable::sabi_trait::prelude::TD_Opaque;
use abi_stable::std_types::{RResult, RSlice, RVec};
use async_ffi::{BorrowingFfiFuture, FutureExt};
use serde::Serialize;
use std::borrow::Cow;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

type Opened = Pin<Box<dyn Future<Output = Result<PortBox>> + Send>>;

/// The adapters of a plugin, as a type: `(First, (Second, ()))`.
pub trait AdapterList: 'static {
    /// What they say of themselves.
    const DESCRIPTIONS: Option<&'static Described>;

    /// Opens what the request names.
    #[doc(hidden)]
    fn open(request: OpenRequest) -> Opened;
}

/// What to open, read from its document.
#[doc(hidden)]
#[allow(
    missing_debug_implementations,
    reason = "it holds a URL with its password"
)]
pub struct OpenRequest(Open<'static>);

impl AdapterList for () {
    const DESCRIPTIONS: Option<&'static Described> = None;

    fn open(request: OpenRequest) -> Opened {
        let (Open::Adapter { key } | Open::Session { key, .. }) = &request.0;
        let error = AdapterError::unsupported(&format!("the key `{key}`"))
            .with_hint("the plugin has no adapter of that name");
        Box::pin(async { Err(error) })
    }
}

impl<A: AsyncMigrationAdapter, Rest: AdapterList> AdapterList for (A, Rest) {
    const DESCRIPTIONS: Option<&'static Described> = Some(&Described {
        description: A::DESCRIPTION,
        execution: A::EXECUTION,
        next: Rest::DESCRIPTIONS,
    });

    fn open(request: OpenRequest) -> Opened {
        match request.0 {
            Open::Adapter { key } if key == A::DESCRIPTION.key => Box::pin(async {
                let adapter = Context(guard(A::default)?);
                Ok(Port_TO::from_value(AdapterPort { adapter }, TD_Opaque))
            }),
            Open::Session { key, options } if key == A::DESCRIPTION.key => Box::pin(async move {
                let adapter = Arc::new(Context(guard(A::default)?));
                let notices = Notices::new();
                let session =
                    Guarded::new(&*adapter, adapter.0.connect(&options, &notices)).await??;
                let port = SessionPort::new(Arc::clone(&adapter), session, notices)?;
                Ok(Port_TO::from_value(port, TD_Opaque))
            }),
            other => Rest::open(OpenRequest(other)),
        }
    }
}

/// The header that a plugin with these adapters exports.
pub const fn header<L: AdapterList>() -> LibHeader {
    // SAFETY: `constructor::<L>` returns a `PluginModule_Ref`, the type named here.
    unsafe {
        LibHeader::from_constructor::<PluginModule_Ref>(constructor::<L>, CheckTypeLayout::Yes)
    }
}

extern "C" fn constructor<L: AdapterList>() -> RootModuleResult {
    __call_root_module_loader(|| Module::<L>::REF)
}

/// The root module of a plugin with the adapters `L`.
pub(super) struct Module<L>(PhantomData<L>);

impl<L: AdapterList> Module<L> {
    const WITH_METADATA: &'static WithMetadata<PluginModule> = &WithMetadata::new(PluginModule {
        open: open::<L>,
        descriptor: descriptor::<L>,
    });
    pub(super) const REF: PluginModule_Ref =
        PluginModule_Ref(Self::WITH_METADATA.static_as_prefix());
}

extern "C" fn open<L: AdapterList>(
    request: RSlice<'_, u8>,
) -> BorrowingFfiFuture<'_, RResult<PortBox, RVec<u8>>> {
    async move {
        let opened = match decode::<Open<'_>>(request.as_slice()) {
            Ok(request) => L::open(OpenRequest(request.into_owned())).await,
            Err(error) => Err(error),
        };
        opened
            .map_err(|error| encode_response::<()>(Err(error), Vec::new()).into())
            .into()
    }
    .into_ffi()
}

/// The adapters' part of the descriptor: what the loaded code says must be what its file said.
extern "C" fn descriptor<L: AdapterList>() -> RVec<u8> {
    let mut keys = Vec::new();
    let mut next = L::DESCRIPTIONS;
    while let Some(adapter) = next {
        keys.push(adapter.description.key);
        next = adapter.next;
    }
    encode_response(Ok(keys), Vec::new()).into()
}

/// An adapter as the context in which its futures run.
struct Context<A>(A);

impl<A: AsyncMigrationAdapter> Enter for Context<A> {
    fn enter(&self, poll: &mut dyn FnMut()) {
        self.0.enter(poll);
    }
}

/// An adapter without a connection.
struct AdapterPort<A> {
    adapter: Context<A>,
}

impl<A: AsyncMigrationAdapter> AdapterPort<A> {
    async fn answer(&self, document: &[u8]) -> Vec<u8> {
        match decode_call(document) {
            Ok(Request::Split { script, options }) => {
                let statements = match options {
                    Some(options) => self.adapter.0.split_for(&script, &options),
                    None => self.adapter.0.split(&script),
                };
                encode_response(statements, Vec::new())
            }
            Ok(Request::Lint {
                script,
                statements,
                in_transaction,
                options,
            }) if A::DESCRIPTION.has(Capability::Lint) => {
                let script = LintScript {
                    text: &script,
                    statements: &statements,
                    in_transaction,
                    options: options.as_deref(),
                };
                encode_response(self.adapter.0.lint(&script), Vec::new())
            }
            Ok(Request::LintRules) if A::DESCRIPTION.has(Capability::Lint) => {
                encode_response(self.adapter.0.lint_rules(), Vec::new())
            }
            Ok(Request::OfflineScript { script }) if A::DESCRIPTION.has(Capability::Offline) => {
                encode_response(self.adapter.0.offline_script(&script), Vec::new())
            }
            Ok(Request::Render { rendering }) if A::DESCRIPTION.has(Capability::Render) => {
                let rendered = self.adapter.0.render(&rendering);
                drop(rendering);
                encode_response(rendered, Vec::new())
            }
            Ok(Request::Subjects { statements }) if A::DESCRIPTION.has(Capability::Render) => {
                encode_response(Ok(self.adapter.0.subjects(&statements)), Vec::new())
            }
            Ok(Request::Backup { options, path }) if A::DESCRIPTION.has(Capability::Backup) => {
                encode_response(self.adapter.0.backup(&options, &path), Vec::new())
            }
            Ok(Request::Describe) => encode_response(Ok(A::DESCRIPTION.key), Vec::new()),
            Ok(Request::CreateDatabase { options })
                if A::DESCRIPTION.has(Capability::CreateDatabase) =>
            {
                let notices = Notices::new();
                let created = self.adapter.0.create_database(&options, &notices).await;
                encode_response(created, notices.take())
            }
            Ok(Request::CreateScratch { options }) if A::DESCRIPTION.has(Capability::Scratch) => {
                let notices = Notices::new();
                let created = self.adapter.0.create_scratch(&options, &notices).await;
                encode_response(created, notices.take())
            }
            Ok(Request::DropScratch { options }) if A::DESCRIPTION.has(Capability::Scratch) => {
                let notices = Notices::new();
                let dropped = self.adapter.0.drop_scratch(&options, &notices).await;
                encode_response(dropped, notices.take())
            }
            Ok(Request::ListScripts { options }) if A::DESCRIPTION.has(Capability::Scripts) => {
                encode_response(self.adapter.0.list_scripts(&options).await, Vec::new())
            }
            Ok(Request::CreateScript { options, revision })
                if A::DESCRIPTION.has(Capability::Scripts) =>
            {
                let created = self.adapter.0.create_script(&options, &revision).await;
                encode_response(created, Vec::new())
            }
            Ok(_) => encode_response::<()>(
                Err(AdapterError::unsupported("this without a session")),
                Vec::new(),
            ),
            Err(error) => encode_response::<()>(Err(error), Vec::new()),
        }
    }
}

impl<A: AsyncMigrationAdapter> Port for AdapterPort<A> {
    fn call<'a>(&'a self, request: RSlice<'a, u8>) -> BorrowingFfiFuture<'a, RVec<u8>> {
        async move {
            Guarded::new(&self.adapter, self.answer(request.as_slice()))
                .await
                .unwrap_or_else(|panic| encode_response::<()>(Err(panic), Vec::new()))
                .into()
        }
        .into_ffi()
    }
}

/// A session. It is taken out of its slot for the time of a call, so that two calls never meet in it and a call that
/// is dropped half-way puts it back.
struct SessionPort<A: AsyncMigrationAdapter> {
    adapter: Arc<Context<A>>,
    slot: Mutex<Slot<A::Session>>,
    canceller: Option<Canceller>,
    notices: Notices,
}

enum Slot<S> {
    Ready(S),
    Busy,
    /// The session ended in this panic.
    Poisoned(AdapterError),
}

impl<A: AsyncMigrationAdapter> SessionPort<A> {
    fn new(adapter: Arc<Context<A>>, session: A::Session, notices: Notices) -> Result<Self> {
        let canceller = guard(|| session.canceller())?;
        Ok(SessionPort {
            adapter,
            slot: Mutex::new(Slot::Ready(session)),
            canceller,
            notices,
        })
    }

    async fn answer(&self, document: &[u8]) -> Vec<u8> {
        let request = match decode_call(document).and_then(Self::declared) {
            Ok(request) => request,
            Err(error) => return encode_response::<()>(Err(error), Vec::new()),
        };
        let mut lease = match self.take() {
            Ok(lease) => lease,
            Err(error) => return encode_response::<()>(Err(error), Vec::new()),
        };
        let Some(session) = lease.session.as_mut() else {
            return encode_response::<()>(Err(busy()), Vec::new());
        };
        match Guarded::new(&*self.adapter, dispatch(session, request, &self.notices)).await {
            Ok(document) => document,
            Err(panic) => {
                lease.poison(&panic);
                encode_response::<()>(Err(panic), self.notices.take())
            }
        }
    }

    /// Refuses what the adapter did not declare, also where its author implemented it.
    fn declared(request: Request<'_>) -> Result<Request<'_>> {
        let needed = match request {
            Request::Begin | Request::Commit | Request::Rollback => Capability::Transactions,
            Request::Lock { .. } | Request::Unlock => Capability::Lock,
            Request::Query { .. } => Capability::Query,
            Request::SetLockTimeout { .. } => Capability::LockTimeout,
            Request::HeldLocks => Capability::Trace,
            Request::Inspect => Capability::Inspect,
            Request::ServerFacts => Capability::ServerFacts,
            _ => return Ok(request),
        };
        if A::DESCRIPTION.has(needed) {
            return Ok(request);
        }
        Err(AdapterError::unsupported(&format!(
            "the capability `{needed}`"
        )))
    }

    fn take(&self) -> Result<Lease<'_, A>> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *slot, Slot::Busy) {
            Slot::Ready(session) => Ok(Lease {
                port: self,
                session: Some(session),
            }),
            Slot::Busy => Err(busy()),
            Slot::Poisoned(panic) => {
                let error = AdapterError {
                    location: panic.location.clone(),
                    ..AdapterError::new(
                        ErrorKind::Poisoned,
                        format!("the session ended earlier: {}", panic.message),
                    )
                };
                *slot = Slot::Poisoned(panic);
                Err(error)
            }
        }
    }
}

fn busy() -> AdapterError {
    AdapterError::new(ErrorKind::Protocol, "the session is in use by another call")
}

impl<A: AsyncMigrationAdapter> Drop for SessionPort<A> {
    fn drop(&mut self) {
        let slot = self.slot.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Slot::Ready(session) = std::mem::replace(slot, Slot::Busy) {
            drop_in(&*self.adapter, Some(session));
        }
        drop_in(&*self.adapter, self.canceller.take());
    }
}

/// A session that is out of its slot, for one call.
struct Lease<'a, A: AsyncMigrationAdapter> {
    port: &'a SessionPort<A>,
    session: Option<A::Session>,
}

impl<A: AsyncMigrationAdapter> Lease<'_, A> {
    /// Ends the session: its connection is closed, and with it whatever was open in the database.
    fn poison(&mut self, panic: &AdapterError) {
        drop_in(&*self.port.adapter, self.session.take());
        *self
            .port
            .slot
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Slot::Poisoned(panic.clone());
    }
}

impl<A: AsyncMigrationAdapter> Drop for Lease<'_, A> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            *self
                .port
                .slot
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Slot::Ready(session);
        }
    }
}

impl<A: AsyncMigrationAdapter> Port for SessionPort<A> {
    fn call<'a>(&'a self, request: RSlice<'a, u8>) -> BorrowingFfiFuture<'a, RVec<u8>> {
        async move { self.answer(request.as_slice()).await.into() }.into_ffi()
    }

    fn cancel(&self) {
        if let Some(cancel) = &self.canceller {
            // A canceller that panics has failed to cancel; the running call goes on and answers.
            let _ = guard(cancel);
        }
    }
}

async fn dispatch<S: AsyncSession>(
    session: &mut S,
    request: Request<'_>,
    notices: &Notices,
) -> Vec<u8> {
    match request {
        Request::EnsureHistory => answer(session.ensure_history().await, notices),
        Request::ReadHistory => answer(session.read_history().await, notices),
        Request::SwapHistory { change } => answer(session.swap_history(&change).await, notices),
        Request::ReadLog => answer(session.read_log().await, notices),
        Request::Execute { statement } => answer(session.execute(&statement).await, notices),
        Request::ExecuteRecorded {
            statement,
            change,
            intent,
        } => {
            let record = Record {
                change: change.into_owned(),
                intent: intent.map(Cow::into_owned),
            };
            answer(session.execute_recorded(&statement, &record).await, notices)
        }
        Request::SetLockTimeout { timeout_ms } => {
            let timeout = Duration::from_millis(timeout_ms);
            answer(session.set_lock_timeout(timeout).await, notices)
        }
        Request::Begin => answer(session.begin().await, notices),
        Request::Commit => answer(session.commit().await, notices),
        Request::Rollback => answer(session.rollback().await, notices),
        Request::Lock { holder, wait_ms } => answer(
            session.lock(&holder, Duration::from_millis(wait_ms)).await,
            notices,
        ),
        Request::Unlock => answer(session.unlock().await, notices),
        Request::Query { statement } => answer(session.query(&statement).await, notices),
        Request::HeldLocks => answer(session.held_locks().await, notices),
        Request::Inspect => answer(session.inspect().await, notices),
        Request::ReadForeign { table } => answer(session.read_foreign(&table).await, notices),
        Request::WriteForeign { change } => answer(session.write_foreign(&change).await, notices),
        Request::ServerFacts => answer(session.server_facts().await, notices),
        Request::Describe
        | Request::Split { .. }
        | Request::Lint { .. }
        | Request::LintRules
        | Request::CreateDatabase { .. }
        | Request::OfflineScript { .. }
        | Request::Render { .. }
        | Request::Subjects { .. }
        | Request::Backup { .. }
        | Request::CreateScratch { .. }
        | Request::DropScratch { .. }
        | Request::ListScripts { .. }
        | Request::CreateScript { .. } => {
            answer::<()>(Err(AdapterError::unsupported("this on a session")), notices)
        }
    }
}

fn answer<T: Serialize>(result: Result<T>, notices: &Notices) -> Vec<u8> {
    encode_response(result, notices.take())
}
