//! The command line as its users see it: transcripts, one file a subject.

mod cli {
    mod adopt;
    mod authors;
    mod autogenerate;
    mod backup;
    #[cfg(target_os = "linux")]
    mod bad_plugins;
    mod check;
    mod config;
    mod doctor;
    mod failures;
    mod first_steps;
    mod former_names;
    mod graph;
    mod half_done;
    mod help;
    mod history;
    mod hooks;
    mod isolation;
    mod json;
    mod json_failures;
    mod lint;
    mod lock;
    mod many;
    mod offline;
    mod output;
    mod plan;
    mod plugin_files;
    mod plugins;
    mod portable;
    mod registry;
    mod registry_attacks;
    mod repeatable;
    mod schemas;
    mod scripts;
    mod squash;
    mod tool;
    mod updates;
    mod values;
    mod variables;
    mod verify;
}
