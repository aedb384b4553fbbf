//! Making the builder faster must not change what it writes: the digest of many messages is pinned.
//! A change that is meant changes it here, with a word on why.

use std::fmt::Write as _;

use mime_codec::transfer::Transport;
use mime_codec::{Builder, DateTime, Mailbox, PartBuilder, Zone};
use sha2::{Digest, Sha256};

/// `xorshift64`.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % n
    }

    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len())]
    }

    /// Words, some of them trouble, joined by one space or, seldom, by more.
    fn text(&mut self, most: usize) -> String {
        const WORDS: [&str; 22] = [
            "a",
            "the",
            "word",
            "Gr\u{fc}\u{df}e",
            "\u{20ac}",
            "=?",
            "=?utf-8?q?x?=",
            "\t",
            "(b)",
            "\"q\"",
            "a,b",
            "x@y.example",
            "\u{1}",
            "\u{85}",
            "\\",
            "_",
            "dot.",
            "1,2;3",
            "\u{1f355}\u{1f354}",
            "=",
            "end?",
            "longer-than-others",
        ];
        let plain = self.below(3) > 0;
        let mut text = String::new();
        for i in 0..self.below(most + 1) {
            if i > 0 {
                text.push_str(if self.below(15) == 0 { "  " } else { " " });
            }
            text.push_str(if plain {
                WORDS[self.below(3)]
            } else {
                self.pick(&WORDS)
            });
            if self.below(40) == 0 {
                text.push_str(&"long".repeat(self.below(60)));
            }
        }
        text
    }

    fn lines(&mut self) -> String {
        let mut text = String::new();
        let plain = self.below(2) == 0;
        for _ in 0..self.below(20) {
            let line = if plain {
                "Plain words, nothing else.".to_owned()
            } else {
                self.text(20)
            };
            let end = self.pick(&["\n", "\n", "\n", "\r\n", "\r", " \n", ""]);
            let _ = write!(text, "{line}{end}");
        }
        text
    }

    fn octets(&mut self) -> Vec<u8> {
        let range = self.pick(&[&[0, 255][..], &[32, 126], &[9, 13], &[100, 200]]);
        let (low, span) = (range[0], range[1] - range[0] + 1);
        let mut octets = Vec::new();
        for _ in 0..self.below(3000) {
            octets.push(u8::try_from(low + self.below(span)).unwrap());
            if self.below(60) == 0 {
                octets.extend_from_slice(b"\r\n");
            }
        }
        octets
    }
}

fn mailbox(name: &str, addr: &str) -> Mailbox<'static> {
    Mailbox::try_from((name, addr)).unwrap().into_owned()
}

fn message(numbers: &mut Numbers) -> Result<Vec<u8>, mime_codec::BuildError> {
    let name = numbers.text(5);
    let mut builder = Builder::new()
        .date(
            DateTime::from_unix(
                i64::try_from(numbers.below(2_000_000_000)).unwrap(),
                Zone::UTC,
            )
            .unwrap(),
        )
        .from(
            mailbox(&name, "alice@example.org")
                .with_comment(numbers.text(2))
                .unwrap(),
        )
        .message_id(format!("{:x}@example.org", numbers.below(1 << 40)))
        .subject(numbers.text(16))
        .seed(u64::try_from(numbers.below(1 << 30)).unwrap())
        .utf8(numbers.below(3) == 0)
        .transport([Transport::SevenBit, Transport::EightBit, Transport::Binary][numbers.below(3)]);
    for _ in 0..numbers.below(8) {
        let name = numbers.text(4);
        builder = builder.to(mailbox(
            &name,
            numbers.pick(&["bob@example.net", "\"b b\"@example.net", "c@[192.0.2.1]"]),
        )
        .into_owned());
    }
    if numbers.below(2) == 0 {
        builder = builder.header("X-Note", numbers.text(60));
    }
    if numbers.below(4) > 0 {
        let text = numbers.lines();
        builder = if numbers.below(4) == 0 {
            builder.flowed(text)
        } else {
            builder.text(text)
        };
    }
    if numbers.below(3) == 0 {
        builder = builder.html(numbers.lines());
    }
    if numbers.below(4) == 0 {
        builder = builder.inline("1@x.example", "a.png", numbers.octets());
    }
    for _ in 0..numbers.below(3) {
        let name = numbers.pick(&[
            "a.png",
            "notes.txt",
            "\u{fc}ber alles.pdf",
            "a \"b\".csv",
            "none",
        ]);
        builder = builder.attach(name, numbers.octets());
    }
    if numbers.below(6) == 0 {
        let inner = PartBuilder::multipart("digest", [PartBuilder::message(numbers.octets())]);
        builder = builder.attach_part(inner.description(numbers.text(9)));
    }
    builder.build()
}

#[test]
fn the_octets_of_many_messages() {
    let mut numbers = Numbers(0x2026_1125);
    let mut hash = Sha256::new();
    let mut built = 0;
    for _ in 0..1500 {
        match message(&mut numbers) {
            Ok(octets) => {
                hash.update(octets);
                built += 1;
            }
            Err(error) => hash.update(error.to_string()),
        }
    }
    assert!(built > 1000, "{built}");
    let digest = hash
        .finalize()
        .iter()
        .fold(String::new(), |mut hex, octet| {
            let _ = write!(hex, "{octet:02x}");
            hex
        });
    assert_eq!(
        digest,
        "71252d04db4fb87103e5d767bb2189a37cd58eaf156b00615c5e8d7fd4fc8322"
    );
}
