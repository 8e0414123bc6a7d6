//! Processes of servers: started so that they end with this process, signalled, looked for.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::user::User;

/// How long a poll waits for the next one.
pub(crate) const POLL: Duration = Duration::from_millis(20);

struct Order {
    command: Command,
    reply: Sender<io::Result<Child>>,
}

/// A command that runs a server's program as the servers' user. The kernel sends it the signal when [`spawn`]'s thread
/// ends.
pub(crate) fn command(program: &Path, user: Option<User>, signal: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]);
    if let Some(User { user, group }) = user {
        command.args([format!("--reuid={user}"), format!("--regid={group}")]);
        command.arg("--clear-groups");
    }
    command.arg("--").arg(program).stdin(Stdio::null());
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command
}

/// Starts a process from a thread that lives as long as this process: the signal of [`command`] follows the thread that
/// started it, and those of tests end early.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (send, orders) = channel::<Order>();
        thread::spawn(move || {
            for mut order in orders {
                let child = order.command.spawn();
                order.reply.send(child).expect("whoever ordered waits");
            }
        });
        Mutex::new(send)
    });
    let (reply, child) = channel();
    let order = Order { command, reply };
    let sent = spawner.lock().expect("no one panics with it").send(order);
    sent.expect("the thread never ends");
    child.recv().expect("the thread replies")
}

/// Runs a program of a server to its end.
///
/// # Panics
/// If it fails, with what it said.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}:\n{said}{errors}");
    said
}

/// Sends processes a signal, in this order; whether all of them were there.
pub(crate) fn signal(name: &str, processes: &[u32]) -> bool {
    let mut shell = Command::new("sh");
    // The shell's own: the program `kill` is not on every machine.
    shell.args(["-c", "kill -s \"$0\" \"$@\" 2>/dev/null", name]);
    shell.args(processes.iter().map(u32::to_string));
    shell.status().expect("there is a shell").success()
}

/// The processes that work in a folder: a server's own, those it has started, and nothing else.
pub(crate) fn working_in(folder: &Path) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("Linux");
    let mut found: Vec<u32> = processes
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let process = entry.file_name().to_str()?.parse().ok()?;
            // Whoever has ended since, or is another user's, is none of these.
            let place = fs::read_link(entry.path().join("cwd")).ok()?;
            place.starts_with(folder).then_some(process)
        })
        .collect();
    found.sort_unstable();
    found
}

/// Kills the processes that work in a folder; `first` before the others, which it might start again.
pub(crate) fn kill_all(folder: &Path, first: Option<u32>) {
    if let Some(first) = first {
        signal("KILL", &[first]);
    }
    loop {
        let rest = working_in(folder);
        if rest.is_empty() {
            return;
        }
        // Some may have ended: the next look tells.
        signal("KILL", &rest);
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for a process to end.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + limit;
    loop {
        let ended = child.try_wait().expect("it is this process's child");
        if ended.is_some() || Instant::now() > deadline {
            return ended;
        }
        // The standard library can wait without limit only.
        thread::sleep(POLL);
    }
}

/// Whether a program can be started.
pub(crate) fn is_there(program: impl AsRef<OsStr>, argument: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg(argument).stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}
