//! A process of the program, read line by line.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// Where a line is printed.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// A process that runs.
#[derive(Debug)]
pub struct Running {
    child: Child,
    output: Printed,
    errors: Printed,
}

#[derive(Debug)]
struct Printed {
    lines: Receiver<String>,
    read: Vec<String>,
}

impl Printed {
    fn of(stream: impl Read + Send + 'static) -> Printed {
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Printed {
            lines,
            read: Vec::new(),
        }
    }

    fn next(&mut self) -> bool {
        let line = self.lines.recv();
        let more = line.is_ok();
        self.read.extend(line);
        more
    }

    fn rest(mut self) -> String {
        while self.next() {}
        self.read.join("\n")
    }
}

impl Running {
    /// Starts a process.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(mut command: Command) -> Running {
        let command = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let output = Printed::of(child.stdout.take().expect("piped"));
        let errors = Printed::of(child.stderr.take().expect("piped"));
        Running {
            child,
            output,
            errors,
        }
    }

    /// Waits until so many lines of results are printed, or the process has ended.
    pub fn wait_for_lines(&mut self, count: usize) {
        while self.output.read.len() < count && self.output.next() {}
    }

    /// Waits for a line that holds this text.
    ///
    /// # Panics
    /// If the process ends without it.
    pub fn wait_for(&mut self, stream: Stream, text: &str) {
        let printed = match stream {
            Stream::Output => &mut self.output,
            Stream::Errors => &mut self.errors,
        };
        while printed.read.last().is_none_or(|line| !line.contains(text)) {
            assert!(printed.next(), "ended without `{text}`: {:?}", printed.read);
        }
    }

    /// Whether the process has ended.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub fn has_ended(&mut self) -> bool {
        let status = self.child.try_wait().expect("a child can be asked");
        status.is_some()
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the process, as `kill -9` does.
    ///
    /// # Panics
    /// If the system refuses.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
    }

    /// Sends a signal, named as `kill` names it.
    ///
    /// # Panics
    /// If there is no shell.
    pub fn signal(&self, name: &str) {
        let script = "kill -s \"$0\" \"$1\" 2>/dev/null || true";
        let id = self.child.id().to_string();
        let status = Command::new("sh").args(["-c", script, name, &id]).status();
        assert!(status.expect("a shell starts").success());
    }

    /// Waits for the end.
    ///
    /// # Panics
    /// If the system refuses.
    #[must_use]
    pub fn end(mut self) -> Ended {
        let status = self.child.wait().expect("a child can be waited for");
        Ended {
            status,
            output: self.output.rest(),
            errors: self.errors.rest(),
        }
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

impl Ended {
    /// The exit code; `None` after a signal.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Requires this exit code.
    ///
    /// # Panics
    /// If it is another, with what was printed.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ended {
        assert_eq!(self.code(), Some(code), "{}\n{}", self.output, self.errors);
        self
    }
}
