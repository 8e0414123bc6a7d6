//! Which types become one another without being told how.

/// What `USING` says, where a column's type becomes another one that values are not turned into by themselves.
pub(super) fn using(column: &str, before: &str, after: &str, is_listed: bool) -> Option<String> {
    let (from, to) = (family(before), family(after));
    let same = from.is_some() && from == to;
    // Everything can become a text.
    let to_text = to == Some("text");
    if same || to_text || bare(before) == bare(after) {
        return None;
    }
    let through = match (is_listed, is_array(before)) {
        (true, true) => "::text[]",
        (true, false) => "::text",
        (false, _) => "",
    };
    Some(format!("{column}{through}::{after}"))
}

/// Whether a default of the one means the same for the other.
pub(super) fn alike(before: &str, after: &str) -> bool {
    bare(before) == bare(after)
        || family(before).is_some_and(|from| from == "number" && family(after) == Some(from))
}

fn is_array(data_type: &str) -> bool {
    data_type.ends_with("[]")
}

fn bare(data_type: &str) -> String {
    let (before, behind) = data_type.split_once('(').unwrap_or((data_type, ""));
    let behind = behind.split_once(')').map_or("", |(_, behind)| behind);
    format!("{before}{behind}")
}

fn family(data_type: &str) -> Option<&'static str> {
    match bare(data_type).as_str() {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => {
            Some("number")
        }
        "text" | "character varying" | "character" | "name" => Some("text"),
        "date" | "timestamp without time zone" | "timestamp with time zone" => Some("instant"),
        "time without time zone" | "time with time zone" => Some("time"),
        "json" | "jsonb" => Some("json"),
        "bit" | "bit varying" => Some("bit"),
        "inet" | "cidr" => Some("address"),

        _ => None,
    }
}
