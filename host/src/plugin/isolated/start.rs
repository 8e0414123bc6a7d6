//! Starts a plugin's process.

use super::frame::{Frame, Kind};
use super::limits::Limits;
use super::link::Link;
use super::loading::{Failed, Load};
use super::start_error::StartError;
use crate::plugin::Expected;
use std::ffi::OsString;
use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;

/// The program that serves a plugin: one that hands the socket on its standard input to [`serve()`](super::serve()), and ends
/// when that returns.
#[derive(Debug, Clone)]
pub struct ChildProgram {
    /// The program.
    pub program: PathBuf,
    /// What tells it to serve.
    pub arguments: Vec<OsString>,
}

/// A process that was started, and nothing said to it.
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) socket: UnixStream,
    /// What it prints, on either output.
    pub(super) prints: PipeReader,
}

/// Starts a process for a plugin's file, and waits until it has loaded it.
pub(super) fn start(
    file: &Path,
    expected: &Expected,
    program: &ChildProgram,
    limits: Limits,
) -> Result<Arc<Link>, StartError> {
    let started = spawn(program).map_err(StartError::Spawn)?;
    let mut socket = started.socket.try_clone().map_err(StartError::Spawn)?;
    let link = Link::over(started, limits).map_err(StartError::Spawn)?;
    let load = Load::of(file, expected, limits);
    let document = serde_json::to_vec(&load).map_err(|error| StartError::Spawn(error.into()))?;
    let first = Frame {
        kind: Kind::Load,
        port: 0,
        call: 0,
        document,
    };
    let waiting = link.expect(Some(limits.answer));
    // Why a process takes nothing more shows in how it ended.
    let _ = first.write(&mut socket);
    match waiting.wait() {
        Ok(Frame {
            kind: Kind::Ready, ..
        }) => Ok(link),
        Ok(frame) => {
            let failed: Failed = serde_json::from_slice(&frame.document)
                .map_err(|error| StartError::Spawn(error.into()))?;
            Err(StartError::Refused {
                step: failed.step(),
                message: failed.message,
                hint: failed.hint,
            })
        }
        Err(ended) => Err(StartError::Ended {
            how: ended.how,
            said: ended.said,
        }),
    }
}

fn spawn(program: &ChildProgram) -> io::Result<Started> {
    let (socket, theirs) = UnixStream::pair()?;
    let (prints, output) = io::pipe()?;
    let child = Command::new(&program.program)
        .args(&program.arguments)
        .stdin(OwnedFd::from(theirs))
        .stdout(output.try_clone()?)
        .stderr(output)
        // Ctrl-C is for the host, which stops what runs in its own way.
        .process_group(0)
        .spawn()?;
    Ok(Started {
        child,
        socket,
        prints,
    })
}
