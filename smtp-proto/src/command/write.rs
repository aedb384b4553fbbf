//! Encoding of commands.

use alloc::vec::Vec;

use super::{Auth, Bdat, Burl, Command, Mail, Query, Rcpt};
use crate::cursor::push_display;

impl Command<'_> {
    /// Appends the command, CRLF included, in the spelling of the RFCs.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ehlo(name) => verb_and("EHLO", Some(name.as_str()), out),
            Self::Helo(name) => verb_and("HELO", Some(name.as_str()), out),
            Self::Lhlo(name) => verb_and("LHLO", Some(name.as_str()), out),
            Self::Mail(mail) => mail.encode(out),
            Self::Rcpt(rcpt) => rcpt.encode(out),
            Self::Data => verb_and("DATA", None, out),
            Self::Bdat(bdat) => bdat.encode(out),
            Self::Rset => verb_and("RSET", None, out),
            Self::Vrfy(query) => query.encode("VRFY", out),
            Self::Expn(query) => query.encode("EXPN", out),
            Self::Help(topic) => verb_and("HELP", topic.as_ref().map(AsRef::as_ref), out),
            Self::Noop(text) => verb_and("NOOP", text.as_ref().map(AsRef::as_ref), out),
            Self::Quit => verb_and("QUIT", None, out),
            Self::Auth(auth) => auth.encode(out),
            Self::StartTls => verb_and("STARTTLS", None, out),
            Self::Etrn(node) => verb_and("ETRN", Some(node.as_str()), out),
            Self::Atrn(domains) => verb_and("ATRN", domains.as_ref().map(AsRef::as_ref), out),
            Self::Burl(burl) => burl.encode(out),
            Self::Xclient(attributes) => verb_and("XCLIENT", Some(attributes.as_str()), out),
            Self::Xforward(attributes) => verb_and("XFORWARD", Some(attributes.as_str()), out),
            Self::Turn => verb_and("TURN", None, out),
            Self::Send(path) => obsolete("SEND", path, out),
            Self::Soml(path) => obsolete("SOML", path, out),
            Self::Saml(path) => obsolete("SAML", path, out),
            Self::Unknown(unknown) => {
                let arguments = unknown.arguments();
                verb_and(
                    unknown.verb(),
                    (!arguments.is_empty()).then_some(arguments),
                    out,
                );
            }
        }
    }
}

fn verb_and(verb: &str, argument: Option<&str>, out: &mut Vec<u8>) {
    out.extend_from_slice(verb.as_bytes());
    if let Some(argument) = argument {
        out.push(b' ');
        out.extend_from_slice(argument.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn obsolete(verb: &str, path: &crate::address::ReversePath<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(verb.as_bytes());
    out.extend_from_slice(b" FROM:");
    path.encode(out);
    out.extend_from_slice(b"\r\n");
}

impl Mail<'_> {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"MAIL FROM:");
        self.reverse_path.encode(out);
        self.parameters.encode(out);
        out.extend_from_slice(b"\r\n");
    }
}

impl Rcpt<'_> {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"RCPT TO:");
        self.forward_path.encode(out);
        self.parameters.encode(out);
        out.extend_from_slice(b"\r\n");
    }
}

impl Bdat {
    pub(crate) fn encode(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"BDAT ");
        push_display(&self.size, out);
        out.extend_from_slice(if self.last { b" LAST\r\n" } else { b"\r\n" });
    }
}

impl Query<'_> {
    fn encode(&self, verb: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(verb.as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.argument.as_str().as_bytes());
        out.extend_from_slice(if self.smtputf8 {
            b" SMTPUTF8\r\n"
        } else {
            b"\r\n"
        });
    }
}

impl Auth<'_> {
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"AUTH ");
        out.extend_from_slice(self.mechanism.as_str().as_bytes());
        if let Some(response) = &self.initial_response {
            out.push(b' ');
            match response.as_str() {
                "" => out.push(b'='),
                text => out.extend_from_slice(text.as_bytes()),
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

impl Burl<'_> {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"BURL ");
        out.extend_from_slice(self.url.as_str().as_bytes());
        out.extend_from_slice(if self.last { b" LAST\r\n" } else { b"\r\n" });
    }
}
