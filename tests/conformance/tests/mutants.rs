//! The suite can fail: each flawed adapter is found out, where its flaw lies.

mod support;

use dapter_conformance::{Elsewhere, Outcome, Surroundings, cases_in};
use support::files::*;
use support::flawed::{Flaw, Flawed};
use support::flaws::*;
use support::subject;
use support::tool::*;

/// The suite finds that an adapter with this flaw lacks this behaviour.
fn caught<F: Flaw>(area: &str, behaviour: &str) {
    let name = format!("conformance::everything::{area}::{behaviour}");
    let surroundings = Surroundings {
        elsewhere: Some(Box::new(elsewhere::<F>)),
        ..Surroundings::default()
    };
    let case = cases_in(subject::<Flawed<F>>("everything"), surroundings)
        .into_iter()
        .find(|case| case.name() == name);
    let verdict = case.expect("the suite has the case").test();
    assert!(
        matches!(verdict, Outcome::Failed(_)),
        "{name} passes with the flaw {}",
        std::any::type_name::<F>()
    );
}

/// What stands for another process: the same adapter once more, which sees the same databases.
fn elsewhere<F: Flaw>() -> Result<Elsewhere, String> {
    Ok(Elsewhere {
        adapter: subject::<Flawed<F>>("everything").adapter,
        kill: Box::new(|| {}),
    })
}

#[test]
fn in_the_description() {
    caught::<DdlWithoutTransactions>("describe", "transactional_ddl_comes_with_transactions");
}

#[test]
fn in_linting() {
    caught::<InventsCodes>("lint", "findings_point_into_statements_and_have_a_rule");
    caught::<PointsBehindTheEnd>("lint", "findings_point_into_statements_and_have_a_rule");
    caught::<FindsWhatIsHarmless>("lint", "a_single_row_is_no_finding");
}

#[test]
fn in_inspecting() {
    caught::<InspectsTheHistory>("inspect", "the_history_is_no_part_of_the_schema");
    caught::<SeesNothing>("inspect", "what_is_built_alike_has_the_same_schema");
}

#[test]
fn in_scratch_databases() {
    caught::<TriesInTheDatabase>("scratch", "it_is_empty_and_works_like_any_other");
    caught::<TriesInTheDatabase>("scratch", "what_is_done_in_it_stays_in_it");
    caught::<TriesInTheDatabase>("scratch", "two_are_two");
    caught::<TriesInTheDatabase>("scratch", "nothing_else_is_removed");
}

#[test]
fn in_scripts_for_other_programs() {
    const WHOLE: &str = "the_same_script_is_the_same_text_with_everything_in_it";
    caught::<WritesNoComments>("offline", WHOLE);
    caught::<WritesNoRequirements>("offline", WHOLE);
    caught::<WritesNoHistory>("offline", WHOLE);
    caught::<WritesAnotherScriptEachTime>("offline", WHOLE);
    caught::<DeclaresOfflineOnly>("offline", WHOLE);
}

#[test]
fn in_copies() {
    const WHOLE: &str = "a_copy_fills_its_file_and_leaves_nothing_beside_it";
    caught::<CopiesNothing>("backup", WHOLE);
    caught::<CopiesElsewhere>("backup", WHOLE);
    caught::<LeavesAJournalBehind>("backup", WHOLE);
    caught::<GivesCopiesNoEnding>("backup", WHOLE);
    caught::<RestoresFromNowhere>("backup", WHOLE);
}

#[test]
fn in_scripts_of_tools() {
    const NAMES: &str = "names_are_file_names_with_the_adapters_extension";
    const TEXTS: &str = "texts_are_scripts_of_a_revision_each";
    const MADE: &str = "what_is_made_is_listed_and_what_is_refused_is_not";
    caught::<ListsAnotherScriptEachTime>("scripts", "the_same_project_has_the_same_scripts");
    caught::<NamesLeaveTheFolder>("scripts", NAMES);
    caught::<NamesHaveAnotherExtension>("scripts", NAMES);
    caught::<ScriptsHaveNoId>("scripts", TEXTS);
    caught::<ScriptsDoNothing>("scripts", TEXTS);
    caught::<MakesWhatItDoesNotList>("scripts", MADE);
    caught::<RefusesWhatItHasMade>("scripts", MADE);
    caught::<DeclaresScriptsOnly>("scripts", MADE);
}

#[test]
fn in_connecting() {
    caught::<IgnoresOptions>("connect", "an_unknown_option_is_refused");
    caught::<PrintsTheUrl>("connect", "a_url_of_another_scheme_is_refused");
    caught::<ConnectingMakesAHistory>("connect", "connecting_changes_nothing");
}

#[test]
fn in_what_sessions_leave_behind() {
    caught::<LeavesAFileOpen>(
        "process",
        "a_hundred_sessions_leave_neither_files_nor_threads_behind",
    );
}

#[test]
fn in_keeping_the_history() {
    caught::<ReadingMakesAHistory>("history", "reading_changes_nothing");
    caught::<EnsuringEmpties>("history", "ensuring_again_changes_nothing");
    caught::<SortsRowsByName>("history", "rows_come_in_the_order_of_their_position");
    caught::<TrimsText>("history", "any_text_is_kept_as_it_is");
    caught::<CutsLongText>("history", "long_text_is_kept_whole");
    caught::<IdsWithoutCase>("history", "ids_are_compared_exactly");
}

#[test]
fn in_swapping() {
    caught::<SwapsInPieces>("swap", "a_conflict_behind_other_rows_undoes_them");
    caught::<SwapsWithoutComparing>("swap", "a_row_that_is_there_is_not_added");
    caught::<ComparesOnlyPresence>("swap", "a_row_with_other_statements_done_is_not_replaced");
    caught::<LogsConflicts>(
        "swap",
        "a_row_that_is_missing_is_neither_replaced_nor_deleted",
    );
    caught::<ConflictsAreFailures>("swap", "a_conflict_leaves_the_session_usable");
}

#[test]
fn in_the_log() {
    caught::<LogsNewestFirst>("log", "lines_come_oldest_first");
    caught::<SortsTheLogByTime>("log", "the_order_is_not_that_of_the_times");
    caught::<ForgetsEqualLines>("log", "equal_lines_are_two_lines");
}

#[test]
fn in_the_lock_row() {
    caught::<GivesAHeldLockAway>("lock_row", "a_held_lock_is_not_taken");
    caught::<ReleasesForAnybody>("lock_row", "only_the_holder_releases");
    caught::<RenewsForAnybody>("lock_row", "only_the_holder_gives_a_sign_of_life");
    caught::<ForgetsTheHoldersUser>("lock_row", "every_field_of_the_holder_is_kept");
}

#[test]
fn in_a_race() {
    caught::<ComparesWithAnOldReading>("race", "a_free_lock_has_one_taker");
    caught::<SwapsWithoutComparing>("race", "a_row_has_one_writer");
}

#[test]
fn in_executing() {
    caught::<CountsNoRows>("execute", "the_rows_affected_are_counted");
    caught::<SwallowsErrors>("execute", "a_failure_has_its_kind_code_and_position");
    caught::<LosesTheCode>("execute", "a_failure_has_its_kind_code_and_position");
    caught::<DiesOfAnError>("execute", "a_failure_leaves_the_session_usable");
    caught::<PanicsOnNonsense>("execute", "nonsense_is_refused");
}

#[test]
fn in_recording() {
    caught::<RecordsFirst>("recorded", "a_failing_statement_is_not_recorded");
    caught::<KeepsTheAnnouncement>("recorded", "an_announcement_ends_with_the_record");
    caught::<ForgetsTheRecord>("recorded", "effect_and_record_are_both_there");
}

#[test]
fn in_querying() {
    caught::<QueriesNothing>("query", "rows_tell_what_was_written");
}

#[test]
fn in_splitting() {
    caught::<CountsLinesFromZero>("split", "lines_and_columns_are_where_statements_start");
    caught::<SplitsComments>("split", "the_statements_of_a_script_are_found");
    caught::<KeepsTheCarriageReturn>("split", "line_breaks_of_windows_make_no_difference");
    caught::<FindsAStatementInNothing>("split", "nothing_is_no_statement");
    caught::<PanicsOnACutScript>("split", "every_beginning_of_a_script_is_answered");
}

#[test]
fn in_transactions() {
    caught::<BeginsNothing>("transactions", "a_rollback_leaves_nothing");
    caught::<BeginsNothing>("transactions", "begin_keeps_other_transactions_out");
    caught::<BeginsNothing>(
        "transactions",
        "nobody_sees_a_transaction_before_its_commit",
    );
    caught::<CommitsInsteadOfRollingBack>("transactions", "a_failure_can_be_rolled_back");
    caught::<RollsBackInsteadOfCommitting>("transactions", "a_commit_keeps_data_and_history");
    caught::<HistorySurvivesRollback>("transactions", "a_rollback_leaves_nothing");
    caught::<DataSurvivesRollback>("transactions", "a_rollback_leaves_nothing");
    caught::<RollbackNeedsATransaction>(
        "transactions",
        "a_rollback_without_a_transaction_succeeds",
    );
    caught::<TheEndCommits>("transactions", "the_end_of_a_session_rolls_back");
    caught::<BusyIsAFailure>("transactions", "begin_keeps_other_transactions_out");
    caught::<BeginsLate>("transactions", "begin_keeps_other_writers_out");
}

#[test]
fn in_structure() {
    caught::<DdlCommits>("ddl", "a_rollback_leaves_no_trace_of_structure");
    caught::<TheHistoryIsMadeOutsideTheTransaction>(
        "ddl",
        "ensuring_the_history_is_rolled_back_too",
    );
}

#[test]
fn in_locking() {
    caught::<EverybodyGetsTheLock>("lock", "one_session_holds_it");
    caught::<NamesTheWrongHolder>("lock", "who_holds_it_is_told");
    caught::<AnybodyUnlocks>("lock", "only_its_holder_gives_it_back");
    caught::<TheEndKeepsTheLock>("lock", "the_end_of_the_session_gives_it_back");
    caught::<DeclaresLocksOnly>("lock", "it_is_given_back");
}

#[test]
fn between_processes() {
    caught::<EverybodyGetsTheLock>("processes", "one_process_holds_the_lock");
    caught::<SwapsWithoutComparing>("processes", "two_processes_lose_no_update");
    caught::<GivesAHeldLockAway>("processes", "a_free_lock_row_has_one_process");
}

#[test]
fn in_cancelling() {
    caught::<CancelsNothing>("cancel", "a_running_statement_is_stopped");
    caught::<CancelsAsFailure>("cancel", "a_running_statement_is_stopped");
    caught::<CancelsForGood>("cancel", "a_stopped_session_is_usable");
}

#[test]
fn in_sessions() {
    caught::<SwallowsErrors>("sessions", "an_error_in_one_does_not_touch_the_other");
}
