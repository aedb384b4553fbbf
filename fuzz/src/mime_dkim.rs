//! DKIM canonicalisation: in pieces as in one, and a second time nothing changes.

use mime_codec::dkim::{Body, Canonicalization, body, header_field, signature_field};
use mime_codec::{Headers, TagList};

use crate::input::split;

pub(crate) fn run(data: &[u8]) {
    let (mut decisions, stream) = split(data);
    let limit = decisions.flag().then(|| decisions.choose(1000) as u64);
    let pieces = decisions.pieces(stream);
    for algorithm in [Canonicalization::Simple, Canonicalization::Relaxed] {
        let whole = body(algorithm, stream);
        let mut out = Vec::new();
        let mut machine = Body::new(algorithm, limit);
        for piece in &pieces {
            machine.update(piece, |piece| out.extend_from_slice(piece));
        }
        machine.finish(|piece| out.extend_from_slice(piece));
        let end = limit.map_or(whole.len(), |limit| {
            whole.len().min(usize::try_from(limit).unwrap_or(usize::MAX))
        });
        assert_eq!(out, whole[..end]);
        assert_eq!(machine.length(), whole.len() as u64);
        assert_eq!(body(algorithm, &whole), whole, "not stable");
        for header in Headers::parse(stream) {
            let mut once = Vec::new();
            header_field(algorithm, header.raw(), &mut once);
            let mut twice = Vec::new();
            header_field(algorithm, &once, &mut twice);
            assert_eq!(twice, once, "not stable");
            once.clear();
            signature_field(algorithm, header.raw(), &mut once);
            assert!(!once.ends_with(b"\r\n"));
        }
    }
    let tags = TagList::parse(stream);
    for (name, _) in tags.iter() {
        assert!(tags.get(name).is_some());
    }
    tags.has_duplicates();
}
