//! Who works on a database: what a lock row says of its holder, and whether that holder still lives.

use std::fs;
use std::path::Path;

use dapter_plugin_api::LockRow;

/// Who works on a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// On whose behalf; a program says it, dapter does not guess.
    pub user: String,
    /// The host's name.
    pub host: String,
    /// What tells one boot and process space of a host from another; empty where nothing does.
    pub machine: String,
    /// The process.
    pub pid: u32,
    /// When the process started, in ticks that only the same machine can compare; empty where it is not known.
    pub process_started: String,
}

impl Identity {
    /// This process, on behalf of `user`.
    #[must_use]
    pub fn of_this_process(user: impl Into<String>) -> Self {
        let pid = std::process::id();
        Self {
            user: user.into(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
            machine: machine(),
            pid,
            process_started: process_started(pid).unwrap_or_default(),
        }
    }

    /// The lock row of this identity.
    pub(super) fn lock_row(&self, token: &str, since: String) -> LockRow {
        LockRow {
            token: token.to_owned(),
            host: self.host.clone(),
            machine: self.machine.clone(),
            pid: self.pid,
            process_started: self.process_started.clone(),
            user: self.user.clone(),
            since,
            beat: 0,
        }
    }

    /// Whether the holder of a lock row is known to be dead.
    ///
    /// It is if it ran on this machine and its process is gone, or if this host was started again since. Of a holder on
    /// another host nothing is known, so it counts as alive.
    #[must_use]
    pub fn knows_dead(&self, holder: &LockRow) -> bool {
        if holder.host != self.host || self.machine.is_empty() || holder.machine.is_empty() {
            return false;
        }
        if holder.machine == self.machine {
            // Where other users' processes are hidden (hidepid, `proc(5)`), one that is not seen may live.
            let sees_all = Path::new("/proc/1/stat").exists();
            return match process_started(holder.pid) {
                Some(started) => {
                    !holder.process_started.is_empty() && started != holder.process_started
                }
                None => sees_all,
            };
        }
        let boot = |machine: &str| machine.split('/').next().unwrap_or_default().to_owned();
        boot(&holder.machine) != boot(&self.machine)
    }
}

/// Boot and process space: processes can be compared by id only within both (Linux: `proc(5)`, `pid_namespaces(7)`).
fn machine() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let space = fs::read_link("/proc/self/ns/pid");
    match (boot, space) {
        (Ok(boot), Ok(space)) => format!("{}/{}", boot.trim(), space.display()),
        _ => String::new(),
    }
}

/// Field 22 of `/proc/PID/stat`, the start time in clock ticks since boot (`proc_pid_stat(5)`). The name in field 2 may
/// hold anything, so fields are counted from its closing parenthesis.
fn process_started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = &stat[stat.rfind(')')? + 1..];
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    // A zombie has ended; only its parent has not asked yet.
    if fields.first() == Some(&"Z") {
        return None;
    }
    fields.get(19).map(|&field| field.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Identity {
        Identity {
            user: "anna".into(),
            host: "build-7".into(),
            machine: "boot-1/pid:[1]".into(),
            pid: std::process::id(),
            process_started: process_started(std::process::id()).unwrap_or_default(),
        }
    }

    #[test]
    fn a_living_process_of_this_machine_is_not_dead() {
        let me = me();
        assert!(!me.knows_dead(&me.lock_row("t", String::new())));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_dead_are_known_only_on_this_host() {
        let me = me();
        let row = me.lock_row("t", String::new());
        let with = |change: fn(&mut LockRow)| {
            let mut row = row.clone();
            change(&mut row);
            me.knows_dead(&row)
        };
        assert!(with(|row| row.pid = u32::MAX), "no such process");
        assert!(
            with(|row| row.process_started = "1".into()),
            "the id was given to another process"
        );
        assert!(
            with(|row| row.machine = "boot-0/pid:[1]".into()),
            "the host was started again"
        );
        assert!(
            !with(|row| row.machine = "boot-1/pid:[2]".into()),
            "another container of this boot"
        );
        assert!(!with(|row| row.host = "build-8".into()), "another host");
        assert!(
            !with(|row| row.machine.clear()),
            "a system that tells nothing"
        );
    }
}
