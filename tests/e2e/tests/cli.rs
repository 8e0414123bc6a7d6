//! The command line as its users see it: transcripts, one file a subject.

mod cli {
    mod check;
    mod config;
    mod failures;
    mod first_steps;
    mod graph;
    mod half_done;
    mod help;
    mod history;
    mod hooks;
    mod json;
    mod json_failures;
    mod lint;
    mod lock;
    mod many;
    mod output;
    mod plan;
    mod plugins;
    mod repeatable;
    mod scripts;
    mod variables;
}
