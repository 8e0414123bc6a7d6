//! The names of script files, which are for people: only the header of a script counts.

use std::path::Path;

use super::timestamp::file_name_time;

/// The extension of scripts of portable operations, which no adapter's scripts can have.
pub(crate) const PORTABLE_EXTENSION: &str = "toml";

/// Whether a script is one of portable operations.
pub(crate) fn is_portable(path: &Path) -> bool {
    // Asked of each of ten thousand scripts several times: the path is not taken apart unless its end says so.
    let ends_so = path
        .as_os_str()
        .as_encoded_bytes()
        .last_chunk()
        .is_some_and(|end: &[u8; PORTABLE_EXTENSION.len()]| {
            end.eq_ignore_ascii_case(PORTABLE_EXTENSION.as_bytes())
        });
    ends_so
        && path
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case(PORTABLE_EXTENSION))
}

/// The longest slug, in characters.
const SLUG_LIMIT: usize = 40;

/// `20250516T1030_ae1027a6acf0_add_users_table.sql`; `None` unless `created` is RFC 3339 in UTC.
///
/// Whatever of the id could not stand in a file name becomes `_`, so no id leads out of the folder.
pub(crate) fn file_name(created: &str, id: &str, message: &str, extension: &str) -> Option<String> {
    let time = file_name_time(created)?;
    let id = id.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let slug = slug(message);
    let separator = if slug.is_empty() { "" } else { "_" };
    Some(format!("{time}_{id}{separator}{slug}.{extension}"))
}

/// A message as part of a file name: lower-case ASCII letters, digits and `_`, at most 40 of them, perhaps none.
///
/// Other letters are left out; whatever stands between words becomes one `_`.
pub(crate) fn slug(message: &str) -> String {
    let mut slug = String::with_capacity(SLUG_LIMIT);
    for c in message.chars() {
        if slug.len() == SLUG_LIMIT {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !c.is_alphanumeric() && !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.truncate(slug.trim_end_matches('_').len());
    slug
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{file_name, slug};

    #[test]
    fn a_slug_is_the_message_in_small_plain_letters() {
        for (message, expected) in [
            ("Add users table", "add_users_table"),
            ("  v2: Add `users`…  table!! ", "v2_add_users_table"),
            ("Größe ändern", "gre_ndern"),
            ("../../etc/passwd", "etc_passwd"),
            ("表を追加", ""),
            ("", ""),
            (
                "a very long message that goes on and on and on",
                "a_very_long_message_that_goes_on_and_on",
            ),
        ] {
            assert_eq!(slug(message), expected, "{message}");
        }
    }

    #[test]
    fn a_file_name_has_time_id_and_slug() {
        let created = "2025-05-16T10:30:00Z";
        for (id, message, expected) in [
            ("ae10", "Add users", "20250516T1030_ae10_add_users.sql"),
            ("ae10", "…", "20250516T1030_ae10.sql"),
            ("../x\\é", "", "20250516T1030____x__.sql"),
        ] {
            assert_eq!(
                file_name(created, id, message, "sql").as_deref(),
                Some(expected)
            );
        }
        assert_eq!(file_name("now", "ae10", "", "sql"), None);
    }

    proptest! {
        #[test]
        fn a_slug_is_short_plain_and_stable(message in "(?s).{0,80}") {
            let slug_of_it = slug(&message);
            prop_assert!(slug_of_it.len() <= 40);
            prop_assert!(slug_of_it.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')));
            prop_assert_eq!(slug(&slug_of_it), slug_of_it);
        }
    }
}
