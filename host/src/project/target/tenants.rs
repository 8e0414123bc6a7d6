//! What a target that stands for many databases adds: the tenant's name in its places, and where the names come from.

use super::{ConfigError, Layers, Problem, Resolved, Target, expand};
use crate::project::config::VariableTemplates;
use crate::project::config::{Connection, TenantNames};
use crate::project::hooks::HookActions;
use crate::project::interpolate::Template;
use crate::project::tenants::{PLACE, TenantSource};

impl Layers<'_> {
    /// Whether it stands for many databases, and none of them is chosen.
    pub(super) fn is_of_many(&self) -> bool {
        self.tenant.is_none() && self.table.is_some_and(|table| table.tenants.is_some())
    }

    /// A value of the file with the tenant's name in it, as `written` writes it there.
    pub(super) fn with_tenant(
        &self,
        text: Resolved<String>,
        written: impl Fn(&str) -> String,
    ) -> Resolved<String> {
        let value = match &self.tenant {
            Some(tenant) => text.value.replace(PLACE, &written(tenant)),
            None => text.value,
        };
        Resolved::new(value, text.origin)
    }

    /// A target with tenants must say somewhere which of them it is: otherwise all would be the same database.
    pub(super) fn check_place(&self, problems: &mut Vec<Problem>) {
        let Some(tenants) = self.table.and_then(|table| table.tenants.as_ref()) else {
            return;
        };
        if self.tenant.is_none() || self.values().any(|value| self.names_tenant(value)) {
            return;
        }
        problems.push(Problem {
            origin: tenants.origin.clone(),
            message: "the tenants are one and the same database: neither the URL nor an option says `{tenant}`"
                .to_owned(),
            hint: Some(
                "write it where the tenant's name belongs: url = \"postgresql://host/{tenant}\"".to_owned(),
            ),
        });
    }

    /// Where the names of its tenants come from.
    pub(in crate::project) fn tenants(self) -> Result<Option<Resolved<TenantSource>>, ConfigError> {
        let Some(tenants) = self.table.and_then(|table| table.tenants.as_ref()) else {
            return Ok(None);
        };
        let mut problems = Vec::new();
        let source = match &tenants.value {
            TenantNames::Listed(names) => Some(TenantSource::Names(names.clone())),
            TenantNames::Command(line) => {
                expand(line, self.environment, &mut problems).map(|line| TenantSource::Command {
                    line: line.value,
                    folder: self.project_directory.to_owned(),
                })
            }
            TenantNames::Query { statement, url } => {
                match expand(statement, self.environment, &mut problems) {
                    Some(statement) => Some(TenantSource::Query {
                        database: Box::new(self.asked(url.as_ref())?),
                        statement: statement.value,
                    }),
                    None => None,
                }
            }
        };
        match source {
            Some(source) => Ok(Some(Resolved::new(source, tenants.origin.clone()))),
            None => Err(ConfigError::Invalid(problems)),
        }
    }

    /// The database that lists the tenants: that of the URL, else the target's own; what names a tenant is left out.
    fn asked(&self, url: Option<&Resolved<Template>>) -> Result<Target, ConfigError> {
        let Some(table) = self.table else {
            return Err(self.missing_url());
        };
        let connection = match url {
            Some(url) => Some(Connection::Url(url.clone())),
            None => table.connection.clone(),
        };
        if let (None, Some(connection)) = (url, &connection)
            && templates(connection).any(|value| self.names_tenant(value))
        {
            let origin = table.tenants.as_ref().map(|tenants| tenants.origin.clone());
            return Err(ConfigError::from(Problem {
                origin: origin.unwrap_or(super::Origin::BuiltIn),
                message: "the query needs a database to ask, and the target's URL is a tenant's".to_owned(),
                hint: Some("add the URL of the database that knows the tenants: { query = \"…\", url = \"…\" }".to_owned()),
            }));
        }
        let options = table.options.iter();
        let options = options.filter(|(_, value)| !self.names_tenant(value));
        let table = super::TargetTable {
            connection,
            settings: super::Settings::default(),
            options: options
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            hooks: HookActions::new(),
            variables: VariableTemplates::new(),
            tenants: None,
        };
        Layers {
            name: self.name.clone(),
            tenant: None,
            table: Some(&table),
            ..*self
        }
        .target()
    }

    /// All values that may name a tenant.
    fn values(&self) -> impl Iterator<Item = &Resolved<Template>> {
        let table = self.table.into_iter();
        table.flat_map(|table| {
            let connection = table.connection.iter().flat_map(templates);
            connection.chain(table.options.values())
        })
    }

    fn names_tenant(&self, value: &Resolved<Template>) -> bool {
        let text = value.value.expand(self.environment);
        // What cannot be expanded is reported where it is used.
        text.is_ok_and(|text| text.contains(PLACE))
    }
}

/// The values of a connection.
fn templates(connection: &Connection) -> Box<dyn Iterator<Item = &Resolved<Template>> + '_> {
    match connection {
        Connection::Url(url) => Box::new(std::iter::once(url)),
        Connection::Fields(fields) => Box::new(fields.value.values()),
    }
}
