//! The main job on PostgreSQL, from the first day.

use countersign_testkit::postgres::{PostgresServer, start};
use countersign_tests::desktop::Desktop;
use countersign_tests::server::{Server, quickstart_command, run_to_end};
use tempfile::TempDir;

use crate::durability::kill_in_a_loop;
use crate::main_job::whole_job;
use crate::once_only::hundred_of_each;

/// A server of the test's own, or `None` after saying that the test is skipped.
fn postgres(test: &str) -> Option<PostgresServer> {
    start().map_err(|skip| skip.report(test)).ok()
}

#[test]
fn pair_and_sign_in_and_start_again() {
    let Some(postgres) = postgres("postgres::pair_and_sign_in_and_start_again") else {
        return;
    };
    let url = postgres.create_database().unwrap();
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("server");
    let options = ["--database", url.as_str()];
    let desktop = Desktop::start(&folder.path().join("desktop"));
    let server = Server::start_with(&data, &options);
    whole_job(&server, &desktop);
    let info = server.info.clone();
    assert_eq!(server.terminate().0.code(), Some(0));

    let server = Server::start_with(&data, &options);
    assert_eq!(server.info, info);
    let devices = server.worker().get(&info.devices_url()).expect(200).json();
    assert_eq!(devices["_embedded"]["devices"].as_array().unwrap().len(), 1);
}

#[test]
fn of_100_parallel_activations_and_checks_one_succeeds() {
    let Some(postgres) = postgres("postgres::of_100_parallel_activations_and_checks_one_succeeds")
    else {
        return;
    };
    let url = postgres.create_database().unwrap();
    let folder = TempDir::new().unwrap();
    let desktop = Desktop::start(&folder.path().join("desktop"));
    let server = Server::start_with(&folder.path().join("server"), &["--database", &url]);
    hundred_of_each(&server, &desktop);
}

#[test]
fn acknowledged_means_durable() {
    let Some(postgres) = postgres("postgres::acknowledged_means_durable") else {
        return;
    };
    let url = postgres.create_database().unwrap();
    let folder = TempDir::new().unwrap();
    let longest = std::time::Duration::from_secs(1);
    kill_in_a_loop(&folder.path().join("server"), 20, longest, |data| {
        Server::start_with(data, &["--database", &url])
    });
}

#[test]
fn a_database_that_is_not_there_is_one_line() {
    let folder = TempDir::new().unwrap();
    let mut command = quickstart_command(&folder.path().join("server"));
    // Port 9 is `discard`: nothing listens there.
    command.args(["--database", "postgres://nobody:nothing@127.0.0.1:9/none"]);
    let ended = run_to_end(&mut command);
    let line = ended.one_line_failure();
    assert!(!line.contains("nothing"), "the password is shown: {line}");
}
