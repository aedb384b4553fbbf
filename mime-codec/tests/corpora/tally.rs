//! Comparing messages with what another reader finds in them: how much was compared, and where the two
//! differ.

use std::fmt::Debug;

use serde_json::Value;

/// A message and what is expected of it.
pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub expected: Value,
}

/// What was compared, and the names of what differs.
#[derive(Debug, Default)]
pub struct Tally {
    compared: usize,
    different: Vec<String>,
}

impl Tally {
    /// Compares one value. A difference is printed, and noted once for each `name`.
    pub fn compare<O, T>(&mut self, name: &str, ours: &O, theirs: &T) -> bool
    where
        O: PartialEq<T> + Debug + ?Sized,
        T: Debug + ?Sized,
    {
        self.compared += 1;
        if ours != theirs {
            self.differs(name, &ours, &theirs);
        }
        ours == theirs
    }

    /// Compares lists, which counts as many values as theirs has. The first difference is printed.
    pub fn compare_all<T: PartialEq + Debug>(
        &mut self,
        name: &str,
        ours: &[T],
        theirs: &[T],
    ) -> bool {
        self.compared += theirs.len();
        let mut pairs = (0..ours.len().max(theirs.len())).map(|i| (ours.get(i), theirs.get(i)));
        if let Some((ours, theirs)) = pairs.find(|(ours, theirs)| ours != theirs) {
            self.differs(name, &ours, &theirs);
        }
        ours == theirs
    }

    fn differs(&mut self, name: &str, ours: &dyn Debug, theirs: &dyn Debug) {
        let start = |value| -> String { format!("{value:?}").chars().take(300).collect() };
        println!(
            "{name}\n  ours   {}\n  theirs {}",
            start(ours),
            start(theirs)
        );
        if !self.different.iter().any(|known| known == name) {
            self.different.push(name.to_owned());
        }
    }

    /// Demands that so much was compared, and that what differs is what is known to.
    #[track_caller]
    pub fn demand(&self, compared: usize, known: &[&str]) {
        assert_eq!(self.compared, compared);
        assert_eq!(self.different, known);
    }
}
