//! Texts: those of the vectors, and the edges of each rule.

use std::collections::BTreeSet;

use plugmint_tests::Vectors;

use super::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    let mut texts = BTreeSet::new();
    for (number, case) in Vectors::load().cases.into_iter().enumerate() {
        let (input, output) = (case.input, case.output);
        texts.extend([input.root_key, input.template, input.serial, input.password, input.class]);
        if number < 4 {
            texts.extend([output.plug_id, output.connection_password]);
        }
    }
    let edges = [
        "COM-5C66bc451866d3c62ba0b904",
        "dev-5c66bc451866d3c62ba0b90",
        "00:1B:44:11:3A:B7",
        " outer",
        "a\u{a0}b\u{a0}",
        "a\u{7f}bcdefgh",
        "+/Dz8yS3kQ0a1+Vt5xJrLg==",
        "-_Dz8yS3kQ0a1-Vt5xJrLpAbcdc=",
    ];
    texts.extend(edges.map(str::to_owned));
    texts.extend([64, 65, 128, 129, 257].map(|len| "n".repeat(len)));
    texts.insert("\u{e9}".repeat(64));
    (0..).zip(texts).map(|(number, text)| (format!("{number:02}"), text.into_bytes())).collect()
}
