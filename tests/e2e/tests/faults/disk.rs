//! No room on the disk.

use super::contents::Contents;
use super::project::Project;
use dapter_e2e::Running;

#[test]
fn an_upgrade_that_finds_no_room_is_rolled_back_and_completes_with_room() {
    let alone = Project::bookshop();
    alone.run(&["upgrade"]).expect(0);
    let expected = Contents::of(&alone);
    let kinds = [
        ("each", "this step was rolled back"),
        ("all", "the database is as it was before"),
    ];
    for (mode, state) in kinds {
        let project = Project::bookshop();
        // Blocks of 512 or 1,024 bytes: room for the first half of the scripts. The signal would end the process.
        let command = project.limited(
            "trap '' XFSZ; ulimit -f 5000",
            &["upgrade", "--transaction", mode],
        );
        let ended = Running::start(command).end();
        let code = if mode == "all" { 1 } else { 4 };
        let ended = ended.expect(code);
        assert!(
            ended.errors.contains("SQLITE_IOERR_WRITE") || ended.errors.contains("SQLITE_FULL"),
            "{ended:?}"
        );
        assert!(ended.errors.contains(state), "{ended:?}");
        let half = Contents::of(&project);
        assert_eq!(
            half.history.len(),
            ended
                .output
                .lines()
                .filter(|line| mode == "each" && line.starts_with("applied"))
                .count()
        );
        project.run(&["upgrade", "--lock-wait", "0s"]).expect(0);
        Contents::of(&project).expect(&expected);
    }
}
