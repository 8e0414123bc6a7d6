//! The child's side: serves a plugin to the process that started this one.

use super::frame::{Frame, Kind};
use super::link::locked;
use super::workers::Workers;
use super::{Failed, Load};
use crate::plugin::Step;
use crate::plugin::load::load_expected;
use dapter_plugin_api::abi::{Plugin, Source, Transport, block_on, operation, refusal};
use dapter_plugin_api::{AdapterError, ErrorKind};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

/// Serves one plugin over a socket, until the other side closes it. The process should end then, whatever of the plugin still
/// runs.
///
/// # Errors
/// If the socket fails, or the other side does not speak as a host does.
pub fn serve(socket: UnixStream) -> io::Result<()> {
    let mut frames = BufReader::new(socket.try_clone()?);
    let Some(first) = Frame::read(&mut frames)? else {
        return Ok(());
    };
    let load = Load::read(&first)?;
    let child = match start(&load) {
        Ok(plugin) => Arc::new(Child {
            plugin,
            socket: Mutex::new(socket),
            ports: Mutex::default(),
            running: Mutex::default(),
        }),
        Err(failed) => {
            let document = serde_json::to_vec(&failed)?;
            return frame(Kind::Failed, 0, document).write(&mut &socket);
        }
    };
    child.send(Kind::Ready, 0, Vec::new());
    let workers = Workers::default();
    while let Some(frame) = Frame::read(&mut frames)? {
        child.take(frame, &workers);
    }
    Ok(())
}

fn start(load_this: &Load) -> Result<Plugin, Failed> {
    let failed = |message: String, hint: &str| Failed {
        message,
        hint: hint.to_owned(),
        step: Step::Probe.code().to_owned(),
    };
    let expected = load_this.expected();
    let expected = expected.map_err(|error| failed(error.to_string(), "report it"))?;
    load_this.limits.apply().map_err(|error| {
        let message = format!("the limit of its memory cannot be set: {error}");
        failed(
            message,
            "set another `memory_limit` in [isolation] of dapter.toml, or 0 for none",
        )
    })?;
    load_expected(&load_this.file, &expected).map_err(|error| Failed::of(&error))
}

fn frame(kind: Kind, call: u64, document: Vec<u8>) -> Frame<Vec<u8>> {
    Frame {
        kind,
        port: 0,
        call,
        document,
    }
}

struct Child {
    plugin: Plugin,
    socket: Mutex<UnixStream>,
    ports: Mutex<HashMap<u64, Arc<Port>>>,
    running: Mutex<HashMap<u64, Arc<Running>>>,
}

struct Port {
    transport: Arc<dyn Transport>,
    /// Taken for the time of a call of a session, so that one that nobody waits for is gone before the next begins.
    turn: Option<Mutex<()>>,
}

/// A call that may be given up.
#[derive(Default)]
struct Running(Mutex<State>);

#[derive(Default)]
struct State {
    abandoned: bool,
    waker: Option<Waker>,
}

impl Child {
    fn take(self: &Arc<Self>, frame: Frame<Vec<u8>>, workers: &Workers) {
        match frame.kind {
            Kind::Open | Kind::Call | Kind::Close => {
                let child = Arc::clone(self);
                let running = Arc::new(Running::default());
                locked(&self.running).insert(frame.call, Arc::clone(&running));
                workers.run(Box::new(move || {
                    match frame.kind {
                        Kind::Open => child.open(&frame, &running),
                        Kind::Call => child.call(&frame, &running),
                        _ => child.close(&frame),
                    }
                    locked(&child.running).remove(&frame.call);
                }));
            }
            Kind::Cancel => {
                if let Some(port) = self.port(frame.port) {
                    port.transport.cancel();
                }
            }
            Kind::Abandon => {
                if let Some(running) = locked(&self.running).get(&frame.call) {
                    running.abandon();
                }
            }
            // Nothing else comes from a host of this version.
            _ => {}
        }
    }

    fn open(&self, frame: &Frame<Vec<u8>>, running: &Running) {
        let is_session = operation(&frame.document) == "connect";
        match running.wait(self.plugin.open(&frame.document)) {
            Some(Ok(transport)) => {
                let turn = is_session.then(Mutex::default);
                let port = Arc::new(Port { transport, turn });
                locked(&self.ports).insert(frame.port, port);
                self.send(Kind::Reply, frame.call, Vec::new());
            }
            Some(Err(error)) => self.send(Kind::Refused, frame.call, error),
            None => {}
        }
    }

    fn call(&self, frame: &Frame<Vec<u8>>, running: &Running) {
        let Some(port) = self.port(frame.port) else {
            let error = AdapterError::new(ErrorKind::Protocol, "there is no such port");
            return self.send(Kind::Reply, frame.call, refusal(error));
        };
        let _turn = port.turn.as_ref().map(locked);
        if let Some(reply) = running.wait(port.transport.call(&frame.document)) {
            self.send(Kind::Reply, frame.call, reply);
        }
    }

    fn close(&self, frame: &Frame<Vec<u8>>) {
        let port = locked(&self.ports).remove(&frame.port);
        if let Some(port) = port {
            let _turn = port.turn.as_ref().map(locked);
        }
        self.send(Kind::Reply, frame.call, Vec::new());
    }

    fn port(&self, number: u64) -> Option<Arc<Port>> {
        locked(&self.ports).get(&number).cloned()
    }

    fn send(&self, kind: Kind, call: u64, document: Vec<u8>) {
        // A host that is gone needs no answer; that it is gone shows where frames are read, and ends this process.
        let _ = frame(kind, call, document).write(&mut *locked(&self.socket));
    }
}

impl Running {
    /// Runs a future to its end on this thread, or until it is given up; then it is dropped, as a host in the same process
    /// would.
    fn wait<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        block_on(poll_fn(|context| {
            {
                let mut state = locked(&self.0);
                if state.abandoned {
                    return Poll::Ready(None);
                }
                state.waker = Some(context.waker().clone());
            }
            future.as_mut().poll(context).map(Some)
        }))
    }

    fn abandon(&self) {
        let waker = {
            let mut state = locked(&self.0);
            state.abandoned = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
