//! Parts that refer to one another: `cid:` and `mid:` URLs (RFC 2392), Content-Location (RFC 2557) and the
//! root of a multipart/related (RFC 2387).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::header::param::percent_decode;
use crate::{Part, PartKind};

impl<'m> Part<'m> {
    /// The root of a multipart/related: the part that `start` names, or the first (RFC 2387 section 3.2).
    ///
    /// `None` for other entities, and for one without parts.
    pub fn related_root(&self) -> Option<Self> {
        if self.kind() != PartKind::Multipart || !self.media_type().is("multipart", "related") {
            return None;
        }
        let content_type = self.content_type();
        let start = content_type.parameter("start").map(strip_brackets);
        let named = start.and_then(|start| {
            self.children()
                .find(|child| child.content_id().as_deref() == Some(start))
        });
        named.or_else(|| self.children().next())
    }

    /// The part that a URL within this part means: an image of an HTML text for instance.
    ///
    /// `cid:` URLs are looked up by Content-ID, others by Content-Location, both resolved against the
    /// Content-Location of the parts that they stand in (RFC 2557 sections 5 and 8.2). The innermost enclosing
    /// multipart/related is searched first, then outer ones, then the whole message; an enclosed message
    /// is never left.
    ///
    /// ```
    /// let message = mime_codec::Message::parse(
    ///     "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=\"cid:a%40b\">\n--b\nContent-ID: <a@b>\n\nimage\n--b--\n",
    /// );
    /// let html = message.body().html[0];
    /// assert_eq!(html.resolve("cid:a%40b").unwrap().body_raw(), b"image");
    /// ```
    pub fn resolve(&self, url: &str) -> Option<Self> {
        let wanted = match strip_scheme(url, "cid:") {
            Some(id) => Wanted::Id(unescape(id)),
            None => match strip_scheme(url, "mid:") {
                // The message of the URL must be this one; without a part it is no part.
                Some(both) => {
                    let (message, id) = both.split_once('/')?;
                    let own = self
                        .enclosing()
                        .last()
                        .unwrap_or(*self)
                        .header("Message-ID")?
                        .text()
                        .into_owned();
                    if strip_brackets(own.trim()) != unescape(message) {
                        return None;
                    }
                    Wanted::Id(unescape(id))
                }
                None => Wanted::Location(absolute(&self.base(), url)),
            },
        };
        let mut scopes: Vec<Self> = self
            .enclosing()
            .filter(|part| part.media_type().is("multipart", "related"))
            .collect();
        scopes.extend(self.enclosing().last());
        let mut seen = self.index()..self.index();
        for scope in scopes {
            // What an inner scope has searched is not searched again.
            if let Some(found) = scope.search(&wanted, &seen) {
                return Some(found);
            }
            seen = scope.index()..scope.node().next();
        }
        None
    }

    /// Looks for the part that is `wanted` in this entity, but not in what has been `seen` or in enclosed
    /// messages.
    fn search(&self, wanted: &Wanted, seen: &core::ops::Range<usize>) -> Option<Self> {
        let end = self.node().next();
        // The multiparts on the way, and what URLs in them are relative to; found out once for each.
        let mut bases = alloc::vec![(
            end,
            self.outer().map_or_else(String::new, |outer| outer.base())
        )];
        let mut at = self.index();
        while at < end {
            if seen.contains(&at) {
                at = seen.end;
                continue;
            }
            let part = self.sibling(at);
            while bases.len() > 1 && bases.last().is_some_and(|(end, _)| *end <= at) {
                bases.pop();
            }
            let base = bases.last().map_or("", |(_, base)| base);
            match wanted {
                Wanted::Id(id) if part.content_id().is_some_and(|own| own == id.as_str()) => {
                    return Some(part);
                }
                Wanted::Location(wanted) => {
                    let own = part.content_location().map(|own| absolute(base, &own));
                    if own.as_ref() == Some(wanted) {
                        return Some(part);
                    }
                    if part.kind() == PartKind::Multipart {
                        let own = own.unwrap_or_else(|| String::from(base));
                        bases.push((part.node().next(), own));
                    }
                }
                Wanted::Id(_) => {}
            }
            at = if part.kind() == PartKind::Message {
                part.node().next()
            } else {
                at + 1
            };
        }
        None
    }

    /// The entities that this one is in, up to its message.
    fn enclosing(&self) -> impl Iterator<Item = Self> + use<'m> {
        core::iter::successors(self.outer(), Self::outer)
    }

    /// The multipart that this one is in.
    fn outer(&self) -> Option<Self> {
        self.parent()
            .filter(|parent| parent.kind() == PartKind::Multipart)
    }

    /// What relative URLs in this part are relative to: its Content-Location, itself resolved against those of
    /// the enclosing multiparts (RFC 2557 section 5).
    fn base(&self) -> String {
        let locations: Vec<_> = core::iter::successors(Some(*self), Self::outer)
            .filter_map(|part| part.content_location())
            .collect();
        locations
            .iter()
            .rev()
            .fold(String::new(), |base, location| absolute(&base, location))
    }
}

enum Wanted {
    Id(String),
    Location(String),
}

fn strip_scheme<'u>(url: &'u str, scheme: &str) -> Option<&'u str> {
    let (start, rest) = url.trim().split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn strip_brackets(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<')
        .and_then(|id| id.strip_suffix('>'))
        .unwrap_or(id)
}

fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    percent_decode(text.as_bytes(), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The scheme of a URI with its colon, if it has one (RFC 3986 section 3.1).
fn scheme(uri: &str) -> Option<&str> {
    let end = uri.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))?;
    let scheme = uri.get(..=end)?;
    (scheme.ends_with(':') && uri.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(scheme)
}

/// Resolves a reference against a base (RFC 3986 section 5.2), fragments dropped; without a base it stays
/// as it is.
fn absolute(base: &str, reference: &str) -> String {
    let reference = reference.trim();
    let reference = reference
        .split_once('#')
        .map_or(reference, |(before, _)| before);
    if scheme(reference).is_some() || base.is_empty() {
        return String::from(reference);
    }
    let base = base.split_once('#').map_or(base, |(before, _)| before);
    let scheme = scheme(base).unwrap_or_default();
    let rest = base.get(scheme.len()..).unwrap_or_default();
    let authority = match rest.strip_prefix("//") {
        Some(after) => 2 + after.find(['/', '?']).unwrap_or(after.len()),
        None => 0,
    };
    let (authority, path) = rest.split_at_checked(authority).unwrap_or((rest, ""));
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    if reference.starts_with("//") {
        return [scheme, reference].concat();
    }
    let (own_path, own_query) = reference
        .split_once('?')
        .map_or((reference, None), |(path, query)| (path, Some(query)));
    let merged: Cow<'_, str> = if own_path.is_empty() {
        Cow::Borrowed(path)
    } else if own_path.starts_with('/') {
        Cow::Owned(without_dots(own_path))
    } else {
        let directory = path
            .rfind('/')
            .map_or(if authority.is_empty() { "" } else { "/" }, |at| {
                path.get(..=at).unwrap_or_default()
            });
        Cow::Owned(without_dots(&[directory, own_path].concat()))
    };
    let query = if own_path.is_empty() {
        own_query.or(query)
    } else {
        own_query
    };
    let mut out = [scheme, authority, &merged].concat();
    if let Some(query) = query {
        out.push('?');
        out.push_str(query);
    }
    out
}

/// Removes `.` and `..` segments (RFC 3986 section 5.2.4).
fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    let mut out = String::from(if rooted { "/" } else { "" });
    out.push_str(&kept.join("/"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;

    #[test]
    fn rfc_3986_examples() {
        let base = "http://a/b/c/d;p?q";
        for (reference, target) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
        ] {
            assert_eq!(absolute(base, reference), target, "{reference:?}");
        }
    }

    #[test]
    fn locations_and_ids() {
        let message = Message::parse(concat!(
            "Message-ID: <m@x>\nContent-Type: multipart/mixed; boundary=o\nContent-Location: http://h/dir/\n\n",
            "--o\nContent-Type: multipart/related; boundary=i; start=\"<root@x>\"\n\n",
            "--i\nContent-ID: <pic@x>\nContent-Location: pics/one.gif\n\none\n",
            "--i\nContent-ID: <root@x>\nContent-Type: text/html\n\n<img>\n--i--\n",
            "--o\nContent-ID: <other@x>\n\nother\n",
            "--o\nContent-Type: message/rfc822\n\nContent-ID: <hidden@x>\n\nhidden\n--o--\n",
        ));
        let related = message.part(1).unwrap();
        let html = related.related_root().unwrap();
        assert_eq!(html.body_raw(), b"<img>");
        let find = |url: &str| html.resolve(url).map(|part| part.body_raw());
        assert_eq!(find("CID:pic%40x"), Some(&b"one"[..]));
        assert_eq!(find("cid:other@x"), Some(&b"other"[..]));
        assert_eq!(find("mid:m@x/pic@x"), Some(&b"one"[..]));
        assert_eq!(find("mid:n@x/pic@x"), None);
        assert_eq!(find("cid:hidden@x"), None);
        assert_eq!(find("pics/one.gif"), Some(&b"one"[..]));
        assert_eq!(find("http://h/dir/pics/one.gif#x"), Some(&b"one"[..]));
        assert_eq!(find("../pics/one.gif"), None);
    }
}
