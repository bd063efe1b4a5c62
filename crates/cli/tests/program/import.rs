//! `serial import`.

use crate::program::Home;

const FACTORY: &[u8] = include_bytes!("../../data/white-refrigerators.csv");

fn count(home: &Home, template: &str) -> usize {
    home.json(&["serial", "list", "--template", template], "")["serials"].as_array().unwrap().len()
}

#[test]
fn a_factorys_file_is_imported_and_a_second_time_changes_nothing() {
    let (home, template) = Home::with_template(&[]);
    let file = home.write("white.csv", FACTORY);
    let imported = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(imported, serde_json::json!({ "registered": 1000, "unchanged": 0, "retired": 0 }));
    let again = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(again, serde_json::json!({ "registered": 0, "unchanged": 1000, "retired": 0 }));
    assert_eq!(count(&home, &template), 1000);
}

#[test]
fn a_file_of_chosen_passwords_is_imported() {
    let (home, template) =
        Home::with_template(&["--password-class", "chosen", "--argon2", "64,1,1"]);
    let file = home.write("chosen.csv", "serial,enroll_password\nA,correct horse\nB,battery st\n");
    let imported = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(imported["registered"], 2);
    home.json(&["enroll", &template, "B"], "battery st");
}

#[test]
fn a_file_with_bad_rows_is_refused_whole_with_the_line_of_each() {
    let (home, template) = Home::with_template(&[]);
    let password = "0123456789abcdef0123456789abcdef";
    let file = [
        "serial,enroll_password,control_password",
        &format!("A,{password},"),
        "B,hush-hush-not-generated,",
        "",
        &format!(" C,{password},"),
        &format!("D,{password},{password}"),
        &format!("A,{password},"),
        &format!("{},{password},", "S".repeat(129)),
        &format!(",{password},"),
        "E,hush,",
        &format!("F,{password}"),
    ]
    .join("\n");
    let file = home.write("bad.csv", file);
    let (code, message) = home.fails(1, &["serial", "import", &template, &file], "");
    assert_eq!(code, "invalid-row");
    for line in [3, 5, 6, 7, 8, 9, 10, 11] {
        assert!(message.contains(&format!("line {line}: ")), "{line}: {message}");
    }
    assert!(message.contains("8 rows are refused"), "{message}");
    assert!(!message.contains("hush") && !message.contains(password), "{message}");
    assert_eq!(count(&home, &template), 0);
}

#[test]
fn a_serial_that_is_taken_refuses_the_file() {
    let (home, template) = Home::with_template(&[]);
    let (one, other) = ("01".repeat(16), "02".repeat(16));
    home.done(&["serial", "add", &template, "B"], &one);
    let file = home.write("f.csv", format!("serial,enroll_password\nA,{one}\nB,{other}\n"));
    let (code, message) = home.fails(1, &["serial", "import", &template, &file], "");
    assert_eq!(code, "invalid-row");
    assert!(message.contains("line 3: "), "{message}");
    assert_eq!(count(&home, &template), 1);
    let file = home.write("f.csv", format!("serial,enroll_password\nA,{one}\nB,{one}\n"));
    let imported = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(imported, serde_json::json!({ "registered": 1, "unchanged": 1, "retired": 0 }));
}

#[test]
fn a_retired_serial_stays_retired_and_does_not_refuse_the_file() {
    let (home, template) = Home::with_template(&[]);
    let password = "01".repeat(16);
    let file = home.write("f.csv", format!("serial,enroll_password\nA,{password}\n"));
    home.done(&["serial", "import", &template, &file], "");
    home.done(&["serial", "retire", &template, "A"], "");
    let file = home.write("f.csv", format!("serial,enroll_password\nA,{password}\nB,{password}\n"));
    let imported = home.json(&["serial", "import", &template, &file], "");
    assert_eq!(imported, serde_json::json!({ "registered": 1, "unchanged": 0, "retired": 1 }));
    assert_eq!(home.json(&["serial", "show", &template, "A"], "")["stage"], "retired");
}

#[test]
fn a_file_comes_through_a_pipe_too() {
    let (home, template) = Home::with_template(&[]);
    let password = "01".repeat(16);
    let file = format!("serial,enroll_password\r\nA,{password}\r\nB,{password}\r\n");
    for name in ["-", "/dev/stdin"] {
        home.done(&["serial", "import", &template, name], &file);
    }
    assert_eq!(count(&home, &template), 2);
    let (code, message) =
        home.fails(1, &["serial", "import", &template, "-"], "serial,enroll_password\nA,short\n");
    assert_eq!(code, "invalid-row");
    assert!(message.contains("standard input: ") && message.contains("line 2: "), "{message}");
}

#[test]
fn many_bad_rows_are_counted_and_the_first_told() {
    let (home, template) = Home::with_template(&[]);
    let rows = "short,short\n".repeat(100);
    let file = home.write("bad.csv", format!("serial,enroll_password\n{rows}"));
    let (_, message) = home.fails(1, &["serial", "import", &template, &file], "");
    assert!(
        message.contains("100 rows are refused") && message.contains("and 80 more"),
        "{message}"
    );
}

#[test]
fn a_file_that_names_no_columns_is_refused_and_not_repeated() {
    let (home, template) = Home::with_template(&[]);
    let file = home.write("bare.csv", "SN-1,hush-hush\n");
    let (code, message) = home.fails(1, &["serial", "import", &template, &file], "");
    assert_eq!(code, "invalid-file");
    assert!(!message.contains("hush") && message.contains("bare.csv"), "{message}");
    let empty = home.write("empty.csv", "");
    assert_eq!(home.fails(1, &["serial", "import", &template, &empty], "").0, "invalid-file");
    assert_eq!(home.fails(1, &["serial", "import", &template, "gone.csv"], "").0, "invalid-file");
}

#[test]
fn any_bytes_are_refused_without_a_panic() {
    let (home, template) = Home::with_template(&[]);
    for (at, bytes) in [
        &b"\xff\xfe\0\0"[..],
        b"serial,enroll_password\n\xff\xff,\xff\xff",
        b"serial,enroll_password\n\"\"\"\"\"",
        b"serial,enroll_password\n\0\0\0,\0",
        b"\xef\xbb\xbf",
        b"\n\n\n",
        b"\r\n\r\n",
        b",,,\n,,,",
    ]
    .iter()
    .enumerate()
    {
        let file = home.write("bytes.csv", bytes);
        let ran = home.run(&["serial", "import", &template, &file], "");
        assert!(ran.code == 1 && !ran.stderr.contains("panicked"), "{at}: {ran:?}");
    }
    assert_eq!(count(&home, &template), 0);
}
