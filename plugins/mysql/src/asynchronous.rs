//! The connection of the crate `mysql_async`, in a task on the plugin's own runtime.
//!
//! The task owns the connection and runs text after text to its end, whatever becomes of those who wait for it: so a
//! connection is never left in the middle of an answer. A future that is dropped has the server stop what it ran.

use crate::answer::{Answer, Failure, ResultSet};
use crate::blocking::kill;
use crate::connect::{Address, Settings, TlsMode};
use crate::connection::{Connection, Returned, column, value};
use crate::error::not_connected;
use crate::tls;
use dapter_plugin_api::{AdapterError, Canceller, ErrorKind, Result};
use mysql_async::prelude::Queryable;
use mysql_async::{ClientIdentity, Conn, DriverError, Error, IoError, OptsBuilder, SslOpts};
use std::fmt;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

/// The runtime of all asynchronous connections. It lives as long as the library, which is never unloaded.
static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("dapter-mysql")
        .enable_all()
        .build()
});

/// The runtime, if the system has room for it.
pub(crate) fn runtime() -> Result<&'static Handle> {
    RUNTIME.as_ref().map(Runtime::handle).map_err(|error| {
        AdapterError::new(
            ErrorKind::Other,
            format!("the runtime of the adapter does not start: {error}"),
        )
    })
}

/// A text to run, and where its answer goes.
struct Order {
    text: String,
    rows: Returned,
    answer: oneshot::Sender<Answer>,
}

/// A connection that others can use while it waits.
pub struct Asynchronous {
    orders: mpsc::UnboundedSender<Order>,
    stopper: Arc<Stopper>,
}

/// Prints nothing of the settings, which hold the password.
impl fmt::Debug for Asynchronous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asynchronous").finish_non_exhaustive()
    }
}

impl Connection for Asynchronous {
    async fn open(settings: &Settings) -> Result<Self> {
        let runtime = runtime()?;
        let settings = settings.clone();
        let opened =
            runtime.spawn(async move { open(&settings).await.map(|made| (made, settings)) });
        let (connection, settings) = opened.await.map_err(|error| {
            AdapterError::new(ErrorKind::Other, format!("connecting stopped: {error}"))
        })??;
        let (orders, received) = mpsc::unbounded_channel();
        let stopper = Arc::new(Stopper {
            settings,
            id: connection.id(),
            state: Mutex::new(State::default()),
            telling: AsyncMutex::new(()),
        });
        runtime.spawn(serve(connection, received, Arc::clone(&stopper)));
        Ok(Asynchronous { orders, stopper })
    }

    async fn run(&mut self, text: String, rows: Returned) -> Answer {
        let (answer, received) = oneshot::channel();
        let order = Order { text, rows, answer };
        if self.orders.send(order).is_err() {
            return Answer::failed(gone());
        }
        let mut waiting = Waiting {
            stopper: &self.stopper,
            answer: received,
        };
        let answer = (&mut waiting.answer).await;
        answer.unwrap_or_else(|_| Answer::failed(gone()))
    }

    fn canceller(&self) -> Canceller {
        let stopper = Arc::clone(&self.stopper);
        Box::new(move || stopper.stop())
    }
}

fn gone() -> Failure {
    Failure::Lost("it is closed".to_owned())
}

/// Somebody who waits for an answer, and may stop waiting.
struct Waiting<'a> {
    stopper: &'a Arc<Stopper>,
    answer: oneshot::Receiver<Answer>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.answer.is_terminated() {
            return;
        }
        // In this order: a text that is about to begin finds that nobody waits for it, or it is running already.
        self.answer.close();
        self.stopper.stop();
    }
}

#[derive(Debug, Default)]
struct State {
    running: bool,
    /// Which text runs, counted from the first.
    text: u64,
    /// The server was told to stop, and it is not known what that met.
    told: bool,
}

/// What stops the text that a connection runs.
struct Stopper {
    settings: Settings,
    id: u32,
    state: Mutex<State>,
    /// Held while somebody tells the server to stop; the next text waits for it.
    telling: AsyncMutex<()>,
}

impl Stopper {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the server stop the text that runs now, and no other.
    fn stop(self: &Arc<Self>) {
        let text = {
            let state = self.state();
            if !state.running {
                return;
            }
            state.text
        };
        let Ok(runtime) = runtime() else {
            return;
        };
        let stopper = Arc::clone(self);
        runtime.spawn(async move {
            // The first time may be before the server has begun.
            while stopper.tell(text).await {
                tokio::time::sleep(AGAIN).await;
            }
        });
    }

    /// Tells the server to stop what runs, if that is still this text.
    async fn tell(&self, text: u64) -> bool {
        let _telling = self.telling.lock().await;
        {
            let mut state = self.state();
            if !state.running || state.text != text {
                return false;
            }
            state.told = true;
        }
        // Whether it reached the server shows in what becomes of the text.
        if let Ok(mut other) = open(&self.settings).await {
            drop(other.query_drop(kill(self.id)).await);
            drop(other.disconnect().await);
        }
        true
    }
}

/// How long to wait before the server is told again.
const AGAIN: Duration = Duration::from_millis(200);

/// Runs one text after the other until nobody can send any more.
async fn serve(
    mut connection: Conn,
    mut orders: mpsc::UnboundedReceiver<Order>,
    stopper: Arc<Stopper>,
) {
    while let Some(order) = orders.recv().await {
        let told = {
            // Waits for whoever is stopping the last text.
            let _telling = stopper.telling.lock().await;
            let mut state = stopper.state();
            state.running = true;
            state.text += 1;
            std::mem::take(&mut state.told)
        };
        if told {
            // A cancellation that came too late for the last text must not meet this one. Its failure is the
            // cancellation itself; a lost connection shows in what runs next.
            drop(connection.query_drop("DO 0").await);
        }
        let answer = if order.answer.is_closed() {
            Answer::default()
        } else {
            run(&mut connection, order.text, order.rows).await
        };
        stopper.state().running = false;
        // Nobody may be waiting any more.
        drop(order.answer.send(answer));
    }
    // The server notices the end of a connection that could not be closed.
    drop(connection.disconnect().await);
}

async fn run(connection: &mut Conn, text: String, rows: Returned) -> Answer {
    let mut answer = Answer::default();
    let mut result = match connection.query_iter(text).await {
        Ok(result) => result,
        Err(error) => return Answer::failed(failure(error)),
    };
    loop {
        let mut made = ResultSet {
            columns: result.columns_ref().iter().map(column).collect(),
            rows: Vec::new(),
            affected: 0,
        };
        if made.columns.is_empty() {
            made.affected = result.affected_rows();
        }
        loop {
            match result.next().await {
                Ok(Some(row)) if rows == Returned::Kept => {
                    made.rows
                        .push(row.unwrap().into_iter().map(value).collect());
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    answer.failure = Some(failure(error));
                    return answer;
                }
            }
        }
        answer.sets.push(made);
        if result.is_empty() {
            // The failure of the statement behind the last set waits to be asked for.
            answer.failure = result.next().await.err().map(failure);
            return answer;
        }
    }
}

async fn open(settings: &Settings) -> Result<Conn> {
    tls::install_provider();
    let first = connect(settings, settings.tls.mode != TlsMode::Disabled).await;
    let made = match first {
        Ok(Err(Error::Driver(DriverError::NoClientSslFlagFromServer)))
            if settings.tls.mode == TlsMode::Preferred =>
        {
            connect(settings, false).await
        }
        made => made,
    };
    match made {
        Ok(made) => made.map_err(|error| refused(error, settings)),
        Err(_) => Err(tls::unreachable(
            &settings.address,
            "nobody answers in time",
        )),
    }
}

async fn connect(
    settings: &Settings,
    encrypted: bool,
) -> std::result::Result<std::result::Result<Conn, Error>, tokio::time::error::Elapsed> {
    let builder = OptsBuilder::default()
        .user(Some(&settings.user))
        .pass(settings.password.as_ref())
        .db_name(Some(&settings.database).filter(|name| !name.is_empty()))
        .prefer_socket(false)
        .tcp_nodelay(true)
        .tcp_keepalive(Some(KEEPALIVE))
        .max_allowed_packet(Some(LONGEST_PACKET))
        .wait_timeout(Some(WAIT_TIMEOUT))
        .stmt_cache_size(0)
        .ssl_opts(encrypted.then(|| ssl(settings)));
    let builder = match &settings.address {
        Address::Tcp { host, port } => builder.ip_or_hostname(host).tcp_port(*port),
        Address::Socket(path) => builder.socket(Some(path)),
    };
    tokio::time::timeout(settings.connect_timeout, Conn::new(builder)).await
}

/// As long as the server has no smaller limit, which it tells by an error.
const LONGEST_PACKET: usize = 1 << 30;

/// So that no firewall forgets a connection on which a statement runs for hours.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// Asked for so that the library does not ask the server; it concerns pools alone.
const WAIT_TIMEOUT: usize = 28_800;

fn ssl(settings: &Settings) -> SslOpts {
    let tls = &settings.tls;
    let identity = tls
        .identity
        .clone()
        .map(|(certificate, key)| ClientIdentity::new(certificate.into(), key.into()));
    let authorities = tls.ca.clone().map(Into::into);
    SslOpts::default()
        // Who names an authority trusts no other.
        .with_disable_built_in_roots(tls.ca.is_some())
        .with_root_certs(authorities.into_iter().collect())
        .with_client_identity(identity)
        .with_danger_skip_domain_validation(tls.mode == TlsMode::VerifyCa)
        .with_danger_accept_invalid_certs(matches!(
            tls.mode,
            TlsMode::Preferred | TlsMode::Required
        ))
}

/// Why the connection was not made.
fn refused(error: Error, settings: &Settings) -> AdapterError {
    match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) => tls::missing(),
        Error::Io(IoError::Tls(error)) => tls::refused(&error.to_string()),
        Error::Io(IoError::Io(error)) if tls::is_fault(&error) => tls::refused(&error.to_string()),
        Error::Io(IoError::Io(error)) => tls::unreachable(&settings.address, &error.to_string()),
        Error::Driver(
            error @ (DriverError::UnknownAuthPlugin { .. }
            | DriverError::MysqlOldPasswordDisabled
            | DriverError::CleartextPluginDisabled),
        ) => AdapterError::new(ErrorKind::Authentication, error.to_string()),
        other => not_connected(failure(other)),
    }
}

/// A failure of the connection as every client library tells it.
fn failure(error: Error) -> Failure {
    match error {
        Error::Server(error) => Failure::Server {
            code: error.code,
            sqlstate: error.state,
            message: error.message,
        },
        Error::Io(error) => Failure::Lost(error.to_string()),
        Error::Driver(error @ (DriverError::ConnectionClosed | DriverError::PacketOutOfOrder)) => {
            Failure::Lost(error.to_string())
        }
        Error::Driver(DriverError::UnexpectedPacket { .. }) => {
            Failure::Lost("the server answered out of order".to_owned())
        }
        Error::Driver(DriverError::PacketTooLarge) => {
            Failure::Client("the statement is longer than a gigabyte".to_owned())
        }
        other => Failure::Client(other.to_string()),
    }
}
