//! Lists of texts, which the server writes in one way when somebody wrote them, and in another when it reads what it wrote
//! itself: `ARRAY['a'::character varying]::text[]` becomes `ARRAY['a'::character varying::text]`, and stays so.

const BEGINS: &str = "ARRAY['";
const ENDS: &str = "]::text[]";
const CAST: &str = "::character varying";

/// The text with all such lists in the way that stays.
pub(super) fn settled(text: &str) -> Option<String> {
    if !text.contains(ENDS) {
        return None;
    }
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BEGINS) {
        let (before, list) = rest.split_at(at + BEGINS.len() - 1);
        written.push_str(before);
        rest = match items(list) {
            Some((items, behind)) => {
                let items: Vec<String> = items.iter().map(|it| format!("{it}::text")).collect();
                written.push_str(&items.join(", "));
                written.push(']');
                behind
            }
            None => list,
        };
    }
    written.push_str(rest);
    Some(written)
}

/// The items of a list of texts, with their casts, and what is behind the list.
fn items(list: &str) -> Option<(Vec<&str>, &str)> {
    let mut items = Vec::new();
    let mut rest = list;
    loop {
        let end = quoted_end(rest)? + CAST.len();
        let item = rest.get(..end).filter(|item| item.ends_with(CAST))?;
        items.push(item);
        rest = &rest[end..];
        if let Some(behind) = rest.strip_prefix(ENDS) {
            return Some((items, behind));
        }
        rest = rest.strip_prefix(", ")?;
    }
}

/// Where a text in quotes ends.
fn quoted_end(text: &str) -> Option<usize> {
    let mut from = text.strip_prefix('\'').map(|_| 1)?;
    loop {
        from += text.get(from..)?.find('\'')? + 1;
        match text[from..].starts_with('\'') {
            true => from += 1,
            false => return Some(from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_texts_are_written_in_the_way_that_stays() {
        let table = [
            (
                "k::text = ANY (ARRAY['x'::character varying, 'it''s'::character varying]::text[]) AND b",
                "k::text = ANY (ARRAY['x'::character varying::text, 'it''s'::character varying::text]) AND b",
            ),
            (
                "ARRAY['x'::text, 'y']::text[]",
                "ARRAY['x'::text, 'y']::text[]",
            ),
            (
                "ARRAY['x'::character varying || 'y']::text[]",
                "ARRAY['x'::character varying || 'y']::text[]",
            ),
            ("ARRAY['é]::text[]", "ARRAY['é]::text[]"),
        ];
        for (text, expected) in table {
            assert_eq!(settled(text).as_deref(), Some(expected));
        }
        assert_eq!(settled("ARRAY['x'::character varying]"), None);
    }
}
