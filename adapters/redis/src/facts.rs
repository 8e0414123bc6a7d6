//! What the server says of itself in `INFO`.

use dapter_plugin_api::ServerFacts;

/// Reads the answer of `INFO`.
pub(crate) fn facts(info: &str) -> ServerFacts {
    let field = |name: &str| {
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let valkey = field("server_name") == Some("valkey");
    let version = match field("valkey_version").filter(|_| valkey) {
        Some(version) => Some(version),
        None => field("redis_version"),
    };
    let follows = field("role") == Some("slave");
    let read_only = follows && field("slave_read_only") != Some("0");
    let evicts = field("maxmemory") != Some("0");
    let evicts = field("maxmemory_policy").filter(|policy| evicts && policy.starts_with("allkeys"));
    let mut remarks = Vec::new();
    if let Some(policy) = evicts {
        remarks.push(format!(
            "with `maxmemory-policy {policy}` the server may drop any key, the history of migrations too"
        ));
    }
    if field("aof_enabled") == Some("0") {
        remarks.push(
            "with `appendonly no` a server that is killed forgets what it was told since its last snapshot"
                .to_owned(),
        );
    }
    if field("cluster_enabled") == Some("1") {
        remarks.push(
            "the server is part of a cluster, on which this adapter does not work".to_owned(),
        );
    }
    ServerFacts {
        product: if valkey { "Valkey" } else { "Redis" }.to_owned(),
        version: version.unwrap_or("unknown").to_owned(),
        read_only: read_only.then(|| "the server is a replica".to_owned()),
        // Microseconds.
        time_ms: field("server_time_usec")
            .and_then(|time| time.parse::<i64>().ok())
            .map(|time| time / 1000),
        remarks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_careless_server_is_remarked_on() {
        let info = "# Server\r\nredis_version:7.2.0\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n\
                    server_time_usec:1700000000123456\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n\
                    aof_enabled:0\r\nrole:slave\r\nslave_read_only:1\r\ncluster_enabled:1\r\n";
        let facts = facts(info);
        assert_eq!(
            (facts.product.as_str(), facts.version.as_str()),
            ("Valkey", "8.0.1")
        );
        assert_eq!(facts.read_only.as_deref(), Some("the server is a replica"));
        assert_eq!(facts.time_ms, Some(1_700_000_000_123));
        assert_eq!(facts.remarks.len(), 3, "{:?}", facts.remarks);
    }

    #[test]
    fn a_careful_server_is_not() {
        let facts = facts(
            "redis_version:7.0.15\nmaxmemory:0\nmaxmemory_policy:allkeys-lru\naof_enabled:1\nrole:master\n",
        );
        assert_eq!(
            (facts.product.as_str(), facts.version.as_str()),
            ("Redis", "7.0.15")
        );
        assert_eq!((facts.read_only, facts.remarks.len()), (None, 0));
    }
}
