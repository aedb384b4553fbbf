//! The strict base64 kernels under the lenient decoder and the encoder (RFC 4648 section 4).
//!
//! With `std` these are the run-time dispatched SIMD kernels of `encodify`; without it the
//! portable ones of `base64`. Both promise the same: whole quanta, the standard alphabet, no
//! padding, nothing else. Only `decode_lenient` takes more.

use alloc::vec::Vec;

/// Appends the octets of `symbols`, whole quanta without padding, to `out`.
///
/// `false` if an octet is outside the alphabet; `out` is then unchanged.
#[cfg(feature = "std")]
#[inline]
pub(super) fn decode(symbols: &[u8], out: &mut Vec<u8>) -> bool {
    encodify::base64::STANDARD_NO_PAD
        .decode_append(symbols, out)
        .is_ok()
}

#[cfg(not(feature = "std"))]
pub(super) fn decode(symbols: &[u8], out: &mut Vec<u8>) -> bool {
    use base64::Engine as _;
    let start = out.len();
    let ok = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode_vec(symbols, out)
        .is_ok();
    if !ok {
        out.truncate(start);
    }
    ok
}

/// Appends the octets of `input` to `out`. White space, VT and FF among it, is skipped; `=` ends the
/// quantum, whatever follows; one symbol that is left over is dropped.
///
/// `false` if an octet is none of these, or if there is no such kernel; `out` is then unchanged.
#[cfg(feature = "std")]
#[inline]
pub(super) fn decode_lenient(input: &[u8], out: &mut Vec<u8>) -> bool {
    encodify::base64::MIME.decode_append(input, out).is_ok()
}

#[cfg(not(feature = "std"))]
pub(super) fn decode_lenient(_: &[u8], _: &mut Vec<u8>) -> bool {
    false
}

/// Appends the symbols of `data` to `out`, padded, without line breaks.
#[cfg(feature = "std")]
#[inline]
pub(super) fn encode(data: &[u8], out: &mut Vec<u8>) {
    encodify::base64::STANDARD.encode_append(data, out);
}

#[cfg(not(feature = "std"))]
pub(super) fn encode(data: &[u8], out: &mut Vec<u8>) {
    use base64::Engine as _;
    let start = out.len();
    out.resize(
        start.saturating_add(data.len().div_ceil(3).saturating_mul(4)),
        0,
    );
    let written = base64::engine::general_purpose::STANDARD
        .encode_slice(data, out.get_mut(start..).unwrap_or_default())
        .unwrap_or(0);
    out.truncate(start.saturating_add(written));
}

/// Appends `data`, 57 octets a line, to `out` as lines of 76 symbols, each with its CRLF, the last one
/// padded.
#[cfg(feature = "std")]
#[inline]
pub(super) fn encode_lines(data: &[u8], out: &mut Vec<u8>) {
    encodify::base64::MIME.encode_append(data, out);
}

#[cfg(not(feature = "std"))]
pub(super) fn encode_lines(data: &[u8], out: &mut Vec<u8>) {
    for line in data.chunks(super::base64::LINE_OCTETS) {
        encode(line, out);
        out.extend_from_slice(b"\r\n");
    }
}
