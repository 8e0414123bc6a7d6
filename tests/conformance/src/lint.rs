//! The capability `lint`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::Refused;
use crate::outcome::Ended;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{Capability, ErrorKind, Finding, LintRule, LintScript, Statement};
use std::collections::BTreeSet;

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Lint) =>
        every_rule_says_what_why_and_what_instead,
        codes_are_words_and_come_once,
        findings_point_into_statements_and_have_a_rule,
        the_same_script_gives_the_same_findings,
        a_single_row_is_no_finding,
        every_beginning_of_a_statement_is_answered,
    ),
    promises!(Gate::Undeclared(Capability::Lint) => undeclared_it_is_unsupported),
];

fn rules(bench: &Bench) -> Result<Vec<LintRule>, Refused> {
    let rules = block_on(bench.subject.adapter.lint_rules());
    rules.map_err(|error| Refused {
        call: "lint_rules",
        error,
    })
}

fn lint(bench: &Bench, text: &str, statements: &[Statement]) -> Result<Vec<Finding>, Refused> {
    let script = LintScript::new(text, statements);
    block_on(bench.subject.adapter.lint(&script)).map_err(|error| Refused {
        call: "lint",
        error,
    })
}

/// The findings of the subject's script, run backwards: what it makes is gone before it is made.
fn of_the_script(bench: &Bench) -> Result<Vec<Finding>, Ended> {
    let mut statements = bench.script().statements.clone();
    statements.reverse();
    let (mut text, mut ranges) = (String::new(), Vec::new());
    for statement in statements {
        let start = text.len();
        text.push_str(&statement);
        let mut range = Statement::whole(&statement);
        for found in &mut range {
            (found.start, found.end) = (start, text.len());
        }
        ranges.extend(range);
        text.push('\n');
    }
    Ok(lint(bench, &text, &ranges)?)
}

fn every_rule_says_what_why_and_what_instead(bench: &Bench) -> Verdict {
    let rules = rules(bench)?;
    holds(!rules.is_empty(), "there is no rule")?;
    for rule in rules {
        let texts = [&rule.title, &rule.reason, &rule.advice, &rule.source];
        let are_there = texts.iter().all(|text| !text.trim().is_empty());
        holds(are_there, &format!("rule {} leaves a text out", rule.code))?;
    }
    Ok(())
}

/// Codes stand in scripts, `-- dapter:allow CODE "why"`, between blanks and commas.
fn codes_are_words_and_come_once(bench: &Bench) -> Verdict {
    let rules = rules(bench)?;
    for rule in &rules {
        let fits = !rule.code.is_empty() && rule.code.chars().all(|c| c.is_ascii_alphanumeric());
        holds(fits, &format!("`{}` is no code", rule.code))?;
    }
    let codes: BTreeSet<&str> = rules.iter().map(|rule| &*rule.code).collect();
    same("the number of different codes", &codes.len(), &rules.len())
}

fn findings_point_into_statements_and_have_a_rule(bench: &Bench) -> Verdict {
    let rules = rules(bench)?;
    let findings = of_the_script(bench)?;
    let order: Vec<usize> = findings.iter().map(|finding| finding.statement).collect();
    holds(
        order.is_sorted(),
        "the findings do not come in the order of the statements",
    )?;
    for finding in findings {
        let rule = rules.iter().find(|rule| rule.code == finding.code);
        let rule = rule.ok_or_else(|| format!("no rule has the code {}", finding.code))?;
        same(
            &format!("whether {} destroys data", finding.code),
            &finding.destroys_data,
            &rule.destroys_data,
        )?;
    }
    Ok(())
}

fn the_same_script_gives_the_same_findings(bench: &Bench) -> Verdict {
    let first = of_the_script(bench)?;
    lint(bench, "", &[])?;
    same("the findings", &of_the_script(bench)?, &first)
}

fn a_single_row_is_no_finding(bench: &Bench) -> Verdict {
    let put = bench.put();
    same(
        "the findings",
        &lint(bench, put, &Statement::whole(put))?,
        &Vec::new(),
    )?;
    same("those of nothing", &lint(bench, "", &[])?, &Vec::new())
}

/// Nobody promises that what is linted is valid.
fn every_beginning_of_a_statement_is_answered(bench: &Bench) -> Verdict {
    for statement in &bench.script().statements {
        for (end, _) in statement.char_indices() {
            let cut = &statement[..end];
            lint(bench, cut, &Statement::whole(cut))?;
        }
    }
    Ok(())
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    refused(rules(bench), ErrorKind::Unsupported)?;
    refused(lint(bench, "", &[]), ErrorKind::Unsupported).map(drop)
}
