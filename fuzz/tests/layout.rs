//! The registry, the entry points, the manifest and the seeds name the same targets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fuzz::TARGETS;

fn registered() -> BTreeSet<String> {
    TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect()
}

/// The names in a folder, without their extension.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| {
            entry
                .expect("a readable folder")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter_map(|name| name.strip_suffix(extension).map(str::to_owned))
        .collect()
}

#[test]
fn names_are_unique() {
    assert_eq!(registered().len(), TARGETS.len());
}

#[test]
fn every_target_has_an_entry_point_that_calls_it() {
    assert_eq!(names("fuzz_targets", ".rs"), registered());
    for target in TARGETS {
        let name = target.name;
        let path = format!("{}/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let entry = fs::read_to_string(path).expect("an entry point");
        assert!(
            entry.contains(&format!("fuzz::entry!(\"{name}\");")),
            "{name}"
        );
    }
}

#[test]
fn every_target_is_in_the_manifest() {
    let manifest = include_str!("../Cargo.toml");
    for target in TARGETS {
        let name = target.name;
        let line = format!("name = \"{name}\", path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&line), "{name}");
    }
}

#[test]
fn every_target_has_seeds() {
    assert_eq!(names("seeds", ""), registered());
    for target in TARGETS {
        let folder = format!("{}/seeds/{}", env!("CARGO_MANIFEST_DIR"), target.name);
        assert!(fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()));
    }
}
