//! Reads the descriptor of a plugin that is not trusted.

use super::inspect_error::InspectError;
use dapter_plugin_api::{AdapterInfo, Descriptor};
use serde::Deserialize;

/// The format of the descriptor that this version reads.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Reads a descriptor and checks that what it says can be shown and used: names are there, and no text has a control
/// character in it.
///
/// # Errors
/// [`InspectError::DescriptorFormat`] for a format of the future, [`InspectError::Descriptor`] for anything else.
pub(super) fn read(section: &[u8]) -> Result<Descriptor, InspectError> {
    // Linkers fill a section up with zeros.
    let end = section
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    let json = &section[..end];
    let unreadable = |error: serde_json::Error| InspectError::Descriptor(error.to_string());
    let Format { format } = serde_json::from_slice(json).map_err(unreadable)?;
    if format != FORMAT {
        return Err(InspectError::DescriptorFormat {
            found: format,
            expected: FORMAT,
        });
    }
    let descriptor: Descriptor = serde_json::from_slice(json).map_err(unreadable)?;
    match fault(&descriptor) {
        Some(fault) => Err(InspectError::Descriptor(fault)),
        None => Ok(descriptor),
    }
}

fn fault(descriptor: &Descriptor) -> Option<String> {
    let Descriptor {
        format: _,
        name,
        version,
        license,
        description,
        homepage,
        abi,
        sdk,
        target,
        adapters,
    } = descriptor;
    let texts = [
        name,
        version,
        license,
        description,
        homepage,
        abi,
        sdk,
        target,
    ];
    if texts
        .into_iter()
        .any(|text| text.contains(char::is_control))
    {
        return Some("it has control characters in its text".to_owned());
    }
    if name.is_empty() || adapters.is_empty() {
        return Some("it names no plugin or no adapter".to_owned());
    }
    for (index, adapter) in adapters.iter().enumerate() {
        if !words(adapter) {
            return Some(format!(
                "its adapter number {} has a name of other characters than it may have",
                index + 1
            ));
        }
        if adapters[..index]
            .iter()
            .any(|other| other.key == adapter.key)
        {
            return Some(format!("it has two adapters `{}`", adapter.key));
        }
    }
    None
}

/// Whether all names of the adapter are what `export_adapter!` lets through.
fn words(adapter: &AdapterInfo) -> bool {
    let word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'_'))
    };
    word(&adapter.key)
        && word(&adapter.extension)
        && adapter.schemes.iter().all(|scheme| word(scheme))
        && !adapter.comment.contains(char::is_control)
        && !adapter
            .capabilities
            .iter()
            .any(|name| name.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAPTER: &str = r#"{"key":"a","extension":"sql","comment":"--","execution":"blocking"}"#;

    fn with(name: &str, adapters: &str) -> String {
        format!(
            r#"{{"format":1,"name":"{name}","version":"1","abi":"1.0","sdk":"1.0.0","target":"t","adapters":[{adapters}],"new":[]}}"#
        )
    }

    #[test]
    fn padding_and_unknown_fields_are_passed_over() {
        let json = with("p", ADAPTER) + "\0\0\0";
        let descriptor = read(json.as_bytes()).expect("reads");
        assert_eq!(
            (descriptor.name.as_str(), descriptor.adapters.len()),
            ("p", 1)
        );
    }

    #[test]
    fn a_descriptor_that_cannot_be_used_is_refused() {
        let evil_key = ADAPTER.replace("\"a\"", "\"A;\"");
        for (json, expected) in [
            (String::new(), "EOF"),
            ("\0\0".to_owned(), "EOF"),
            ("garbage".to_owned(), "expected value"),
            ("[".repeat(100_000), "invalid type"),
            (r#"{"format":2,"anything":"else"}"#.to_owned(), "format 2"),
            (with("", ADAPTER), "names no plugin"),
            (with("p", ""), "no adapter"),
            (with(r"p\u001b[31m", ADAPTER), "control characters"),
            (with("p", &evil_key), "other characters"),
            (
                with("p", &format!("{ADAPTER},{ADAPTER}")),
                "two adapters `a`",
            ),
        ] {
            let error = read(json.as_bytes()).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
