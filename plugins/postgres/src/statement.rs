//! Running one statement.

use crate::alone;
use crate::dialect::{self, Copy, Form};
use crate::error::located;
use crate::link::Link;
use crate::search_path;
use crate::session::PostgresSession;
use crate::transaction::State;
use dapter_plugin_api::{AdapterError, ErrorKind, Result, Rows, Value};
use tokio_postgres::types::Type;

impl<L: Link> PostgresSession<L> {
    /// Runs a statement in whatever is open, and returns the rows that it changed.
    pub(crate) async fn run(&mut self, text: &str, form: Form) -> Result<u64> {
        match (form, self.state) {
            (Form::Begin, State::Idle) => self.begin_script(text).await,
            (form, State::Idle) if form.ends_transaction() => Err(none_open()),
            (form, State::Script) if form.ends_transaction() => self.end_script(text, form).await,
            (Form::Copy, _) => self.copy(text).await,
            (_, State::Idle) if alone::of(text).is_some() => self.run_alone(text).await,
            (form, _) => self.changed(text, form).await,
        }
    }

    async fn changed(&mut self, text: &str, form: Form) -> Result<u64> {
        let answers = self.tell(text).await?;
        let changed = answers.iter().map(|answer| answer.affected).sum();
        Ok(if form == Form::Query { 0 } else { changed })
    }

    /// Runs a statement by itself, outside any transaction. It waits for others as long as it takes.
    pub(crate) async fn run_alone(&mut self, text: &str) -> Result<u64> {
        self.set_session().await?;
        self.in_doubt = true;
        let result = self.link.send(text).await;
        self.in_doubt = false;
        let answers = result.map_err(|error| located(error, "", text))?;
        Ok(answers.iter().map(|answer| answer.affected).sum())
    }

    /// Makes the settings of the whole session that no transaction can make, unless a pooler would hand them to others.
    async fn set_session(&mut self) -> Result<()> {
        if self.session_set {
            return Ok(());
        }
        let names = self.settings.search_path.as_ref();
        if self.pooled == Some(true) {
            return match names {
                None => Ok(()),
                Some(_) => Err(AdapterError::new(
                    ErrorKind::Unsupported,
                    "behind a pooler, `search_path` cannot be set for a statement outside a transaction",
                )
                .with_hint("write the names with their schemas, or connect to the server itself")),
            };
        }
        let mut message = "SET lock_timeout = 0".to_owned();
        if let Some(names) = names {
            message.push_str(&format!("; SET search_path = {}", search_path::list(names)));
        }
        self.raw(&message).await?;
        self.session_set = true;
        Ok(())
    }

    /// The script's own transaction begins.
    async fn begin_script(&mut self, text: &str) -> Result<u64> {
        self.raw_statement(text).await?;
        self.state = State::Script;
        self.settings_told = false;
        self.open_transaction().await?;
        Ok(0)
    }

    /// The script's own transaction ends.
    async fn end_script(&mut self, text: &str, form: Form) -> Result<u64> {
        let ended = self.raw_statement(text).await;
        if ended.is_ok() || form.commits() {
            self.state = if form.chains() && ended.is_ok() {
                State::Script
            } else {
                State::Idle
            };
            self.settings_told = false;
        }
        ended.map(|()| 0)
    }

    async fn raw_statement(&mut self, text: &str) -> Result<()> {
        self.in_doubt = true;
        let result = self.link.send(text).await;
        self.in_doubt = false;
        if result.is_err() {
            self.note_failure();
        }
        result.map(drop).map_err(|error| located(error, "", text))
    }

    /// Runs a `COPY`, with its data if they are in the script.
    async fn copy(&mut self, text: &str) -> Result<u64> {
        let Some(copy) = dialect::copy(text)? else {
            return self.changed(text, Form::Copy).await;
        };
        if self.state != State::Idle {
            return self.copy_within(copy).await;
        }
        // The command and its data are several messages, which only a transaction keeps together behind a pooler.
        self.note_begin()?;
        match self.copy_within(copy).await {
            Ok(rows) => self.commit_now().await.map(|()| rows),
            Err(error) => Err(self.rolled_back(error).await),
        }
    }

    /// Runs a `COPY` in the transaction that is open.
    async fn copy_within(&mut self, copy: Copy<'_>) -> Result<u64> {
        self.open_transaction().await?;
        self.in_doubt = true;
        let result = self.link.copy_in(copy.command, copy.data).await;
        self.in_doubt = false;
        if result.is_err() {
            self.note_failure();
        }
        result.map_err(|error| located(error, "", copy.command))
    }
}

fn none_open() -> AdapterError {
    AdapterError::new(ErrorKind::Statement, "no transaction is open")
        .with_code("25P01")
        .with_sqlstate("25P01")
}

/// Runs a query.
pub(crate) async fn query<L: Link>(session: &mut PostgresSession<L>, text: &str) -> Result<Rows> {
    if session.state != State::Idle {
        session.open_transaction().await?;
        return typed(session, text).await;
    }
    if session.settings.search_path.is_none() {
        return typed(session, text).await;
    }
    // It is sent twice, and only a transaction keeps the setting for both.
    session.note_begin()?;
    let result = async {
        session.open_transaction().await?;
        let rows = typed(session, text).await?;
        session.commit_now().await.map(|()| rows)
    }
    .await;
    match result {
        Ok(rows) => Ok(rows),
        Err(error) => Err(session.rolled_back(error).await),
    }
}

/// Answers to simple queries are text without types: the server is asked for those first.
async fn typed<L: Link>(session: &mut PostgresSession<L>, text: &str) -> Result<Rows> {
    session.in_doubt = true;
    let types = session.link.types(text).await;
    session.in_doubt = false;
    let types = types.map_err(|error| {
        session.note_failure();
        located(error, "", text)
    })?;
    let answer = session.tell(text).await?.into_iter().next_back();
    let answer = answer.unwrap_or_default();
    let row = |row: Vec<Option<String>>| {
        let values = row.into_iter().enumerate();
        values
            .map(|(index, text)| value(text, types.get(index)))
            .collect()
    };
    Ok(Rows {
        columns: answer.columns,
        rows: answer.rows.into_iter().map(row).collect(),
    })
}

/// A value that the server wrote as text; what does not read as its type stays text.
fn value(text: Option<String>, of: Option<&Type>) -> Value {
    let Some(text) = text else {
        return Value::Null;
    };
    let typed = match of {
        Some(&Type::BOOL) => match text.as_str() {
            "t" => Some(Value::Bool(true)),
            "f" => Some(Value::Bool(false)),
            _ => None,
        },
        Some(&(Type::INT2 | Type::INT4 | Type::INT8 | Type::OID)) => {
            text.parse().ok().map(Value::Integer)
        }
        Some(&(Type::FLOAT4 | Type::FLOAT8)) => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Real),
        Some(&Type::BYTEA) => bytes(&text).map(Value::Bytes),
        _ => None,
    };
    typed.unwrap_or(Value::Text(text))
}

/// Bytes in the form `\x00ff`.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    digits
        .chunks(2)
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_types() {
        let text = |text: &str| Value::Text(text.to_owned());
        let table = [
            ("t", Type::BOOL, Value::Bool(true)),
            ("-7", Type::INT8, Value::Integer(-7)),
            ("1.5", Type::FLOAT8, Value::Real(1.5)),
            ("NaN", Type::FLOAT8, text("NaN")),
            ("1.50", Type::NUMERIC, text("1.50")),
            ("\\x00fF", Type::BYTEA, Value::Bytes(vec![0, 255])),
            ("\\000", Type::BYTEA, text("\\000")),
            ("2025-05-16", Type::DATE, text("2025-05-16")),
        ];
        for (written, of, expected) in table {
            assert_eq!(
                value(Some(written.to_owned()), Some(&of)),
                expected,
                "{written}"
            );
        }
        assert_eq!(value(None, Some(&Type::BOOL)), Value::Null);
        assert_eq!(value(Some("x".to_owned()), None), text("x"));
    }
}
