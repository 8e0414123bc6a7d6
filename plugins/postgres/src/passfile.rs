//! The file `~/.pgpass`: passwords by host, port, database and user.
//!
//! Source: "The Password File" in the manual of libpq.

/// The file's text; never printed.
#[derive(Clone)]
pub(crate) struct PassFile(String);

impl PassFile {
    pub(crate) fn new(text: String) -> PassFile {
        PassFile(text)
    }

    /// The password of the first line that fits.
    pub(crate) fn password(
        &self,
        host: &str,
        port: u16,
        database: &str,
        user: &str,
    ) -> Option<String> {
        let port = port.to_string();
        let wanted = [host, &port, database, user];
        self.0
            .lines()
            .filter(|line| !line.starts_with('#'))
            .find_map(|line| {
                let fields = fields(line.trim_end_matches('\r'));
                let (password, names) = fields.split_last()?;
                let fits = names.len() == wanted.len()
                    && names
                        .iter()
                        .zip(wanted)
                        .all(|(field, wanted)| field.matches(wanted));
                fits.then(|| password.text.clone())
            })
    }
}

/// A field of a line.
struct Field {
    text: String,
    /// Whether it is the one character `*`, which no backslash precedes.
    any: bool,
}

impl Field {
    fn matches(&self, wanted: &str) -> bool {
        self.any || self.text == wanted
    }
}

/// The fields of a line: `:` separates them, a backslash takes the next character as it is. There are five at most, so a
/// password may hold colons.
fn fields(line: &str) -> Vec<Field> {
    const FIELDS: usize = 5;
    let mut found = Vec::new();
    let (mut text, mut escaped) = (String::new(), false);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                escaped = true;
                text.extend(characters.next());
            }
            ':' if found.len() + 1 < FIELDS => {
                found.push(field(std::mem::take(&mut text), escaped));
                escaped = false;
            }
            other => text.push(other),
        }
    }
    found.push(field(text, escaped));
    found
}

fn field(text: String, escaped: bool) -> Field {
    Field {
        any: text == "*" && !escaped,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_has_the_password() {
        let file = PassFile::new(
            "# comment\nshort:line\nh:5432:shop:ann:one\nh:*:shop:*:two\r\n\\*:1:d:u:star\n\
             a\\:b:1:d\\\\x:u:with\\:colon:and more\n*:*:*:ann:last\n"
                .to_owned(),
        );
        let table = [
            (("h", 5432, "shop", "ann"), Some("one")),
            (("h", 5433, "shop", "ann"), Some("two")),
            (("h", 5432, "shop", "bob"), Some("two")),
            (("*", 1, "d", "u"), Some("star")),
            (("x", 1, "d", "u"), None),
            (("a:b", 1, "d\\x", "u"), Some("with:colon:and more")),
            (("other", 9, "other", "ann"), Some("last")),
            (("other", 9, "other", "bob"), None),
        ];
        for ((host, port, database, user), expected) in table {
            let found = file.password(host, port, database, user);
            assert_eq!(
                found.as_deref(),
                expected,
                "{host} {port} {database} {user}"
            );
        }
    }
}
