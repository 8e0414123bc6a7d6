//! Sequences of MariaDB.

use crate::words::Words;
use dapter_plugin_api::schema::Sequence;
use dapter_plugin_api::sql::Rules;

/// A sequence of its definition; `None` where something in it has no word in the model.
pub(super) fn sequence(definition: &str) -> Option<Sequence> {
    let mut words = Words::new(definition, &Rules::MARIADB);
    if !words.accept(&["CREATE", "SEQUENCE"]) {
        return None;
    }
    words.name()?;
    let mut sequence = Sequence::default();
    while words.peek().is_some() {
        match words.keyword().as_str() {
            "AS" => {
                sequence.data_type = words.keyword().to_ascii_lowercase();
                if words.accept(&["UNSIGNED"]) {
                    sequence.data_type.push_str(" unsigned");
                }
            }
            "START" if words.accept(&["WITH"]) => sequence.start = number(&mut words)?,
            "INCREMENT" if words.accept(&["BY"]) => sequence.increment = number(&mut words)?,
            "MINVALUE" => sequence.min = number(&mut words)?,
            "MAXVALUE" => sequence.max = number(&mut words)?,
            "CACHE" => sequence.cache = number(&mut words)?,
            "NOCACHE" => sequence.cache = 0,
            "CYCLE" => sequence.cycle = true,
            "NOCYCLE" => sequence.cycle = false,
            "ENGINE" if words.accept_sign("=") => match words.keyword().as_str() {
                "INNODB" => {}
                _ => return None,
            },
            // It is the object's.
            "COMMENT" if words.accept_sign("=") => {
                words.take();
            }
            _ => return None,
        }
    }
    Some(sequence)
}

fn number(words: &mut Words<'_>) -> Option<i64> {
    let sign = match words.accept_sign("-") {
        true => "-",
        false => "",
    };
    let text = format!("{sign}{}", words.peek_text());
    words.take();
    text.parse().ok()
}
