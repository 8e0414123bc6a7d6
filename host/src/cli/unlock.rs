//! `dapter unlock`.

use serde_json::json;

use super::arguments::Unlock;
use super::output::{Failure, Output};
use super::progress::holder_text;
use super::session::Session;
use super::status;

pub(super) fn run(command: &Unlock, session: &Session<'_>, output: &Output) -> Result<(), Failure> {
    let target = session.target()?;
    let migrator = session.migrator(&target)?;
    let Some(holder) = migrator.lock_holder()? else {
        return output.result(
            &json!({"holder": null, "unlocked": false}),
            &"nobody holds the lock\n",
        );
    };
    if holder.token.is_empty() {
        let text = format!(
            "the lock is held by {}\nit belongs to that connection to the database and ends with it: end that process\n",
            status::lock_text(&holder)
        );
        return output.result(
            &json!({"holder": status::holder(&holder), "unlocked": false}),
            &text,
        );
    }
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
        "holder": status::holder(&holder),
        "unlocked": doing,
    });
    output.result(&document, &text)
}
