//! Makes what a program printed the same on every machine and at every time.

use std::collections::HashMap;
use std::path::Path;

/// What a run of text looks like, and what stands for it: `9` is a digit, `x` a lower-case hexadecimal digit. What
/// stands for a time is as wide as the time, so that columns stay columns.
const SHAPES: [(&str, &str); 5] = [
    ("9999-99-99T99:99:99.999Z", "YYYY-MM-DDThh:mm:ss.mmmZ"),
    ("9999-99-99T99:99:99Z", "YYYY-MM-DDThh:mm:ssZ"),
    ("9999-99-99T99:99Z", "YYYY-MM-DDThh:mmZ"),
    ("99999999T9999", "YYYYMMDDThhmm"),
    (
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "[sha256]",
    ),
];

/// The digits of a new revision's id.
const ID: &str = "xxxxxxxxxxxx";

/// Replaces what differs from run to run: folders, times and durations, and where they are made by chance ids too.
#[derive(Debug, Default)]
pub struct Normaliser {
    texts: Vec<(String, String)>,
    ids: Option<HashMap<String, String>>,
}

impl Normaliser {
    /// Lets a name stand for a text, wherever it stands.
    pub fn name(&mut self, text: &str, name: &str) {
        self.texts.push((text.to_owned(), name.to_owned()));
    }

    /// Lets a name stand for a folder.
    pub fn folder(&mut self, folder: &Path, name: &str) {
        self.name(&folder.display().to_string(), name);
    }

    /// From now on ids are replaced too: the first to be seen by `aaaaaaaaaaaa`, the second by `bbbbbbbbbbbb`.
    pub fn name_ids(&mut self) {
        self.ids.get_or_insert_default();
    }

    /// The text with all that replaced.
    pub fn normal(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.texts {
            text = text.replace(from.as_str(), to);
        }
        let mut normal = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            let begins = !normal.ends_with(|c: char| c.is_ascii_alphanumeric());
            let (length, instead) = match begins {
                true => self.begin(rest),
                false => None,
            }
            .unwrap_or_else(|| (character.len_utf8(), character.to_string()));
            normal.push_str(&instead);
            rest = &rest[length..];
        }
        normal
    }

    /// What stands for the beginning of a text, and how much of it.
    fn begin(&mut self, text: &str) -> Option<(usize, String)> {
        for (shape, instead) in SHAPES {
            if fits(text, shape) {
                return Some((shape.len(), instead.to_owned()));
            }
        }
        match &mut self.ids {
            Some(ids) if fits(text, ID) => Some((ID.len(), id(ids, &text[..ID.len()]))),
            _ => duration(text),
        }
    }
}

/// What stands for an id.
fn id(ids: &mut HashMap<String, String>, id: &str) -> String {
    let digits = ('a'..='f').chain('0'..='9');
    let next = digits.cycle().nth(ids.len()).unwrap_or_default();
    let named = ids.entry(id.to_owned());
    named
        .or_insert_with(|| next.to_string().repeat(ID.len()))
        .clone()
}

/// Whether a text begins with a shape, and the shape's word ends there.
fn fits(text: &str, shape: &str) -> bool {
    let mut characters = text.chars();
    let same = shape.chars().all(|wanted| {
        characters.next().is_some_and(|found| match wanted {
            '9' => found.is_ascii_digit(),
            'x' => found.is_ascii_hexdigit() && !found.is_ascii_uppercase(),
            literal => found == literal,
        })
    });
    same && !characters
        .next()
        .is_some_and(|next| next.is_ascii_alphanumeric())
}

/// `12 ms`, `1.05 s`, `"duration_ms": 12` and `"duration_ms":12`.
fn duration(text: &str) -> Option<(usize, String)> {
    const KEYS: [&str; 2] = ["duration_ms\": ", "duration_ms\":"];
    let number = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        end.unwrap_or(text.len())
    };
    for key in KEYS {
        if let Some(value) = text.strip_prefix(key) {
            return Some((key.len() + number(value), format!("{key}0")));
        }
    }
    let length = number(text);
    let units = [" ms", " s"];
    let unit = units
        .iter()
        .find(|unit| length > 0 && text[length..].starts_with(**unit))?;
    let length = length + unit.len();
    let ends = !text[length..].starts_with(|c: char| c.is_ascii_alphanumeric());
    ends.then(|| (length, "[time]".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Normaliser;

    #[test]
    fn what_differs_from_run_to_run_is_replaced() {
        let mut normaliser = Normaliser::default();
        normaliser.name("/tmp/.tmpX", "[folder]");
        assert_eq!(normaliser.normal("1a2b3c4d5e6f"), "1a2b3c4d5e6f");
        normaliser.name_ids();
        for (text, normal) in [
            ("/tmp/.tmpX/app.db", "[folder]/app.db"),
            ("at 2025-05-16T10:30:04.123Z", "at YYYY-MM-DDThh:mm:ss.mmmZ"),
            ("2025-05-16T10:30Z  x", "YYYY-MM-DDThh:mmZ  x"),
            (
                "20250516T1030_1a2b3c4d5e6f_x.sql",
                "YYYYMMDDThhmm_aaaaaaaaaaaa_x.sql",
            ),
            ("6f5e4d3c2b1a 1a2b3c4d5e6f", "bbbbbbbbbbbb aaaaaaaaaaaa"),
            ("(12 ms) in 1.05 s", "([time]) in [time]"),
            ("2 statements, 60s", "2 statements, 60s"),
            ("\"duration_ms\": 12,", "\"duration_ms\": 0,"),
            ("\"duration_ms\":12}", "\"duration_ms\":0}"),
        ] {
            assert_eq!(normaliser.normal(text), normal);
        }
    }
}
