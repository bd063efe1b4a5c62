//! CSV files: the beginning of a factory's, and the edges of the format.

use super::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    let factory = include_str!("../../../crates/cli/data/white-refrigerators.csv");
    let factory: String = factory.split_inclusive('\n').take(20).collect();
    let files: &[(&str, &[u8])] = &[
        ("factory", factory.as_bytes()),
        ("crlf", b"serial,enroll_password\r\nA,12345678\r\n\r\nB,12345678\r\n"),
        ("lone-cr", b"serial,enroll_password\rA,12345678\rB,12345678"),
        ("byte-order-mark", b"\xef\xbb\xbfserial,enroll_password\nA,12345678\n"),
        ("order", b"control_password,serial,enroll_password\n,A,12345678\n87654321,B,12345678"),
        ("quoted", b"serial,enroll_password\n\"A,\"\"1\"\"\",\"12345678\"\n"),
        ("open-quote", b"serial,enroll_password\nA,12345678\n\"B,12345678\nC,12345678\n"),
        ("columns", b"serial,enroll_password\nA\nA,12345678,\nA,12345678\n"),
        ("not-utf8", b"serial,enroll_password\n\xff,12345678\nA,\xff2345678\n"),
        (
            "invalid",
            b"serial,enroll_password,control_password\n,12345678,\nA,short,\n A,12345678,x\n",
        ),
        ("control-character", b"serial,enroll_password\nA\x07,12345678\nB,1234567\x7f\n"),
        ("doubled-column", b"serial,enroll_password,serial\n"),
        ("unknown-column", b"serial,password\n"),
        ("missing-column", b"serial\n"),
        ("blank", b"\n\n"),
        ("empty", b""),
        ("long-line", b"serial,enroll_password\nA,12345678\nx\x00\x00"),
        ("long-quote", b"serial,enroll_password\nA,12345678\n\"x\n\x01\x00"),
        ("many-rows", b"serial,enroll_password\nSN,12345678\r\n\x0c\x00"),
        ("many-empty-lines", b"serial,enroll_password\nA,12345678\n\n\x00\x00"),
    ];
    files.iter().map(|(name, file)| ((*name).to_owned(), file.to_vec())).collect()
}
