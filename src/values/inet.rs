//! inet and cidr: family, bits, is_cidr, address.
//!
//! Knows the spellings of `network_in` and how the server prints an address.

use core::net::Ipv6Addr;
use std::io::Write;

use super::converter::Format;
use super::error::ValueError;
use super::scan::{digits, number};

/// `PGSQL_AF_INET` on the wire.
const V4: u8 = 2;
/// `PGSQL_AF_INET6` on the wire.
const V6: u8 = 3;

/// An address and the length of its network.
#[derive(Clone, Copy)]
struct Network {
    address: Address,
    bits: u8,
}

#[derive(Clone, Copy)]
enum Address {
    V4([u8; 4]),
    V6([u8; 16]),
}

impl Address {
    fn bytes(&self) -> &[u8] {
        match self {
            Address::V4(bytes) => bytes,
            Address::V6(bytes) => bytes,
        }
    }

    fn width(&self) -> u8 {
        match self {
            Address::V4(_) => 32,
            Address::V6(_) => 128,
        }
    }
}

fn name(cidr: bool) -> &'static str {
    if cidr { "cidr" } else { "inet" }
}

/// Text, or the wire's family, bits, is_cidr, length, address.
pub(super) fn canonical(
    format: Format,
    bytes: &[u8],
    cidr: bool,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let network = match format {
        Format::Text => parse(bytes, cidr)?,
        Format::Binary => receive(bytes, cidr)?,
    };
    write_canonical(&network, cidr, out);
    Ok(())
}

fn write_canonical(network: &Network, cidr: bool, out: &mut Vec<u8>) {
    let family = match network.address {
        Address::V4(_) => V4,
        Address::V6(_) => V6,
    };
    out.extend_from_slice(&[family, network.bits, u8::from(cidr)]);
    out.extend_from_slice(network.address.bytes());
}

fn receive(bytes: &[u8], cidr: bool) -> Result<Network, ValueError> {
    let damaged = ValueError::Binary(name(cidr));
    let ([family, bits, _, length], address) = bytes.split_first_chunk::<4>().ok_or(ValueError::Short)?;
    let address = match *family {
        V4 => Address::V4(fixed(address, *length, &damaged)?),
        V6 => Address::V6(fixed(address, *length, &damaged)?),
        _ => return Err(damaged),
    };
    let network = Network { address, bits: *bits };
    if *bits > address.width() || (cidr && !is_network(&network)) {
        return Err(damaged);
    }
    Ok(network)
}

fn fixed<const N: usize>(bytes: &[u8], length: u8, damaged: &ValueError) -> Result<[u8; N], ValueError> {
    if usize::from(length) != N || bytes.len() > N {
        return Err(damaged.clone());
    }
    bytes.try_into().map_err(|_| ValueError::Short)
}

/// Whether no bit right of the mask is set.
fn is_network(network: &Network) -> bool {
    let mut whole = usize::from(network.bits);
    network.address.bytes().iter().all(|byte| {
        let kept = whole.min(8);
        whole -= kept;
        kept == 8 || byte << kept == 0
    })
}

fn parse(bytes: &[u8], cidr: bool) -> Result<Network, ValueError> {
    let syntax = ValueError::Syntax(name(cidr));
    let (address, mask) = match bytes.iter().position(|b| *b == b'/') {
        Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 1..)),
        None => (bytes, None),
    };
    let mask = match mask {
        None => None,
        Some([b'0', b'0'..=b'9', ..]) => {
            return Err(ValueError::Unsupported("a network mask that begins with 0"));
        }
        Some(mask) => Some(mask_bits(mask).ok_or(syntax.clone())?),
    };
    let network = if address.contains(&b':') {
        let text = std::str::from_utf8(address).map_err(|_| syntax.clone())?;
        let lenient = text.contains('.') || text.ends_with(':');
        let other = || if lenient { INCOMPLETE } else { syntax.clone() };
        let address = Address::V6(text.parse::<Ipv6Addr>().map_err(|_| other())?.octets());
        Network { address, bits: mask.unwrap_or(128) }
    } else {
        parse_v4(address, mask, cidr)?
    };
    if network.bits > network.address.width() || (cidr && !is_network(&network)) {
        return Err(syntax);
    }
    Ok(network)
}

/// The server also takes some addresses that end early.
const INCOMPLETE: ValueError = ValueError::Unsupported("this spelling of an IPv6 address");

fn mask_bits(mask: &[u8]) -> Option<u8> {
    u8::try_from(number(mask)?).ok()
}

/// One to four octets; fewer than four only where the mask, or for cidr the address class, says how
/// many count.
fn parse_v4(text: &[u8], mask: Option<u8>, cidr: bool) -> Result<Network, ValueError> {
    if let [b'0', b'x' | b'X', ..] = text {
        return Err(ValueError::Unsupported("a hexadecimal network address"));
    }
    let syntax = ValueError::Syntax(name(cidr));
    let mut address = [0u8; 4];
    let (mut rest, mut count) = (text, 0u8);
    for octet in &mut address {
        let (octet_digits, after) = digits(rest);
        let value = number(octet_digits).and_then(|n| u8::try_from(n).ok());
        *octet = value.ok_or(syntax.clone())?;
        count += 1;
        rest = match after {
            [] => after,
            [b'.'] => {
                return Err(ValueError::Unsupported("a network address that ends in a point"));
            }
            [b'.', after @ ..] if count < 4 => after,
            _ => return Err(syntax),
        };
        if after.is_empty() {
            break;
        }
    }
    let bits = match mask {
        Some(bits) if cidr || bits / 8 <= count => bits,
        None if count == 4 => 32,
        None if cidr => class_bits(address, count),
        Some(_) | None => return Err(syntax),
    };
    if !rest.is_empty() {
        return Err(syntax);
    }
    Ok(Network { address: Address::V4(address), bits })
}

/// The network length that `inet_cidr_pton` takes from the class of an address.
fn class_bits(address: [u8; 4], count: u8) -> u8 {
    let [first, ..] = address;
    let class = match first {
        240.. => 32,
        224.. => 8,
        192.. => 24,
        128.. => 16,
        _ => 8,
    };
    match class.max(count * 8) {
        8 if first == 224 => 4,
        bits => bits,
    }
}

fn stored(canonical: &[u8]) -> Option<Network> {
    let ([family, bits, _], address) = canonical.split_first_chunk::<3>()?;
    let address = match *family {
        V4 => Address::V4(address.try_into().ok()?),
        V6 => Address::V6(address.try_into().ok()?),
        _ => return None,
    };
    (*bits <= address.width()).then_some(Network { address, bits: *bits })
}

/// inet shows the mask where it is not the whole address, cidr always.
pub(super) fn shown(
    canonical: &[u8],
    format: Format,
    cidr: bool,
    out: &mut Vec<u8>,
) -> Result<(), ValueError> {
    let network = stored(canonical).ok_or(ValueError::Damaged)?;
    match format {
        Format::Text => write_text(&network, cidr || network.bits != network.address.width(), out),
        Format::Binary => {
            let bytes = network.address.bytes();
            write_binary_head(canonical, cidr, bytes.len() as u8, out);
            out.extend_from_slice(bytes);
        }
    }
    Ok(())
}

fn write_binary_head(canonical: &[u8], cidr: bool, length: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(canonical.get(..2).unwrap_or_default());
    out.extend_from_slice(&[u8::from(cidr), length]);
}

/// Always with the mask: what a cast of inet to text gives.
pub(super) fn with_mask(canonical: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    write_text(&stored(canonical).ok_or(ValueError::Damaged)?, true, out);
    Ok(())
}

/// The cast of inet to cidr: bits right of the mask become zero.
pub(super) fn to_cidr(canonical: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    let mut network = stored(canonical).ok_or(ValueError::Damaged)?;
    let mut whole = u32::from(network.bits);
    let mut mask = |byte: &mut u8| {
        let kept = whole.min(8);
        whole -= kept;
        *byte &= (0xff00u16 >> kept) as u8;
    };
    match &mut network.address {
        Address::V4(bytes) => bytes.iter_mut().for_each(&mut mask),
        Address::V6(bytes) => bytes.iter_mut().for_each(&mut mask),
    }
    write_canonical(&network, true, out);
    Ok(())
}

fn write_text(network: &Network, mask: bool, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    match network.address {
        Address::V4([a, b, c, d]) => drop(write!(out, "{a}.{b}.{c}.{d}")),
        Address::V6(bytes) => write_v6(bytes, out),
    }
    if mask {
        drop(write!(out, "/{}", network.bits));
    }
}

/// The longest run of zero groups, the first of equal ones, becomes `::`; addresses that embed an
/// IPv4 address end in its dotted form.
fn write_v6(bytes: [u8; 16], out: &mut Vec<u8>) {
    let groups = Ipv6Addr::from(bytes).segments();
    let (start, length) = longest_zeros(&groups);
    let [.., sixth, seventh, eighth] = groups;
    let dotted =
        start == 0 && (length == 6 || (length == 7 && eighth != 1) || (length == 5 && sixth == 0xffff));
    for (at, group) in groups.iter().enumerate() {
        if length > 0 && (start..start + length).contains(&at) {
            if at == start {
                out.push(b':');
            }
            continue;
        }
        if at != 0 {
            out.push(b':');
        }
        if dotted && at == 6 {
            let [a, b] = seventh.to_be_bytes();
            let [c, d] = eighth.to_be_bytes();
            return drop(write!(out, "{a}.{b}.{c}.{d}"));
        }
        drop(write!(out, "{group:x}"));
    }
    if length > 0 && start + length == groups.len() {
        out.push(b':');
    }
}

fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), (0, 0));
    for (at, group) in groups.iter().enumerate() {
        run = match (group, run) {
            (0, (_, 0)) => (at, 1),
            (0, (start, length)) => (start, length + 1),
            (_, _) => (0, 0),
        };
        if run.1 > best.1 {
            best = run;
        }
    }
    if best.1 < 2 { (0, 0) } else { best }
}
