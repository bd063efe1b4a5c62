//! Every input of the corpora holds, without a fuzzer.

use std::fs;
use std::path::Path;

use arbitrary::{Arbitrary, Unstructured};
use plugmint_fuzz::{batch, devices, ids, lifecycle, records, rows};

#[test]
fn every_text_holds() {
    inputs("ids").for_each(|bytes| ids::check(&bytes));
}

#[test]
fn every_record_holds() {
    inputs("records").for_each(|bytes| records::check(&bytes));
}

#[test]
fn every_file_of_rows_holds() {
    inputs("rows").for_each(|bytes| rows::check(&bytes));
}

#[test]
fn all_batches_hold() {
    inputs("batch").for_each(|bytes| batch::check(&commands(&bytes)));
}

#[test]
fn every_life_holds() {
    inputs("lifecycle").for_each(|bytes| lifecycle::check(&commands(&bytes)));
}

#[test]
fn every_connection_holds() {
    inputs("devices").for_each(|bytes| devices::check(&bytes));
}

/// As a target reads them.
fn commands<'a, T: Arbitrary<'a>>(bytes: &'a [u8]) -> T {
    T::arbitrary_take_rest(Unstructured::new(bytes)).unwrap()
}

fn inputs(target: &str) -> impl Iterator<Item = Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::read_dir(corpus).unwrap().map(|input| fs::read(input.unwrap().path()).unwrap())
}
