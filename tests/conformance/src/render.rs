//! The capability `render`.

use crate::bench::Bench;
use crate::case::{Gate, Promise, Verdict, promises};
use crate::check::{holds, refused, same};
use crate::client::Refused;
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{Capability, ErrorKind, Operation, Rendered, Rendering, SchemaObject};

pub(crate) const PROMISES: &[&[Promise]] = &[
    promises!(Gate::Declared(Capability::Render) =>
        what_it_writes_builds_what_was_inspected_and_removes_it_again,
    ),
    promises!(Gate::Undeclared(Capability::Render) => undeclared_it_is_unsupported),
];

fn rendered(bench: &Bench, rendering: &Rendering) -> Result<Rendered, Refused> {
    let rendered = block_on(bench.subject.adapter.render(rendering.clone()));
    rendered.map_err(|error| Refused {
        call: "render",
        error,
    })
}

fn what_it_writes_builds_what_was_inspected_and_removes_it_again(bench: &Bench) -> Verdict {
    let (one, other) = (bench.prepared()?, bench.prepared()?);
    one.connect()?.execute(&bench.ddl()?.statement)?;
    let wanted = one.connect()?.inspect()?;
    let current = other.connect()?.inspect()?;
    let is_new = |object: &&SchemaObject| current.get(&object.kind, &object.name).is_none();
    let objects: Vec<SchemaObject> = wanted.objects.iter().filter(is_new).cloned().collect();
    holds(
        !objects.is_empty(),
        "the structure that was made is not there",
    )?;
    let creations = objects.iter().cloned();
    let there = Rendering {
        operations: creations
            .map(|object| Operation::Create { object })
            .collect(),
        current: current.clone(),
        ..Rendering::default()
    };
    let statements = rendered(bench, &there)?;
    same("the statements", &rendered(bench, &there)?, &statements)?;
    let subjects = block_on(bench.subject.adapter.subjects(&statements.statements));
    let subjects = subjects.map_err(|error| Refused {
        call: "subjects",
        error,
    })?;
    same(
        "the number of subjects",
        &subjects.len(),
        &statements.statements.len(),
    )?;
    let run = |rendered: &Rendered| -> Verdict {
        let mut client = other.connect()?;
        for statement in &rendered.statements {
            client.execute(statement)?;
        }
        Ok(())
    };
    run(&statements)?;
    same(
        "the schema",
        &other.connect()?.inspect()?.objects,
        &wanted.objects,
    )?;
    let removals = objects.into_iter().rev();
    let back = Rendering {
        operations: removals.map(|object| Operation::Drop { object }).collect(),
        current: wanted,
        ..Rendering::default()
    };
    run(&rendered(bench, &back)?)?;
    same(
        "the schema behind it",
        &other.connect()?.inspect()?.objects,
        &current.objects,
    )
}

fn undeclared_it_is_unsupported(bench: &Bench) -> Verdict {
    let rendering = Rendering::default();
    refused(rendered(bench, &rendering), ErrorKind::Unsupported).map(drop)
}
