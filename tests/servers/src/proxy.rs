//! A network between a client and a server that breaks when told to.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::ports;
use crate::server::Server;

/// How far a message comes before everything stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The server does not get it.
    Unsent,
    /// The server gets it, and may still be at work.
    Sent,
    /// The server has answered, and the client does not get the answer.
    Answered,
}

/// How often to look whether there is still somebody who sends messages.
const LOOK: Duration = Duration::from_millis(10);

/// A TCP proxy of this process in front of a server, on 127.0.0.1. All that it does happens at once: when a method has
/// returned, nothing more is forwarded that the method forbids.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    /// Accepts connections; `None` while they are refused.
    door: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    target: (String, u16),
    state: Mutex<State>,
    /// Tells that forwarding goes on or a connection has ended.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    stalled: bool,
    /// The connection that first has sent the server so many bytes is cut, of those from this one on.
    limit: Option<(u64, u64)>,
    was_cut: bool,
    /// Messages of clients so far.
    messages: u64,
    /// The message to stop at.
    stop: Option<(u64, Reach)>,
    /// The connection whose answer is the one to stop at.
    awaited: Option<u64>,
    /// Whether it has stopped there.
    stopped: bool,
    next: u64,
    connections: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    client: TcpStream,
    server: TcpStream,
    /// Whether the server spoke last, so that what the client sends next is another message.
    answered: bool,
}

impl State {
    /// Takes notice of a client that speaks.
    fn client_speaks(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if !std::mem::take(&mut connection.answered) {
            return;
        }
        self.messages += 1;
        match self.stop {
            Some((message, Reach::Unsent)) if message == self.messages => self.stop_here(),
            Some((message, _)) if message == self.messages => self.awaited = Some(id),
            _ => {}
        }
    }

    /// Takes notice of what was forwarded to the server.
    fn server_hears(&mut self, id: u64) {
        if self.awaited == Some(id) && matches!(self.stop, Some((_, Reach::Sent))) {
            self.stop_here();
        }
    }

    /// Takes notice of a server that speaks.
    fn server_speaks(&mut self, id: u64) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.answered = true;
        }
        // A quick server may speak before it is noted that it heard.
        if self.awaited == Some(id) {
            self.stop_here();
        }
    }

    fn stop_here(&mut self) {
        self.stop = None;
        self.awaited = None;
        self.stopped = true;
        self.stalled = true;
    }
}

impl Connection {
    fn cut(self) {
        // The other side may have closed it already.
        drop(self.client.shutdown(Shutdown::Both));
        drop(self.server.shutdown(Shutdown::Both));
    }
}

impl Proxy {
    /// Opens a port that leads to a server.
    ///
    /// # Panics
    /// If there is no port.
    #[must_use]
    pub fn to(server: &Server) -> Self {
        Self::to_address(server.address.host.clone(), server.port())
    }

    /// Opens a port that leads to another one of this machine.
    ///
    /// # Panics
    /// If there is no port.
    #[must_use]
    pub fn to_port(port: u16) -> Self {
        Self::to_address(Ipv4Addr::LOCALHOST.to_string(), port)
    }

    fn to_address(host: String, port: u16) -> Self {
        // Between a look whether a port is free and its use somebody else may have taken it.
        let (own, listener) = loop {
            let own = ports::free();
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, own)) {
                break (own, listener);
            }
        };
        let proxy = Self {
            port: own,
            shared: Arc::new(Shared {
                target: (host, port),
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
            door: Mutex::default(),
        };
        proxy.accept_from(Some(listener));
        proxy
    }

    /// The port on 127.0.0.1 that leads to the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes all connections; new ones are accepted.
    pub fn cut(&self) {
        self.shared.cut_all();
    }

    /// Closes the connection that first has sent the server so many bytes, right after them: the server has read them, and
    /// the client gets no answer. One connection, once, and none that is open already: a client that has ended may still be
    /// saying goodbye.
    pub fn cut_after_bytes(&self, bytes: u64) {
        let mut state = self.shared.lock();
        state.limit = Some((bytes, state.next));
        state.was_cut = false;
    }

    /// Whether what [`cut_after_bytes`](Self::cut_after_bytes) said has happened.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.shared.lock().was_cut
    }

    /// Stalls everything at the message with this number, counted from 1 over all connections from now on. A message is all
    /// that a client sends until it hears from the server. Once, and if there are so many.
    pub fn stop_at(&self, message: u64, reach: Reach) {
        let mut state = self.shared.lock();
        state.messages = 0;
        state.awaited = None;
        state.stopped = false;
        state.stop = Some((message, reach));
    }

    /// Waits until what [`stop_at`](Self::stop_at) said has happened; `false` if it cannot happen any more, because the
    /// client `has_ended`.
    ///
    /// # Panics
    /// If another thread has panicked with the proxy.
    pub fn wait_until_stopped(&self, mut has_ended: impl FnMut() -> bool) -> bool {
        let mut state = self.shared.lock();
        while !state.stopped {
            // Asked before the last look: what the client sent before it ended counts.
            let ended = has_ended();
            let changed = &self.shared.changed;
            // The end of a process wakes nobody here.
            state = changed
                .wait_timeout(state, LOOK)
                .expect("no one panics with it")
                .0;
            if ended && !state.stopped {
                return false;
            }
        }
        true
    }

    /// How many messages clients have sent since [`stop_at`](Self::stop_at), or since it was opened.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.shared.lock().messages
    }

    /// Forwards nothing from now on, while all connections stay open and new ones are accepted: as when a cable was
    /// pulled.
    pub fn stall(&self) {
        self.shared.lock().stalled = true;
    }

    /// Forwards again, first what has been held back.
    pub fn go_on(&self) {
        self.shared.lock().stalled = false;
        self.shared.changed.notify_all();
    }

    /// Closes all connections and refuses new ones: as when the server is not there.
    ///
    /// # Panics
    /// If another thread has panicked with the proxy.
    pub fn refuse(&self) {
        let mut door = self.door.lock().expect("no one panics with it");
        if let Some(thread) = door.take() {
            self.shared.lock().open = false;
            // Wakes the thread, which sees that it is over. Where this is refused, it has seen it already.
            drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
            thread.join().expect("the door does not panic");
        }
        self.shared.cut_all();
    }

    /// Accepts connections again.
    ///
    /// # Panics
    /// If somebody else has taken the port since.
    pub fn accept(&self) {
        self.accept_from(None);
    }

    fn accept_from(&self, listener: Option<TcpListener>) {
        let mut door = self.door.lock().expect("no one panics with it");
        if door.is_some() {
            return;
        }
        let listener = listener.unwrap_or_else(|| {
            TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).expect("nobody else took it")
        });
        self.shared.lock().open = true;
        let shared = Arc::clone(&self.shared);
        *door = Some(thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if !shared.lock().open {
                    break;
                }
                // Where the server is not there, the client sees its connection closed.
                drop(shared.connect(client));
            }
        }));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.refuse();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no one panics with it")
    }

    fn cut_all(&self) {
        let connections: Vec<Connection> =
            self.lock().connections.drain().map(|(_, it)| it).collect();
        for connection in connections {
            connection.cut();
        }
        self.changed.notify_all();
    }

    /// Connects a client with the server, and forwards both ways.
    fn connect(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect((self.target.0.as_str(), self.target.1))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let there = (client.try_clone()?, server.try_clone()?);
        let back = (server.try_clone()?, client.try_clone()?);
        let id = {
            let mut state = self.lock();
            let id = state.next;
            state.next += 1;
            let connection = Connection {
                client,
                server,
                answered: true,
            };
            state.connections.insert(id, connection);
            id
        };
        for ((from, to), counts) in [(there, true), (back, false)] {
            let shared = Arc::clone(self);
            thread::spawn(move || shared.forward(id, from, to, counts));
        }
        Ok(())
    }

    /// Forwards one way until either side closes the connection, or it is cut.
    fn forward(&self, id: u64, mut from: TcpStream, mut to: TcpStream, counts: bool) {
        let mut sent: u64 = 0;
        let mut buffer = [0; 16_384];
        loop {
            let length = match from.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(length) => length,
            };
            let mut state = self.lock();
            if counts {
                state.client_speaks(id);
            } else {
                state.server_speaks(id);
            }
            if state.stopped {
                self.changed.notify_all();
            }
            while state.stalled && state.connections.contains_key(&id) {
                state = self.changed.wait(state).expect("no one panics with it");
            }
            if !state.connections.contains_key(&id) {
                return;
            }
            let room = state.limit.filter(|(_, first)| counts && id >= *first);
            let room = room.map(|(bytes, _)| {
                let room = bytes.saturating_sub(sent);
                usize::try_from(room).unwrap_or(usize::MAX)
            });
            if let Some(room) = room.filter(|room| *room <= length) {
                state.limit = None;
                state.was_cut = true;
                let connection = state.connections.remove(&id);
                drop(state);
                // Whether the server still takes it, the connection ends.
                drop(to.write_all(&buffer[..room]));
                if let Some(connection) = connection {
                    connection.cut();
                }
                self.changed.notify_all();
                return;
            }
            drop(state);
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
            sent += length as u64;
            if counts {
                let mut state = self.lock();
                state.server_hears(id);
                if state.stopped {
                    self.changed.notify_all();
                }
            }
        }
        let connection = self.lock().connections.remove(&id);
        if let Some(connection) = connection {
            connection.cut();
        }
        self.changed.notify_all();
    }
}
