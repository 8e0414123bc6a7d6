//! Chooses an adapter among those that were found.

use super::catalog::{Catalog, Choice, PluginFile, Standing};
use super::demands::{is_own, is_reserved};
use super::error::{Candidate, Offer, PluginError, Unfit, Unusable, Wanted};
use super::place::Origin;
use super::refusal::Refusal;
use dapter_plugin_api::{AdapterInfo, Descriptor};

impl Catalog {
    /// The adapter for the scheme of a database URL, in whatever case it is written.
    ///
    /// Files given with `--plugin` win over those that were found in a folder. The schemes of dapter's own plugins are
    /// theirs, unless the project says which plugin is to serve one.
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
            .filter(|choice| self.withheld(&wanted, choice.file).is_none())
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
            let unfit = unfit(file);
            if let Some(Unfit::Broken(problem)) = unfit {
                return Err(PluginError::Refused {
                    path: file.path.clone(),
                    problem,
                });
            }
            if let Some(Unfit::Refused(refusal)) = unfit {
                return Err(PluginError::NotTrusted {
                    path: file.path.clone(),
                    refusal,
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

    /// Why a file does not serve a scheme although its adapter offers it.
    fn withheld(&self, wanted: &Wanted, file: &PluginFile) -> Option<Refusal> {
        let Wanted::Scheme(scheme) = wanted else {
            return None;
        };
        let is_free = match self.assigned.get(scheme) {
            Some(id) => file.id() == Some(id),
            None => !is_reserved(scheme) || !is_foreign(file),
        };
        let id = file.id().map_or_else(
            || file.descriptor.as_ref().map(|plugin| plugin.name.clone()),
            |id| Some(id.to_string()),
        );
        (file.origin != Origin::Option && !is_free).then(|| Refusal::Reserved {
            scheme: scheme.clone(),
            id: id.unwrap_or_default(),
        })
    }

    fn unusable(&self, wanted: &Wanted, file: &PluginFile) -> Option<Unusable> {
        let adapters = file.descriptor.iter().flat_map(|plugin| &plugin.adapters);
        let answers = adapters.into_iter().any(|adapter| answers(wanted, adapter));
        let withheld = || {
            let refusal = self.withheld(wanted, file)?;
            (file.is_usable() && answers).then_some(Unfit::Refused(refusal))
        };
        Some(Unusable {
            problem: unfit(file).or_else(withheld)?,
            path: file.path.clone(),
            answers,
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
            .filter_map(|file| self.unusable(&wanted, file))
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

/// Why a file cannot be chosen, apart from another being preferred.
fn unfit(file: &PluginFile) -> Option<Unfit> {
    match &file.standing {
        Standing::Broken(problem) => Some(Unfit::Broken(problem.clone())),
        Standing::Refused(refusal) => Some(Unfit::Refused(refusal.clone())),
        Standing::Usable | Standing::Shadowed { .. } => None,
    }
}

/// Whether a file is of somebody else's plugin: it was installed, or lies in a folder of the user's and is not called as
/// dapter's own are.
fn is_foreign(file: &PluginFile) -> bool {
    let is_in_program_folder =
        matches!(file.origin, Origin::BesideExecutable | Origin::Installation);
    let called_as_ours = file
        .descriptor
        .as_ref()
        .is_some_and(|plugin| is_own(&plugin.name));
    file.installed.is_some() || !is_in_program_folder && !called_as_ours
}

fn title(plugin: &Descriptor) -> String {
    format!("{} {}", plugin.name, plugin.version)
}

fn candidate(choice: &Choice<'_>) -> Candidate {
    Candidate {
        plugin: title(choice.plugin),
        id: choice.file.id().cloned(),
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
