//! Runs whole processes and says what they took.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// A program with its arguments and the folder it runs in.
pub(crate) struct Program<'a> {
    pub(crate) file: &'a Path,
    pub(crate) arguments: &'a [&'a str],
    pub(crate) folder: &'a Path,
}

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// From the start of the process to its end.
    pub(crate) time: Duration,
    /// Of the processor, in the process and for it in the system.
    pub(crate) processor: Duration,
}

impl Program<'_> {
    /// Runs it to its end.
    pub(crate) fn run(&self) -> Result<Taken> {
        let before = processor_time_of_children()?;
        let started = Instant::now();
        self.finish(self.command())?;
        Ok(Taken {
            time: started.elapsed(),
            processor: processor_time_of_children()?.saturating_sub(before),
        })
    }

    /// Counts its calls that make files durable; `None` where there is no `strace`.
    pub(crate) fn count_fsyncs(&self) -> Result<Option<u64>> {
        let found = tempfile::NamedTempFile::new()?;
        let mut strace = Command::new("strace");
        strace.args(["-f", "-c", "-e", "trace=fsync,fdatasync", "-o"]);
        strace
            .arg(found.path())
            .arg(self.file)
            .args(self.arguments)
            .current_dir(self.folder);
        if Command::new("strace").arg("-V").output().is_err() {
            return Ok(None);
        }
        self.finish(strace)?;
        // `% time, seconds, usecs/call, calls, errors, syscall`: a line for each call that was made.
        let table = fs::read_to_string(found.path())?;
        let lines = table.lines().map(str::split_ascii_whitespace);
        let calls = lines.filter_map(|mut words| {
            let call = words.clone().last()?;
            let counted = matches!(call, "fsync" | "fdatasync");
            counted.then(|| words.nth(3)?.parse::<u64>().ok()).flatten()
        });
        Ok(Some(calls.sum()))
    }

    /// The most memory it ever had, in megabytes. `this` is this program, which starts it: a process remembers also the
    /// memory of the one that started it, so that must be a small one.
    pub(crate) fn peak_memory(&self, this: &Path) -> Result<f64> {
        let mut starter = Command::new(this);
        starter.arg("peak-memory").arg(self.file);
        starter.args(self.arguments).current_dir(self.folder);
        let output = starter.output()?;
        let kilobytes: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
        Ok(kilobytes / 1024.0)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.file);
        command.args(self.arguments).current_dir(self.folder);
        command
    }

    fn finish(&self, mut command: Command) -> Result<()> {
        let output = command.stdout(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{} failed:\n{said}", self.file.display()).into())
    }
}

/// Runs a program and prints its peak memory in kilobytes.
pub(crate) fn print_peak(program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(format!("{program} failed").into());
    }
    println!("{}", peak_of_children()?);
    Ok(())
}

#[cfg(unix)]
fn usage_of_children() -> Result<nix::sys::resource::Usage> {
    use nix::sys::resource::{UsageWho, getrusage};
    Ok(getrusage(UsageWho::RUSAGE_CHILDREN)?)
}

#[cfg(unix)]
fn peak_of_children() -> Result<i64> {
    let peak = usage_of_children()?.max_rss();
    // Kilobytes everywhere but on Apple's systems, which count bytes.
    Ok(if cfg!(target_vendor = "apple") {
        peak / 1024
    } else {
        peak
    })
}

#[cfg(unix)]
fn processor_time_of_children() -> Result<Duration> {
    let usage = usage_of_children()?;
    let times = [usage.user_time(), usage.system_time()].map(|time| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
        let microseconds = u64::try_from(time.tv_usec()).unwrap_or_default();
        Duration::from_secs(seconds) + Duration::from_micros(microseconds)
    });
    Ok(times[0] + times[1])
}

#[cfg(not(unix))]
fn peak_of_children() -> Result<i64> {
    Err("this system is not asked for the memory of a process".into())
}

#[cfg(not(unix))]
fn processor_time_of_children() -> Result<Duration> {
    Ok(Duration::ZERO)
}

/// The middle one of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
