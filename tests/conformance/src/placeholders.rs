//! What stands for what in the texts of `conformance.toml`: `{n}`, `{server}`, …

use std::path::{Path, PathBuf};

/// What to do about a text that cannot be filled in.
pub(crate) const HINT: &str = "there are {dir}, {n}, {run}, {scheme}, and of a server that databases may be made on, named with --url URL: {url}, {server}, {user}, {host}, {query}";

/// What the words stand for in one run.
#[derive(Clone)]
pub(crate) struct Placeholders {
    /// A folder of the run's own.
    pub(crate) folder: PathBuf,
    /// A word that no other run has.
    pub(crate) run: String,
    pub(crate) scheme: String,
    /// The URL that was typed, with its password.
    pub(crate) url: Option<String>,
}

impl Placeholders {
    /// Fills a text in, for the database of this number.
    ///
    /// # Errors
    /// A word that stands for nothing; the text itself is not quoted: it may hold a password.
    pub(crate) fn fill(&self, text: &str, number: u64) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((word, behind)) = after.split_once('}') else {
                return Err("a `{` has no `}` behind it".to_owned());
            };
            filled.push_str(before);
            filled.push_str(&self.word(word, number)?);
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn word(&self, word: &str, number: u64) -> Result<String, String> {
        Ok(match word {
            "dir" => self.folder().to_owned(),
            "n" => number.to_string(),
            "run" => self.run.clone(),
            "scheme" => self.scheme.clone(),
            "url" | "server" | "user" | "host" | "query" => {
                let url = self.url.as_deref();
                let url =
                    url.ok_or_else(|| format!("{{{word}}} is a part of --url, and none is given"))?;
                let parts = Parts::of(url);
                let part = match word {
                    "url" => url,
                    "server" => parts.server,
                    "user" => parts.user,
                    "host" => parts.host,
                    _ => parts.query,
                };
                part.to_owned()
            }
            other => return Err(format!("`{{{other}}}` stands for nothing")),
        })
    }

    /// Temporary folders have plain names.
    fn folder(&self) -> &str {
        Path::to_str(&self.folder).unwrap_or_default()
    }
}

/// The parts of a URL, as it was written.
struct Parts<'u> {
    /// Scheme, user, password and host: all that is before the name of a database.
    server: &'u str,
    user: &'u str,
    host: &'u str,
    /// With its `?`; empty if there is none.
    query: &'u str,
}

impl<'u> Parts<'u> {
    /// A password may have any sign in it, so the host begins behind the last `@`.
    fn of(url: &'u str) -> Self {
        let start = url.find("://").map_or(0, |at| at + 3);
        let at = url[start..].rfind('@').map(|at| start + at);
        let user = at.map_or("", |at| {
            let login = &url[start..at];
            login.split_once(':').map_or(login, |(user, _)| user)
        });
        let host_start = at.map_or(start, |at| at + 1);
        let behind = &url[host_start..];
        let host = behind.find(['/', '?']).map_or(behind, |end| &behind[..end]);
        let query = behind.find('?').map_or("", |at| &behind[at..]);
        Parts {
            server: &url[..host_start + host.len()],
            user,
            host,
            query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, url: Option<&str>) -> Result<String, String> {
        let placeholders = Placeholders {
            folder: PathBuf::from("/tmp/x"),
            run: "r1".to_owned(),
            scheme: "toy".to_owned(),
            url: url.map(str::to_owned),
        };
        placeholders.fill(text, 7)
    }

    #[test]
    fn words_are_filled_in() {
        let url = Some("pg://me:p@ss/w@host:5/db?ssl=off");
        for (text, url, filled) in [
            ("{scheme}:{dir}/case-{n}.txt", None, "toy:/tmp/x/case-7.txt"),
            (
                "{server}/kit_{run}_{n}{query}",
                url,
                "pg://me:p@ss/w@host:5/kit_r1_7?ssl=off",
            ),
            ("pg://{user}:no@{host}/x", url, "pg://me:no@host:5/x"),
            ("{server}/x", Some("pg://host"), "pg://host/x"),
            ("{url}{user}", Some("redis://h/0"), "redis://h/0"),
            ("plain", None, "plain"),
        ] {
            assert_eq!(fill(text, url).as_deref(), Ok(filled));
        }
    }

    #[test]
    fn what_cannot_be_filled_in_is_told() {
        for (text, why) in [
            ("{server}/x", "none is given"),
            ("{folder}", "stands for nothing"),
            ("{n", "no `}`"),
        ] {
            let told = fill(text, None).expect_err(text);
            assert!(told.contains(why), "{told}");
        }
    }
}
