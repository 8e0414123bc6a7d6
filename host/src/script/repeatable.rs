//! Scripts that run again whenever their text has changed: views, functions, seeds.

use super::directive::{Directive, MARKERS, comment_text};
use super::parsed::Script;
use super::template::flatten;

/// The text of a new repeatable script, its directives in comments of the given marker.
pub(super) fn text(name: &str, message: &str, marker: &str) -> String {
    let message = match flatten(message) {
        empty if empty.is_empty() => name.replace(['_', '-'], " "),
        message => message,
    };
    format!(
        "{marker} {message}\n{marker} dapter:repeatable {name}\n\n\
         {marker} dapter:upgrade\n"
    )
}

/// The comment marker that the directives of a template follow; that of SQL if it has none.
pub(super) fn marker(template: &str) -> &'static str {
    let is_directive =
        |line: &&str| comment_text(line).is_some_and(|text| Directive::of_comment(text).is_some());
    let line = template.lines().find(is_directive).unwrap_or_default();
    let line = line.trim_ascii_start();
    let found = MARKERS.into_iter().find(|marker| line.starts_with(marker));
    found.unwrap_or(MARKERS[0])
}

/// The scripts in the order in which they run: that of their file names, but each after those it depends on. What
/// depends on itself or on what is not there comes last; whoever checks the graph has refused it.
pub(crate) fn in_order<S: AsRef<Script>>(mut waiting: Vec<S>) -> Vec<S> {
    let mut ordered: Vec<S> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |script: &S| {
            let needs = &script.as_ref().revision.depends_on;
            needs.iter().all(|need| {
                ordered
                    .iter()
                    .any(|done| done.as_ref().revision.id == **need)
            })
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::script::parse;

    fn script(name: &str, needs: &str) -> Arc<Script> {
        let text = match needs {
            "" => text(name, "", "--"),
            needs => format!("-- dapter:depends-on {needs}\n{}", text(name, "", "--")),
        };
        Arc::new(parse(Path::new(name), &text).expect("a script"))
    }

    #[test]
    fn each_runs_after_those_it_depends_on_and_else_by_name() {
        let scripts = vec![
            script("a", "c"),
            script("b", ""),
            script("c", "d, b"),
            script("d", ""),
        ];
        let ordered = in_order(scripts);
        let names: Vec<_> = ordered
            .iter()
            .filter_map(|script| script.revision.id.repeatable_name())
            .collect();
        assert_eq!(names, ["b", "d", "c", "a"]);
    }

    #[test]
    fn a_new_one_speaks_the_language_of_the_template() {
        for (template, expected) in [
            ("# Title\n# dapter:revision ${revision}\n", "#"),
            ("  // dapter:upgrade", "//"),
            ("", "--"),
        ] {
            assert_eq!(marker(template), expected, "{template:?}");
        }
        assert_eq!(
            text("active_users", "", "#"),
            "# active users\n# dapter:repeatable active_users\n\n# dapter:upgrade\n"
        );
    }

    #[test]
    fn it_has_no_place_in_the_graph_and_no_way_back() {
        let text = "-- dapter:repeatable v\n-- dapter:revision a\n-- dapter:revises b\n-- dapter:branch c\n\
                    -- dapter:irreversible \"no\"\n-- dapter:upgrade\n-- dapter:downgrade\n";
        let problems = parse(Path::new("v.sql"), text)
            .expect_err("it says too much")
            .0;
        let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 7].map(Some));
    }
}
