//! The page of the crate is the README, which is read where its relative links lead nowhere.

#![cfg(test)]

/// What a line defines a link as: its label and where it leads.
fn definition(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('[')?.split_once("]: ")
}

fn definitions(text: &str) -> Vec<(&str, &str)> {
    text.lines().filter_map(definition).collect()
}

#[test]
fn every_relative_link_of_the_readme_leads_somewhere_on_the_crate_page() {
    let readme = include_str!("../../README.md");
    let page = include_str!("../../crates/plugmint/src/lib.rs");
    let (above, _) = page.split_once("#![doc = include_str!(\"../README.md\")]").unwrap();
    let above = above.replace("//! ", "");
    // The first definition of a label is the one that counts.
    let above = definitions(&above);
    let is_elsewhere = |to: &str| to.starts_with("https://") || to.starts_with('#');
    let inline = readme.split("](").skip(1).filter(|rest| !is_elsewhere(rest));
    assert_eq!(inline.count(), 0, "a link in the text cannot lead elsewhere on the crate page");
    let relative = definitions(readme).into_iter().filter(|(_, to)| !is_elsewhere(to));
    let relative: Vec<_> = relative.map(|(label, _)| label).collect();
    assert!(!relative.is_empty());
    for label in relative {
        let found = above.iter().find(|(of, _)| *of == label);
        assert_eq!(found.map(|(_, to)| *to), Some("#pages-of-the-repository"), "{label}");
    }
}
