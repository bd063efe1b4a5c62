//! What becomes of verbs when the server ends under them.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Child;

use crate::program::Home;
use crate::server::Server;

use super::ENROLL;

fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap)
}

#[test]
fn a_feed_is_followed_over_one_server_none_and_the_next() {
    let (mut home, template) = Home::with_template(&[]);
    let mut following = home.begin(&["events", "feed", "--follow", "--json"]);
    let mut told = lines(&mut following).filter(|line| !line.contains("\"cursor\""));
    home.add(&template, "SN-1", ENROLL);
    assert!(told.next().unwrap().contains("SN-1"));
    assert_eq!(home.server.take().unwrap().end("TERM").code, Some(0));
    home.add(&template, "SN-2", ENROLL);
    assert!(told.next().unwrap().contains("SN-2"));
    home.server = Some(Server::begin(&home, &[]));
    home.add(&template, "SN-3", ENROLL);
    assert!(told.next().unwrap().contains("SN-3"));
    following.kill().unwrap();
    following.wait().unwrap();
}

#[test]
fn a_verb_that_waits_for_a_password_does_not_need_the_server_that_was_there_when_it_began() {
    let (mut home, template) = Home::with_template(&[]);
    home.server = None;
    home.server = Some(Server::begin_with(&home, &[("RUST_LOG", "debug")], &[]));
    let mut adding = home.begin(&["serial", "add", &template, "SN-1"]);
    let server = home.server.take().unwrap();
    assert!(server.log().any(|line| line.contains("template/show")));
    assert_eq!(server.end("TERM").code, Some(0));
    adding.stdin.take().unwrap().write_all(ENROLL.as_bytes()).unwrap();
    assert!(adding.wait().unwrap().success());
    home.server = Some(Server::begin(&home, &[]));
    home.done(&["serial", "show", &template, "SN-1"], "");
}

#[test]
fn an_import_whose_server_is_killed_tells_so_and_goes_on_when_it_is_called_again() {
    let (mut home, template) = Home::with_template(&[]);
    let mut rows = "serial,enroll_password\n".to_owned();
    for number in 0..200_000 {
        writeln!(rows, "SN-{number},{number:032x}").unwrap();
    }
    let file = home.write("rows.csv", rows);
    let importing = home.begin(&["serial", "import", &template, &file, "--json"]);
    let count = |home: &Home| home.json(&["serial", "count"], "")["total"].as_u64().unwrap();
    while count(&home) == 0 {}
    assert_eq!(home.server.take().unwrap().end("KILL").code, None);
    let output = importing.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("import the file again"), "{told}");
    home.server = Some(Server::begin(&home, &[]));
    let before = count(&home);
    assert!(0 < before && before < 200_000, "{before}");
    let imported = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(imported["unchanged"].as_u64().unwrap(), before);
    assert_eq!(count(&home), 200_000);
}

/// Files of that home that are not finished.
fn unfinished(home: &Home) -> usize {
    let entries = fs::read_dir(home.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".plugmint-")).count()
}

#[test]
fn a_backup_that_is_cut_off_leaves_nothing() {
    let (mut home, template) = Home::with_template(&[]);
    let mut rows = "serial,enroll_password\n".to_owned();
    for number in 0..100_000 {
        writeln!(rows, "SN-{number},{number:032x}").unwrap();
    }
    let file = home.write("rows.csv", rows);
    home.done(&["serial", "import", &template, &file], "");
    let begun = |home: &Home| {
        let backing_up = home.begin(&["backup", "b.redb"]);
        while unfinished(home) == 0 && !home.path("b.redb").exists() {}
        backing_up
    };
    // Who asked for it hangs up.
    let mut hangs_up = begun(&home);
    hangs_up.kill().unwrap();
    hangs_up.wait().unwrap();
    while unfinished(&home) > 0 {}
    fs::remove_file(home.path("b.redb")).unwrap_or_default();
    // The server does not wait for it.
    let mut cut_off = begun(&home);
    let server = home.server.take().unwrap();
    server.signal("TERM");
    assert!(server.log().any(|line| line.contains("told to end")));
    assert_eq!(server.end("TERM").code, Some(0));
    assert_eq!(unfinished(&home), 0);
    cut_off.wait().unwrap();
}
