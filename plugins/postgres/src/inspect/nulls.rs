//! JSON as servers build it, without the members that are null. The server has a function for it, `json_strip_nulls`, which
//! takes it as long as building what is stripped.

/// The text without the members of objects that are null; items of arrays stay. It must be JSON.
pub(super) fn without_nulls(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    // Where the present member begins, with its comma.
    let mut member = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', ',', ':']) {
        kept.push_str(&rest[..at]);
        let (sign, behind) = rest[at..].split_at(1);
        rest = behind;
        match sign {
            "\"" => {
                let (string, behind) = behind.split_at(string_end(behind));
                kept.extend([sign, string]);
                rest = behind;
            }
            "{" => {
                kept.push('{');
                member = kept.len();
            }
            // All members before it are gone.
            "," if kept.ends_with('{') => {}
            "," => {
                member = kept.len();
                kept.push(',');
            }
            _ => match behind.trim_ascii_start().strip_prefix("null") {
                Some(behind) => {
                    kept.truncate(member);
                    rest = behind.trim_ascii_start();
                }
                None => kept.push(':'),
            },
        }
    }
    kept.push_str(rest);
    kept
}

/// Where a string ends of which the first quote is not in the text, with its last quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_null_are_left_out() {
        let table = [
            (r#"{"a" : null}"#, "{}"),
            (r#"{"a" : null, "b" : null, "c" : 1}"#, r#"{"c":1}"#),
            (r#"{"a" : 1, "b" : null , "c" : null}"#, r#"{"a":1}"#),
            (
                r#"{"a" : {"b" : null}, "c" : [null, {"d" : null}, 1], "e":null,"f":{"g":2}}"#,
                r#"{"a":{},"c":[null,{},1],"f":{"g":2}}"#,
            ),
            (
                r#"{"null" : "\"x : null, {", "\\" : null, "b,:{" : "é\\\\"}"#,
                r#"{"b,:{":"é\\\\","null":"\"x : null, {"}"#,
            ),
            ("null", "null"),
        ];
        for (text, expected) in table {
            let kept = without_nulls(text);
            let value: serde_json::Value = serde_json::from_str(&kept)
                .unwrap_or_else(|error| panic!("{text} became {kept}: {error}"));
            assert_eq!(value.to_string(), expected, "{text}");
        }
    }
}
