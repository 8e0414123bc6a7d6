//! Who holds the lock, told by the name of the application: `dapter PID@HOST since TIME`.

use dapter_plugin_api::LockRow;

/// The longest name that a server keeps whole: `NAMEDATALEN` less one.
const LONGEST: usize = 63;

/// The name that tells of the holder as much as fits. What does not fit is left out rather than cut.
pub(crate) fn application_name(holder: &LockRow) -> String {
    let LockRow {
        pid, host, since, ..
    } = holder;
    let host = if is_plain(host) {
        format!("@{host}")
    } else {
        String::new()
    };
    let since = if is_plain(since) {
        format!(" since {since}")
    } else {
        String::new()
    };
    let forms = [
        format!("dapter {pid}{host}{since}"),
        format!("dapter {pid}{host}"),
        format!("dapter {pid}{since}"),
    ];
    forms
        .into_iter()
        .find(|form| form.len() <= LONGEST)
        .unwrap_or_else(|| format!("dapter {pid}"))
}

/// Whether the server keeps a text as it is, and it can be told from what stands around it.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'@')
}

/// What such a name tells; `None` for any other name.
pub(crate) fn named(application: &str) -> Option<LockRow> {
    let rest = application.strip_prefix("dapter ")?;
    let (who, since) = rest.split_once(" since ").unwrap_or((rest, ""));
    let (pid, host) = who.split_once('@').unwrap_or((who, ""));
    Some(LockRow {
        pid: pid.parse().ok()?,
        host: host.to_owned(),
        since: since.to_owned(),
        ..LockRow::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32, host: &str, since: &str) -> LockRow {
        LockRow {
            pid,
            host: host.to_owned(),
            since: since.to_owned(),
            ..LockRow::default()
        }
    }

    #[test]
    fn what_fits_is_told_and_read_back() {
        let long = "h".repeat(50);
        let longer = "h".repeat(70);
        let time = "2025-05-16T10:30:00Z";
        let table = [
            (
                holder(7, "web-1", time),
                "dapter 7@web-1 since 2025-05-16T10:30:00Z".to_owned(),
            ),
            (holder(7, &long, time), format!("dapter 7@{long}")),
            (
                holder(7, &longer, time),
                "dapter 7 since 2025-05-16T10:30:00Z".to_owned(),
            ),
            (
                holder(7, "müller", time),
                "dapter 7 since 2025-05-16T10:30:00Z".to_owned(),
            ),
            (holder(7, "", ""), "dapter 7".to_owned()),
        ];
        for (row, expected) in table {
            let name = application_name(&row);
            assert_eq!(name, expected);
            let told = named(&name).expect("our own");
            assert_eq!(told.pid, row.pid);
            assert!(told.host.is_empty() || told.host == row.host);
            assert!(told.since.is_empty() || told.since == row.since);
        }
        for other in ["psql", "dapter", "dapter x@y", ""] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
