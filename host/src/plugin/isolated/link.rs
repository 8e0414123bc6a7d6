//! A process that serves a plugin, and the calls that wait for it.

use super::ended::Ended;
use super::frame::{Frame, Kind};
use super::limits::Limits;
use super::start::Started;
use super::watch::watch;
use dapter_plugin_api::abi::block_on;
use futures_channel::oneshot;
use std::collections::{HashMap, VecDeque};
use std::io::{self, BufRead, BufReader, PipeReader};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many lines of what a process printed are kept, and how much of each.
const LINES: usize = 8;
const LINE: usize = 300;

/// How long the last words of a process that has ended are waited for: something that it started may hold its output open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A process that serves a plugin.
pub(super) struct Link {
    socket: Mutex<UnixStream>,
    child: Mutex<Child>,
    pub(super) limits: Limits,
    pub(super) waiting: Mutex<Waiting>,
    /// Tells the watch of a new deadline, or of the end.
    pub(super) changed: Condvar,
}

/// The calls under way.
#[derive(Default)]
pub(super) struct Waiting {
    next: u64,
    pub(super) calls: HashMap<u64, Call>,
    /// Why the process was ended from here.
    pub(super) killed_for: Option<String>,
    pub(super) ended: Option<Ended>,
}

/// A call that waits for its answer.
pub(super) struct Call {
    port: u64,
    /// Until when it may take, and how long that was.
    pub(super) deadline: Option<(Instant, Duration)>,
    answer: oneshot::Sender<Result<Frame<Vec<u8>>, Ended>>,
}

/// An answer that is waited for.
pub(super) struct Answer {
    pub(super) call: u64,
    pub(super) frame: oneshot::Receiver<Result<Frame<Vec<u8>>, Ended>>,
}

impl Link {
    /// Takes over a process: from now on somebody reads what it answers and what it prints.
    pub(super) fn over(started: Started, limits: Limits) -> io::Result<Arc<Link>> {
        let frames = BufReader::new(started.socket.try_clone()?);
        let link = Arc::new(Link {
            socket: Mutex::new(started.socket),
            child: Mutex::new(started.child),
            limits,
            waiting: Mutex::default(),
            changed: Condvar::new(),
        });
        let said = listen(started.prints)?;
        let reading = Arc::clone(&link);
        thread::Builder::new()
            .name("dapter-plugin".to_owned())
            .spawn(move || reading.read(frames, &said))?;
        let watched = Arc::clone(&link);
        thread::Builder::new()
            .name("dapter-watch".to_owned())
            .spawn(move || watch(&watched))?;
        Ok(link)
    }

    /// Whether nothing can be asked any more.
    pub(super) fn has_ended(&self) -> bool {
        locked(&self.waiting).ended.is_some()
    }

    /// Sends a request and gives what waits for its answer.
    pub(super) fn request(
        &self,
        kind: Kind,
        port: u64,
        operation: &'static str,
        document: &[u8],
    ) -> Answer {
        let answer = self.enter(port, self.limits.of(operation));
        self.send(kind, port, answer.call, document);
        answer
    }

    /// What waits for a frame that answers no request: the first one.
    pub(super) fn expect(&self, limit: Option<Duration>) -> Answer {
        self.enter(0, limit)
    }

    fn enter(&self, port: u64, limit: Option<Duration>) -> Answer {
        let (sender, frame) = oneshot::channel();
        let mut waiting = locked(&self.waiting);
        let call = waiting.next;
        waiting.next += 1;
        if let Some(ended) = &waiting.ended {
            // The receiver is still here.
            let _ = sender.send(Err(ended.clone()));
            return Answer { call, frame };
        }
        let deadline = limit.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
        let has_deadline = deadline.is_some();
        let entry = Call {
            port,
            deadline,
            answer: sender,
        };
        waiting.calls.insert(call, entry);
        drop(waiting);
        if has_deadline {
            self.changed.notify_all();
        }
        Answer { call, frame }
    }

    fn send(&self, kind: Kind, port: u64, call: u64, document: &[u8]) {
        let frame = Frame {
            kind,
            port,
            call,
            document,
        };
        // A process that takes nothing has ended or will: whoever waits for it is told how by the thread that reads.
        let _ = frame.write(&mut *locked(&self.socket));
    }

    /// Asks the running call of a port to stop, and ends the process if it does not.
    pub(super) fn cancel(&self, port: u64) {
        let mut waiting = locked(&self.waiting);
        let limit = self.limits.stop;
        let until = Instant::now() + limit;
        let running = waiting.calls.values_mut().filter(|call| call.port == port);
        for call in running {
            if call.deadline.is_none_or(|(deadline, _)| until < deadline) {
                call.deadline = Some((until, limit));
            }
        }
        drop(waiting);
        self.changed.notify_all();
        self.send(Kind::Cancel, port, 0, &[]);
    }

    /// Nobody waits for this call any more.
    pub(super) fn abandon(&self, call: u64) {
        let abandoned = locked(&self.waiting).calls.remove(&call);
        if let Some(abandoned) = abandoned {
            self.send(Kind::Abandon, abandoned.port, call, &[]);
        }
    }

    /// Ends the process.
    pub(super) fn kill(&self, why: Option<String>) {
        let mut waiting = locked(&self.waiting);
        if waiting.ended.is_none() && waiting.killed_for.is_none() {
            waiting.killed_for = why;
        }
        drop(waiting);
        // It may have ended already.
        let _ = locked(&self.child).kill();
    }

    fn read(&self, mut frames: BufReader<UnixStream>, said: &Receiver<Vec<String>>) {
        while let Ok(Some(frame)) = Frame::read(&mut frames) {
            let call = locked(&self.waiting).calls.remove(&frame.call);
            if let Some(call) = call {
                // Whoever waited may have gone.
                let _ = call.answer.send(Ok(frame));
            }
        }
        let status = {
            let mut child = locked(&self.child);
            // A process whose socket is closed is of no use, also while it lives.
            let _ = child.kill();
            child.wait()
        };
        let said = said.recv_timeout(LAST_WORDS).unwrap_or_default();
        let mut waiting = locked(&self.waiting);
        let ended = match status {
            Ok(status) => Ended::of(status, waiting.killed_for.take(), said),
            Err(error) => Ended {
                how: format!("is gone ({error})"),
                said,
            },
        };
        waiting.ended = Some(ended.clone());
        let calls = std::mem::take(&mut waiting.calls);
        drop(waiting);
        self.changed.notify_all();
        for call in calls.into_values() {
            // Whoever waited may have gone.
            let _ = call.answer.send(Err(ended.clone()));
        }
    }
}

impl Answer {
    /// Waits for it on this thread.
    pub(super) fn wait(self) -> Result<Frame<Vec<u8>>, Ended> {
        block_on(self.frame).unwrap_or_else(|_| Err(gone()))
    }
}

/// What is said when an answer will never come although no process has ended.
pub(super) fn gone() -> Ended {
    Ended {
        how: "is not listened to any more".to_owned(),
        said: Vec::new(),
    }
}

/// Reads what a process prints, on a thread of its own, so that it never waits for a reader; the last lines come when it has
/// closed its output.
fn listen(prints: PipeReader) -> io::Result<Receiver<Vec<String>>> {
    let (sender, said) = channel();
    thread::Builder::new()
        .name("dapter-prints".to_owned())
        .spawn(move || {
            let mut lines = VecDeque::new();
            let mut prints = BufReader::new(prints);
            let mut line = Vec::new();
            while let Ok(1..) = prints.read_until(b'\n', &mut line) {
                if lines.len() == LINES {
                    lines.pop_front();
                }
                line.truncate(LINE);
                lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
                line.clear();
            }
            // Nobody may be interested.
            let _ = sender.send(lines.into());
        })?;
    Ok(said)
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
