//! The versions of the peers, as locked: never typed by hand.

const LOCK: &str = include_str!("../Cargo.lock");

/// The version of the package `name` that this package uses.
///
/// # Panics
///
/// If the package is not in the lock file: the name of a peer is misspelt.
pub fn version(name: &str) -> &'static str {
    find(LOCK, env!("CARGO_PKG_NAME"), name)
        .unwrap_or_else(|| panic!("no package {name} in benches/Cargo.lock"))
}

/// Looks `name` up in `lock`. Where several versions are locked, the one that `user` depends
/// on directly is meant; the lock file then lists it there as "name version".
fn find<'l>(lock: &'l str, user: &str, name: &str) -> Option<&'l str> {
    let versions: Vec<_> = packages(lock)
        .filter(|package| field(package, "name") == Some(name))
        .filter_map(|package| field(package, "version"))
        .collect();
    if let [only] = versions[..] {
        return Some(only);
    }
    let user = packages(lock).find(|package| field(package, "name") == Some(user))?;
    user.lines()
        .filter_map(|line| line.trim().trim_matches([',', '"']).split_once(' '))
        .find_map(|(dependency, version)| (dependency == name).then_some(version))
        .map(|version| version.trim_end_matches([',', '"']))
}

fn packages(lock: &str) -> impl Iterator<Item = &str> {
    lock.split("[[package]]").skip(1)
}

fn field<'p>(package: &'p str, key: &str) -> Option<&'p str> {
    package.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        value.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
[[package]]
name = "benches"
version = "0.0.0"
dependencies = [
 "nom 8.0.0",
 "peer",
]

[[package]]
name = "nom"
version = "7.1.3"

[[package]]
name = "nom"
version = "8.0.0"

[[package]]
name = "peer"
version = "1.2.3"
dependencies = [
 "nom 7.1.3",
]
"#;

    #[test]
    fn finds_the_version_in_use() {
        assert_eq!(find(TWO, "benches", "peer"), Some("1.2.3"));
        assert_eq!(find(TWO, "benches", "nom"), Some("8.0.0"));
        assert_eq!(find(TWO, "benches", "absent"), None);
    }
}
