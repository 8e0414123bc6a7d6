//! Chooses an adapter among those that were found.

use super::catalog::{Catalog, Choice, PluginFile, Standing};
use super::error::{Candidate, Offer, PluginError, Unusable, Wanted};
use super::place::Origin;
use dapter_plugin_api::{AdapterInfo, Descriptor};

impl Catalog {
    /// The adapter for the scheme of a database URL, in whatever case it is written.
    ///
    /// Files given with `--plugin` win over those that were found in a folder.
    ///
    /// # Errors
    /// [`PluginError::Refused`] if a file given with `--plugin` cannot be used, whether or not another file would do:
    /// who names a file wants that one. [`PluginError::NoAdapter`] and [`PluginError::Ambiguous`] if not exactly one
    /// adapter offers the scheme.
    pub fn choose(&self, scheme: &str) -> Result<Choice<'_>, PluginError> {
        self.one(Wanted::Scheme(scheme.to_ascii_lowercase()))
    }

    /// The adapter with this key.
    ///
    /// # Errors
    /// As [`choose`](Self::choose).
    pub fn choose_by_key(&self, key: &str) -> Result<Choice<'_>, PluginError> {
        self.one(Wanted::Key(key.to_owned()))
    }

    fn one(&self, wanted: Wanted) -> Result<Choice<'_>, PluginError> {
        self.refuse_broken_options()?;
        let mut choices: Vec<Choice<'_>> = self
            .usable()
            .filter(|choice| answers(&wanted, choice.adapter))
            .collect();
        if choices
            .iter()
            .any(|choice| choice.file.origin == Origin::Option)
        {
            choices.retain(|choice| choice.file.origin == Origin::Option);
        }
        match choices[..] {
            [choice] => Ok(choice),
            [] => Err(self.nothing_for(wanted)),
            _ => Err(PluginError::Ambiguous {
                wanted,
                candidates: choices.iter().map(candidate).collect(),
            }),
        }
    }

    fn refuse_broken_options(&self) -> Result<(), PluginError> {
        for file in self
            .files
            .iter()
            .filter(|file| file.origin == Origin::Option)
        {
            if let Standing::Broken(problem) = &file.standing {
                return Err(PluginError::Refused {
                    path: file.path.clone(),
                    problem: problem.clone(),
                });
            }
        }
        Ok(())
    }

    /// Every adapter of every file that can be chosen.
    fn usable(&self) -> impl Iterator<Item = Choice<'_>> {
        self.files
            .iter()
            .filter(|file| file.is_usable())
            .flat_map(|file| {
                file.descriptor.iter().flat_map(move |plugin| {
                    plugin.adapters.iter().map(move |adapter| Choice {
                        file,
                        plugin,
                        adapter,
                    })
                })
            })
    }

    fn nothing_for(&self, wanted: Wanted) -> PluginError {
        let usable = self.files.iter().filter(|file| file.is_usable());
        let found = usable
            .filter_map(|file| offer(&wanted, file.descriptor.as_ref()?))
            .collect();
        let unusable = self
            .files
            .iter()
            .filter_map(|file| unusable(&wanted, file))
            .collect();
        PluginError::NoAdapter {
            searched: self.searched.clone(),
            found,
            unusable,
            wanted,
        }
    }
}

fn answers(wanted: &Wanted, adapter: &AdapterInfo) -> bool {
    match wanted {
        Wanted::Scheme(scheme) => adapter.schemes.contains(scheme),
        Wanted::Key(key) => adapter.key == *key,
    }
}

fn title(plugin: &Descriptor) -> String {
    format!("{} {}", plugin.name, plugin.version)
}

fn candidate(choice: &Choice<'_>) -> Candidate {
    Candidate {
        plugin: title(choice.plugin),
        key: choice.adapter.key.clone(),
        path: choice.file.path.clone(),
        origin: choice.file.origin,
    }
}

fn offer(wanted: &Wanted, plugin: &Descriptor) -> Option<Offer> {
    let words: Vec<String> = plugin
        .adapters
        .iter()
        .flat_map(|adapter| match wanted {
            Wanted::Scheme(_) => adapter.schemes.clone(),
            Wanted::Key(_) => vec![adapter.key.clone()],
        })
        .collect();
    (!words.is_empty()).then(|| Offer {
        plugin: title(plugin),
        words,
    })
}

fn unusable(wanted: &Wanted, file: &PluginFile) -> Option<Unusable> {
    let Standing::Broken(problem) = &file.standing else {
        return None;
    };
    let adapters = file.descriptor.iter().flat_map(|plugin| &plugin.adapters);
    Some(Unusable {
        path: file.path.clone(),
        problem: problem.clone(),
        answers: adapters.into_iter().any(|adapter| answers(wanted, adapter)),
    })
}
