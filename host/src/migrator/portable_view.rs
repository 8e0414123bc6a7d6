//! Makes statements of the views of portable scripts.

use std::ops::Range;

use dapter_plugin_api::{AdapterError, ObjectName, Operation, Rendering, Schema, SchemaObject};

use super::core::Core;
use super::portable::problem;
use crate::error::MigrationError;
use crate::plan::Direction;
use crate::portable::{PortableError, Texts};
use crate::script::{ScriptBody, Segment};

type Result<T> = std::result::Result<T, MigrationError>;

impl Core {
    /// The statement that makes a view.
    pub(super) async fn view(
        &self,
        (name, query, current): (&ObjectName, &Texts, Schema),
        (body, direction): (&ScriptBody, Direction),
        at: usize,
    ) -> Result<Vec<Segment>> {
        let failed = |error| problem(body, direction, at, &error);
        let segments = self.text_of(body, direction, at, ("create_view", query))?;
        let text: String = segments.iter().map(|it| it.text.as_str()).collect();
        let options = self.settings.connect_options();
        let found = self.adapter.split_for(&text, &options).await;
        let found = found.map_err(|error| failed(PortableError::Render(error)))?;
        let [only] = &found[..] else {
            return Err(failed(PortableError::NoQuery(found.len())));
        };
        let query = only.text(&text).unwrap_or_default();
        let object = SchemaObject::of_view(name.clone(), query);
        let rendering = Rendering {
            operations: vec![Operation::Create { object }],
            current,
            online: false,
            portable_types: true,
        };
        let written = self.adapter.render(rendering).await;
        let written = written.map_err(|error| failed(PortableError::Render(error)))?;
        let around = match &written.statements[..] {
            [statement] => statement.split_once(query),
            _ => None,
        };
        // A plugin that is older than views without a statement writes none.
        let (before, behind) = around.ok_or_else(|| {
            let error = AdapterError::unsupported("views in portable scripts");
            failed(PortableError::Render(error.with_hint("write `execute`")))
        })?;
        let mut made = vec![Segment::plain(before)];
        made.extend(cut(segments, only.start..only.end));
        made.push(Segment::plain(behind));
        Ok(made)
    }
}

/// What of a text, in segments, lies in a range of it.
fn cut(segments: Vec<Segment>, range: Range<usize>) -> Vec<Segment> {
    let mut start = 0;
    let cut = segments.into_iter().filter_map(|segment| {
        let end = start + segment.text.len();
        let within = range.start.max(start)..range.end.min(end);
        let text = (!within.is_empty())
            .then(|| segment.text[within.start - start..within.end - start].to_owned());
        start = end;
        Some(Segment {
            text: text?,
            ..segment
        })
    });
    cut.collect()
}
