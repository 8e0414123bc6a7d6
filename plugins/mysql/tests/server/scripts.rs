//! Scripts as people and dump programs write them, and text under every setting of the session.

use crate::support::{Place, row};
use crate::{Test, tests};
use dapter_plugin_api::abi::block_on;
use dapter_plugin_api::{
    ConnectOptions, ErrorKind, Expect, HistoryChange, LogEntry, RowChange, Value,
};

pub(crate) const TESTS: &[Test] = tests!(
    a_dump_runs_whole,
    scripts_are_split_as_the_server_reads_them,
    a_history_is_written_under_every_setting,
    only_one_statement_runs_at_a_time,
    files_of_this_machine_are_not_sent,
    a_syntax_error_is_found_in_its_line,
    results_have_their_types,
    an_older_history_is_brought_up_to_date,
    alembic_is_read,
    the_transaction_is_the_hosts,
);

const DUMP: &str = r#"-- MariaDB dump
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
DROP TABLE IF EXISTS `t`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `t` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `b` varchar(100) DEFAULT ';',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `t` WRITE;
/*!40000 ALTER TABLE `t` DISABLE KEYS */;
INSERT INTO `t` VALUES (1,'it\'s; \\'),(2,'日本 🦀');
/*!40000 ALTER TABLE `t` ENABLE KEYS */;
UNLOCK TABLES;
/*!50003 SET @saved_sql_mode = @@sql_mode */ ;
/*!50003 SET sql_mode = 'STRICT_TRANS_TABLES' */ ;
DELIMITER ;;
/*!50003 CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.b = CONCAT(NEW.b, ';'); SET @n = 1; END */;;
CREATE PROCEDURE `p`()
BEGIN
  DECLARE i INT DEFAULT 0;
  WHILE i < 3 DO INSERT INTO t (b) VALUES (i); SET i = i + 1; END WHILE;
END ;;
DELIMITER ;
/*!50003 SET sql_mode = @saved_sql_mode */ ;
CALL p();
/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
"#;

fn a_dump_runs_whole(place: &Place) {
    let database = place.database();
    let mut client = database.kept();
    let options = ConnectOptions::new(&database.url);
    let statements = block_on(place.adapter.split_for(DUMP, &options)).expect("splits");
    for (done, statement) in (0..).zip(&statements) {
        let text = statement.text(DUMP).expect("a range");
        client
            .next(done, text)
            .unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }
    assert_eq!(client.history().rows, [row(statements.len() as u64)]);
    assert_eq!(client.count("t"), 5);
    assert_eq!(
        client.value("SELECT b FROM t WHERE id = 1"),
        Value::Text("it's; \\".to_owned())
    );
    assert_eq!(
        client.value("SELECT b FROM t WHERE id = 5"),
        Value::Text("2;".to_owned())
    );
}

const MODES: &str = "SELECT '\\';', \"a;b\";\nSET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';\n\
     CREATE TABLE \"q;t\" (\"c\" VARCHAR(9) DEFAULT '\\');\nINSERT INTO \"q;t\" VALUES ('x;\\'), (DEFAULT);\n\
     SET sql_mode = DEFAULT;\nINSERT INTO `q;t` VALUES ('\\';');\n";

fn scripts_are_split_as_the_server_reads_them(place: &Place) {
    let database = place.database();
    let mut client = database.connect();
    let options = ConnectOptions::new(&database.url);
    for statement in block_on(place.adapter.split_for(MODES, &options)).expect("splits") {
        client.run(statement.text(MODES).expect("a range"));
    }
    assert_eq!(client.count("`q;t`"), 3);
    let strict = ConnectOptions::new(format!("{}?sql_mode=NO_BACKSLASH_ESCAPES", database.url));
    let script = "INSERT INTO `q;t` VALUES ('\\'); INSERT INTO `q;t` VALUES ('b')";
    let statements = block_on(place.adapter.split_for(script, &strict)).expect("splits");
    assert_eq!(statements.len(), 2);
    let mut client = database
        .with("sql_mode=NO_BACKSLASH_ESCAPES")
        .expect("connects");
    for statement in statements {
        client.run(statement.text(script).expect("a range"));
    }
}

/// More than what the suite writes: it knows nothing of modes and character sets.
const DIFFICULT: &str = "it's \"x\" \\ ` é 日本 🦀 \0 \u{1a} \r\n\t %_ --\n/* ;";

fn a_history_is_written_under_every_setting(place: &Place) {
    for setting in [
        "DO 1",
        "SET NAMES latin1",
        "SET NAMES ascii",
        "SET sql_mode = 'ANSI_QUOTES'",
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
        "SET sql_mode = 'PIPES_AS_CONCAT,IGNORE_SPACE'",
        "SET sql_mode = ''",
        "SET autocommit = 0",
        "SET collation_connection = 'utf8mb4_general_ci'",
        "USE mysql",
    ] {
        let database = place.database();
        let mut client = database.kept();
        client.run(setting);
        let mut written = row(1);
        (written.message, written.error) = (DIFFICULT.to_owned(), DIFFICULT.to_owned());
        let line = LogEntry {
            note: DIFFICULT.to_owned(),
            ..LogEntry::default()
        };
        let change = HistoryChange {
            rows: vec![RowChange {
                revision: "a".to_owned(),
                expect: Expect::Absent,
                row: Some(written.clone()),
            }],
            log: vec![line.clone()],
            ..HistoryChange::default()
        };
        client
            .swap(&change)
            .unwrap_or_else(|error| panic!("{setting}: {error:?}"));
        for client in [&mut client, &mut database.connect()] {
            assert_eq!(client.history().rows, [written.clone()], "{setting}");
            assert_eq!(
                block_on(client.read_log()),
                Ok(vec![line.clone()]),
                "{setting}"
            );
        }
    }
}

fn only_one_statement_runs_at_a_time(place: &Place) {
    let mut client = place.database().kept();
    client.run("CREATE TABLE t (a INT)");
    for text in [
        "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
        "DELETE FROM t; DROP TABLE t",
        "COMMIT; DROP TABLE t",
    ] {
        let error = client.fails(text);
        assert_eq!(error.kind, ErrorKind::Script, "{text}: {error:?}");
        client.next(0, text).expect_err(text);
    }
    assert_eq!(client.count("t"), 0);
    client.run("INSERT INTO t VALUES (1); -- the end");
    client
        .next(0, "INSERT INTO t VALUES (1) -- the end")
        .expect("runs");
    assert_eq!(
        (client.count("t"), client.history().rows),
        (2, vec![row(1)])
    );
}

fn files_of_this_machine_are_not_sent(place: &Place) {
    let mut client = place.database().connect();
    client.run("CREATE TABLE t (a TEXT)");
    let error =
        client.fails("/* x */ LOAD DATA CONCURRENT LOCAL INFILE '/etc/passwd' INTO TABLE t");
    assert_eq!(error.kind, ErrorKind::Statement);
    assert_eq!(client.count("t"), 0);
}

fn a_syntax_error_is_found_in_its_line(place: &Place) {
    let mut client = place.database().kept();
    let table = [
        ("SELECT 1\nFORM t", Some(14)),
        ("SELECT 'é',\n\n  1 +* 2", Some(19)),
        ("SELECT (1", Some(9)),
        ("SELEKT 1", Some(0)),
    ];
    for (statement, position) in table {
        let error = client.fails(statement);
        assert_eq!(error.position, position, "{statement}: {error:?}");
        let error = client.next(0, statement).expect_err(statement);
        assert_eq!(error.position, position, "recorded: {statement}: {error:?}");
    }
}

fn results_have_their_types(place: &Place) {
    let mut client = place.database().connect();
    let query = "SELECT NULL, -7, 18446744073709551615, 1.5e0, CAST(1.50 AS DECIMAL(5,2)), 'ü', x'00ff', \
                 CAST('2025-05-16' AS DATE), CAST('a' AS BINARY)";
    let rows = block_on(client.query(query)).expect("runs");
    let text = |text: &str| Value::Text(text.to_owned());
    let expected = [
        Value::Null,
        Value::Integer(-7),
        text("18446744073709551615"),
        Value::Real(1.5),
        text("1.50"),
        text("ü"),
        Value::Bytes(vec![0, 255]),
        text("2025-05-16"),
        Value::Bytes(b"a".to_vec()),
    ];
    assert_eq!(rows.rows, [expected.to_vec()]);
}

fn an_older_history_is_brought_up_to_date(place: &Place) {
    let database = place.database();
    let mut client = database.connect();
    client.run("CREATE TABLE dapter_revision (revision VARCHAR(255) NOT NULL, position BIGINT UNSIGNED NOT NULL, state VARCHAR(32) NOT NULL, PRIMARY KEY (revision)) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    client.run("INSERT INTO dapter_revision VALUES ('a', 1, 'applied')");
    let history = client.history();
    assert!(!history.ready);
    assert_eq!(history.rows[0].revision, "a");
    assert_eq!(block_on(client.read_log()), Ok(Vec::new()));
    block_on(client.ensure_history()).expect("adds columns");
    let history = client.history();
    assert!(history.ready);
    assert_eq!(history.rows[0].revision, "a");
    client.run("DROP TABLE dapter_lock");
    client.run("CREATE TABLE dapter_lock (a INT)");
    block_on(client.ensure_history()).expect_err("it is another's");
}

fn alembic_is_read(place: &Place) {
    let database = place.database();
    let mut client = database.connect();
    client.run("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)");
    client.run("INSERT INTO alembic_version VALUES ('b'), ('a')");
    for ready in [false, true] {
        let history = client.history();
        assert_eq!(
            (history.alembic_heads, history.ready),
            (vec!["a".to_owned(), "b".to_owned()], ready)
        );
        block_on(client.ensure_history()).expect("can be made");
    }
}

fn the_transaction_is_the_hosts(place: &Place) {
    let mut client = place.database().kept();
    client.run("CREATE TABLE t (a INT)");
    block_on(client.begin()).expect("begins");
    for statement in [
        "COMMIT",
        "ROLLBACK",
        "BEGIN",
        "START TRANSACTION",
        "COMMIT AND CHAIN",
    ] {
        let error = client.fails(statement);
        assert_eq!(error.kind, ErrorKind::Statement, "{statement}");
    }
    client.run("INSERT INTO t VALUES (1)");
    block_on(client.rollback()).expect("ends");
    assert_eq!(client.count("t"), 0);
}
