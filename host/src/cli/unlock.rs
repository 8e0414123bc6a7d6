//! `dapter unlock`.

use serde_json::json;

use super::arguments::Unlock;
use super::output::{Failure, Output};
use super::progress::holder_text;
use super::session::Session;

pub(super) fn run(command: &Unlock, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let migrator = session.migrator(&target)?;
    let Some(holder) = migrator.lock_holder()? else {
        return output.result(
            &json!({"holder": null, "unlocked": false}),
            &"nobody holds the lock\n",
        );
    };
    let doing = command.yes && !session.global.dry_run;
    if doing {
        migrator.break_lock(&holder)?;
    }
    let who = holder_text(Some(&holder));
    let text = if doing {
        format!("took the lock away from {who}\n")
    } else {
        format!(
            "the lock is held by {who}\nif that process is gone for certain: dapter unlock --yes\n"
        )
    };
    let document = json!({
        "holder": {"host": holder.host, "pid": holder.pid, "user": holder.user, "since": holder.since},
        "unlocked": doing,
    });
    output.result(&document, &text)
}
