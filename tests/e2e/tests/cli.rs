//! The command line as its users see it: transcripts, one file a subject.

mod cli {
    mod adopt;
    mod autogenerate;
    mod backup;
    mod check;
    mod config;
    mod doctor;
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
    mod offline;
    mod output;
    mod plan;
    mod plugins;
    mod portable;
    mod repeatable;
    mod schemas;
    mod scripts;
    mod squash;
    mod values;
    mod variables;
    mod verify;
}
