//! Writes the seeds of all corpora anew, as `corpus/TARGET/seed-NAME`.

mod batches;
mod devices;
mod lives;
mod records;
mod rows;
mod texts;

use std::fs;
use std::io;
use std::path::Path;

/// An input and its name.
type Seed = (String, Vec<u8>);

fn main() -> io::Result<()> {
    write("ids", texts::seeds())?;
    write("records", records::seeds())?;
    write("rows", rows::seeds())?;
    write("batch", batches::seeds())?;
    write("lifecycle", lives::seeds())?;
    write("devices", devices::seeds())
}

fn write(target: &str, seeds: Vec<Seed>) -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    for old in fs::read_dir(&corpus)? {
        let old = old?;
        if old.file_name().to_string_lossy().starts_with("seed-") {
            fs::remove_file(old.path())?;
        }
    }
    println!("{target}: {} seeds", seeds.len());
    for (name, bytes) in seeds {
        assert!(bytes.len() < 4096, "{target} {name}: {} bytes are too long", bytes.len());
        fs::write(corpus.join(format!("seed-{name}")), bytes)?;
    }
    Ok(())
}
