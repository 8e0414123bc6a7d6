//! The command line as its users see it: transcripts, one file a subject.

mod cli {
    mod config;
    mod failures;
    mod first_steps;
    mod half_done;
    mod help;
    mod history;
    mod json;
    mod json_failures;
    mod lint;
    mod lock;
    mod output;
    mod plugins;
    mod scripts;
}
