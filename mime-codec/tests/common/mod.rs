//! The push parser as a second way to the structure of a message.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses some of it"
)]

use std::ops::Range;

use mime_codec::push::{Event, Need, Parser, Step};
use mime_codec::{Defect, Limits, Message, Options, PartKind, SegmentKind};

/// One entity: parent, kind, header section, body.
pub type Entity = (Option<usize>, PartKind, Range<usize>, Range<usize>);

/// Everything that both parsers must agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub entities: Vec<Entity>,
    pub segments: Vec<(SegmentKind, usize, Range<usize>)>,
    pub fields: Vec<(u64, String)>,
    pub defects: Vec<Defect>,
}

/// What the tree says.
pub fn by_tree(bytes: &[u8], limits: &Limits) -> Found {
    let mut options = Options::default();
    options.limits = *limits;
    let message = Message::parse_with(bytes, &options);
    Found {
        entities: message
            .parts()
            .map(|part| {
                (
                    part.parent().map(|parent| parent.index()),
                    part.kind(),
                    part.header_range(),
                    part.body_range(),
                )
            })
            .collect(),
        segments: message
            .segments()
            .map(|segment| (segment.kind, segment.part, segment.range))
            .collect(),
        fields: message
            .parts()
            .flat_map(|part| part.headers())
            .map(|header| (header.offset(), header.name().to_owned()))
            .collect(),
        defects: message.defects().to_vec(),
    }
}

struct Collector {
    found: Found,
    open: Vec<usize>,
    at: usize,
}

impl Collector {
    fn segment(&mut self, kind: SegmentKind, part: usize, octets: &[u8]) {
        let range = self.at..self.at + octets.len();
        self.at = range.end;
        if octets.is_empty() {
            return;
        }
        match self.found.segments.last_mut() {
            Some((last, owner, before))
                if *last == kind
                    && *owner == part
                    && before.end == range.start
                    && !matches!(kind, SegmentKind::Delimiter | SegmentKind::CloseDelimiter) =>
            {
                before.end = range.end;
            }
            _ => self.found.segments.push((kind, part, range)),
        }
    }

    fn event(&mut self, event: Event<'_>) {
        let current = self.open.last().copied();
        let at = self.at;
        let inner = current.unwrap_or_default();
        match event {
            Event::PartStart { depth } => {
                assert_eq!(depth, self.open.len());
                self.open.push(self.found.entities.len());
                self.found
                    .entities
                    .push((current, PartKind::Leaf, at..at, at..at));
            }
            Event::ByteOrderMark(octets) | Event::EnvelopeLine(octets) => {
                self.segment(SegmentKind::Header, inner, octets);
            }
            Event::HeaderField(header) => {
                assert_eq!(header.offset(), at as u64);
                self.found
                    .fields
                    .push((header.offset(), header.name().to_owned()));
                self.segment(SegmentKind::Header, inner, header.raw());
            }
            Event::HeadersEnd { separator, kind } => {
                self.segment(SegmentKind::Separator, inner, separator);
                let body = self.at;
                let entity = &mut self.found.entities[inner];
                entity.1 = kind;
                entity.2.end = at;
                entity.3 = body..body;
            }
            Event::Preamble(octets) => self.segment(SegmentKind::Preamble, inner, octets),
            Event::Body(octets) => self.segment(SegmentKind::Body, inner, octets),
            Event::Delimiter { raw, close } => {
                let kind = if close {
                    SegmentKind::CloseDelimiter
                } else {
                    SegmentKind::Delimiter
                };
                self.segment(kind, inner, raw);
            }
            Event::Epilogue(octets) => self.segment(SegmentKind::Epilogue, inner, octets),
            Event::PartEnd => {
                let index = self.open.pop().expect("an open entity");
                self.found.entities[index].3.end = at;
            }
            _ => panic!("unknown event"),
        }
    }
}

/// What the push parser says when it gets the pieces between `cuts`; also the most octets that it left
/// with the caller.
pub fn by_push(
    bytes: &[u8],
    cuts: impl IntoIterator<Item = usize>,
    limits: &Limits,
) -> (Found, usize) {
    let mut parser = Parser::new(limits);
    let found = Found {
        entities: Vec::new(),
        segments: Vec::new(),
        fields: Vec::new(),
        defects: Vec::new(),
    };
    let mut collector = Collector {
        found,
        open: Vec::new(),
        at: 0,
    };
    let mut used = 0;
    let mut kept = 0;
    let mut done = false;
    for end in cuts.into_iter().map(Some).chain([None]) {
        let mut input = &bytes[used..end.unwrap_or(bytes.len())];
        if end.is_none() {
            parser.handle_eof();
        }
        let need = loop {
            match parser.poll(&mut input) {
                Step::Event(event) => collector.event(event),
                Step::Need(need) => break need,
            }
        };
        used = end.unwrap_or(bytes.len()) - input.len();
        kept = kept.max(input.len());
        done = need == Need::Done;
    }
    assert!(done && used == bytes.len() && collector.open.is_empty());
    assert_eq!(parser.offset(), bytes.len() as u64);
    collector.found.defects = parser.defects().to_vec();
    (collector.found, kept)
}

/// Checks that the spans of `bytes` are complete and that both parsers agree, however it is cut.
pub fn check(bytes: &[u8], limits: &Limits) {
    let tree = by_tree(bytes, limits);
    let mut at = 0;
    for (_, _, range) in &tree.segments {
        assert_eq!(range.start, at, "spans leave something out");
        at = range.end;
    }
    assert_eq!(at, bytes.len(), "spans do not reach the end");
    let same = |cuts: &mut dyn Iterator<Item = usize>| {
        let (push, _) = by_push(bytes, cuts, limits);
        assert_eq!(push, tree, "{:?}", String::from_utf8_lossy(bytes));
    };
    same(&mut [].into_iter());
    same(&mut (0..=bytes.len()));
    same(&mut (0..bytes.len()).step_by(7));
    if bytes.len() <= 600 {
        for cut in 0..bytes.len() {
            same(&mut [cut].into_iter());
        }
    }
}
